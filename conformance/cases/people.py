"""Users and groups: every field, edits by hand, credentials, memberships, and what is held."""

from harness.bench import Bench, Failed
from harness.case import EVERYWHERE, Case
from harness.live import at

from .by_hand import Hand, text
from .documents import allow, deny, edited, file, managed_arn, policy_arn
from .edits import OWNED, Row
from .held import Held

READING, LIMITS = policy_arn("reading"), policy_arn("limits")
S3_READ, SQS = managed_arn("AmazonS3ReadOnlyAccess"), managed_arn("AmazonSQSFullAccess")

FULL = file(
    policies={"reading": {"document": allow("s3:GetObject")}, "limits": {"document": allow("s3:*")}},
    groups={"readers": {"policies": ["reading"]}, "writers": {"inline_policies": {"put": allow("s3:PutObject")}}},
    users={
        "ada": {
            "path": "/people/",
            "groups": ["readers"],
            "policies": ["AmazonS3ReadOnlyAccess"],
            "inline_policies": {"queue": allow("sqs:SendMessage")},
            "tags": {"team": "data"},
        },
        "bob": {"groups": ["readers", "writers"]},
    },
)
PLAIN = file(
    policies={"reading": {"document": allow("s3:GetObject")}, "limits": {"document": allow("s3:*")}},
    groups={"readers": {}},
    users={"ada": {}},
)
TAKES_FROM_GROUPS = ("--adopt", "group/*")


def user_row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object) -> Row:
    """A row about the user `ada`."""
    return Row(f"user-{name}", f"users/ada/{field}", f"users/ada/{aws}", written, changed, *removed, base=FULL)


def group_row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object) -> Row:
    """A row about the group `readers`; groups carry no mark, so taking away needs a word."""
    path, shown = f"groups/readers/{field}", f"groups/readers/{aws}"
    return Row(f"group-{name}", path, shown, written, changed, *removed, base=FULL, flags=TAKES_FROM_GROUPS)


ROWS = [
    user_row("path", "path", "Path", ("/people/",) * 2, ("/staff/",) * 2, "/"),
    user_row("groups", "groups", "Groups", (["readers"],) * 2, (["readers", "writers"],) * 2, []),
    user_row("groups-moved", "groups", "Groups", (["readers"],) * 2, (["writers"],) * 2, []),
    user_row(
        "policies", "policies", "AttachedPolicies",
        (["AmazonS3ReadOnlyAccess"], [S3_READ]), (["reading", "AmazonSQSFullAccess"], sorted([READING, SQS])), [],
    ),
    user_row(
        "inline-document", "inline_policies/queue", "InlinePolicies/queue",
        (allow("sqs:SendMessage"),) * 2, (deny("sqs:SendMessage"),) * 2, None,
    ),
    user_row("inline-renamed", "inline_policies", "InlinePolicies", ({"a": allow("sqs:*")},) * 2, ({"b": allow("sqs:*")},) * 2, {}),
    user_row("boundary-moved", "permissions_boundary", "PermissionsBoundary", ("limits", LIMITS), ("reading", READING), READING),
    user_row("boundary-taken-off", "permissions_boundary", "PermissionsBoundary", ("limits", LIMITS), ("none", None), None),
    user_row(
        "tags", "tags", "Tags",
        ({"team": "data", "x": ""}, OWNED | {"team": "data", "x": ""}), ({"team": "sea"}, OWNED | {"team": "sea"}), OWNED,
    ),
    user_row("tag-case-only", "tags", "Tags", ({"Team": "a"}, OWNED | {"Team": "a"}), ({"team": "a"}, OWNED | {"team": "a"}), OWNED),
    group_row("path", "path", "Path", ("/teams/",) * 2, ("/crews/",) * 2, "/"),
    group_row(
        "policies", "policies", "AttachedPolicies",
        (["reading"], [READING]), (["limits", "AmazonS3ReadOnlyAccess"], sorted([LIMITS, S3_READ])), [],
    ),
    group_row(
        "inline-document", "inline_policies/put", "InlinePolicies/put",
        (allow("s3:PutObject"),) * 2, (deny("s3:PutObject"),) * 2, None,
    ),
    group_row("inline-renamed", "inline_policies", "InlinePolicies", ({"a": allow("sqs:*")},) * 2, ({"b": allow("sqs:*")},) * 2, {}),
]


