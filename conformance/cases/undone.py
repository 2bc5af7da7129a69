"""Undo: what an apply has done is taken back by applying what it has put by; what can't come back is said beforehand."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.bench import Bench, Failed, Ran
from harness.case import EVERYWHERE, SANDBOX, Case
from harness.live import at

from . import buckets, functions, people
from .by_hand import contents, text
from .documents import OWNER, REMOVED, allow, edited, file, managed_arn, trusts
from .edits import FULL
from .functions import CODE
from .killed import CHANGES

WORDS = ("--allow", "mass-change", "--adopt", "group/*", "--allow", "delete")
UNDO = ("--undo", "before")
BACK = ("-f", "before/environment.yaml")


def nothing(_: Bench) -> None:
    """The usual preparation."""


def changed_all() -> dict:
    """Every field of a role, and its policies, at once."""
    environment = edited(FULL, "policies/reading/document", allow("s3:ListBucket"))
    for path, value in CHANGES.items():
        environment = edited(environment, path, value)
    return environment


def gone(base: dict, section: str, name: str) -> dict:
    """A file that wants a thing away."""
    without = edited(base, f"{section}/{name}", REMOVED)
    absent = {key: list(value) for key, value in base.get("absent", {}).items()}
    return without | {"absent": absent | {section: [*absent.get(section, []), name]}}


def plain(account: dict) -> dict:
    """The account without what can't come back: numbers of versions, and what was never ours to say."""
    return json.loads(json.dumps(contents(account), default=str))


