"""Undo: whatever an apply has done, its undo file leads back to the account as it was, but for the closed list.

The closed list is `comparable`: numbers of versions, versioning that was never on, objects. Where a case loses something else
(the values of a function's environment), the case says it.
"""

import copy
import json
import shlex
from dataclasses import dataclass
from functools import partial

import yaml

from harness.backends import ACCOUNT
from harness.bench import Bench, Failed
from harness.case import EVERYWHERE, SANDBOX, Case
from harness.live import at

from . import account, adoption, bucket_policies, buckets, buses, edits, examples, functions, killed, oidc, people
from .documents import PROTECT, REMOVED, allow, deny, edited, file, managed_arn, policy_arn, trusts
from .edits import FULL, Row

EVERY_WORD = (
    "--adopt", "*",
    *(word for danger in ("mass-change", "data-loss", "public", "lockout", "delete") for word in ("--allow", danger)),
)
S3_READ, SQS = managed_arn("AmazonS3ReadOnlyAccess"), managed_arn("AmazonSQSFullAccess")


def comparable(found: dict) -> dict:
    """An account without what nobody can bring back."""
    found = copy.deepcopy(found)
    for policy in found["policies"].values():
        del policy["DefaultVersionId"], policy["Versions"]
    for bucket in found["buckets"].values():
        del bucket["Objects"], bucket["Versions"]
        if bucket["Versioning"] == "Suspended":
            bucket["Versioning"] = None
    return found


def undo_file(bench: Bench) -> str:
    """The undo file of the newest run, as `history` tells it."""
    told = json.loads(bench.expect(0, "history", "--limit", "1", "--format", "json").out)
    words = shlex.split(told["runs"][0]["undo"])
    return words[words.index("-f") + 1]


def undo(bench: Bench, *flags: str) -> str:
    """Undoes the newest run; nothing is left to do then."""
    path = undo_file(bench)
    ran = bench.run("apply", "--yes", "-f", path, *(flags or EVERY_WORD))
    if ran.code != 0:
        raise Failed(f"{ran.told()}\n{open(path).read()}")
    planned = bench.run("plan", "--detailed-exitcode", "-f", path, *(flags or EVERY_WORD))
    if planned.code != 0:
        raise Failed(f"after the undo something is left to do\n{planned.told()}\n{open(path).read()}")
    return path


def comes_back(bench: Bench, before: dict, what: str, *flags: str) -> None:
    """Undoes the newest run and compares."""
    path = undo(bench, *EVERY_WORD, *flags)
    try:
        bench.same(what, comparable(bench.live()), comparable(before))
    except Failed as error:
        raise Failed(f"{error}\n{open(path).read()}") from None


def there_and_back(bench: Bench, first: dict | None, second: dict, *flags: str) -> None:
    """Applies one file, then another, then what undoes the latter."""
    if first is not None:
        bench.converge(first, *flags)
    before = bench.live()
    bench.converge(second, *flags)
    comes_back(bench, before, "after the undo")


def rows(*modules: object) -> list[Row]:
    """The rows that the cases of other modules are."""
    owners = [getattr(case.run, "__self__", None) for module in modules for case in module.CASES]
    return [owner for owner in owners if isinstance(owner, Row)]


def field(row: Row, bench: Bench) -> None:
    """A field is changed, and then left out or taken off; each time the undo leads back."""
    row.setup(bench)
    writings = row.writings()[:3]
    for (_, first, _), (word, second, _) in zip(writings, writings[1:]):
        bench.converge(edited(row.base or FULL, row.file, first), *row.flags)
        before = bench.live()
        bench.write(edited(row.base or FULL, row.file, second))
        ran = bench.apply(*row.flags)
        if row.name == "lambda-environment":
            now, worker = at(bench.live(), "functions/worker/Environment"), before["functions"]["worker"]
            worker["Environment"] = {key: now[key] for key in worker["Environment"] if key in now}
        if "to undo:" in ran.out:
            comes_back(bench, before, f"{row.aws}, after it was {word} and that undone", *row.flags)


