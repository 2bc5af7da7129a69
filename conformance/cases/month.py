"""A month in the life of an account: pull requests, edits by hand, and drift runs that tell the two apart by name.

The repository's `main` is what was applied last; the folder holds what a pull request would make of it. So `--base HEAD` is the
base, and live, base and file decide what each difference is.
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness import report
from harness.bench import Bench, Failed, Ran
from harness.case import SANDBOX, Case
from harness.live import at

from .by_hand import text
from .documents import ENVIRONMENT, OWNER, REMOVED, allow, edited, file, managed_arn, policy_arn, trusts
from .functions import CODE, packed

TRANSCRIPT = Path(__file__).resolve().parent.parent / "fixtures" / "month" / "transcript.txt"
IMAGERY = "arn:aws:s3:::imagery/*"
OPENED = {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": IMAGERY}]}
EC2, GLUE, LAMBDA = "ec2.amazonaws.com", "glue.amazonaws.com", "lambda.amazonaws.com"

BASE = file(
    policies={"reading": {"document": allow("s3:GetObject")}, "writing": {"document": allow("s3:PutObject")}},
    groups={"readers": {"policies": ["reading"], "members": "exact"}},
    users={"ada": {"groups": ["readers"], "tags": {"team": "data"}}, "bob": {}},
    roles={
        "app": {"trust": EC2, "policies": ["reading"], "tags": {"team": "data"}},
        "ci": {"trust": EC2},
        "doomed": {"trust": EC2},
        "gone": {"trust": EC2},
        "moved": {"trust": EC2, "description": "One"},
        "runner": {"trust": LAMBDA},
        "wide": {"trust": EC2},
    },
    buckets={"imagery": {"public_access_block": {"block_public_policy": False, "restrict_public_buckets": False}}, "archive": {}},
    lambdas={name: {"runtime": "python3.12", "handler": "app.handler", "role": "runner", "code": f"./{name}"} for name in ("worker", "shipped")},
    rules={"tick": {"schedule": "rate(5 minutes)"}, "tock": {"schedule": "rate(1 hour)"}},
)


def call(service: str, operation: str, **given: object) -> Callable[[Bench], None]:
    """An edit by hand."""
    return lambda bench: getattr(bench.client(service), operation)(**given)


def described(name: str, words: str) -> Callable[[Bench], None]:
    """A role described by hand."""
    return call("iam", "update_role", RoleName=name, Description=words, MaxSessionDuration=3600)


def older_version(bench: Bench) -> None:
    """Somebody puts a version by and makes it default."""
    bench.iam.create_policy_version(PolicyArn=policy_arn("writing"), PolicyDocument=text(allow("s3:*")))
    bench.iam.set_default_policy_version(PolicyArn=policy_arn("writing"), VersionId="v2")


def nothing(_: Bench) -> None:
    """Nobody did anything in the account."""


def no_edits(environment: dict) -> dict:
    """Nobody wrote anything."""
    return environment


def writes(*edits: tuple[str, object]) -> Callable[[dict], dict]:
    """A pull request."""

    def write(environment: dict) -> dict:
        for path, value in edits:
            environment = edited(environment, path, value)
        return environment

    return write


@dataclass(frozen=True)
class Change:
    """Something that happens in the account, in the file, or in both, and what a drift run has to call it."""

    name: str
    address: str
    field: str
    word: str | None
    hand: Callable[[Bench], None] = nothing
    write: Callable[[dict], dict] = no_edits
    code: Callable[[Bench], None] = nothing


TAGGED = [{"Key": OWNER, "Value": ENVIRONMENT}, {"Key": "who", "Value": "me"}]
# A field of `None` is a word about the whole thing.
CHANGES = [
    Change("policy attached by hand", "role/ci", "policies", "drift", call("iam", "attach_role_policy", RoleName="ci", PolicyArn=managed_arn("AdministratorAccess"))),
    Change("bucket policy made public", "bucket/imagery", "policy", "drift", call("s3", "put_bucket_policy", Bucket="imagery", Policy=text(OPENED))),
    Change("rule disabled", "rule/tick", "state", "drift", call("events", "disable_rule", Name="tick")),
    Change("code swapped", "lambda/worker", "code", "drift", lambda bench: bench.client("lambda").update_function_code(FunctionName="worker", ZipFile=packed({"app.py": "import os"}))),
    Change("version made default", "policy/writing", "document", "drift", older_version),
    Change("trust widened", "role/wide", "trust", "drift", call("iam", "update_assume_role_policy", RoleName="wide", PolicyDocument=text(trusts(GLUE)))),
    Change("tag changed", "user/ada", "tags", "drift", call("iam", "tag_user", UserName="ada", Tags=[{"Key": "team", "Value": "sea"}])),
    Change("role deleted by hand", "role/gone", None, "drift", call("iam", "delete_role", RoleName="gone")),
    Change("user put into a group", "user/bob", "groups", "drift", call("iam", "add_user_to_group", UserName="bob", GroupName="readers")),
    Change("new in the file", "role/new", None, "pending", write=writes(("roles/new", {"trust": EC2}))),
    Change("gone from the file", "role/doomed", None, "pending", write=writes(("roles/doomed", REMOVED))),
    Change("schedule in the file", "rule/tock", "schedule", "pending", write=writes(("rules/tock/schedule", "rate(2 hours)"))),
    Change("code in git", "lambda/shipped", "code", "pending", code=lambda bench: bench.put("shipped/app.py", CODE + "# Second\n")),
    Change("id renamed, name kept", "role/still", None, None, write=writes(("roles/moved", REMOVED), ("roles/still", {"name": "moved", "trust": EC2, "description": "One"}))),
    Change("both, differently", "role/app", "tags", "conflict", call("iam", "tag_role", RoleName="app", Tags=[{"Key": "team", "Value": "sea"}]), writes(("roles/app/tags", {"team": "sky"}))),
    Change("both, differently, another field", "role/app", "description", "conflict", described("app", "By hand"), writes(("roles/app/description", "In git"))),
    Change("both, to the same", "role/runner", "description", None, described("runner", "Agreed"), writes(("roles/runner/description", "Agreed"))),
    Change("versioning in the file", "bucket/archive", "versioning", "pending", write=writes(("buckets/archive/versioning", True))),
    Change("tags by hand beside it", "bucket/archive", "tags", "drift", call("s3", "put_bucket_tagging", Bucket="archive", Tagging={"TagSet": TAGGED})),
]


def began(bench: Bench) -> None:
    """The base, in git and in the account."""
    repository = bench.repository()
    for name in ("worker", "shipped"):
        bench.put(f"{name}/app.py", CODE)
    bench.converge(BASE)
    repository.commit("Begin")


def drifted(bench: Bench, *flags: str, code: int = 2) -> dict:
    """A drift run as JSON."""
    return report.drift(bench, "--base", "HEAD", *flags, code=code)


def happens(bench: Bench, changes: list[Change]) -> dict:
    """Makes changes on both sides; the file that is then there."""
    environment = BASE
    for change in changes:
        change.hand(bench)
        change.code(bench)
        environment = change.write(environment)
    bench.write(environment)
    return environment


def told(found: dict, change: Change) -> str | None:
    """The word of a report for a change."""
    if change.field is None:
        return report.statuses(found).get(change.address)
    return report.classes(found).get(change.address, {}).get(change.field)


def one_change(change: Change) -> Case:
    """A single change, alone in its month."""

    def run(bench: Bench) -> None:
        began(bench)
        happens(bench, [change])
        before = bench.live()
        code = {None: 0, "pending": 0}.get(change.word, 2)
        found = drifted(bench, code=code)
        bench.same(change.name, told(found, change), change.word)
        others = {address for address in report.statuses(found) if address != change.address}
        # A user in a group is told of both.
        bench.same("others", others - {"group/readers"}, set())
        bench.same("drift changes nothing", bench.live(), before)

    return Case(f"month/{change.name.replace(' ', '-').replace(',', '')}", run, SANDBOX)


def everything(bench: Bench) -> None:
    """All of it at once; every class by name, and the same bytes each time."""
    began(bench)
    happens(bench, CHANGES)
    found = drifted(bench)
    bench.same("words", {change.name: told(found, change) for change in CHANGES}, {change.name: change.word for change in CHANGES})
    runs = {bench.drift("--base", "HEAD", "--format", form).out for form in ("text", "json") for _ in range(3)}
    bench.same("different outputs", len(runs), 2)


def without_base(bench: Bench) -> None:
    """Without a base nobody can tell why file and account differ."""
    began(bench)
    happens(bench, CHANGES)
    found = report.drift(bench)
    words = {word for fields in report.classes(found).values() for word in fields.values()}
    bench.same("words", words, {"difference"})


def quiet(bench: Bench) -> None:
    """Nothing happened: nothing is told and the exit code says so, with a base and without."""
    began(bench)
    for flags in ((), ("--base", "HEAD"), ("--base", "./environment.yaml"), ("--base", "main"), ("--base", "HEAD", "--base", "HEAD")):
        bench.drift(*flags, code=0)


def base_forms(bench: Bench) -> None:
    """A base is a revision, a file or a folder; anything else is an error that names it."""
    began(bench)
    bench.put("last/environment.yaml", json.dumps(BASE))
    for name in ("worker", "shipped"):
        bench.put(f"last/{name}/app.py", CODE)
    bench.write(edited(BASE, "roles/ci/description", "New"))
    described("wide", "By hand")(bench)
    wanted = {"role/ci": {"description": "pending"}, "role/wide": {"description": "drift"}}
    for base in ("HEAD", "main", "last", "./last", "last/environment.yaml", "main@{0}"):
        found = report.drift(bench, "--base", base)
        bench.same(base, report.classes(found), wanted)
    for base in ("no-such-revision", "HEAD~7", "./nowhere.yaml", "-x", "HEAD:environment.yaml", ""):
        ran = bench.run("drift", f"--base={base}")
        bench.same(f"exit with `{base}`", (ran.code, ran.out), (1, ""))
        bench.shows(ran, base)


def failed_apply(bench: Bench) -> None:
    """After an apply that failed in the middle two bases are given: what either of them says is no drift."""
    began(bench)
    first = bench.repository().git("rev-parse", "HEAD")
    second = edited(edited(BASE, "roles/ci/description", "Second"), "rules/tock/schedule", "rate(2 hours)")
    bench.write(second)
    bench.repository().commit("Second")
    # Half of it arrived.
    described("ci", "Second")(bench)
    third = edited(second, "roles/ci/description", "Third")
    third = edited(third, "rules/tock/schedule", "rate(3 hours)")
    bench.write(third)
    call("iam", "tag_user", UserName="ada", Tags=[{"Key": "team", "Value": "sea"}])(bench)
    found = report.drift(bench, "--base", first, "--base", "HEAD")
    wanted = {"role/ci": {"description": "pending"}, "rule/tock": {"schedule": "pending"}, "user/ada": {"tags": "drift"}}
    bench.same("classes", report.classes(found), wanted)


def pending_alone(bench: Bench) -> None:
    """What waits for the next apply is told and is no drift: exit code 0."""
    began(bench)
    bench.write(edited(BASE, "roles/ci/description", "New"))
    bench.shows(bench.drift("--base", "HEAD", code=0), "role/ci", "pending")
    bench.shows(bench.drift(code=2), "role/ci")


def unreadable(bench: Bench) -> None:
    """What may not be read is unknown, is not clean, and hides nothing else."""
    began(bench)
    with bench.between(("s3", "GET bucket policy")):
        bench.shows(bench.drift("--base", "HEAD", code=3), "bucket/imagery", "unknown", "AccessDenied")
        found = drifted(bench, code=3)
        call("iam", "attach_role_policy", RoleName="ci", PolicyArn=managed_arn("AdministratorAccess"))(bench)
        worse = drifted(bench, code=3)
    bench.same("buckets", {report.things(found)[f"bucket/{name}"]["status"] for name in ("imagery", "archive")}, {"unknown"})
    bench.same("what else", report.classes(worse).get("role/ci"), {"policies": "drift"})


def calls(bench: Bench) -> None:
    """Looking costs no more calls than planning, also with a base and with changes on both sides."""
    began(bench)
    for changes in ([], CHANGES):
        happens(bench, changes)
        counted = {}
        for words in (("plan",), ("drift",), ("plan", "--base", "HEAD"), ("drift", "--base", "HEAD"), ("drift", "--base", "HEAD", "--base", "HEAD")):
            with bench.between() as heard:
                bench.run(*words)
            counted[" ".join(words)] = heard.calls.total()
        bench.same(f"more calls than the plan: {counted}", counted["drift"] > counted["plan"], False)
        worse = {words: count for words, count in counted.items() if count > counted["plan --base HEAD"]}
        bench.same(f"more calls than the plan: {counted}", worse, {})


SCRUBBED = [
    (re.compile(r"\b[0-9a-f]{40}\b"), "REVISION"),
    (re.compile(r"\bzip [0-9a-f]{12}\b"), "zip HASH"),
    (re.compile(r"\bin \d+(\.\d+)? m?s\b"), "in TIME"),
    (re.compile(r"\b\d+ calls?\b"), "N calls"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+Z?"), "WHEN"),
    (re.compile(r"to undo: .*"), "to undo: UNDO"),
    (re.compile(r"\S*/state/evenkeel/\S*"), "STATE"),
    (re.compile(r"/\S*/(?=environment\.yaml)"), "DIR/"),
    (re.compile(r"\b[A-Za-z0-9+/]{43}="), "HASH"),
    (re.compile(r"[ \t]+$", re.M), ""),
]


def scrubbed(ran: Ran, folder: Path) -> str:
    """What a run has said, without what differs from run to run."""
    # The steps run side by side, so the order in which they are announced is another each time.
    err = "".join(line for line in ran.err.splitlines(keepends=True) if not line.startswith("["))
    words = f"$ {ran.command}\n{ran.out}{err}exit {ran.code}\n".replace(str(folder), "DIR")
    for pattern, name in SCRUBBED:
        words = pattern.sub(name, words)
    return words


def transcript(bench: Bench) -> None:
    """Four weeks as a team would see them, word by word."""
    repository = bench.repository()
    said: list[str] = []

    def run(*arguments: str) -> None:
        said.append(scrubbed(bench.run(*arguments), bench.folder))

    def note(words: str) -> None:
        said.append(f"# {words}\n")

    for name in ("worker", "shipped"):
        bench.put(f"{name}/app.py", CODE)
    note("Week 1: the first apply, and a quiet night")
    bench.write(BASE)
    repository.commit("Begin")
    run("apply", "--yes")
    run("drift", "--base", "HEAD")
    note("Week 2: somebody helps out by hand, and somebody else opens a pull request")
    happens(bench, [change for change in CHANGES if change.hand is not nothing and change.write is no_edits])
    second = edited(BASE, "rules/tock/schedule", "rate(2 hours)")
    bench.write(second)
    run("drift", "--base", "HEAD")
    run("plan", "--base", "HEAD")
    note("Week 3: it is taken back, and the pull request is merged")
    run("apply", "--yes", "--base", "HEAD", "--adopt", "group/*")
    repository.commit("Tock every two hours")
    run("drift", "--base", "HEAD")
    note("Week 4: a role is not needed any more, and two people change one description")
    fourth = edited(edited(second, "roles/doomed", REMOVED), "roles/app/description", "In git")
    bench.write(fourth)
    described("app", "By hand")(bench)
    run("drift", "--base", "HEAD")
    run("plan", "--base", "HEAD", "--prune")
    run("apply", "--yes", "--base", "HEAD", "--prune")
    repository.commit("Let the role go")
    run("drift", "--base", "HEAD")
    bench.same("what is left", at(bench.live(), "roles/doomed"), None)
    compare("\n".join(said))


def compare(said: str) -> None:
    """Against the kept transcript, which `EVENKEEL_WRITE_TRANSCRIPT=1` writes anew for a person to read."""
    if os.environ.get("EVENKEEL_WRITE_TRANSCRIPT"):
        TRANSCRIPT.parent.mkdir(parents=True, exist_ok=True)
        TRANSCRIPT.write_text(said)
        return
    kept = TRANSCRIPT.read_text().splitlines() if TRANSCRIPT.exists() else []
    lines = said.splitlines()
    for number, (wanted, found) in enumerate(zip(kept, lines, strict=False), 1):
        if wanted != found:
            raise Failed(f"{TRANSCRIPT.name}:{number}\n  wanted {wanted}\n  found  {found}\n\n{said}")
    if len(kept) != len(lines):
        raise Failed(f"{TRANSCRIPT.name} has {len(kept)} lines, and {len(lines)} are said\n\n{said}")


CASES = [
    *[one_change(change) for change in CHANGES],
    Case("month/everything", everything, SANDBOX),
    Case("month/without-base", without_base, SANDBOX),
    Case("month/quiet", quiet, SANDBOX),
    Case("month/base-forms", base_forms, SANDBOX),
    Case("month/failed-apply", failed_apply, SANDBOX),
    Case("month/pending-alone", pending_alone, SANDBOX),
    Case("month/unreadable", unreadable, SANDBOX),
    Case("month/calls", calls, SANDBOX),
    Case("month/transcript", transcript, SANDBOX),
]
