"""Edits by hand: whatever somebody changes on a declared resource is seen, also where the file is silent about it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from harness.bench import Bench
from harness.case import Case

from .documents import allow, deny, file, managed_arn, policy_arn, trusts
from .edits import nothing

PLAIN = file(
    policies={"reading": {"document": allow("s3:GetObject")}, "limits": {"document": allow("s3:*")}},
    roles={"app": {"trust": "ec2.amazonaws.com"}},
)


def contents(account: dict) -> dict:
    """The account without the numbers of versions, since these only ever move on."""
    numbers = ("DefaultVersionId", "Versions")
    policies = {
        name: {field: value for field, value in one.items() if field not in numbers}
        for name, one in account["policies"].items()
    }
    return account | {"policies": policies}


@dataclass(frozen=True)
class Hand:
    """An edit by hand, what the plan must say about it, and whether apply takes it back or keeps it."""

    name: str
    edit: Callable
    says: tuple[str, ...]
    kept: bool = False
    base: dict | None = None
    service: str = "iam"
    flags: tuple[str, ...] = ()
    setup: Callable[[Bench], None] = nothing

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"by-hand/{self.name}", self.run)

    def run(self, bench: Bench) -> None:
        """Applies, edits, plans, applies: taken back, or kept and said so each time."""
        self.setup(bench)
        bench.converge(self.base or PLAIN)
        before = bench.live()
        self.edit(bench.client(self.service))
        edited = bench.live()
        if edited == before:
            bench.same("the edit took effect", edited, "something else than before")
        bench.shows(bench.plan(*self.flags, code=0 if self.kept else 2), *self.says)
        bench.apply(*self.flags)
        bench.same("the account", contents(bench.live()), contents(edited if self.kept else before))
        if self.kept:
            bench.shows(bench.plan(), *self.says)
        else:
            bench.settled()


def add_to_profile(iam) -> None:
    """Makes an instance profile and puts the role into it."""
    iam.create_instance_profile(InstanceProfileName="app")
    iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")


def text(document: dict) -> str:
    """A document as the API takes it."""
    return json.dumps(document)


READING, LIMITS = policy_arn("reading"), policy_arn("limits")

ROLE = [
    Hand("role-description", lambda iam: iam.update_role(RoleName="app", Description="x", MaxSessionDuration=3600), ("description",)),
    Hand("role-session", lambda iam: iam.update_role(RoleName="app", Description="", MaxSessionDuration=7200), ("max_session_duration",)),
    Hand(
        "role-trust",
        lambda iam: iam.update_assume_role_policy(RoleName="app", PolicyDocument=text(trusts("lambda.amazonaws.com"))),
        ("trust", "lambda.amazonaws.com"),
    ),
    Hand(
        "role-attached-aws-policy",
        lambda iam: iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess")),
        ("policies", "AdministratorAccess"),
    ),
    Hand("role-attached-policy", lambda iam: iam.attach_role_policy(RoleName="app", PolicyArn=READING), ("policies", "reading")),
    Hand(
        "role-inline",
        lambda iam: iam.put_role_policy(RoleName="app", PolicyName="sneaky", PolicyDocument=text(allow("*"))),
        ("inline_policies", "sneaky"),
    ),
    Hand(
        "role-inline-deny",
        lambda iam: iam.put_role_policy(RoleName="app", PolicyName="stop", PolicyDocument=text(deny("*"))),
        ("inline_policies", "stop"),
    ),
    Hand(
        "role-boundary",
        lambda iam: iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=LIMITS),
        ("held", "permissions_boundary"),
        kept=True,
    ),
    Hand("role-profile", add_to_profile, ("held", "instance_profile"), kept=True),
    Hand("role-tag", lambda iam: iam.tag_role(RoleName="app", Tags=[{"Key": "who", "Value": "me"}]), ("tags", "who")),
    Hand(
        "role-protect-tag",
        lambda iam: iam.tag_role(RoleName="app", Tags=[{"Key": "evenkeel:protect", "Value": "true"}]),
        ("held", "evenkeel:protect"),
        kept=True,
    ),
]

POLICY = [
    Hand(
        "policy-document",
        lambda iam: iam.create_policy_version(PolicyArn=READING, PolicyDocument=text(allow("*")), SetAsDefault=True),
        ("document",),
    ),
    Hand("policy-tag", lambda iam: iam.tag_policy(PolicyArn=READING, Tags=[{"Key": "who", "Value": "me"}]), ("tags", "who")),
    Hand(
        "policy-protect-tag",
        lambda iam: iam.tag_policy(PolicyArn=READING, Tags=[{"Key": "evenkeel:protect", "Value": "true"}]),
        ("held", "evenkeel:protect"),
        kept=True,
    ),
]


def owner_tag_taken(bench: Bench) -> None:
    """Without its mark a resource that is as written is taken over again, which is no difference."""
    bench.converge(PLAIN)
    before = bench.live()
    bench.iam.untag_role(RoleName="app", TagKeys=["evenkeel:environment"])
    bench.shows(bench.plan(), "1 to adopt")
    bench.apply()
    bench.same("the account", bench.live(), before)
    bench.settled()


def deleted(bench: Bench) -> None:
    """What somebody has deleted is made again."""
    bench.converge(PLAIN)
    before = bench.live()
    bench.iam.delete_role(RoleName="app")
    bench.iam.delete_policy(PolicyArn=READING)
    bench.shows(bench.plan(code=2), "2 to create")
    bench.apply()
    bench.settled()
    bench.same("the account", bench.live(), before)


def ignored(bench: Bench) -> None:
    """What `ignore:` and `ignore_tags:` name is set at creation and then kept."""
    role = {
        "trust": "ec2.amazonaws.com",
        "description": "First",
        "policies": ["reading"],
        "tags": {"shift": "day"},
        "ignore": ["description", "tags.shift", f"policies.{managed_arn('AmazonSQSFullAccess')}", "inline_policies.tmp"],
    }
    bench.converge(PLAIN | {"ignore_tags": ["cost-*"], "roles": {"app": role}})
    bench.same("description", bench.live()["roles"]["app"]["Description"], "First")
    bench.iam.update_role(RoleName="app", Description="By hand", MaxSessionDuration=3600)
    bench.iam.tag_role(RoleName="app", Tags=[{"Key": "shift", "Value": "night"}, {"Key": "cost-center", "Value": "7"}])
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AmazonSQSFullAccess"))
    bench.iam.put_role_policy(RoleName="app", PolicyName="tmp", PolicyDocument=text(allow("sqs:*")))
    edited = bench.live()
    bench.settled()
    bench.apply()
    bench.same("the account", bench.live(), edited)


def shared(bench: Bench) -> None:
    """Of a shared role the listed items are ensured; the rest is neither drift nor removed, and no tag is written."""
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")), Description="Theirs")
    bench.iam.attach_role_policy(RoleName="theirs", PolicyArn=managed_arn("AmazonSQSFullAccess"))
    role = {"shared": True, "trust": "ec2.amazonaws.com", "policies": ["reading"]}
    bench.converge(PLAIN | {"roles": {"theirs": role}})
    found = bench.live()["roles"]["theirs"]
    wanted = sorted([READING, managed_arn("AmazonSQSFullAccess")])
    bench.same("policies", found["AttachedPolicies"], wanted)
    bench.same("the rest", (found["Tags"], found["Description"]), ({}, "Theirs"))
    bench.iam.detach_role_policy(RoleName="theirs", PolicyArn=READING)
    bench.shows(bench.plan(code=2), "reading")
    bench.apply()
    bench.settled()
    bench.same("policies", bench.live()["roles"]["theirs"]["AttachedPolicies"], wanted)


CASES = [
    *[hand.case() for hand in ROLE + POLICY],
    Case("by-hand/owner-tag-taken", owner_tag_taken),
    Case("by-hand/deleted", deleted),
    Case("by-hand/ignored", ignored),
    Case("by-hand/shared-role", shared),
]