def edited_in_every_way(environment: dict) -> dict:
    """A file in which something of every kind is another."""
    new = copy.deepcopy(environment)
    new["tags"] = {**new.get("tags", {}), "undo": "tried"}
    for policy in new.get("policies", {}).values():
        if isinstance(policy.get("document"), dict) and "Statement" in policy["document"]:
            statements = policy["document"]["Statement"]
            more = deny("sqs:*")["Statement"]
            policy["document"]["Statement"] = [*(statements if isinstance(statements, list) else [statements]), *more]
    for principal in [*new.get("groups", {}).values(), *new.get("users", {}).values(), *new.get("roles", {}).values()]:
        principal["inline_policies"] = {"undo": allow("sqs:ReceiveMessage")}
    for role in new.get("roles", {}).values():
        role |= {"max_session_duration": "3h", "policies": ["AmazonSQSFullAccess"]}
    for user in new.get("users", {}).values():
        user["groups"] = []
    for bucket in new.get("buckets", {}).values():
        bucket |= {"versioning": True, "cors": [{"allowed_methods": ["GET"], "allowed_origins": ["*"]}], "logging": "none"}
    for function in [*new.get("lambdas", {}).values(), *new.get("functions", {}).values()]:
        function |= {"memory": 1024, "description": "Edited", "reserved_concurrency": 3}
    for rule in new.get("rules", {}).values():
        rule |= {"description": "Edited", "targets": {}}
    for bus in new.get("event_buses", {}).values():
        bus |= {"description": "Edited", "policy": "none"}
    new.setdefault("roles", {})["undo-new"] = {"trust": "ec2.amazonaws.com", "policies": ["AmazonS3ReadOnlyAccess"]}
    new.pop("expect", None)
    return new


def example(one: examples.Example, bench: Bench) -> None:
    """An example is made, edited in every way, led back, and at the end its making is undone."""
    for path in one.beside:
        examples.copy(path, bench.folder)
    one.setup(bench)
    empty = bench.live()
    words = ("--account", ACCOUNT, *one.arguments)
    bench.apply(*words)
    first = undo_file(bench)
    before = bench.live()
    name = one.arguments[1] if one.arguments[:1] == ("-f",) else "environment.yaml"
    text = (bench.folder / name).read_text()
    (bench.folder / name).write_text(json.dumps(edited_in_every_way(yaml.safe_load(text))))
    bench.apply(*words, *EVERY_WORD)
    comes_back(bench, before, "the edits undone")
    (bench.folder / name).write_text(text)
    bench.shows(bench.plan(*one.arguments), "Nothing to do")
    if bench.backend.name == "moto":
        # It answers ListServiceSpecificCredentials with HTTP 500, so that no user's deletion can be planned.
        return
    unprotect(bench)
    bench.expect(0, "apply", "--yes", "-f", first, *EVERY_WORD)
    found = bench.live()
    # AWS made them, and only their services delete them.
    empty["service_linked_roles"] = found["service_linked_roles"]
    bench.same("the making undone", comparable(found), comparable(empty))


def unprotect(bench: Bench) -> None:
    """Takes the mark of protection off, as a person has to before anything protected goes."""
    found = bench.live()
    for name, role in found["roles"].items():
        if PROTECT in role["Tags"]:
            bench.iam.untag_role(RoleName=name, TagKeys=[PROTECT])
    for name, bucket in found["buckets"].items():
        if PROTECT in bucket["Tags"]:
            kept = [{"Key": key, "Value": value} for key, value in bucket["Tags"].items() if key != PROTECT]
            bench.client("s3", bucket["Region"]).put_bucket_tagging(Bucket=name, Tagging={"TagSet": kept})


def adopted(bench: Bench) -> None:
    """The mark goes again; nothing else is touched, not even what has changed meanwhile."""
    adoption.make(bench, "AmazonS3ReadOnlyAccess")
    there_and_back(bench, None, adoption.WANTED)
    bench.converge(adoption.WANTED)
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=SQS)
    before = comparable(bench.live())
    before["roles"]["app"]["Tags"] = before["policies"]["reading"]["Tags"] = {}
    bench.expect(0, "apply", "--yes", "-f", undo_file(bench))
    bench.same("only the mark", comparable(bench.live()), before)


