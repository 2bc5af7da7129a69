"""Lambda functions and EventBridge rules: every field, edits by hand, and what is held."""

import base64
import hashlib
import io
import json
import time
import zipfile

from harness.backends import ACCOUNT, REGION
from harness.bench import Bench, Failed
from harness.case import EVERYWHERE, Case
from harness.live import at

from .by_hand import Hand
from .documents import REMOVED, allow, edited, file
from .edits import OWNED, Row
from .held import Held

CODE = "def handler(event, context):\n    return event\n"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:worker"
OTHER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:other"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/tick"
RUNNER, HELPER = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("runner", "helper"))

ROLES = {
    name: {"trust": ["lambda.amazonaws.com", "events.amazonaws.com"], "inline_policies": {"all": allow("sqs:*", "ec2:*")}}
    for name in ("runner", "helper")
}
PLAIN_FUNCTION = {"runtime": "python3.12", "handler": "app.handler", "role": "runner", "code": "./code"}
FULL = file(
    roles=ROLES,
    lambdas={
        "worker": PLAIN_FUNCTION
        | {"memory": 256, "timeout": "30s", "description": "Works", "environment": {"MODE": "fast"}, "tags": {"team": "data"}},
        "other": PLAIN_FUNCTION,
    },
    rules={
        "tick": {
            "schedule": "rate(5 minutes)",
            "description": "Ticks",
            "targets": {"go": {"lambda": "worker", "input": {"slug": "demo"}}},
        }
    },
)
PLAIN = file(
    roles=ROLES,
    lambdas={"worker": PLAIN_FUNCTION},
    rules={"tick": {"schedule": "rate(5 minutes)", "targets": {"go": {"lambda": "worker"}}}},
)


def code(bench: Bench) -> None:
    """The folder with the function's code."""
    bench.put("code/app.py", CODE)


def with_bus(bench: Bench) -> None:
    """A bus besides the default one."""
    code(bench)
    bench.client("events").create_event_bus(Name="orders")


def layers(bench: Bench, *names: str) -> None:
    """Layer versions that a function can name."""
    code(bench)
    for name in names:
        bench.client("lambda").publish_layer_version(LayerName=name, Content={"ZipFile": packed({"x.py": ""})})


def layer(name: str) -> str:
    """The ARN of a layer's first version."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}:1"


def packed(files: dict[str, str]) -> bytes:
    """A zip, made here and not by the tool."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    """A hash as Lambda shows it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def statement(principal: object, action: str = "lambda:InvokeFunction", **conditions: dict) -> dict:
    """A statement of a function's policy as GetPolicy renders it."""
    plain = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": FUNCTION}
    return plain | ({"Condition": conditions} if conditions else {})


IMPLIED = statement({"Service": "events.amazonaws.com"}, ArnLike={"AWS:SourceArn": RULE})


def logging(form: str, group: str, **levels: str) -> dict:
    """Settings of logging as Lambda shows them."""
    return {"LogFormat": form, "LogGroup": group} | levels


def function_row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object, **more: object) -> Row:
    """A row about the function `worker`."""
    path, shown = f"lambdas/worker/{field}", f"functions/worker/{aws}"
    return Row(f"lambda-{name}", path, shown, written, changed, *removed, base=FULL, **{"setup": code} | more)


TEXT_LOG = logging("Text", "/aws/lambda/worker")

