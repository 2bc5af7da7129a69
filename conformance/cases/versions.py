"""Versions of a policy: AWS keeps five, and an older one that says the same is used again."""

from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .documents import allow, file

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "sqs:SendMessage", "sns:Publish", "kms:Decrypt"]


def with_action(action: str) -> dict:
    """A file with one policy that allows one action."""
    return file(policies={"reading": {"document": allow(action)}})


def never_more_than_five(bench: Bench) -> None:
    """Six edits in a row; the oldest that is not in force makes room."""
    for action in ACTIONS:
        bench.converge(with_action(action))
        found = at(bench.live(), "policies/reading")
        bench.same("document", found["Document"], allow(action))
        if len(found["Versions"]) > 5:
            bench.same("versions", found["Versions"], "at most five")
    bench.same("versions", found["Versions"], ["v3", "v4", "v5", "v6", "v7"])


def older_one_again(bench: Bench) -> None:
    """An older version that says the same becomes the default, and no new one is made."""
    for action in ACTIONS[:3]:
        bench.converge(with_action(action))
    bench.converge(with_action(ACTIONS[0]))
    found = at(bench.live(), "policies/reading")
    bench.same("default", (found["DefaultVersionId"], found["Versions"]), ("v1", ["v1", "v2", "v3"]))
    bench.converge(with_action(ACTIONS[3]))
    bench.same("default", at(bench.live(), "policies/reading/DefaultVersionId"), "v4")


def default_moved_by_hand(bench: Bench) -> None:
    """Somebody makes an old version default; the plan sees it and apply moves it back without a new version."""
    for action in ACTIONS[:2]:
        bench.converge(with_action(action))
    bench.iam.set_default_policy_version(PolicyArn="arn:aws:iam::123456789012:policy/reading", VersionId="v1")
    bench.plan(code=2)
    bench.apply()
    bench.settled()
    found = at(bench.live(), "policies/reading")
    bench.same("default", (found["DefaultVersionId"], found["Versions"]), ("v2", ["v1", "v2"]))


CASES = [
    Case("versions/never-more-than-five", never_more_than_five),
    Case("versions/older-one-again", older_one_again),
    Case("versions/default-moved-by-hand", default_moved_by_hand),
]
