"""An apply that is killed: the next one goes on by itself, and nothing is there twice."""

import random
import shutil

from harness.bench import Bench
from harness.case import EVERYWHERE, Case

from . import functions, people
from .documents import allow, edited
from .edits import FULL

MOMENTS = 10
WORD = ("--allow", "mass-change")


def first_apply(bench: Bench) -> None:
    """Killed while making everything; ten moments, each from an empty account."""
    bench.converge(FULL)
    wanted, killed = bench.live(), 0
    for moment in moments(bench.seed, 12):
        bench.backend.fresh()
        bench.write(FULL)
        killed += bench.run_killed(moment, "apply", "--yes")
        recovers(bench, wanted, f"killed after {moment} announcements")
    at_least_half(bench, killed)


def later_apply(bench: Bench) -> None:
    """Killed while changing everything; documents, attachments, inline policies, tags, trust."""
    changed = edited(FULL, "policies/reading/document", allow("s3:ListBucket"))
    for path, value in CHANGES.items():
        changed = edited(changed, path, value)
    bench.converge(FULL)
    bench.converge(changed, *WORD)
    wanted, killed = bench.live(), 0
    for moment in moments(bench.seed + 1, 12):
        bench.backend.fresh()
        bench.converge(FULL)
        bench.write(changed)
        killed += bench.run_killed(moment, "apply", "--yes", *WORD)
        recovers(bench, wanted, f"killed after {moment} announcements", *WORD)
    at_least_half(bench, killed)


def everything(bench: Bench) -> None:
    """Killed while making users with credentials, groups, functions and rules: no second key, statement or target."""
    wanted_file = people.FULL | {section: functions.FULL[section] for section in ("roles", "lambdas", "rules")}
    for name in ("access_key", "console_access"):
        wanted_file = edited(wanted_file, f"users/ada/{name}", {"store": f"file:secrets/{name}"})
    functions.code(bench)
    bench.converge(wanted_file)
    wanted, killed = bench.live(), 0
    for moment in moments(bench.seed + 2, 30):
        bench.backend.fresh()
        shutil.rmtree(bench.folder / "secrets", ignore_errors=True)
        bench.write(wanted_file)
        killed += bench.run_killed(moment, "apply", "--yes")
        recovers(bench, wanted, f"killed after {moment} announcements")
    at_least_half(bench, killed)


def at_least_half(bench: Bench, killed: int) -> None:
    """A case in which most applies were done before they could be killed shows nothing."""
    bench.same("enough applies were killed", killed >= MOMENTS // 2, True)


CHANGES = {
    "policies/reading/tags": {"team": "sea"},
    "policies/writing/document": allow("s3:PutObjectAcl"),
    "roles/app/policies": ["writing"],
    "roles/app/inline_policies": {"queue": allow("sqs:*"), "new": allow("sns:*")},
    "roles/app/trust": "lambda.amazonaws.com",
    "roles/app/description": "Changed",
    "roles/app/permissions_boundary": "writing",
    "roles/app/instance_profile": "app-on-ec2",
    "roles/app/tags": {"shift": "night"},
}


def moments(seed: int, steps: int) -> list[int]:
    """The numbers of announced steps after which to kill, different for each seed."""
    return random.Random(seed).choices(range(1, steps + 1), k=MOMENTS)


def recovers(bench: Bench, wanted: dict, when: str, *flags: str) -> None:
    """The next apply needs no other word, ends as an undisturbed one does, and leaves nothing to do."""
    ran = bench.run("apply", "--yes", *flags)
    bench.same(f"{when}: exit of the next apply\n{ran.told()}", ran.code, 0)
    bench.settled()
    bench.same(when, bench.live(), wanted)


CASES = [
    Case("killed/first-apply", first_apply, EVERYWHERE),
    Case("killed/everything", everything, EVERYWHERE),
    Case("killed/later-apply", later_apply, EVERYWHERE),
]