FUNCTION_ROWS = [
    function_row("runtime", "runtime", "Runtime", ("python3.12",) * 2, ("python3.13",) * 2),
    function_row("handler", "handler", "Handler", ("app.handler",) * 2, ("app.other",) * 2),
    function_row("role", "role", "Role", ("runner", RUNNER), ("helper", HELPER)),
    function_row("memory", "memory", "MemorySize", (256, 256), (512, 512), 128),
    function_row("timeout", "timeout", "Timeout", ("30s", 30), ("15m", 900), 3),
    function_row("storage", "storage", "EphemeralStorage", (1024, 1024), (10240, 10240), 512),
    function_row("architectures", "architectures", "Architectures", (["arm64"],) * 2, (["x86_64"],) * 2, ["x86_64"]),
    function_row("description", "description", "Description", ("First",) * 2, ("Second",) * 2, ""),
    function_row("environment", "environment", "Environment", ({"MODE": "fast", "SIZE": "2"},) * 2, ({"SIZE": "3", "NAME": ""},) * 2, {}),
    function_row("tracing", "tracing", "Tracing", ("Active",) * 2, ("PassThrough",) * 2, "PassThrough"),
    function_row(
        "layers", "layers", "Layers", ([layer("a"), layer("b")],) * 2, ([layer("b"), layer("a")],) * 2, [],
        setup=lambda bench: layers(bench, "a", "b"),
    ),
    function_row(
        "logging", "logging", "Logging",
        ({"format": "JSON"}, logging("JSON", "/aws/lambda/worker", ApplicationLogLevel="INFO", SystemLogLevel="INFO")),
        (
            {"format": "JSON", "application_level": "DEBUG", "system_level": "WARN", "group": "/imaging/all"},
            logging("JSON", "/imaging/all", ApplicationLogLevel="DEBUG", SystemLogLevel="WARN"),
        ),
        TEXT_LOG,
    ),
    function_row("concurrency", "reserved_concurrency", "Concurrency", (5, 5), (0, 0), 0),
    function_row("concurrency-none", "reserved_concurrency", "Concurrency", (5, 5), ("none", None), None),
    function_row("dead-letter", "dead_letter", "DeadLetter", (QUEUE, QUEUE), ("none", None), None),
    function_row(
        "vpc", "vpc", "Subnets",
        ({"subnets": ["subnet-0a1b", "subnet-0a1c"], "security_groups": ["sg-0a1b"]}, ["subnet-0a1b", "subnet-0a1c"]),
        ({"subnets": ["subnet-0a1b"], "security_groups": ["sg-0a1b"]}, ["subnet-0a1b"]),
        ["subnet-0a1b"],
    ),
    function_row(
        "vpc-none", "vpc", "SecurityGroups",
        ({"subnets": ["subnet-0a1b"], "security_groups": ["sg-0a1b", "sg-0a1c"]}, ["sg-0a1b", "sg-0a1c"]), ("none", []), [],
    ),
    function_row(
        "kms-key", "kms_key", "KMSKeyArn",
        (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000001",) * 2, ("none", None), None,
    ),
    function_row(
        "permissions", "permissions", "Statements",
        (
            {"s3": {"principal": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::rmi-360", "source_account": ACCOUNT}},
            {
                "evenkeel-default-tick": IMPLIED,
                "s3": statement(
                    {"Service": "s3.amazonaws.com"},
                    StringEquals={"AWS:SourceAccount": ACCOUNT},
                    ArnLike={"AWS:SourceArn": "arn:aws:s3:::rmi-360"},
                ),
            },
        ),
        (
            {"s3": {"principal": "s3.amazonaws.com"}, "them": {"principal": "210987654321", "action": "lambda:GetFunction"}},
            {
                "evenkeel-default-tick": IMPLIED,
                "s3": statement({"Service": "s3.amazonaws.com"}),
                "them": statement({"AWS": "arn:aws:iam::210987654321:root"}, "lambda:GetFunction"),
            },
        ),
        {"evenkeel-default-tick": IMPLIED},
    ),
    function_row(
        "tags", "tags", "Tags",
        ({"team": "data"}, OWNED | {"team": "data"}), ({"Team": "sea", "x": ""}, OWNED | {"Team": "sea", "x": ""}), OWNED,
    ),
]


def rule_row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object, **more: object) -> Row:
    """A row about the rule `tick`."""
    path, shown = f"rules/tick/{field}", f"rules/tick/{aws}"
    return Row(f"rule-{name}", path, shown, written, changed, *removed, **{"base": FULL, "setup": code} | more)


WITH_PATTERN = edited(FULL, "rules/tick/pattern", {"source": ["aws.s3"]})
TRANSFORMER = {"input_paths_map": {"at": "$.time"}, "input_template": '"It is <at>"'}

RULE_ROWS = [
    rule_row("schedule", "schedule", "Schedule", ("rate(5 minutes)",) * 2, ("cron(0 3 * * ? *)",) * 2),
    rule_row("schedule-beside-pattern", "schedule", "Schedule", ("rate(1 hour)",) * 2, ("rate(2 hours)",) * 2, None, base=WITH_PATTERN),
    rule_row(
        "pattern", "pattern", "Pattern", ({"source": ["aws.s3"]},) * 2,
        ({"source": ["aws.ec2"], "detail": {"size": [{"numeric": [">", 0, "<=", 5]}], "state": [{"anything-but": ["a", "b"]}]}},) * 2,
        None,
    ),
    rule_row("description", "description", "Description", ("First",) * 2, ("Second",) * 2, ""),
    rule_row("state", "state", "State", ("disabled", "DISABLED"), ("enabled", "ENABLED"), "ENABLED"),
    rule_row("role", "role", "Role", ("runner", RUNNER), ("helper", HELPER), None),
    rule_row(
        "tags", "tags", "Tags",
        ({"team": "data"}, OWNED | {"team": "data"}), ({"Team": "sea", "x": ""}, OWNED | {"Team": "sea", "x": ""}), OWNED,
    ),
    rule_row(
        "targets-moved", "targets", "Targets",
        ({"go": {"lambda": "worker"}}, {"go": {"Arn": FUNCTION}}),
        (
            {"go": {"lambda": "other"}, "queue": {"arn": QUEUE, "dead_letter": QUEUE}},
            {"go": {"Arn": OTHER}, "queue": {"Arn": QUEUE, "DeadLetterConfig": {"Arn": QUEUE}}},
        ),
        {},
    ),
    rule_row(
        "target-renamed", "targets", "Targets",
        ({"old": {"lambda": "worker"}}, {"old": {"Arn": FUNCTION}}), ({"new": {"lambda": "worker"}}, {"new": {"Arn": FUNCTION}}), {},
    ),
    rule_row(
        "target-input-path", "targets/go", "Targets/go",
        ({"lambda": "worker", "input_path": "$.detail"}, {"Arn": FUNCTION, "InputPath": "$.detail"}),
        (
            {"lambda": "worker", "input_transformer": TRANSFORMER},
            {"Arn": FUNCTION, "InputTransformer": {"InputPathsMap": {"at": "$.time"}, "InputTemplate": '"It is <at>"'}},
        ),
        None,
    ),
    rule_row(
        "target-retry-and-role", "targets/go", "Targets/go",
        (
            {"lambda": "worker", "retry": {"attempts": 3, "max_age": "2h"}},
            {"Arn": FUNCTION, "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 7200}},
        ),
        ({"lambda": "worker", "role": "runner"}, {"Arn": FUNCTION, "RoleArn": RUNNER}),
        None,
    ),
]


def five_targets_exchanged(bench: Bench) -> None:
    """AWS takes five targets of one rule, so the old ones must go before the new ones come."""
    code(bench)
    for prefix in ("a", "b"):
        targets = {f"{prefix}{number}": {"arn": f"{QUEUE}-{prefix}{number}"} for number in range(5)}
        bench.converge(edited(FULL, "rules/tick/targets", targets), "--allow", "mass-change")
        bench.same("targets", sorted(at(bench.live(), "rules/tick/Targets")), sorted(targets))


def target_input(bench: Bench) -> None:
    """An input is JSON: what means the same is no change, what does not is one."""
    code(bench)
    bench.converge(FULL)
    bench.same("input", json.loads(at(bench.live(), "rules/tick/Targets/go")["Input"]), {"slug": "demo"})
    bench.write(edited(FULL, "rules/tick/targets/go/input", '{ "slug" : "demo" }'))
    bench.settled()
    bench.converge(edited(FULL, "rules/tick/targets/go/input", {"slug": "other", "n": [1, 2]}))
    bench.same("input", json.loads(at(bench.live(), "rules/tick/Targets/go")["Input"]), {"slug": "other", "n": [1, 2]})


def other_bus(bench: Bench) -> None:
    """A rule on another bus, with the permission that names it, and not to be confused with its namesake."""
    with_bus(bench)
    rule = {"bus": "orders", "pattern": {"source": ["shop"]}, "targets": {"go": {"lambda": "worker"}}}
    bench.converge(file(roles=ROLES, lambdas={"worker": PLAIN_FUNCTION}, rules={"bought": rule}))
    found = bench.live()
    bench.same("bus", at(found, "rules/bought/Bus"), "orders")
    source = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/orders/bought"
    wanted = statement({"Service": "events.amazonaws.com"}, ArnLike={"AWS:SourceArn": source})
    bench.same("permission", at(found, "functions/worker/Statements"), {"evenkeel-orders-bought": wanted})


def implied_permission(bench: Bench) -> None:
    """The statement for a rule comes and goes with the target, and an equivalent one under another id is replaced."""
    code(bench)
    bench.converge(PLAIN)
    bench.same("statements", at(bench.live(), "functions/worker/Statements"), {"evenkeel-default-tick": IMPLIED})
    client = bench.client("lambda")
    client.remove_permission(FunctionName="worker", StatementId="evenkeel-default-tick")
    client.add_permission(
        FunctionName="worker", StatementId="by-hand", Action="lambda:InvokeFunction", Principal="events.amazonaws.com", SourceArn=RULE
    )
    bench.plan(code=2)
    bench.apply()
    bench.settled()
    bench.same("statements", at(bench.live(), "functions/worker/Statements"), {"evenkeel-default-tick": IMPLIED})
    bench.converge(edited(PLAIN, "rules/tick/targets", REMOVED))
    bench.same("statements", at(bench.live(), "functions/worker/Statements"), {})


def code_follows(bench: Bench) -> None:
    """Code is known by its hash: touching files changes nothing, changing a byte does, a zip is taken as it is."""
    code(bench)
    bench.converge(PLAIN)
    first = at(bench.live(), "functions/worker/CodeSha256")
    bench.put("code/app.py", CODE)
    bench.put("code/.git/config", "x")
    bench.put("code/__pycache__/app.pyc", "x")
    bench.put("code/.env", "SECRET=x")
    bench.settled()
    bench.put("code/app.py", CODE + "#\n")
    bench.converge(PLAIN)
    second = at(bench.live(), "functions/worker/CodeSha256")
    if first == second:
        raise Failed("another byte did not change the code")
    content = packed({"app.py": CODE})
    bench.put("built.zip", content)
    bench.converge(edited(PLAIN, "lambdas/worker/code", {"zip": "built.zip"}))
    bench.same("hash", at(bench.live(), "functions/worker/CodeSha256"), sha256(content))
    bench.put("code/app.py", CODE)
    bench.converge(PLAIN)
    bench.same("hash", at(bench.live(), "functions/worker/CodeSha256"), first)


def secret_environment(bench: Bench) -> None:
    """A value from the run's environment is set and never shown; a live one is kept; one that is not set is unknown."""
    code(bench)
    secret = "tide-and-time-7731"
    variables = {"TOKEN": {"from_env": "MONITOR_TOKEN"}, "PLAIN": "x"}
    wanted = edited(PLAIN, "lambdas/worker/environment", variables)
    bench.variables["MONITOR_TOKEN"] = secret
    ran = bench.converge(wanted)
    bench.same("environment", at(bench.live(), "functions/worker/Environment"), {"TOKEN": secret, "PLAIN": "x"})
    told = [ran.told(), bench.plan("-o", "plan.json").told(), *(path.read_text(errors="replace") for path in bench.written())]
    bench.same("who tells the secret", [text for text in told if secret in text], [])
    del bench.variables["MONITOR_TOKEN"]
    bench.shows(bench.plan(code=3), "MONITOR_TOKEN")
    bench.apply(code=3)
    bench.same("environment", at(bench.live(), "functions/worker/Environment"), {"TOKEN": secret, "PLAIN": "x"})
    kept = {"TOKEN": {"live": True}, "PLAIN": "y"}
    bench.converge(edited(PLAIN, "lambdas/worker/environment", kept))
    bench.same("environment", at(bench.live(), "functions/worker/Environment"), {"TOKEN": secret, "PLAIN": "y"})


def state_is_ignored(bench: Bench) -> None:
    """With `ignore: [state]` a rule that its function disables stays disabled, also when the rule is rewritten."""
    code(bench)
    ignoring = edited(edited(FULL, "rules/tick/state", "enabled"), "rules/tick/ignore", ["state"])
    bench.converge(ignoring)
    bench.client("events").disable_rule(Name="tick")
    bench.settled()
    bench.converge(edited(ignoring, "rules/tick/schedule", "rate(10 minutes)"))
    bench.same("rule", [at(bench.live(), f"rules/tick/{key}") for key in ("State", "Schedule")], ["DISABLED", "rate(10 minutes)"])


def disappears(bench: Bench) -> None:
    """`absent:` takes rule and function away with all that hangs on them."""
    code(bench)
    bench.converge(FULL)
    bench.write(file(roles=ROLES, absent={"rules": ["tick"], "lambdas": ["worker", "other"]}))
    bench.apply("--allow", "mass-change")
    bench.settled()
    found = bench.live()
    bench.same("what is left", (found["rules"], found["functions"], sorted(found["roles"])), ({}, {}, ["helper", "runner"]))


def create_by_hand(bench: Bench) -> None:
    """Makes the function as a person would: again and again until the new role can be assumed."""
    client, source = bench.client("lambda"), {"ZipFile": packed({"theirs.py": ""})}
    for _ in range(10):
        try:
            client.create_function(FunctionName="worker", Runtime="python3.12", Handler="theirs.handler", Role=RUNNER, Code=source)
            return
        except client.exceptions.InvalidParameterValueException:
            time.sleep(0.1)
    raise Failed("the function can't be made by hand")


def made_by_hand(bench: Bench) -> None:
    """A function and a rule that exist are adopted by the user's word only."""
    code(bench)
    bench.converge(file(roles=ROLES))
    create_by_hand(bench)
    bench.client("events").put_rule(Name="tick", ScheduleExpression="rate(1 day)")
    before = bench.live()
    bench.write(PLAIN)
    bench.shows(bench.apply(code=4), "--adopt lambda/worker", "--adopt rule/tick")
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--adopt", "lambda/worker", "--adopt", "rule/tick")
    bench.settled()
    found = bench.live()
    bench.same("taken over", [at(found, f"{place}/Tags") for place in ("functions/worker", "rules/tick")], [OWNED, OWNED])


def by_hand(name: str, service: str, edit, *says: str, **more: object) -> Hand:
    """An edit by hand on the plain function or rule."""
    return Hand(name, edit, says, base=PLAIN, service=service, setup=code, **more)


def change(**settings: object):
    """An edit of a function's configuration."""
    return lambda client: client.update_function_configuration(FunctionName="worker", **settings)


def settings_of_rule(**settings: object):
    """A rule put anew with one thing different."""
    return lambda client: client.put_rule(**{"Name": "tick", "ScheduleExpression": "rate(5 minutes)", "State": "ENABLED"} | settings)


HANDS = [
    by_hand("lambda-runtime", "lambda", change(Runtime="python3.13"), "runtime"),
    by_hand("lambda-handler", "lambda", change(Handler="evil.handler"), "handler"),
    by_hand("lambda-role", "lambda", change(Role=HELPER), "role"),
    by_hand("lambda-memory", "lambda", change(MemorySize=1024), "memory"),
    by_hand("lambda-timeout", "lambda", change(Timeout=60), "timeout"),
    by_hand("lambda-storage", "lambda", change(EphemeralStorage={"Size": 1024}), "storage"),
    by_hand("lambda-description", "lambda", change(Description="x"), "description"),
    by_hand("lambda-environment", "lambda", change(Environment={"Variables": {"EVIL": "y"}}), "environment", "EVIL"),
    by_hand("lambda-tracing", "lambda", change(TracingConfig={"Mode": "Active"}), "tracing"),
    by_hand("lambda-logging", "lambda", change(LoggingConfig={"LogFormat": "JSON"}), "logging"),
    by_hand("lambda-dead-letter", "lambda", change(DeadLetterConfig={"TargetArn": QUEUE}), "held", "dead_letter", kept=True),
    by_hand(
        "lambda-vpc", "lambda", change(VpcConfig={"SubnetIds": ["subnet-0a1b"], "SecurityGroupIds": ["sg-0a1b"]}),
        "held", "vpc", kept=True,
    ),
    by_hand("lambda-kms-key", "lambda", change(KMSKeyArn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/x"), "held", "kms_key", kept=True),
    by_hand(
        "lambda-concurrency", "lambda",
        lambda client: client.put_function_concurrency(FunctionName="worker", ReservedConcurrentExecutions=0),
        "held", "reserved_concurrency", kept=True,
    ),
    by_hand(
        "lambda-code", "lambda", lambda client: client.update_function_code(FunctionName="worker", ZipFile=packed({"app.py": "x"})), "code",
    ),
    by_hand(
        "lambda-permission", "lambda",
        lambda client: client.add_permission(
            FunctionName="worker", StatementId="open", Action="lambda:InvokeFunction", Principal="*"
        ),
        "permissions", "open",
    ),
    by_hand("lambda-tag", "lambda", lambda client: client.tag_resource(Resource=FUNCTION, Tags={"who": "me"}), "tags", "who"),
    by_hand("rule-schedule", "events", settings_of_rule(ScheduleExpression="rate(1 day)"), "schedule"),
    by_hand("rule-pattern", "events", settings_of_rule(EventPattern='{"source":["x"]}'), "pattern"),
    by_hand("rule-description", "events", settings_of_rule(Description="x"), "description"),
    by_hand("rule-role", "events", settings_of_rule(RoleArn=RUNNER), "role"),
    by_hand("rule-state", "events", lambda client: client.disable_rule(Name="tick"), "state", "disabled"),
    by_hand("rule-target", "events", lambda client: client.put_targets(Rule="tick", Targets=[{"Id": "x", "Arn": QUEUE}]), "targets", "x"),
    by_hand(
        "rule-target-input", "events",
        lambda client: client.put_targets(Rule="tick", Targets=[{"Id": "go", "Arn": FUNCTION, "Input": "{}"}]), "targets", "go",
    ),
    by_hand("rule-target-removed", "events", lambda client: client.remove_targets(Rule="tick", Ids=["go"]), "targets", "go"),
    by_hand("rule-tag", "events", lambda client: client.tag_resource(ResourceARN=RULE, Tags=[{"Key": "who", "Value": "me"}]), "tags", "who"),
]


def held(name: str, field: str, aws: str, written: tuple, word: tuple, says: str) -> Held:
    """A protection of the plain function."""
    return Held(name, field, aws, written, word, says, base=PLAIN, setup=code)


NETWORK = {"subnets": ["subnet-0a1b"], "security_groups": ["sg-0a1b"]}
HELD = [
    held("lambda-concurrency", "lambdas/worker/reserved_concurrency", "functions/worker/Concurrency", (3, 3), ("none", None), "reserved_concurrency"),
    held("lambda-dead-letter", "lambdas/worker/dead_letter", "functions/worker/DeadLetter", (QUEUE, QUEUE), ("none", None), "dead_letter"),
    held("lambda-vpc", "lambdas/worker/vpc", "functions/worker/Subnets", (NETWORK, ["subnet-0a1b"]), ("none", []), "vpc"),
    held(
        "lambda-kms-key", "lambdas/worker/kms_key", "functions/worker/KMSKeyArn",
        (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/x",) * 2, ("none", None), "kms_key",
    ),
    held("lambda-protect", "lambdas/worker/protect", "functions/worker/Tags/evenkeel:protect", (True, "true"), (False, None), "evenkeel:protect"),
    held("rule-protect", "rules/tick/protect", "rules/tick/Tags/evenkeel:protect", (True, "true"), (False, None), "evenkeel:protect"),
]

CASES = [
    *[row.case() for row in FUNCTION_ROWS + RULE_ROWS],
    Case("edit/rule-five-targets-exchanged", five_targets_exchanged),
    Case("edit/rule-target-input", target_input),
    Case("edit/rule-other-bus", other_bus),
    Case("edit/lambda-implied-permission", implied_permission),
    Case("edit/lambda-code", code_follows, EVERYWHERE),
    Case("edit/lambda-secret-environment", secret_environment, EVERYWHERE),
    *[hand.case() for hand in HANDS],
    Case("by-hand/rule-state-ignored", state_is_ignored),
    *[one.case() for one in HELD],
    Case("absent/functions-and-rules", disappears),
    Case("adoption/functions-and-rules", made_by_hand),
]
