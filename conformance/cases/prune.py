"""Pruning: what the base declared, the file does not any more, and our mark is on, goes; anything less proved stays.

Each row is a base that was applied, a file, and what has to become of the account: `goes` are the only things that may be gone
afterwards, and what is refused changes nothing at all.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from harness.backends import ACCOUNT
from harness.bench import Bench, Failed
from harness.case import SANDBOX, Case
from harness.live import at

from . import functions
from .by_hand import text
from .documents import OWNER, PROTECT, REMOVED, allow, edited, file, managed_arn, policy_arn, trusts
from .functions import CODE

PRUNE = ("--prune", "--base", "HEAD")
MASS = ("--allow", "mass-change")
EC2 = {"trust": "ec2.amazonaws.com"}
# So many of each kind that one less is no brake's business.
ROLES = {name: EC2 for name in ("app", "batch", "ci", "data")}
POLICIES = {name: {"document": allow(action)} for name, action in (("reading", "s3:GetObject"), ("writing", "s3:PutObject"), ("limits", "s3:*"))}
BASE = file(
    policies=POLICIES,
    roles=ROLES,
    groups={"readers": {"policies": ["reading"]}, "writers": {}},
    users={"ada": {}, "bob": {}, "eve": {"inline_policies": {"q": allow("sqs:*")}, "policies": ["reading"], "groups": ["writers"]}},
    buckets={"imagery": {}, "archive": {}},
    event_buses={"orders": {}, "returns": {}},
    rules={"tick": {"schedule": "rate(5 minutes)"}, "tock": {"schedule": "rate(1 hour)"}},
    oidc_providers={name: {"url": f"https://{name}.example.com"} for name in ("github", "gitlab")},
)


def without(*paths: str) -> dict:
    """The base with lines taken out."""
    environment = BASE
    for path in paths:
        environment = edited(environment, path, REMOVED)
    return environment


def code_of_functions(bench: Bench) -> None:
    """Nothing but the code that a base may name."""
    bench.put("code/app.py", CODE)


def no_hand(_: Bench) -> None:
    """Nobody did anything in between."""


@dataclass(frozen=True)
class Pruned:
    """A base, a file, what happens in between, the user's words, and what goes; `says` is told in any case."""

    name: str
    wanted: dict
    goes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    base: dict | None = None
    hand: Callable[[Bench], None] = no_hand
    code: int = 0
    says: tuple[str, ...] = ()
    # What the account may hold anew.
    comes: tuple[str, ...] = ()

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"prune/{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Applies the base, commits it, writes the file, and prunes."""
        code_of_functions(bench)
        repository = bench.repository()
        bench.converge(self.base or BASE)
        repository.commit("The base")
        self.hand(bench)
        before = bench.live()
        bench.write(self.wanted)
        plan = bench.run("plan", *PRUNE, *self.words)
        bench.same("planning changes nothing", bench.live(), before)
        ran = bench.expect(self.code, "apply", "--yes", *PRUNE, *self.words)
        bench.shows(plan, *self.says)
        bench.shows(ran, *self.says)
        found = bench.live()
        if self.code == 4:
            bench.same("after the refusal", found, before)
            return
        gone, come = names(before) - names(found), names(found) - names(before)
        bench.same(f"what goes\n{ran.told()}", (sorted(gone), sorted(come)), (sorted(self.goes), sorted(self.comes)))
        again = bench.expect(0, "plan", "--detailed-exitcode", *PRUNE, *self.words)
        bench.shows(again, "Nothing to do")


def names(account: dict) -> set[str]:
    """Every thing of an account as `section/name`."""
    sections = ("policies", "roles", "users", "groups", "oidc_providers", "buckets", "functions", "rules", "buses")
    return {f"{section}/{name}" for section in sections for name in account[section]}


def call(service: str, operation: str, **given: object) -> Callable[[Bench], None]:
    """An edit by hand."""
    return lambda bench: getattr(bench.client(service), operation)(**given)


