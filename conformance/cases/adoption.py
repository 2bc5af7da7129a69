"""Adoption: what exists without our mark is taken over as it is, or by the user's word; never half."""

import json

from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .documents import ENVIRONMENT, OWNER, allow, file, managed_arn, policy_arn, trusts

WANTED = file(
    policies={"reading": {"document": allow("s3:GetObject")}},
    roles={"app": {"trust": "ec2.amazonaws.com", "policies": ["AmazonS3ReadOnlyAccess"]}},
)


def make(bench: Bench, attached: str, *, owner: str | None = None, document: dict | None = None) -> None:
    """Makes by hand what the file names."""
    tags = [{"Key": OWNER, "Value": owner}] if owner else []
    bench.iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(trusts("ec2.amazonaws.com")), Tags=tags)
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn(attached))
    document = document or allow("s3:GetObject")
    bench.iam.create_policy(PolicyName="reading", PolicyDocument=json.dumps(document), Tags=tags)


def as_written(bench: Bench) -> None:
    """What is already as written needs no word; only the mark is written, and that is no difference."""
    make(bench, "AmazonS3ReadOnlyAccess")
    bench.write(WANTED)
    bench.shows(bench.plan(), "2 to adopt")
    bench.apply()
    bench.settled()
    for place in ("roles/app", "policies/reading"):
        bench.same(place, at(bench.live(), f"{place}/Tags"), {OWNER: ENVIRONMENT})


def would_change(bench: Bench) -> None:
    """What would change is refused and not touched, not even marked; the word lets it happen."""
    make(bench, "AmazonSQSFullAccess", document=allow("s3:*"))
    before = bench.live()
    bench.write(WANTED)
    bench.shows(bench.plan(code=4), "--adopt role/app", "--adopt policy/reading")
    bench.apply(code=4)
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--adopt", "role/app", code=4)
    bench.same("after half a word", bench.live(), before)
    bench.apply("--adopt", "role/*", "--adopt", "policy/reading")
    bench.settled()
    found = bench.live()
    bench.same("policies", at(found, "roles/app/AttachedPolicies"), [managed_arn("AmazonS3ReadOnlyAccess")])
    bench.same("document", at(found, "policies/reading/Document"), allow("s3:GetObject"))
    bench.same("tags", at(found, "roles/app/Tags"), {OWNER: ENVIRONMENT})


def contested(bench: Bench) -> None:
    """What another environment owns is refused, even where it is as written."""
    make(bench, "AmazonS3ReadOnlyAccess", owner="other")
    before = bench.live()
    bench.write(WANTED)
    bench.shows(bench.apply(code=4), "other", "--adopt role/app")
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--adopt", "*/*")
    bench.settled()
    bench.same("tags", at(bench.live(), "roles/app/Tags"), {OWNER: ENVIRONMENT})


def names_ignore_case(bench: Bench) -> None:
    """IAM tells names apart without regard to case, so a role that differs only in case is the same role."""
    bench.iam.create_role(RoleName="APP", AssumeRolePolicyDocument=json.dumps(trusts("ec2.amazonaws.com")))
    bench.write(file(roles={"app": {"trust": "ec2.amazonaws.com"}}))
    ran = bench.run("apply", "--yes")
    bench.same("roles", sorted(bench.live()["roles"]), ["APP"])
    bench.shows(ran, "role/app")


def saved_plan(bench: Bench) -> None:
    """A saved plan does exactly what was shown, and is refused when the account has moved."""
    bench.converge(WANTED)
    bench.write(WANTED | {"roles": {"app": {"trust": "ec2.amazonaws.com", "policies": ["reading"]}}})
    bench.expect(0, "plan", "-o", "plan.json")
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AmazonSQSFullAccess"))
    before = bench.live()
    bench.shows(bench.expect(4, "apply", "plan.json"), "moved")
    bench.same("after the refusal", bench.live(), before)
    bench.expect(0, "plan", "-o", "plan.json")
    bench.expect(0, "apply", "plan.json")
    bench.settled()
    bench.same("policies", at(bench.live(), "roles/app/AttachedPolicies"), [policy_arn("reading")])


def other_account(bench: Bench) -> None:
    """A file for another account is refused before anything is touched."""
    bench.write(WANTED | {"account": "210987654321"})
    ran = bench.run("apply", "--yes")
    bench.same("done", (ran.code != 0, bench.live()["roles"]), (True, {}))
    bench.shows(ran, "210987654321")


CASES = [
    Case("adoption/as-written", as_written),
    Case("adoption/would-change", would_change),
    Case("adoption/contested", contested),
    Case("adoption/names-ignore-case", names_ignore_case),
    Case("adoption/saved-plan", saved_plan),
    Case("adoption/other-account", other_account),
]