def hand(name: str, edit, *says: str, **more: object) -> Hand:
    """An edit by hand on the plain user or group."""
    return Hand(name, edit, says, base=PLAIN, **more)


HANDS = [
    hand("user-attached", lambda iam: iam.attach_user_policy(UserName="ada", PolicyArn=SQS), "policies", "AmazonSQSFullAccess"),
    hand(
        "user-inline", lambda iam: iam.put_user_policy(UserName="ada", PolicyName="sneaky", PolicyDocument=text(allow("*"))),
        "inline_policies", "sneaky",
    ),
    hand("user-group", lambda iam: iam.add_user_to_group(UserName="ada", GroupName="readers"), "groups", "readers"),
    hand(
        "user-boundary", lambda iam: iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=LIMITS),
        "held", "permissions_boundary", kept=True,
    ),
    hand(
        "user-password", lambda iam: iam.create_login_profile(UserName="ada", Password="Tide-4-Time!"),
        "held", "console_access", kept=True,
    ),
    hand("user-key", lambda iam: iam.create_access_key(UserName="ada"), "held", "access_keys", kept=True),
    hand("user-tag", lambda iam: iam.tag_user(UserName="ada", Tags=[{"Key": "who", "Value": "me"}]), "tags", "who"),
    hand(
        "group-attached", lambda iam: iam.attach_group_policy(GroupName="readers", PolicyArn=SQS),
        "policies", "AmazonSQSFullAccess", flags=TAKES_FROM_GROUPS,
    ),
    hand(
        "group-inline", lambda iam: iam.put_group_policy(GroupName="readers", PolicyName="sneaky", PolicyDocument=text(allow("*"))),
        "inline_policies", "sneaky", flags=TAKES_FROM_GROUPS,
    ),
]

HELD = [
    Held(
        "user-boundary", "users/ada/permissions_boundary", "users/ada/PermissionsBoundary",
        ("limits", LIMITS), ("none", None), "permissions_boundary", base=PLAIN,
    ),
    Held(
        "user-password", "users/ada/console_access", "users/ada/LoginProfile",
        ({"store": "file:secrets/ada"}, {"PasswordResetRequired": False}), ("none", None), "console_access",
        base=PLAIN,
    ),
    Held(
        "user-protect", "users/ada/protect", "users/ada/Tags/evenkeel:protect", (True, "true"), (False, None), "evenkeel:protect",
        base=PLAIN,
    ),
]


def member_by_hand(exact: bool):
    """A member whom the file does not put there is seen; `members: exact` takes such members out."""

    def run(bench: Bench) -> None:
        group = {"members": "exact"} if exact else {}
        bench.converge(edited(PLAIN, "groups/readers", group))
        bench.iam.create_user(UserName="mallory")
        bench.iam.add_user_to_group(UserName="mallory", GroupName="readers")
        ran = bench.run("plan", "--detailed-exitcode", *TAKES_FROM_GROUPS)
        bench.shows(ran, "mallory")
        bench.same("exit", ran.code, 2 if exact else ran.code)
        bench.apply(*TAKES_FROM_GROUPS)
        bench.same("members", at(bench.live(), "groups/readers/Members"), [] if exact else ["mallory"])

    return run


