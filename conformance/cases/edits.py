"""Every field of every kind: written, changed, removed, and written again.

A row says where the field stands in the file and in AWS, and what AWS must show for each writing. The tags that mark
ownership are part of what AWS shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .documents import ENVIRONMENT, OWNER, REMOVED, allow, deny, edited, file, managed_arn, policy_arn, trusts

OWNED = {OWNER: ENVIRONMENT}

POLICIES = {
    "reading": {"description": "Reads", "document": allow("s3:GetObject"), "tags": {"team": "data"}},
    "writing": {"document": allow("s3:PutObject")},
    "limits": {"document": allow("s3:*")},
}

FULL = file(
    policies=POLICIES,
    roles={
        "app": {
            "trust": "ec2.amazonaws.com",
            "description": "Runs the application",
            "max_session_duration": "2h",
            "policies": ["reading", "AmazonS3ReadOnlyAccess"],
            "inline_policies": {"queue": allow("sqs:SendMessage"), "guard": deny("iam:*")},
            "permissions_boundary": "limits",
            "instance_profile": True,
            "tags": {"team": "data", "cost": "42"},
        }
    },
)


REQUIRED = object()


def nothing(_: Bench) -> None:
    """The usual preparation."""


@dataclass(frozen=True)
class Row:
    """A field with its writings, as (in the file, in AWS); `None` in AWS is absence. Required fields are never removed."""

    name: str
    file: str
    aws: str
    written: tuple
    changed: tuple
    removed: object = REQUIRED
    base: dict | None = None
    flags: tuple[str, ...] = ()
    setup: Callable[[Bench], None] = nothing

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"edit/{self.name}", self.run)

    def writings(self) -> list[tuple[str, object, object]]:
        """What is written in turn, and what AWS shows then."""
        removed = [] if self.removed is REQUIRED else [("removed", REMOVED, self.removed)]
        there = [("written", *self.written), ("changed", *self.changed)]
        return [*there, *removed, ("written again", *self.written), ("changed again", *self.changed)]

    def run(self, bench: Bench) -> None:
        """Writes, changes, removes and writes again; each time AWS must show it and the next plan be empty."""
        self.setup(bench)
        for word, writing, shown in self.writings():
            bench.converge(edited(self.base or FULL, self.file, writing), *self.flags)
            bench.same(f"{self.aws}, {word}", at(bench.live(), self.aws), shown)


def attached(*arns: str) -> list[str]:
    """Attachments as boto3 lists them here."""
    return sorted(arns)


READING, WRITING, LIMITS = policy_arn("reading"), policy_arn("writing"), policy_arn("limits")
S3_READ, SQS = managed_arn("AmazonS3ReadOnlyAccess"), managed_arn("AmazonSQSFullAccess")

ROLE_ROWS = [
    Row("role-description", "roles/app/description", "roles/app/Description", ("First", "First"), ("Second", "Second"), ""),
    Row("role-session", "roles/app/max_session_duration", "roles/app/MaxSessionDuration", ("2h", 7200), ("90m", 5400), 3600),
    Row(
        "role-policies", "roles/app/policies", "roles/app/AttachedPolicies",
        (["reading", "AmazonS3ReadOnlyAccess"], attached(READING, S3_READ)),
        (["writing", READING, SQS], attached(READING, WRITING, SQS)),
        [],
    ),
    Row(
        "role-policies-to-empty-list", "roles/app/policies", "roles/app/AttachedPolicies",
        (["reading"], [READING]), ([], []), [],
    ),
    Row(
        "role-inline-document", "roles/app/inline_policies/queue", "roles/app/InlinePolicies/queue",
        (allow("sqs:SendMessage"),) * 2, (allow("sqs:SendMessage", "sqs:ReceiveMessage"),) * 2, None,
    ),
    Row(
        "role-inline-guard", "roles/app/inline_policies/guard", "roles/app/InlinePolicies/guard",
        (deny("iam:*"),) * 2, (deny("iam:*", "sts:*"),) * 2, None,
    ),
    Row(
        "role-inline-renamed", "roles/app/inline_policies", "roles/app/InlinePolicies",
        ({"old": allow("sqs:*")},) * 2, ({"new": allow("sqs:*")},) * 2, {},
    ),
    Row(
        "role-boundary-moved", "roles/app/permissions_boundary", "roles/app/PermissionsBoundary",
        ("limits", LIMITS), ("reading", READING), READING,
    ),
    Row(
        "role-boundary-taken-off", "roles/app/permissions_boundary", "roles/app/PermissionsBoundary",
        ("limits", LIMITS), ("none", None), None,
    ),
    Row(
        "role-profile-renamed", "roles/app/instance_profile", "roles/app/InstanceProfiles",
        (True, ["app"]), ("app-on-ec2", ["app-on-ec2"]), ["app-on-ec2"],
    ),
    Row(
        "role-profile-taken-off", "roles/app/instance_profile", "roles/app/InstanceProfiles",
        (True, ["app"]), ("none", []), [],
    ),
    Row(
        "role-tags", "roles/app/tags", "roles/app/Tags",
        ({"team": "data", "cost": "42"}, OWNED | {"team": "data", "cost": "42"}),
        ({"team": "sea", "shift": ""}, OWNED | {"team": "sea", "shift": ""}),
        OWNED,
    ),
    Row(
        "role-tag-case-only", "roles/app/tags", "roles/app/Tags",
        ({"Team": "data"}, OWNED | {"Team": "data"}), ({"team": "data"}, OWNED | {"team": "data"}), OWNED,
    ),
]

POLICY_ROWS = [
    Row(
        "policy-tags", "policies/reading/tags", "policies/reading/Tags",
        ({"team": "data"}, OWNED | {"team": "data"}), ({"team": "sea", "x": "1"}, OWNED | {"team": "sea", "x": "1"}), OWNED,
    ),
    Row(
        "policy-tag-case-only", "policies/reading/tags", "policies/reading/Tags",
        ({"Team": "data"}, OWNED | {"Team": "data"}), ({"team": "data"}, OWNED | {"team": "data"}), OWNED,
    ),
    Row(
        "policy-tag-two-cases", "policies/reading/tags", "policies/reading/Tags",
        ({"Team": "a", "team": "b"}, OWNED | {"Team": "a", "team": "b"}), ({"team": "b"}, OWNED | {"team": "b"}), OWNED,
    ),
    Row(
        "file-tags", "tags", "roles/app/Tags",
        ({"project": "x"}, OWNED | {"project": "x", "team": "data", "cost": "42"}),
        ({"project": "y", "more": "z"}, OWNED | {"project": "y", "more": "z", "team": "data", "cost": "42"}),
        OWNED | {"team": "data", "cost": "42"},
    ),
]

# A required field can't be removed; what is in the file in its place changes back and forth.
TRUSTS = {
    "service": ("lambda.amazonaws.com", trusts("lambda.amazonaws.com")),
    "services": (
        ["ec2.amazonaws.com", "lambda.amazonaws.com"],
        {"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, "Action": "sts:AssumeRole"},
    ),
    "account": (
        {"aws": "123456789012", "external_id": "tide"},
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "tide"}},
        },
    ),
    "declared": (
        {"aws": "other"},
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/other"}, "Action": "sts:AssumeRole"},
    ),
    "tagging": (
        {"aws": "arn:aws:iam::123456789012:root", "actions": ["sts:AssumeRole", "sts:TagSession"]},
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        },
    ),
    "conditions": (
        {"service": "scheduler.amazonaws.com", "conditions": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
        {
            "Effect": "Allow",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        },
    ),
    "document": (trusts("glue.amazonaws.com"), trusts("glue.amazonaws.com")),
}


def plain(document: dict) -> list[dict]:
    """The statements of a trust policy with lists for single values, since AWS is free to write either."""
    statements = document.get("Statement", document)
    listed = statements if isinstance(statements, list) else [statements]
    return [{key: listed_values(value) for key, value in statement.items()} for statement in listed]


def listed_values(value: object) -> object:
    """Single values as lists, sorted, at any depth."""
    if isinstance(value, dict):
        return {key: listed_values(one) for key, one in value.items()}
    return sorted(value) if isinstance(value, list) else [value]


def trust_form(word: str, bench: Bench) -> None:
    """A short form of a trust ends as the statement that AWS knows, at creation and as a change."""
    other = {"other": {"trust": "ec2.amazonaws.com"}}
    written, wanted = TRUSTS[word]
    for form, statement in ((written, wanted), ("ecs.amazonaws.com", trusts("ecs.amazonaws.com")), (written, wanted)):
        bench.converge(file(roles=other | {"app": {"trust": form}}))
        found = at(bench.live(), "roles/app/AssumeRolePolicyDocument")
        bench.same("trust", plain(found), plain(statement))


def policy_document(bench: Bench) -> None:
    """A document in force is the file's, in the author's order; what means the same is no change."""
    def with_document(document: object) -> dict:
        return file(policies={"reading": {"document": document}})

    first = {"Statement": [{"Sid": "B", "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "*"}]}
    bench.converge(with_document(first))
    wanted = {"Version": "2012-10-17"} | first
    bench.same("document", at(bench.live(), "policies/reading/Document"), wanted)
    meaning_the_same = {
        "Version": "2012-10-17",
        "Statement": {"Sid": "B", "Effect": "Allow", "Action": ["s3:getobject", "s3:PutObject", "s3:PutObject"], "Resource": ["*"]},
    }
    bench.write(with_document(meaning_the_same))
    bench.settled()
    bench.same("document", at(bench.live(), "policies/reading/Document"), wanted)
    bench.converge(with_document(allow("s3:ListBucket")))
    bench.same("document", at(bench.live(), "policies/reading/Document"), allow("s3:ListBucket"))


def attachments_move(bench: Bench) -> None:
    """A policy moves from one role to another, and ten attachments are swapped for ten others."""
    many = {f"p{number:02}": {"document": allow(f"s3:GetObject{suffix}")} for number, suffix in enumerate([""] * 20)}
    first, second = list(many)[:10], list(many)[10:]
    for left, right in ((first, second), (second, first), ([], first), (first, [])):
        bench.converge(
            file(policies=many, roles={"left": role(left), "right": role(right)}), "--allow", "mass-change"
        )
        found = bench.live()
        bench.same("left", at(found, "roles/left/AttachedPolicies"), [policy_arn(name) for name in left])
        bench.same("right", at(found, "roles/right/AttachedPolicies"), [policy_arn(name) for name in right])


def role(policies: list[str]) -> dict:
    """A role with attachments."""
    return {"trust": "ec2.amazonaws.com", "policies": policies}


def mutual_trust(bench: Bench) -> None:
    """Two new roles that trust each other are made in two steps each."""
    bench.converge(file(roles={"left": {"trust": {"aws": "right"}}, "right": {"trust": {"aws": "left"}}}))
    found = bench.live()
    for name, trusted in (("left", "right"), ("right", "left")):
        statement = plain(at(found, f"roles/{name}/AssumeRolePolicyDocument"))[0]
        bench.same(name, statement["Principal"], {"AWS": [f"arn:aws:iam::123456789012:role/{trusted}"]})


CASES = [
    *[row.case() for row in ROLE_ROWS + POLICY_ROWS],
    *[Case(f"edit/role-trust-{word}", partial(trust_form, word)) for word in TRUSTS],
    Case("edit/policy-document", policy_document),
    Case("edit/attachments-move", attachments_move),
    Case("edit/mutual-trust", mutual_trust),
]
