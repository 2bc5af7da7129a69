"""Saved plans: exactly what was reviewed is done. Whatever has moved on a touched object since, the plan is refused and names it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from harness.backends import KEYS
from harness.bench import Bench, Failed
from harness.case import SANDBOX, Case
from harness.live import at

from . import account, bucket_policies, buckets, buses, by_hand, functions, oidc, people
from .by_hand import Hand, text
from .documents import ENVIRONMENT, OWNER, REMOVED, allow, edited, file, managed_arn, policy_arn, trusts
from .functions import CODE

PLAN = "reviewed.plan"
TAGS = {"reviewed": "yes"}
BUCKET_STATEMENT = bucket_policies.statement("Read", "s3:GetObjectVersion")

# By the first word of a row: what the reviewed change is, and the address that it touches.
TOUCHED = {
    "role": ("roles/app/tags", TAGS, "role/app"),
    "policy": ("policies/reading/tags", TAGS, "policy/reading"),
    "user": ("users/ada/tags", TAGS, "user/ada"),
    "group": ("groups/readers/policies", ["reading"], "group/readers"),
    "bucket": ("buckets/imagery/tags", TAGS, "bucket/imagery"),
    "bucket-policy": ("bucket_policies/archive/Statement", [BUCKET_STATEMENT], "bucket_policy/archive"),
    "lambda": ("lambdas/worker/tags", TAGS, "lambda/worker"),
    "rule": ("rules/tick/tags", TAGS, "rule/tick"),
    "bus": ("event_buses/orders/tags", TAGS, "event_bus/orders"),
    "oidc": ("oidc_providers/github/tags", TAGS, "oidc_provider/github"),
    "account-alias": ("account_settings/alias", "reviewed", "account/alias"),
    "account-policy": ("account_settings/password_policy/reuse_prevention", 7, "account/password_policy"),
}
# What lies in a bucket is no part of it, and these say what was there before or are others' statements.
NO_EDITS = {"bucket-object", "bucket-policy-others-changed", "bucket-policy-reordered", "bucket-policy-respelled"}


def touched_by(name: str) -> tuple[str, object, str]:
    """The reviewed change for a row, by the longest beginning of its name."""
    return TOUCHED[max((word for word in TOUCHED if f"{name}-".startswith(f"{word}-")), key=len)]


@dataclass(frozen=True)
class Moved:
    """An edit by hand between the review and the apply."""

    hand: Hand

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"stale/{self.hand.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Plans a change of the object, lets it be edited by hand, and applies the plan."""
        path, value, address = touched_by(self.hand.name)
        self.hand.setup(bench)
        base = self.hand.base or by_hand.PLAIN
        bench.converge(base)
        bench.write(edited(base, path, value))
        words = self.hand.flags or (("--adopt", f"{address.split('/')[0]}/*") if address.startswith(("group", "bucket_policy", "account")) else ())
        save(bench, *words)
        self.hand.edit(bench.client(self.hand.service))
        refused(bench, address)


def save(bench: Bench, *words: str) -> None:
    """Makes the plan that is reviewed; it has something to do and is not refused."""
    bench.plan("-o", PLAN, *words, code=2)


def refused(bench: Bench, *says: str) -> None:
    """The plan is refused, says so, and nothing is done."""
    before = bench.live()
    bench.shows(bench.expect(4, "apply", PLAN), *says)
    bench.same("after the refusal", bench.live(), before)


ROWS = [*by_hand.ROLE, *by_hand.POLICY, *people.HANDS, *functions.HANDS, *buckets.HANDS, *buckets.WRITTEN_HANDS]
ROWS += [*bucket_policies.HANDS, *buses.HANDS, *oidc.HANDS, *account.HANDS]

TWO = file(
    policies={"reading": {"document": allow("s3:GetObject")}},
    roles={"app": {"trust": "ec2.amazonaws.com"}, "other": {"trust": "ec2.amazonaws.com"}},
)
NEXT = edited(TWO, "roles/app/policies", ["reading"])
WITH_NEW = edited(TWO, "roles/new", {"trust": "ec2.amazonaws.com"})


def reviewed(bench: Bench) -> None:
    """A plan that attaches a policy to a role, beside one that is not touched."""
    bench.converge(TWO)
    bench.write(NEXT)
    save(bench)