def group_needs_a_word(bench: Bench) -> None:
    """Nothing says whose a group is, so adding to it is free and taking from it needs `--adopt`."""
    bench.iam.create_group(GroupName="readers")
    bench.iam.attach_group_policy(GroupName="readers", PolicyArn=SQS)
    before = bench.live()
    bench.write(edited(PLAIN, "groups/readers/policies", ["reading"]))
    bench.shows(bench.apply(code=4), "--adopt group/readers")
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--adopt", "group/readers")
    bench.settled()
    bench.same("policies", at(bench.live(), "groups/readers/AttachedPolicies"), [READING])
    bench.converge(edited(PLAIN, "groups/readers/policies", ["reading", "limits"]))


def credentials(bench: Bench) -> None:
    """A password and a key are made once, go to their stores and nowhere else, and only words take them away."""
    stores = {"console_access": {"store": "file:secrets/password", "reset_required": True}, "access_key": {"store": "file:secrets/key"}}
    ran = bench.converge(edited(PLAIN, "users/ada", stores))
    found = at(bench.live(), "users/ada")
    bench.same("credentials", (found["LoginProfile"] is not None, found["AccessKeys"]), (True, ["Active"]))
    secrets = stored(bench)
    id_of_key = bench.iam.list_access_keys(UserName="ada")["AccessKeyMetadata"][0]["AccessKeyId"]
    bench.same("the key's id is stored", [name for name, content in secrets.items() if id_of_key in content], ["key"])
    nothing_told(bench, ran, secrets, id_of_key)
    bench.apply()
    bench.same("stored again", stored(bench), secrets)
    bench.same("keys", at(bench.live(), "users/ada/AccessKeys"), ["Active"])
    bench.write(PLAIN)
    bench.apply()
    bench.same("after the lines have gone", at(bench.live(), "users/ada"), found)
    bench.converge(edited(PLAIN, "users/ada", {"console_access": "none", "access_keys": "none"}))
    found = at(bench.live(), "users/ada")
    bench.same("after the words", (found["LoginProfile"], found["AccessKeys"]), (None, []))


def reset_required(bench: Bench) -> None:
    """A first password must be changed at the first sign-in, where the file says so."""
    bench.converge(edited(PLAIN, "users/ada/console_access", {"store": "file:secrets/password", "reset_required": True}))
    bench.same("password", at(bench.live(), "users/ada/LoginProfile"), {"PasswordResetRequired": True})


def stored(bench: Bench) -> dict[str, str]:
    """The stored secrets, of which nobody but their owner may read anything; a sandbox keeps them in its own folder."""
    folders = [bench.folder / "secrets", bench.backend.folder / "account" / "secrets"]
    files = [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]
    by_name = {path.name.removeprefix("secrets%2F"): path for path in files}
    bench.same("the stores", sorted(by_name), ["key", "password"])
    bench.same("their modes", {oct(path.stat().st_mode & 0o777) for path in files}, {"0o600"})
    return {name: path.read_text() for name, path in by_name.items()}


def nothing_told(bench: Bench, ran, secrets: dict[str, str], id_of_key: str) -> None:
    """No secret stands in an output, a journal or any other file but its store."""
    words = [word for content in secrets.values() for word in content.replace("=", " ").replace('"', " ").split()]
    long = [word for word in words if len(word) >= 16 and word != id_of_key and not word.startswith("aws_") and not word.startswith("AWS_")]
    if len(long) < 2:
        raise Failed(f"a password and a secret key are expected in the stores, not {len(long)} words")
    others = [path.read_text(errors="replace") for path in bench.written() if path.parent.name != "secrets"]
    told = [word for word in long for text_ in [ran.told(), *others] if word in text_]
    bench.same("how many secrets are told", len(told), 0)


def key_that_exists(bench: Bench) -> None:
    """A user who has a key gets no other one, and the file stays as it is."""
    bench.converge(PLAIN)
    bench.iam.create_access_key(UserName="ada")
    bench.write(edited(PLAIN, "users/ada/access_key", {"store": "file:secrets/key"}))
    bench.settled()
    bench.apply()
    bench.same("keys", at(bench.live(), "users/ada/AccessKeys"), ["Active"])


