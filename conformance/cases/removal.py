"""Replacing and deleting: nothing goes without the user's word."""

import json

from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .documents import OWNER, allow, edited, file, managed_arn, policy_arn, trusts

FULL = file(
    policies={
        "reading": {"description": "First", "document": allow("s3:GetObject")},
        "limits": {"document": allow("s3:*")},
    },
    roles={
        "app": {
            "trust": "ec2.amazonaws.com",
            "policies": ["reading", "AmazonS3ReadOnlyAccess"],
            "inline_policies": {"queue": allow("sqs:SendMessage")},
            "permissions_boundary": "limits",
            "instance_profile": True,
            "tags": {"team": "data"},
        },
        "caller": {"trust": {"aws": "app"}},
    },
)


def replaced(path: str, value: str, address: str):
    """A field that AWS can't change in place: silent when left out, refused when written, done with the word."""

    def run(bench: Bench) -> None:
        bench.converge(FULL)
        before = bench.live()
        bench.write(edited(FULL, path, value))
        bench.shows(bench.plan(code=4), f"--replace {address}")
        bench.apply(code=4)
        bench.same("after the refusal", bench.live(), before)
        bench.apply("--replace", address, "--allow", "mass-change")
        bench.settled()
        new = bench.live()
        section, name, field = path.split("/")
        bench.same(field, at(new, f"{section}/{name}/{field.capitalize()}"), value)
        bench.write(FULL if field == "path" else edited(FULL, path, value))
        bench.settled()
        arn = policy_arn("reading", at(new, "policies/reading/Path"))
        bench.same("boundary", at(new, "roles/app/PermissionsBoundary"), policy_arn("limits"))
        bench.same("policies", at(new, "roles/app/AttachedPolicies"), sorted([arn, managed_arn("AmazonS3ReadOnlyAccess")]))
        bench.same("profiles", at(new, "roles/app/InstanceProfiles"), ["app"])
        bench.same("inline", at(new, "roles/app/InlinePolicies"), {"queue": allow("sqs:SendMessage")})
        principal = at(new, "roles/caller/AssumeRolePolicyDocument")["Statement"][0]["Principal"]["AWS"]
        bench.same("trust", principal, f"arn:aws:iam::123456789012:role{at(new, 'roles/app/Path')}app")

    return run


def boundary_is_not_replaced(bench: Bench) -> None:
    """A replaced boundary would leave a role without one for a moment, so it is refused, whatever the word."""
    bench.converge(FULL)
    before = bench.live()
    bench.write(edited(FULL, "policies/limits/path", "/new/"))
    bench.apply("--replace", "policy/limits", "--allow", "mass-change", code=4)
    bench.same("after the refusal", bench.live(), before)


def protected_from_replacement(bench: Bench) -> None:
    """`protect` forbids a replacement, whatever the word."""
    protected = edited(FULL, "roles/app/protect", True)
    bench.converge(protected)
    before = bench.live()
    bench.write(edited(protected, "roles/app/path", "/new/"))
    bench.shows(bench.apply("--replace", "role/app", "--allow", "mass-change", code=4), "protect")
    bench.same("after the refusal", bench.live(), before)


def absent(bench: Bench) -> None:
    """`absent:` deletes with everything that hangs on it; a second time there is nothing to do."""
    bench.converge(FULL)
    gone = {"absent": {"roles": ["app", "caller"], "policies": ["reading", "limits"]}}
    bench.write(file(**gone))
    bench.shows(bench.apply(code=4), "--allow mass-change")
    bench.apply("--allow", "mass-change")
    bench.settled()
    found = bench.live()
    bench.same("roles and policies", (found["roles"], found["policies"]), ({}, {}))
    bench.same("profiles", bench.iam.list_instance_profiles()["InstanceProfiles"], [])
    bench.converge(FULL)


def absent_in_use(bench: Bench) -> None:
    """A policy that an undeclared role uses is kept, unless `detach: true` stands beside it."""
    bench.converge(file(policies={"reading": {"document": allow("s3:GetObject")}}))
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(trusts("ec2.amazonaws.com")))
    bench.iam.attach_role_policy(RoleName="theirs", PolicyArn=policy_arn("reading"))
    before = bench.live()
    bench.write(file(absent={"policies": ["reading"]}))
    bench.shows(bench.apply(code=4), "theirs", "detach: true")
    bench.same("after the refusal", bench.live(), before)
    bench.write(file(absent={"policies": [{"name": "reading", "detach": True}]}))
    bench.apply()
    bench.settled()
    found = bench.live()
    bench.same("what is left", (found["policies"], at(found, "roles/theirs/AttachedPolicies")), ({}, []))


def absent_protected(bench: Bench) -> None:
    """The mark of protection outlives the lines of YAML."""
    bench.converge(file(roles={"app": {"trust": "ec2.amazonaws.com", "protect": True}}))
    before = bench.live()
    bench.write(file(absent={"roles": ["app"]}))
    bench.shows(bench.apply(code=4), "protect")
    bench.same("after the refusal", bench.live(), before)


def absent_contested(bench: Bench) -> None:
    """What another environment owns is not deleted."""
    tags = [{"Key": OWNER, "Value": "other"}]
    bench.iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(trusts("ec2.amazonaws.com")), Tags=tags)
    before = bench.live()
    bench.write(file(absent={"roles": ["app"]}))
    bench.shows(bench.apply(code=4), "other")
    bench.same("after the refusal", bench.live(), before)


def left_out(bench: Bench) -> None:
    """A resource whose lines are gone is not declared any more, and so not touched."""
    bench.converge(FULL)
    before = bench.live()
    bench.write(file(policies=FULL["policies"]))
    bench.apply()
    bench.same("the account", bench.live(), before)


def brake(bench: Bench) -> None:
    """Taking much away at once needs a word."""
    policies = [managed_arn(name) for name in ("AmazonS3ReadOnlyAccess", "AmazonSQSFullAccess", "AmazonSNSFullAccess", "AmazonEC2ReadOnlyAccess")]
    bench.converge(file(roles={"app": {"trust": "ec2.amazonaws.com", "policies": policies}}))
    before = bench.live()
    bench.write(file(roles={"app": {"trust": "ec2.amazonaws.com"}}))
    bench.shows(bench.apply(code=4), "--allow mass-change")
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--allow", "mass-change")
    bench.settled()


CASES = [
    Case("replace/role-path", replaced("roles/app/path", "/new/", "role/app")),
    Case("replace/policy-path", replaced("policies/reading/path", "/new/", "policy/reading")),
    Case("replace/policy-description", replaced("policies/reading/description", "Second", "policy/reading")),
    Case("replace/boundary", boundary_is_not_replaced),
    Case("replace/protected", protected_from_replacement),
    Case("absent/everything", absent),
    Case("absent/in-use", absent_in_use),
    Case("absent/protected", absent_protected),
    Case("absent/contested", absent_contested),
    Case("absent/left-out", left_out),
    Case("absent/brake", brake),
]
