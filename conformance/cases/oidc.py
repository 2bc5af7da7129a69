"""OIDC providers: every field, edits by hand, thumbprints of AWS's own, adoption, deletion."""

from harness.backends import ACCOUNT
from harness.bench import Bench
from harness.case import EVERYWHERE, Case
from harness.live import at

from .by_hand import Hand
from .documents import PROTECT, edited, file
from .edits import OWNED, Row
from .held import Held

HOST = "token.actions.githubusercontent.com"
URL = f"https://{HOST}"
ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
PRINT, OTHER = "6938fd4d98bab03faadb97b34396831e3780aea1", "1c58a3a8518e8759bf075b76b750d4f2df264fcd"
SUBJECT = {"StringLike": {f"{HOST}:sub": "repo:example/*"}}

PLAIN = file(oidc_providers={"github": {"url": URL}})
FULL = file(
    oidc_providers={
        "github": {"url": URL, "audiences": ["sts.amazonaws.com"], "thumbprints": [PRINT], "tags": {"team": "data"}},
    },
    roles={"ci": {"trust": {"federated": "github", "conditions": SUBJECT}}},
)


def row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object) -> Row:
    """A row about the provider."""
    path, shown = f"oidc_providers/github/{field}", f"oidc_providers/{HOST}/{aws}"
    return Row(f"oidc-{name}", path, shown, written, changed, *removed, base=FULL)


ROWS = [
    row("audiences", "audiences", "Audiences", (["a", "b"],) * 2, (["b", "c"],) * 2, []),
    row("audience-case-only", "audiences", "Audiences", (["App"],) * 2, (["app"],) * 2),
    row("thumbprints", "thumbprints", "Thumbprints", ([PRINT.upper()], [PRINT]), ([OTHER, PRINT], [OTHER, PRINT]), [OTHER, PRINT]),
    row(
        "tags", "tags", "Tags",
        ({"team": "data", "x": ""}, OWNED | {"team": "data", "x": ""}), ({"team": "sea"}, OWNED | {"team": "sea"}), OWNED,
    ),
    row("tag-two-cases", "tags", "Tags", ({"Team": "a"}, OWNED | {"Team": "a"}), ({"Team": "a", "team": "b"}, OWNED | {"Team": "a", "team": "b"})),
]


def hand(name: str, edit, *says: str, **more: object) -> Hand:
    """An edit by hand on the plain provider."""
    return Hand(f"oidc-{name}", edit, says, base=PLAIN, **more)


HANDS = [
    hand(
        "audience", lambda iam: iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=ARN, ClientID="mallory"),
        "audiences", "mallory",
    ),
    hand(
        "thumbprint", lambda iam: iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=ARN, ThumbprintList=[OTHER]),
        "held", f"thumbprints.{OTHER}", kept=True,
    ),
    hand(
        "tag", lambda iam: iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=ARN, Tags=[{"Key": "who", "Value": "me"}]),
        "tags", "who",
    ),
]

HELD = [
    Held(
        "oidc-protect", "oidc_providers/github/protect", f"oidc_providers/{HOST}/Tags/{PROTECT}", (True, "true"), (False, None), PROTECT,
        base=PLAIN,
    ),
]


def made_whole(bench: Bench) -> None:
    """Made with everything in one call, before the role that trusts it; read back as written."""
    bench.converge(FULL)
    wanted = {"Audiences": ["sts.amazonaws.com"], "Thumbprints": [PRINT], "Tags": OWNED | {"team": "data"}}
    bench.same("provider", bench.live()["oidc_providers"], {HOST: wanted})
    principal = at(bench.live(), "roles/ci/AssumeRolePolicyDocument")["Statement"][0]
    bench.same("trust", (principal["Principal"], principal["Action"]), ({"Federated": ARN}, "sts:AssumeRoleWithWebIdentity"))


def adopted(bench: Bench) -> None:
    """Declared bare, a provider that is there keeps everything until the user's word; as written, it is marked only."""
    bench.iam.create_open_id_connect_provider(Url=URL, ClientIDList=["sts.amazonaws.com"], ThumbprintList=[OTHER])
    before = bench.live()
    bench.write(PLAIN)
    for _ in range(2):
        bench.shows(bench.apply(code=4), "--adopt oidc_provider/github")
        bench.same("after the refusal", bench.live(), before)
    bench.converge(edited(PLAIN, "oidc_providers/github/audiences", ["sts.amazonaws.com"]))
    wanted = {"Audiences": ["sts.amazonaws.com"], "Thumbprints": [OTHER], "Tags": OWNED}
    bench.same("provider", bench.live()["oidc_providers"], {HOST: wanted})


def deleted(bench: Bench) -> None:
    """`absent:` names the URL; one that a role of the file trusts stays."""
    bench.converge(FULL)
    role = {"trust": {"federated": ARN, "conditions": SUBJECT}}
    bench.write(file(roles={"ci": role}, absent={"oidc_providers": [URL]}))
    bench.shows(bench.apply("--allow", "mass-change", "--allow", "delete", code=4), "role/ci")
    bench.write(file(absent={"oidc_providers": [URL], "roles": ["ci"]}))
    bench.apply("--allow", "mass-change", "--allow", "delete")
    bench.settled()
    bench.same("what is left", (bench.live()["oidc_providers"], bench.live()["roles"]), ({}, {}))
    bench.converge(FULL)


CASES = [
    Case("edit/oidc-all", made_whole, EVERYWHERE),
    *[one.case() for one in ROWS + HANDS + HELD],
    Case("adoption/oidc", adopted),
    Case("absent/oidc", deleted),
]