def done(bench: Bench) -> None:
    """The plan is taken, does what it says, and nothing is left."""
    bench.expect(0, "apply", PLAN)
    bench.same("done", at(bench.live(), "roles/app/AttachedPolicies"), [policy_arn("reading")])
    bench.settled()


def deleted(bench: Bench) -> None:
    """What the plan changes is gone."""
    reviewed(bench)
    bench.iam.delete_role(RoleName="app")
    refused(bench, "role/app")


def deleted_and_made_again(bench: Bench) -> None:
    """A role of the same name without our mark is somebody else's."""
    reviewed(bench)
    bench.iam.delete_role(RoleName="app")
    bench.iam.create_role(RoleName="app", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")))
    refused(bench, "role/app")


def made_meanwhile(bench: Bench) -> None:
    """What the plan would make is there already."""
    bench.converge(TWO)
    bench.write(WITH_NEW)
    save(bench)
    bench.iam.create_role(RoleName="new", AssumeRolePolicyDocument=text(trusts("lambda.amazonaws.com")))
    refused(bench, "role/new")


def owner_changed(bench: Bench) -> None:
    """Another environment has taken the role over."""
    reviewed(bench)
    bench.iam.tag_role(RoleName="app", Tags=[{"Key": OWNER, "Value": "other"}])
    refused(bench, "role/app")


def done_already(bench: Bench) -> None:
    """Somebody has done by hand what the plan would do; what was reviewed is no more what would be done."""
    reviewed(bench)
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=policy_arn("reading"))
    refused(bench, "role/app")


def two_moved(bench: Bench) -> None:
    """Everything that has moved is named."""
    bench.converge(TWO)
    bench.write(edited(NEXT, "roles/other/description", "Second"))
    save(bench)
    for name in ("app", "other"):
        bench.iam.tag_role(RoleName=name, Tags=[{"Key": "who", "Value": "me"}])
    refused(bench, "role/app", "role/other")


def applied_twice(bench: Bench) -> None:
    """A plan that was carried out is no plan any more."""
    reviewed(bench)
    done(bench)
    refused(bench, "role/app")


def deletion_in_use(bench: Bench) -> None:
    """A plan deletes a policy, and somebody attaches it meanwhile."""
    bench.converge(TWO)
    bench.write(edited(edited(TWO, "policies", REMOVED), "absent", {"policies": ["reading"]}))
    save(bench)
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")))
    bench.iam.attach_role_policy(RoleName="theirs", PolicyArn=policy_arn("reading"))
    refused(bench, "policy/reading")


def untouched_moved(bench: Bench) -> None:
    """What the plan does not touch may move; neither the declared nor the undeclared is its business."""
    reviewed(bench)
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")))
    bench.iam.create_user(UserName="mallory")
    bench.client("s3").create_bucket(Bucket="someone-elses")
    done(bench)


def declared_untouched_moved(bench: Bench) -> None:
    """A declared role that was as written has moved: the plan would not do more, so it is refused or leaves that as it is."""
    reviewed(bench)
    bench.iam.attach_role_policy(RoleName="other", PolicyArn=managed_arn("AdministratorAccess"))
    before = bench.live()
    ran = bench.run("apply", PLAN)
    found = bench.live()
    bench.same("role/other", at(found, "roles/other"), at(before, "roles/other"))
    if ran.code == 4:
        # What would be done now is more than what was reviewed.
        bench.shows(ran, "role/other")
        bench.same("after the refusal", found, before)
    elif ran.code != 0:
        raise Failed(f"neither done nor refused\n{ran.told()}")


def spelled_otherwise(bench: Bench) -> None:
    """A comment, an empty line, the order of keys, another quote: the same file."""
    reviewed(bench)
    turned = dict(reversed(NEXT.items()))
    bench.write("# A comment\n\n\n" + json.dumps(turned, indent=7) + "\n# Another\n")
    done(bench)


def other_identity(bench: Bench) -> None:
    """A pipeline plans as a reader and applies as a writer."""
    reviewed(bench)
    bench.iam.create_user(UserName="writer")
    key = bench.iam.create_access_key(UserName="writer")["AccessKey"]
    bench.variables |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    done(bench)
    for name in KEYS.keys() & bench.variables.keys():
        del bench.variables[name]