def adopted_and_changed(bench: Bench) -> None:
    """What was taken over and changed is as it was, and nobody's, or the other's who had it."""
    for owner in (None, "other"):
        bench.backend.fresh()
        adoption.make(bench, "AmazonSQSFullAccess", owner=owner, document=allow("s3:*"))
        there_and_back(bench, None, adoption.WANTED, "--adopt", "*")


def shared(bench: Bench) -> None:
    """What was added to a shared thing goes; what others have put there stays."""
    adoption.make(bench, "AmazonS3ReadOnlyAccess")
    with_more = {"trust": "ec2.amazonaws.com", "shared": True, "policies": ["AmazonSQSFullAccess"], "inline_policies": {"mine": allow("sqs:*")}}
    bench.iam.create_user(UserName="tom")
    bench.iam.attach_user_policy(UserName="tom", PolicyArn=S3_READ)
    there_and_back(bench, None, file(roles={"app": with_more}, users={"tom": {"shared": True, "policies": ["AmazonSQSFullAccess"]}}))


def members(bench: Bench) -> None:
    """Somebody of whom no file speaks, taken out of a group, is in it again."""
    for name in ("mallory", "ada"):
        bench.iam.create_user(UserName=name, Path="/people/")
    environment = file(groups={"ops": {}, "old": {"policies": ["AmazonS3ReadOnlyAccess"]}}, users={"eve": {"groups": ["ops", "old"]}})
    bench.converge(environment)
    for name, group in (("mallory", "ops"), ("ada", "old"), ("mallory", "old")):
        bench.iam.add_user_to_group(UserName=name, GroupName=group)
    before = bench.live()
    after = edited(edited(environment, "groups/ops/members", "exact"), "groups/old", REMOVED) | {
        "absent": {"groups": [{"name": "old", "detach": True}]}
    }
    after["users"]["eve"]["groups"] = []
    bench.converge(after, *EVERY_WORD)
    bench.same("they are out", at(bench.live(), "groups/ops/Members"), [])
    comes_back(bench, before, "the memberships")


def detached(bench: Bench) -> None:
    """A policy that was detached from others and deleted is there again, and they have it."""
    bench.converge(file(policies={"reading": {"document": allow("s3:GetObject"), "tags": {"a": "b"}}}))
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(trusts("ec2.amazonaws.com")))
    bench.iam.attach_role_policy(RoleName="theirs", PolicyArn=policy_arn("reading"))
    bench.iam.attach_role_policy(RoleName="theirs", PolicyArn=S3_READ)
    before = bench.live()
    bench.converge(file(absent={"policies": [{"name": "reading", "detach": True}]}), *EVERY_WORD)
    comes_back(bench, before, "the policy and its user")


def deleted(bench: Bench) -> None:
    """Everything is deleted, and comes back."""
    functions.code(bench)
    environment = people.FULL | {section: functions.FULL[section] for section in ("roles", "lambdas", "rules")}
    environment |= {"buckets": {"imagery": {"versioning": True, "cors": [{"allowed_methods": ["GET"], "allowed_origins": ["*"]}]}},
                    "event_buses": {"orders": {"description": "x", "policy": buses.THEIRS}}}
    environment["lambdas"] = edited(environment["lambdas"], "worker/environment", REMOVED)
    bench.converge(environment)
    before = bench.live()
    sections = ("policies", "groups", "users", "roles", "lambdas", "rules", "buckets", "event_buses")
    bench.converge(file(absent={section: list(environment[section]) for section in sections}), *EVERY_WORD)
    bench.same("the roles are gone", bench.live()["roles"], {})
    comes_back(bench, before, "everything")