@dataclass(frozen=True)
class Undone:
    """Two files; from the first to the second, and back by what was put by."""

    name: str
    base: dict
    then: dict
    setup: Callable[[Bench], None] = nothing
    between: Callable[[Bench], None] = nothing
    words: tuple[str, ...] = WORDS
    says: tuple[str, ...] = ()
    # Places that can't come back, as paths of the account.
    lost: tuple[str, ...] = field(default=())

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"undone/{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """There and back."""
        self.setup(bench)
        bench.converge(self.base)
        self.between(bench)
        before = bench.live()
        bench.write(self.then)
        ran = bench.apply(*UNDO, *self.words)
        after = bench.live()
        bench.same("something was done", after == before, False)
        bench.shows(ran, "to undo: evenkeel apply -f ", "before/environment.yaml", *self.says)
        bench.expect(0, "check", *BACK)
        back = bench.apply(*BACK, *self.words)
        bench.same(f"after the undo\n{ran.told()}\n{back.told()}", without(bench.live(), self.lost), without(before, self.lost))
        bench.shows(bench.plan(*BACK, *self.words), "Nothing to do")


def without(account: dict, paths: tuple[str, ...]) -> dict:
    """The account but for some places."""
    account = plain(account)
    for path in paths:
        *parents, last = path.split("/")
        table = at(account, "/".join(parents))
        if isinstance(table, dict):
            table.pop(last, None)
    return account


def other_code(bench: Bench) -> None:
    """The code beside the file, as the second file wants it."""
    bench.put("code/app.py", CODE + "# Second\n")


def full_bucket(bench: Bench) -> None:
    """Something lies in it."""
    bench.client("s3").put_object(Bucket="archive", Key="a", Body=b"a")


PEOPLE = people.FULL
EMPTIED = file(buckets={"imagery": {}}, absent={"buckets": [{"name": "archive", "empty": True}]})
PLAIN_BUCKETS = file(buckets={"imagery": {}, "archive": {}})
ROWS = [
    Undone("role-changed", FULL, changed_all()),
    Undone("role-created", FULL, edited(FULL, "roles/new", {"trust": "ec2.amazonaws.com", "instance_profile": True, "policies": ["reading"]})),
    Undone("role-deleted", FULL, gone(FULL, "roles", "app")),
    Undone("policy-created-and-attached", FULL, edited(edited(FULL, "policies/new", {"document": allow("sns:*")}), "roles/app/policies", ["new"])),
    Undone("policy-deleted", FULL, gone(edited(FULL, "roles/app/policies", []), "policies", "reading")),
    Undone("all-deleted", FULL, file(absent={"roles": ["app"], "policies": ["reading", "writing", "limits"]})),
    Undone("user-changed", PEOPLE, edited(edited(PEOPLE, "users/ada", {"groups": ["writers"], "permissions_boundary": "limits"}), "groups/readers", {"inline_policies": {"x": allow("sqs:*")}})),
    Undone("user-deleted", PEOPLE, gone(PEOPLE, "users", "bob")),
    Undone("user-with-key-deleted", PEOPLE, gone(PEOPLE, "users", "ada"), between=lambda bench: bench.iam.create_access_key(UserName="ada"), says=("can't come back", "key"), lost=("users/ada/AccessKeys",)),
    Undone("group-created", PEOPLE, edited(PEOPLE, "groups/new", {"policies": ["reading"]})),
    Undone("group-deleted", PEOPLE, gone(edited(edited(PEOPLE, "users/bob/groups", ["readers"]), "users/ada/groups", ["readers"]), "groups", "writers")),
    Undone("bucket-changed", buckets.FULL, edited(buckets.FULL, "buckets/imagery", {}), setup=buckets.prepared, lost=("buckets/imagery/Objects", "buckets/imagery/Versions")),
    Undone(
        "bucket-filled", buckets.TWO, buckets.FULL, setup=buckets.prepared, says=("can't come back", "versioning"),
        lost=("buckets/imagery/Objects", "buckets/imagery/Versions", "buckets/imagery/Versioning"),
    ),
    Undone("bucket-created", file(buckets={"imagery": {}}), PLAIN_BUCKETS),
    Undone(
        "bucket-emptied", PLAIN_BUCKETS, EMPTIED, between=full_bucket, words=(*WORDS, "--allow", "data-loss:bucket/archive"),
        says=("can't come back", "object"), lost=("buckets/archive/Objects", "buckets/archive/Versions"),
    ),
    Undone("function-changed", functions.PLAIN, functions.FULL, setup=functions.code),
    # What a function has in its environment is nobody's to save.
    Undone("function-changed-back", functions.FULL, functions.PLAIN, setup=functions.code, says=("can't come back", "MODE"), lost=("functions/worker/Environment",)),
    Undone("function-code", functions.PLAIN, functions.PLAIN, setup=functions.code, between=other_code),
    Undone("function-deleted", functions.PLAIN, file(roles=functions.ROLES, absent={"lambdas": ["worker"], "rules": ["tick"]}), setup=functions.code),
    Undone("rule-changed", functions.FULL, edited(functions.FULL, "rules/tick", {"pattern": {"source": ["x"]}, "state": "disabled"}), setup=functions.code),
    Undone("rule-deleted", functions.PLAIN, gone(functions.PLAIN, "rules", "tick"), setup=functions.code),
    Undone("by-hand-taken-back", FULL, FULL, between=lambda bench: bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess"))),
]


def killed(bench: Bench) -> None:
    """Killed at any moment, what was done until then is taken back."""
    changed, done = changed_all(), 0
    for moment in range(1, 11):
        bench.backend.fresh()
        bench.converge(FULL)
        before = bench.live()
        bench.write(changed)
        undo = f"before-{moment}"
        bench.run_killed(moment, "apply", "--yes", *WORDS, "--undo", undo)
        # Whatever was under way may still arrive.
        if bench.live() != before:
            done += 1
            bench.apply("-f", f"{undo}/environment.yaml", *WORDS)
            bench.same(f"killed after {moment}", plain(bench.live()), plain(before))
    bench.same("enough were killed in the middle", done >= 5, True)


def killed_anew(bench: Bench) -> None:
    """Killed while making everything: the undo takes away what was made and nothing else."""
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")))
    before = bench.live()
    bench.write(FULL)
    for moment in (2, 4, 6):
        undo = f"before-{moment}"
        bench.run_killed(moment, "apply", "--yes", "--undo", undo)
        bench.apply("-f", f"{undo}/environment.yaml", *WORDS)
        bench.same(f"killed after {moment}", plain(bench.live()), plain(before))


def undo_of_undo(bench: Bench) -> None:
    """An undo is an apply like any other, with an undo of its own."""
    bench.converge(FULL)
    before = bench.live()
    bench.write(changed_all())
    bench.apply(*WORDS, "--undo", "one")
    after = bench.live()
    bench.apply(*WORDS, "-f", "one/environment.yaml", "--undo", "two")
    bench.same("undone", plain(bench.live()), plain(before))
    bench.apply(*WORDS, "-f", "two/environment.yaml", "--undo", "three")
    bench.same("done again", plain(bench.live()), plain(after))
    bench.apply(*WORDS, "-f", "three/environment.yaml")
    bench.same("undone again", plain(bench.live()), plain(before))


def after_drift(bench: Bench) -> None:
    """The undo plans anew: what has moved on a touched thing is seen, what it did not touch is left alone."""
    base = edited(FULL, "roles/other", {"trust": "ec2.amazonaws.com"})
    bench.converge(base)
    before = bench.live()
    bench.write(edited(base, "roles/app/description", "Second"))
    bench.apply(*UNDO)
    for name in ("app", "other"):
        bench.iam.attach_role_policy(RoleName=name, PolicyArn=managed_arn("AmazonSQSFullAccess"))
    plan = bench.plan(*BACK, code=2)
    bench.shows(plan, "role/app", "AmazonSQSFullAccess", "description")
    bench.silent(plan, "role/other")
    bench.apply(*BACK)
    bench.same("role/app", at(bench.live(), "roles/app"), at(before, "roles/app"))
    bench.same("role/other", at(bench.live(), "roles/other/AttachedPolicies"), [managed_arn("AmazonSQSFullAccess")])


def untouched_is_not_there(bench: Bench) -> None:
    """The undo file names what was touched and nothing else."""
    base = edited(FULL, "roles/other", {"trust": "ec2.amazonaws.com"})
    bench.converge(base)
    bench.write(edited(base, "roles/app/description", "Second"))
    bench.apply(*UNDO)
    content = (bench.folder / "before/environment.yaml").read_text()
    bench.same("named", ("app:" in content, "other:" in content, "reading:" in content), (True, False, False))


def nothing_to_do(bench: Bench) -> None:
    """An apply that does nothing puts nothing by and says nothing of it."""
    bench.converge(FULL)
    bench.silent(bench.apply(*UNDO), "to undo")
    bench.same("folder", (bench.folder / "before").exists(), False)


def refused(bench: Bench) -> None:
    """Neither does one that is refused, or a plan."""
    bench.converge(FULL)
    bench.write(file(absent={"roles": ["app"], "policies": ["reading", "writing", "limits"]}))
    bench.apply(*UNDO, code=4)
    bench.same("folder", (bench.folder / "before").exists(), False)


def not_over_another(bench: Bench) -> None:
    """What was put by before is not written over."""
    bench.converge(FULL)
    bench.write(edited(FULL, "roles/app/description", "Second"))
    bench.apply(*UNDO)
    kept = (bench.folder / "before/environment.yaml").read_bytes()
    before = bench.live()
    bench.write(edited(FULL, "roles/app/description", "Third"))
    ran = bench.run("apply", "--yes", *UNDO)
    bench.same(f"what was put by\n{ran.told()}", (bench.folder / "before/environment.yaml").read_bytes(), kept)
    if ran.code != 0:
        bench.same("after the error", bench.live(), before)


def not_writable(bench: Bench) -> None:
    """Where nothing can be put by, nothing is done."""
    bench.converge(FULL)
    before = bench.live()
    bench.put("taken", "a file")
    bench.write(edited(FULL, "roles/app/description", "Second"))
    for place in ("taken", "taken/below", "/proc/nowhere"):
        ran = bench.run("apply", "--yes", "--undo", place)
        bench.same(f"exit with {place}\n{ran.told()}", ran.code, 1)
        bench.same("after the error", bench.live(), before)


def by_itself(bench: Bench) -> None:
    """Without `--undo` it is put below the state folder, and the line that is printed does what it says."""
    bench.converge(FULL)
    before = bench.live()
    bench.write(edited(FULL, "roles/app/description", "Second"))
    ran = bench.apply()
    bench.apply(*undo_line(ran))
    bench.same("after the undo", plain(bench.live()), plain(before))


def undo_line(ran: Ran) -> list[str]:
    """The arguments of the line that is printed."""
    found = re.search(r"to undo: evenkeel apply (-f \S+)(.*)", ran.out + ran.err)
    if not found:
        raise Failed(f"no line says how to undo\n{ran.told()}")
    # The account is named in the line where it is a folder; here it is the bench's own.
    return [*found[1].split(), *re.sub(r"--sandbox \S+", "", found[2]).split()]


def no_secret(bench: Bench) -> None:
    """Values of live function environments are not put by; what is lost by that is said."""
    functions.code(bench)
    secret = "tide-and-time-9954"
    bench.variables["TOKEN"] = secret
    bench.converge(edited(functions.PLAIN, "lambdas/worker/environment", {"TOKEN": {"from_env": "TOKEN"}, "KEPT": {"from_env": "TOKEN"}}))
    bench.variables["TOKEN"] = "another"
    bench.write(edited(functions.PLAIN, "lambdas/worker/environment", {"TOKEN": {"from_env": "TOKEN"}, "KEPT": {"live": True}}))
    ran = bench.apply(*UNDO)
    told = [ran.told(), *(path.read_text(errors="replace") for path in bench.written())]
    bench.same("who tells the secret", [words for words in told if secret in words], [])
    bench.shows(ran, "TOKEN")
    bench.expect(0, "check", *BACK)
    bench.apply(*BACK)
    bench.same("kept", at(bench.live(), "functions/worker/Environment/KEPT"), secret)


def adopted(bench: Bench) -> None:
    """What was taken over is given back: our mark goes, or it is said that it stays."""
    bench.iam.create_role(RoleName="app", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")), Description="Theirs", Tags=[{"Key": "who", "Value": "them"}])
    before = bench.live()
    bench.write(file(roles={"app": {"trust": "ec2.amazonaws.com"}}))
    bench.apply("--adopt", "role/app", *UNDO)
    bench.apply(*BACK, "--adopt", "role/app")
    found = at(bench.live(), "roles/app")
    found["Tags"].pop(OWNER, None)
    bench.same("role", found, at(before, "roles/app"))


def runs_of(bench: Bench, *flags: str) -> object:
    """What the journal says, as JSON."""
    return json.loads(bench.expect(0, "history", "--format", "json", *flags).out)


def history(bench: Bench) -> None:
    """Each apply that did something is told, the killed one as such, and broken lines hide nothing."""
    bench.write(FULL)
    bench.apply()
    bench.write(edited(FULL, "roles/app/description", "Second"))
    bench.apply()
    bench.apply()
    first = bench.expect(0, "history")
    bench.shows(first, "conformance")
    bench.write(changed_all())
    bench.run_killed(2, "apply", "--yes", *WORDS)
    second = bench.expect(0, "history")
    if len(second.out.splitlines()) <= len(first.out.splitlines()):
        raise Failed(f"the killed run is not told\n{first.told()}\n{second.told()}")
    journal = next(path for path in bench.written() if path.suffix == ".jsonl")
    with journal.open("a") as lines:
        lines.write('{"half": \n\x00\n[]\n')
    third = bench.run("history")
    bench.same(f"exit\n{third.told()}", third.code in (0, 3), True)
    bench.silent(third, "panicked")
    runs_of(bench)
    for arguments in (("--limit", "1"), ("--limit", "0")):
        bench.run("history", *arguments)
    bench.shows(bench.expect(1, "history", "no-such-run"), "no-such-run")
    empty = bench.run("history", "--journal", "nowhere.jsonl")
    bench.same(f"exit\n{empty.told()}", empty.code in (0, 1), True)


def explained(bench: Bench) -> None:
    """Why a thing is what it is, with the line or the tag that says so."""
    tags = [{"Key": OWNER, "Value": "other"}]
    trust = text(trusts("ec2.amazonaws.com"))
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=trust, Tags=tags)
    bench.converge(file(roles={"app": {"trust": "ec2.amazonaws.com", "ignore": ["description"], "protect": True}, "doomed": {"trust": "ec2.amazonaws.com"}}))
    bench.iam.create_role(RoleName="nobodys", AssumeRolePolicyDocument=trust)
    bench.iam.create_role(RoleName="there", AssumeRolePolicyDocument=trust)
    bench.write(json.dumps(file(
        roles={name: {"trust": "ec2.amazonaws.com"} | more for name, more in (("app", {"ignore": ["description"], "protect": True}), ("theirs", {}), ("there", {}), ("new", {}))},
        absent={"roles": ["doomed"]},
    ), indent=1))
    told = {
        "role/app": ("managed", "protect", "description", "environment.yaml:"),
        "role/theirs": ("contested", "other", OWNER, "environment.yaml:"),
        "role/there": ("adopt", "environment.yaml:"),
        "role/doomed": ("delet", "absent", "environment.yaml:"),
        "role/nobodys": ("unmanaged",),
        "role/new": ("environment.yaml:",),
    }
    for address, words in told.items():
        bench.shows(bench.expect(0, "explain", address), address, *words)
    for address in ("role/nowhere", "role", "", "nonsense/x", "role/*"):
        ran = bench.run("explain", address)
        bench.same(f"exit of `explain {address}`\n{ran.told()}", ran.code in (0, 1), True)
        bench.silent(ran, "panicked")


SINGLE: dict[str, Callable[[Bench], None]] = {
    "killed": killed,
    "killed-anew": killed_anew,
    "undo-of-undo": undo_of_undo,
    "after-drift": after_drift,
    "untouched-is-not-there": untouched_is_not_there,
    "nothing-to-do": nothing_to_do,
    "refused": refused,
    "not-over-another": not_over_another,
    "not-writable": not_writable,
    "no-secret": no_secret,
    "adopted": adopted,
    "history": history,
    "explained": explained,
}

CASES = [
    *[row.case() for row in ROWS],
    *[Case(f"undone/{name}", run, SANDBOX) for name, run in SINGLE.items()],
    Case("undone/by-itself", by_itself, EVERYWHERE),
]