def shared(bench: Bench) -> None:
    """Of a shared user the listed policies are ensured; all else stays, and no tag is written."""
    bench.iam.create_user(UserName="you", Path="/people/", Tags=[{"Key": "team", "Value": "sea"}])
    bench.iam.attach_user_policy(UserName="you", PolicyArn=S3_READ)
    bench.iam.create_group(GroupName="club")
    bench.iam.add_user_to_group(UserName="you", GroupName="club")
    environment = file(users={"you": {"shared": True, "policies": ["AWSBatchFullAccess", "AmazonSQSFullAccess"]}})
    bench.converge(environment)
    found = at(bench.live(), "users/you")
    bench.same("policies", found["AttachedPolicies"], sorted([S3_READ, SQS, managed_arn("AWSBatchFullAccess")]))
    bench.same("the rest", (found["Path"], found["Groups"], found["Tags"]), ("/people/", ["club"], {"team": "sea"}))
    bench.iam.detach_user_policy(UserName="you", PolicyArn=SQS)
    bench.plan(code=2)
    bench.apply()
    bench.settled()
    bench.same("policies", at(bench.live(), "users/you"), found)


def adopted(bench: Bench) -> None:
    """A user made by hand is taken over by the user's word only, and marked last."""
    bench.iam.create_user(UserName="ada")
    bench.iam.attach_user_policy(UserName="ada", PolicyArn=SQS)
    before = bench.live()
    bench.write(edited(PLAIN, "users/ada/groups", ["readers"]))
    bench.shows(bench.apply(code=4), "--adopt user/ada")
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--adopt", "user/ada")
    bench.settled()
    found = at(bench.live(), "users/ada")
    bench.same("user", (found["Tags"], found["AttachedPolicies"], found["Groups"]), (OWNED, [], ["readers"]))


def disappear(bench: Bench) -> None:
    """`absent:` takes users and groups away with credentials, memberships and policies."""
    bench.converge(FULL)
    bench.iam.create_access_key(UserName="ada")
    bench.iam.create_login_profile(UserName="ada", Password="Tide-4-Time!")
    bench.write(file(policies=FULL["policies"], absent={"users": ["ada", "bob"], "groups": ["readers", "writers"]}))
    bench.apply("--allow", "mass-change", "--allow", "delete", *TAKES_FROM_GROUPS)
    bench.settled()
    bench.same("what is left", [bench.live()[kind] for kind in ("users", "groups")], [{}, {}])
    bench.converge(FULL, *TAKES_FROM_GROUPS)


def group_with_strangers(bench: Bench) -> None:
    """A group that an undeclared user is in is not deleted, unless `detach: true` stands beside it."""
    bench.iam.create_group(GroupName="readers")
    bench.iam.create_user(UserName="mallory")
    bench.iam.add_user_to_group(UserName="mallory", GroupName="readers")
    before = bench.live()
    words = (*TAKES_FROM_GROUPS, "--allow", "delete", "--allow", "mass-change")
    bench.write(file(absent={"groups": ["readers"]}))
    bench.shows(bench.apply(*words, code=4), "mallory")
    bench.same("after the refusal", bench.live(), before)
    bench.write(file(absent={"groups": [{"name": "readers", "detach": True}]}))
    bench.apply(*words)
    bench.same("groups", (bench.live()["groups"], sorted(bench.live()["users"])), ({}, ["mallory"]))


CASES = [
    *[row.case() for row in ROWS],
    *[one.case() for one in HANDS + HELD],
    Case("by-hand/group-member", member_by_hand(exact=False)),
    Case("by-hand/group-member-exact", member_by_hand(exact=True)),
    Case("by-hand/shared-user", shared),
    Case("credentials/made-once", credentials, EVERYWHERE),
    Case("credentials/reset-required", reset_required),
    Case("credentials/key-that-exists", key_that_exists),
    Case("adoption/group", group_needs_a_word),
    Case("adoption/user", adopted),
    Case("absent/users-and-groups", disappear),
    Case("absent/group-with-strangers", group_with_strangers),
]