def credentials(bench: Bench) -> None:
    """A key and a password that an apply has made go again; what it has taken can't come back, and that is said."""
    plain = file(users={"ada": {}})
    rich = file(users={"ada": {name: {"store": f"file:secrets/{name}"} for name in ("access_key", "console_access")}})
    there_and_back(bench, plain, rich)
    for path in (bench.folder / "secrets").iterdir():
        path.unlink()
    bench.converge(rich)
    bench.converge(file(users={"ada": {"access_keys": "none", "console_access": "none"}}), *EVERY_WORD)
    text = open(undo_file(bench)).read()
    for said in ("user/ada: its password", "user/ada: the access key AKIA"):
        bench.same(f"`{said}` is said", said in text, True)


def code(bench: Bench) -> None:
    """Old code is uploaded again; values of the environment stay where they are and are written nowhere."""
    functions.code(bench)
    bench.converge(functions.FULL)
    before = bench.live()
    bench.put("code/app.py", functions.CODE + "# edited\n")
    secret = "tide-is-high-4711"
    bench.variables["TOKEN"] = secret
    changed = edited(functions.FULL, "lambdas/worker/environment", {"MODE": "fast", "TOKEN": {"from_env": "TOKEN"}})
    bench.converge(changed)
    comes_back(bench, before, "code and environment")
    bench.converge(changed)
    del bench.variables["TOKEN"]
    before = bench.live()
    bench.converge(edited(functions.FULL, "lambdas/worker/environment", {"MODE": "slow"}))
    path = undo(bench)
    before["functions"]["worker"]["Environment"] = {"MODE": "slow"}
    bench.same("all but the values", comparable(bench.live()), comparable(before))
    bench.same("that is said", "nobody may save: MODE, TOKEN" in open(path).read(), True)
    holders = [str(path) for path in bench.written() if secret.encode() in path.read_bytes()]
    bench.same("files with the value", holders, [])


def ignored(bench: Bench) -> None:
    """What a file ignores, its undo ignores, too; what it does not touch, it leaves alone."""
    functions.code(bench)
    first = edited(functions.FULL, "rules/tick/ignore", ["state"])
    bench.converge(first)
    bench.converge(edited(first, "rules/tick/description", "Tocks"))
    path = undo_file(bench)
    bench.client("events").disable_rule(Name="tick")
    bench.client("lambda").update_function_configuration(FunctionName="other", Timeout=77)
    bench.expect(0, "apply", "--yes", "-f", path)
    found = bench.live()
    bench.same("description", at(found, "rules/tick/Description"), "Ticks")
    bench.same("state", at(found, "rules/tick/State"), "DISABLED")
    bench.same("another function", at(found, "functions/other/Timeout"), 77)


def default_bus(bench: Bench) -> None:
    """The default bus's policy, which has no mark, is as it was."""
    theirs = buses.sending(buses.account("210987654321"), buses.DEFAULT)
    others = buses.sending(buses.account("310987654321"), buses.DEFAULT)
    for first, second in ((None, theirs), (theirs, others), (theirs, "none")):
        bench.backend.fresh()
        if first:
            bench.client("events").put_permission(Policy=json.dumps(first))
        there_and_back(bench, None, file(event_buses={"default": {"policy": second}}), *EVERY_WORD)


def account_settings(bench: Bench) -> None:
    """Settings that were not there are not there again."""
    there_and_back(bench, None, account.PLAIN, *account.ADOPT)
    bench.iam.create_account_alias(AccountAlias="theirs")
    bench.iam.update_account_password_policy(MinimumPasswordLength=9, RequireSymbols=True)
    there_and_back(bench, None, account.PLAIN, *account.ADOPT)


def statements(bench: Bench) -> None:
    """Statements in a bucket of others come and go; theirs stay."""
    bucket_policies.archive(bench)
    there_and_back(bench, None, bucket_policies.wanted(bucket_policies.READ), *bucket_policies.ADOPT)
    bench.converge(bucket_policies.wanted(bucket_policies.READ), *bucket_policies.ADOPT)
    other = bucket_policies.statement("Read", "s3:PutObject")
    there_and_back(bench, None, bucket_policies.wanted(other), *bucket_policies.ADOPT)