def meaning_changed(bench: Bench) -> None:
    """The file says something else than was reviewed, on the touched thing or elsewhere."""
    for path, value in (("roles/app/policies", []), ("roles/other/description", "x"), ("environment", "another"), ("tags", {"a": "b"})):
        reviewed(bench)
        bench.write(edited(NEXT, path, value))
        refused(bench)


def code_changed(bench: Bench) -> None:
    """The code beside the file is another than was reviewed."""
    functions.code(bench)
    bench.converge(functions.PLAIN)
    bench.put("code/app.py", CODE + "# Second\n")
    save(bench)
    bench.put("code/app.py", CODE + "# Third\n")
    refused(bench, "code")


def document_changed(bench: Bench) -> None:
    """The document in a file of its own is another than was reviewed."""
    base = file(policies={"reading": {"document": {"file": "reading.json"}}})
    bench.put("reading.json", text(allow("s3:GetObject")))
    bench.converge(base)
    bench.put("reading.json", text(allow("s3:PutObject")))
    save(bench)
    bench.put("reading.json", text(allow("s3:*")))
    refused(bench)


def tampered(bench: Bench) -> None:
    """A plan that somebody has edited does nothing; one that is no plan is an error."""
    reviewed(bench)
    plan = bench.folder / PLAN
    whole = plan.read_text()
    plan.write_text(whole.replace(policy_arn("reading"), managed_arn("AdministratorAccess")))
    bench.same("the plan names what it attaches", plan.read_text() != whole, True)
    refused(bench)
    before = bench.live()
    for broken in (whole[: len(whole) // 2], "", "{}", "[]", '{"format": 999}', "not json", '{"format": 1}'):
        plan.write_text(broken)
        bench.expect(1, "apply", PLAN)
        bench.same("after the error", bench.live(), before)


def consent_is_recorded(bench: Bench) -> None:
    """Consent is given to the plan and shown in it; `apply PLAN` takes none."""
    reviewed(bench)
    for words in (("--adopt", "*/*"), ("--allow", "mass-change"), ("--replace", "role/app")):
        before = bench.live()
        bench.expect(1, "apply", PLAN, *words)
        bench.same("after the error", bench.live(), before)


def with_variables(bench: Bench) -> None:
    """The values of variables are the plan's own."""
    base = edited(TWO, "variables", {"what": {"default": "first"}})
    bench.converge(base)
    bench.write(edited(base, "roles/app/description", "It is $(what)"))
    save(bench, "--var", "what=second")
    bench.variables["EVENKEEL_VAR_what"] = "third"
    bench.expect(0, "apply", PLAN)
    bench.same("description", at(bench.live(), "roles/app/Description"), "It is second")


def mark_is_written(bench: Bench) -> None:
    """What is only adopted is touched, too."""
    bench.iam.create_role(RoleName="app", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")))
    wanted = file(roles={"app": {"trust": "ec2.amazonaws.com"}})
    bench.write(wanted)
    bench.shows(bench.plan("-o", PLAN), "1 to adopt")
    bench.iam.tag_role(RoleName="app", Tags=[{"Key": "who", "Value": "me"}])
    refused(bench, "role/app")
    bench.iam.untag_role(RoleName="app", TagKeys=["who"])
    bench.expect(0, "apply", PLAN)
    bench.same("tags", at(bench.live(), "roles/app/Tags"), {OWNER: ENVIRONMENT})


SINGLE: dict[str, Callable[[Bench], None]] = {
    "deleted": deleted,
    "deleted-and-made-again": deleted_and_made_again,
    "made-meanwhile": made_meanwhile,
    "owner-changed": owner_changed,
    "done-already": done_already,
    "two-moved": two_moved,
    "applied-twice": applied_twice,
    "deletion-in-use": deletion_in_use,
    "untouched-moved": untouched_moved,
    "declared-untouched-moved": declared_untouched_moved,
    "spelled-otherwise": spelled_otherwise,
    "other-identity": other_identity,
    "meaning-changed": meaning_changed,
    "code-changed": code_changed,
    "document-changed": document_changed,
    "tampered": tampered,
    "consent-is-recorded": consent_is_recorded,
    "with-variables": with_variables,
    "mark-is-written": mark_is_written,
}

CASES = [
    *[Moved(hand).case() for hand in ROWS if hand.name not in NO_EDITS],
    *[Case(f"stale/plan-{name}", run, SANDBOX) for name, run in SINGLE.items()],
]