UNTAG_APP = call("iam", "untag_role", RoleName="app", TagKeys=[OWNER])
RULE_ON_BUS = call("events", "put_rule", Name="theirs", EventBusName="returns", EventPattern='{"source":["x"]}')
FILL_ARCHIVE = call("s3", "put_object", Bucket="archive", Key="a", Body=b"a")
PROTECT_APP = call("iam", "tag_role", RoleName="app", Tags=[{"Key": PROTECT, "Value": "true"}])
THEIRS_APP = call("iam", "tag_role", RoleName="app", Tags=[{"Key": OWNER, "Value": "other"}])


def attached_elsewhere(bench: Bench) -> None:
    """Somebody uses our policy."""
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")))
    bench.iam.attach_role_policy(RoleName="theirs", PolicyArn=policy_arn("writing"))


def marked_by_hand(bench: Bench) -> None:
    """Somebody's role that carries our mark and never stood in a file."""
    tags = [{"Key": OWNER, "Value": "conformance"}]
    bench.iam.create_role(RoleName="copied", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")), Tags=tags)


def with_hangings(bench: Bench) -> None:
    """A user's things that the file never knew."""
    bench.iam.create_access_key(UserName="eve")
    bench.iam.put_user_policy(UserName="eve", PolicyName="more", PolicyDocument=text(allow("sns:*")))


FUNCTIONS = functions.PLAIN | {"roles": functions.ROLES | ROLES}
MANY = file(roles={f"r{number}": EC2 for number in range(10)})
FEW = {f"r{number}": EC2 for number in range(7)}
FEWER = {f"r{number}": EC2 for number in range(6)}
STAGE = edited(edited(BASE, "variables", {"stage": {"default": "a"}}), "roles/of-$(stage)", EC2)
SHARED = edited(BASE, "users/you", {"shared": True, "policies": ["AmazonSQSFullAccess"]})
NO_APP = without("roles/app")

ROWS = [
    Pruned("role", NO_APP, ("roles/app",)),
    Pruned("policy", without("policies/writing"), ("policies/writing",)),
    Pruned("user-with-everything", without("users/eve"), ("users/eve",), hand=with_hangings),
    Pruned("rule", without("rules/tock"), ("rules/tock",)),
    Pruned("bus", without("event_buses/returns"), ("buses/returns",)),
    Pruned("oidc", without("oidc_providers/gitlab"), ("oidc_providers/gitlab.example.com",)),
    Pruned("three-kinds", without("roles/app", "policies/writing", "rules/tock"), ("roles/app", "policies/writing", "rules/tock")),
    Pruned(
        "function-with-rule", edited(edited(FUNCTIONS, "lambdas", REMOVED), "rules", REMOVED),
        ("functions/worker", "rules/tick"), base=FUNCTIONS, words=MASS,
    ),
    Pruned("used-and-user-together", without("policies/writing", "roles/app"), ("policies/writing", "roles/app"), base=edited(BASE, "roles/app/policies", ["writing"])),
    # Without the two proofs.
    Pruned("without-our-mark", NO_APP, hand=UNTAG_APP, says=("role/app",)),
    Pruned("of-another-environment-now", NO_APP, hand=THEIRS_APP, says=("role/app",)),
    Pruned("never-in-the-base", NO_APP, ("roles/app",), hand=marked_by_hand),
    Pruned("protected-by-tag", NO_APP, hand=PROTECT_APP, code=4, says=("role/app", "protect")),
    Pruned("protected-by-base", NO_APP, base=edited(BASE, "roles/app/protect", True), code=4, says=("role/app", "protect")),
    Pruned("in-use", without("policies/writing"), hand=attached_elsewhere, code=4, says=("policy/writing", "theirs")),
    Pruned("bus-in-use", without("event_buses/returns"), hand=RULE_ON_BUS, code=4, says=("event_bus/returns", "theirs")),
    Pruned("gone-already", NO_APP, hand=call("iam", "delete_role", RoleName="app")),
    # What carries no mark.
    Pruned("group", without("groups/readers"), code=4, says=("--allow delete:group/readers",)),
    Pruned("group-by-word", without("groups/readers"), ("groups/readers",), words=("--allow", "delete:group/readers")),
    Pruned("group-by-another-word", without("groups/readers"), code=4, words=("--allow", "delete:group/writers")),
    # The brake.
    Pruned("brake-three", file(roles=FEW), ("roles/r7", "roles/r8", "roles/r9"), base=MANY),
    Pruned("brake-four", file(roles=FEWER), base=MANY, code=4, says=("--allow mass-change",)),
    Pruned("brake-four-by-word", file(roles=FEWER), tuple(f"roles/r{number}" for number in range(6, 10)), base=MANY, words=MASS),
    Pruned("brake-all-of-a-kind", without("oidc_providers"), code=4, says=("--allow mass-change",)),
    Pruned("nothing-declared", file(), code=4),
    Pruned("nothing-declared-by-word", file(), code=4, words=(*MASS, "--allow", "delete")),
    # Buckets.
    Pruned("bucket", without("buckets/archive"), code=4, says=("--allow mass-change",)),
    Pruned("bucket-by-word", without("buckets/archive"), ("buckets/archive",), words=MASS),
    Pruned("bucket-with-objects", without("buckets/archive"), hand=FILL_ARCHIVE, code=4, words=MASS, says=("bucket/archive",)),
    Pruned("bucket-with-objects-by-word", without("buckets/archive"), hand=FILL_ARCHIVE, code=4, words=(*MASS, "--allow", "data-loss:bucket/archive"), says=("bucket/archive",)),
    # Things that only look as if they had gone.
    Pruned("shared-user", BASE, base=SHARED),
    Pruned("id-renamed", edited(NO_APP, "roles/program", EC2 | {"name": "app"})),
    Pruned("spelled-in-capitals", edited(NO_APP, "roles/APP", EC2)),
    Pruned("shared-now", edited(BASE, "roles/app/shared", True)),
    Pruned("renamed", edited(NO_APP, "roles/program", EC2), ("roles/app",), comes=("roles/program",)),
    Pruned("absent-as-before", edited(NO_APP, "absent", {"roles": ["app"]}), ("roles/app",)),
    # Another base than the file's own.
    Pruned("other-environment", NO_APP | {"environment": "another"}, code=4, words=("--adopt", "*/*"), says=("environment",)),
    Pruned("account-by-word", {key: value for key, value in NO_APP.items() if key != "account"}, ("roles/app",), words=("--account", ACCOUNT)),
    Pruned("other-variables", edited(STAGE, "variables/stage/default", "b"), base=STAGE, code=4, says=("stage",)),
]


def usage(bench: Bench) -> None:
    """Without a base there is nothing to compare with; nothing is called."""
    bench.converge(BASE)
    before = bench.live()
    bench.write(NO_APP)
    for words in (("plan", "--prune"), ("apply", "--yes", "--prune")):
        ran = bench.expect(1, *words)
        bench.shows(ran, "--base")
    bench.same("after the errors", bench.live(), before)


def without_the_word(bench: Bench) -> None:
    """A base alone deletes nothing; a drift run says what is not declared any more."""
    repository = bench.repository()
    bench.converge(BASE)
    repository.commit("The base")
    before = bench.live()
    bench.write(NO_APP)
    bench.plan("--base", "HEAD")
    bench.shows(bench.drift("--base", "HEAD", code=0), "role/app", "pending")
    bench.apply("--base", "HEAD")
    bench.same("the account", bench.live(), before)


def other_account(bench: Bench) -> None:
    """A base of another account proves nothing here."""
    bench.repository()
    bench.converge(BASE)
    before = bench.live()
    bench.put("last.yaml", json.dumps(BASE | {"account": "210987654321"}))
    bench.write(NO_APP)
    bench.shows(bench.apply("--prune", "--base", "./last.yaml", code=4), "account")
    bench.same("after the refusal", bench.live(), before)


def from_file(bench: Bench) -> None:
    """The base may be a file as well."""
    bench.converge(BASE)
    bench.put("last.yaml", json.dumps(BASE))
    bench.write(NO_APP)
    bench.apply("--prune", "--base", "./last.yaml")
    bench.same("role", at(bench.live(), "roles/app"), None)


def saved(bench: Bench) -> None:
    """A saved plan that prunes does just that, and is refused when the mark has gone meanwhile."""
    repository = bench.repository()
    bench.converge(BASE)
    repository.commit("The base")
    bench.write(NO_APP)
    bench.plan("-o", "reviewed.plan", *PRUNE, code=2)
    UNTAG_APP(bench)
    before = bench.live()
    bench.shows(bench.expect(4, "apply", "reviewed.plan"), "role/app")
    bench.same("after the refusal", bench.live(), before)
    bench.iam.tag_role(RoleName="app", Tags=[{"Key": OWNER, "Value": "conformance"}])
    bench.expect(0, "apply", "reviewed.plan")
    bench.same("role", at(bench.live(), "roles/app"), None)


def unreadable(bench: Bench) -> None:
    """What can't be read is not deleted."""
    repository = bench.repository()
    bench.converge(BASE)
    repository.commit("The base")
    before = bench.live()
    bench.write(without("buckets/archive", "rules/tock"))
    with bench.between(("s3", "GET bucket tagging"), ("events", "ListTagsForResource")):
        ran = bench.run("apply", "--yes", *PRUNE, *MASS)
    bench.same(f"exit\n{ran.told()}", ran.code in (3, 4), True)
    bench.shows(ran, "AccessDenied")
    found = bench.live()
    bench.same("the account", (found["buckets"], found["rules"]), (before["buckets"], before["rules"]))


def two_bases(bench: Bench) -> None:
    """After a failed apply, what either base declared may go."""
    repository = bench.repository()
    bench.converge(BASE)
    first = repository.commit("The base")
    bench.converge(edited(BASE, "roles/halfway", EC2))
    repository.commit("Half of this arrived")
    bench.write(NO_APP)
    bench.apply("--prune", "--base", first, "--base", "HEAD")
    bench.same("roles", sorted(bench.live()["roles"]), ["batch", "ci", "data"])


def own_identity(bench: Bench) -> None:
    """Whoever runs the tool is not deleted by it."""
    repository = bench.repository()
    base = edited(BASE, "users/runner", {"policies": ["AdministratorAccess"]})
    bench.converge(base)
    repository.commit("The base")
    key = bench.iam.create_access_key(UserName="runner")["AccessKey"]
    bench.variables |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    before = bench.live()
    bench.write(BASE)
    bench.shows(bench.apply(*PRUNE, *MASS, code=4), "user/runner")
    bench.same("after the refusal", bench.live(), before)


def killed(bench: Bench) -> None:
    """Killed in the middle, the next one goes on by itself."""
    repository = bench.repository()
    wanted = without("roles/app", "policies/writing", "rules/tock", "users/eve")
    for moment in (1, 2, 3, 4):
        bench.backend.fresh()
        bench.converge(BASE)
        repository.commit("The base")
        bench.write(wanted)
        bench.run_killed(moment, "apply", "--yes", *PRUNE, *MASS)
        bench.apply(*PRUNE, *MASS)
        gone = names(bench.live()) & {"roles/app", "policies/writing", "rules/tock", "users/eve"}
        bench.same(f"killed after {moment}", gone, set())


def access_goes_last(bench: Bench) -> None:
    """A policy taken out of the file and off a role at once: taken off first."""
    repository = bench.repository()
    base = edited(BASE, "roles/app/policies", ["writing", managed_arn("AmazonSQSFullAccess")])
    bench.converge(base)
    repository.commit("The base")
    bench.write(edited(edited(base, "roles/app/policies", [managed_arn("AmazonSQSFullAccess")]), "policies/writing", REMOVED))
    ran = bench.apply(*PRUNE)
    found = bench.live()
    if "writing" in found["policies"] or at(found, "roles/app/AttachedPolicies") != [managed_arn("AmazonSQSFullAccess")]:
        raise Failed(ran.told())


SINGLE: dict[str, Callable[[Bench], None]] = {
    "usage": usage,
    "without-the-word": without_the_word,
    "base-of-another-account": other_account,
    "base-is-a-file": from_file,
    "saved-plan": saved,
    "unreadable": unreadable,
    "two-bases": two_bases,
    "own-identity": own_identity,
    "killed": killed,
    "policy-off-first": access_goes_last,
}

CASES = [*[row.case() for row in ROWS], *[Case(f"prune/{name}", run, SANDBOX) for name, run in SINGLE.items()]]