def protected(bench: Bench) -> None:
    """A mark of protection that was not there is taken off."""
    first = file(roles={"app": {"trust": "ec2.amazonaws.com"}})
    there_and_back(bench, first, edited(first, "roles/app/protect", True))


def killed_in_the_middle(bench: Bench) -> None:
    """An apply is killed after a random step; its undo leads back all the same."""
    changed = edited(FULL, "policies/reading/document", allow("s3:ListBucket"))
    for path, value in killed.CHANGES.items():
        changed = edited(changed, path, value)
    interrupted = 0
    for moment in killed.moments(bench.seed + 3, 12):
        bench.backend.fresh()
        bench.converge(FULL)
        before = bench.live()
        bench.write(changed)
        interrupted += bench.run_killed(moment, "apply", "--yes", *killed.WORD)
        comes_back(bench, before, f"killed after {moment} announcements")
    killed.at_least_half(bench, interrupted)


def killed_at_first(bench: Bench) -> None:
    """The first apply is killed; its undo leaves nothing."""
    interrupted = 0
    for moment in killed.moments(bench.seed + 4, 12)[:6]:
        bench.backend.fresh()
        empty = bench.live()
        bench.write(FULL)
        interrupted += bench.run_killed(moment, "apply", "--yes")
        comes_back(bench, empty, f"killed after {moment} announcements")
    bench.same("enough applies were killed", interrupted >= 3, True)


def history_tells(bench: Bench) -> None:
    """A killed run is interrupted, the newest is first, and each call is told."""
    bench.write(FULL)
    bench.run_killed(3, "apply", "--yes")
    bench.apply()
    told = json.loads(bench.expect(0, "history", "--format", "json").out)
    states = [run["state"] for run in told["runs"]]
    bench.same("states", states, ["done", "interrupted"])
    calls = json.loads(bench.expect(0, "history", "last", "--format", "json").out)["runs"][0]["calls"]
    bench.same("each has an answer", [call for call in calls if not call["answer"]], [])
    bench.shows(bench.expect(0, "history"), "interrupted", "done", "to undo: evenkeel apply -f ")
    bench.expect(1, "history", "nothing-of-this-name")


def twice(bench: Bench) -> None:
    """An undo has an undo of its own, and a folder is never written over."""
    bench.converge(FULL)
    bench.write(edited(FULL, "roles/app/description", "Other"))
    bench.apply("--undo", "here")
    after = bench.live()
    undo(bench)
    comes_back(bench, after, "the undo of the undo")
    bench.write(edited(FULL, "roles/app/description", "Third"))
    bench.shows(bench.apply("--undo", "here", code=1), "is there already", "nothing was changed")


FIELDS = rows(edits, people, functions, buckets, buses, account, bucket_policies, oidc)
CASES = [
    Case("undo/adopted", adopted),
    Case("undo/adopted-and-changed", adopted_and_changed),
    Case("undo/shared", shared),
    Case("undo/members", members),
    Case("undo/detached", detached),
    # Moto answers ListServiceSpecificCredentials with HTTP 500, so that no user's deletion can be planned.
    Case("undo/deleted", deleted, frozenset({"sandbox"})),
    Case("undo/credentials", credentials),
    Case("undo/code", code),
    Case("undo/ignored", ignored),
    Case("undo/default-bus", default_bus),
    Case("undo/account", account_settings),
    Case("undo/statements", statements),
    Case("undo/protected", protected),
    Case("undo/history", history_tells),
    Case("undo/twice", twice),
    Case("undo/killed-later", killed_in_the_middle, EVERYWHERE),
    Case("undo/killed-first", killed_at_first, EVERYWHERE),
    *[Case(f"undo/example-{one.name}", partial(example, one), EVERYWHERE) for one in examples.EXAMPLES],
    *[Case(f"undo/field-{row.name}", partial(field, row), SANDBOX) for row in FIELDS],
]
