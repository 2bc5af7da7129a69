"""EventBridge: rules, what triggers them, and their targets."""

import json

from .account import Account, trust
from .table import Table

TABLE = Table("events/rules")
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:thumbnails"
START = "arn:aws:events:us-east-1:123456789012"
PATTERN = '{"source": ["aws.s3"]}'
RATE = "rate(5 minutes)"
EVENTS_TRUST = trust({"Service": "events.amazonaws.com"})


def rule(account: Account, name: str = "tick", **more: object) -> str:
    """Makes a rule; its ARN."""
    wanted = more if "EventPattern" in more else {"ScheduleExpression": RATE} | more
    return account.events.put_rule(Name=name, **wanted)["RuleArn"]


def targets(account: Account, *wanted: dict, name: str = "tick") -> dict:
    """Puts targets on a rule."""
    return account.events.put_targets(Rule=name, Targets=list(wanted))


def told(answer: dict) -> dict:
    """An answer without what the SDK adds."""
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


@TABLE.behaviour("API reference, PutRule and DescribeRule")
def a_rule_shows_what_was_put(account: Account) -> None:
    arn = rule(account, Description="d", State="DISABLED")
    account.same(arn, f"{START}:rule/tick")
    account.same(told(account.events.describe_rule(Name="tick")), {
        "Name": "tick", "Arn": arn, "ScheduleExpression": RATE, "State": "DISABLED", "Description": "d",
        "EventBusName": "default", "CreatedBy": account.number,
    })


@TABLE.behaviour("API reference, PutRule: a rule is enabled unless told otherwise")
def a_rule_is_enabled_by_default(account: Account) -> None:
    rule(account)
    account.same(account.events.describe_rule(Name="tick")["State"], "ENABLED")


@TABLE.behaviour("API reference, PutRule: omitted arguments are not kept from the existing rule")
def putting_a_rule_again_forgets_what_is_omitted(account: Account) -> None:
    rule(account, Description="d", State="DISABLED")
    rule(account, EventPattern=PATTERN)
    shown = account.events.describe_rule(Name="tick")
    account.same((shown["EventPattern"], shown["State"]), (PATTERN, "ENABLED"))
    account.true("ScheduleExpression" not in shown and "Description" not in shown, str(shown))


@TABLE.behaviour("API reference, PutRule: tags of an existing rule are ignored")
def tags_of_an_existing_rule_are_ignored(account: Account) -> None:
    arn = rule(account, Tags=[{"Key": "a", "Value": "b"}])
    rule(account, Tags=[{"Key": "c", "Value": "d"}])
    account.same(account.events.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "a", "Value": "b"}])


@TABLE.behaviour("API reference, PutRule: an update leaves targets alone")
def putting_a_rule_again_keeps_its_targets(account: Account) -> None:
    rule(account)
    targets(account, {"Id": "1", "Arn": FUNCTION})
    rule(account, EventPattern=PATTERN)
    account.same(account.events.list_targets_by_rule(Rule="tick")["Targets"], [{"Id": "1", "Arn": FUNCTION}])


@TABLE.behaviour("EventBridge user guide, Event patterns: the text is kept as it came")
def a_pattern_is_shown_as_it_came(account: Account) -> None:
    text = '{ "detail":{"n":[ {"numeric":[">",0,"<=",5]} ]},\n "source":["x"] }'
    rule(account, EventPattern=text)
    account.same(account.events.describe_rule(Name="tick")["EventPattern"], text)


@TABLE.behaviour("API reference, PutRule: the default bus under all its names")
def the_default_bus_has_many_names(account: Account) -> None:
    for bus in ("default", "", f"{START}:event-bus/default"):
        account.same(rule(account, EventBusName=bus), f"{START}:rule/tick")
    account.same(len(account.events.list_rules()["Rules"]), 1)
    account.same(account.events.list_rules(EventBusName=f"{START}:event-bus/default")["Rules"][0]["EventBusName"], "default")


@TABLE.behaviour("EventBridge user guide, Event buses: rule ARNs name any bus but the default one")
def a_rule_on_another_bus_shows_it_in_its_arn(account: Account) -> None:
    account.events.create_event_bus(Name="bus")
    arn = account.events.put_rule(Name="r", EventBusName=f"{START}:event-bus/bus", EventPattern=PATTERN)["RuleArn"]
    account.same(arn, f"{START}:rule/bus/r")
    account.same(account.events.describe_rule(Name="r", EventBusName="bus")["EventBusName"], "bus")
    account.refused(
        account.events.describe_rule, "ResourceNotFoundException", 400,
        "Rule r does not exist on EventBus default.", Name="r",
    )


@TABLE.behaviour("EventBridge user guide, Creating a rule that runs on a schedule: the default bus only")
def schedules_stay_on_the_default_bus(account: Account) -> None:
    account.events.create_event_bus(Name="bus")
    account.refused(
        account.events.put_rule, "ValidationException", 400,
        "ScheduleExpression is supported only on the default event bus.",
        Name="r", EventBusName="bus", ScheduleExpression=RATE,
    )


@TABLE.behaviour("EventBridge user guide, Schedule expressions")
def schedules_that_aws_takes(account: Account) -> None:
    for text in (
        "rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(7 days)", "cron(0 10 * * ? *)",
        "cron(15 10 ? * 6L 2002-2005)", "cron(0/5 8-17 ? * MON-FRI *)", "cron(0 2 ? * SAT#3 *)",
        "cron(5,35 14 * * ? *)", "cron(0 8 1 * ? *)", "cron(0/5 5 ? JAN 1-5 2022)", "cron(* * ? * SAT#3 *)",
    ):
        rule(account, ScheduleExpression=text)
        account.same(account.events.describe_rule(Name="tick")["ScheduleExpression"], text)


@TABLE.behaviour("EventBridge user guide, Schedule expressions; met in AWS by LocalStack's recorded answers")
def schedules_that_aws_refuses(account: Account) -> None:
    for text in (
        "rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(-1 minutes)", "rate(5 weeks)", "rate(10 seconds)",
        "rate(10)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)", "cron(71 8 1 * ? *)", "cron(0 1 * * * *)",
        "cron(7 20 * * NOT *)", "cron(0 10 * * ?)", "cron(0 10 ? * ? *)", "at(2026-01-01T00:00:00)", "5 minutes",
    ):
        account.refused(
            account.events.put_rule, "ValidationException", 400, "Parameter ScheduleExpression is not valid.",
            Name="tick", ScheduleExpression=text,
        )


@TABLE.behaviour("Event Ruler, AWS's matching engine; met in AWS by LocalStack's recorded answers")
def patterns_are_refused_with_a_reason(account: Account) -> None:
    for pattern, reason in (
        ("{}", "Empty objects are not allowed"),
        ('{"source": "aws.s3"}', '"source" must be an object or an array'),
        ('{"source": []}', "Empty arrays are not allowed"),
        ('{"source": [["a"]]}', "Match value must be String, number, true, false, or null"),
        ('{"detail": {}}', "Empty objects are not allowed"),
        ('{"a": [{"EXISTS": true}]}', "Unrecognized match type EXISTS"),
        ('{"a": [{"exists": "yes"}]}', "exists match pattern must be either true or false."),
        ('{"a": [{"prefix": ["x"]}]}', "prefix match pattern must be a string"),
        ('{"a": [{"wildcard": 1}]}', "wildcard match pattern must be a string"),
        ('{"a": [{"wildcard": "a**"}]}', "Consecutive wildcard characters at pos"),
        ('{"a": [{"numeric": 10}]}', "Value of numeric must be an array."),
        ('{"a": [{"numeric": [">", 0, ">", 1]}]}', "Bad numeric range operator: >"),
        ('{"a": [{"numeric": [">", 0, "<"]}]}', "Value of < must be numeric"),
        ('{"a": [{"cidr": "10.0.0.0"}]}', "Malformed CIDR, one '/' required"),
        ('{"a": [{"cidr": "10.0.0.0/x"}]}', "Malformed CIDR, mask bits must be an integer"),
        ('{"a": [{"anything-but": null}]}', "Value of anything-but must be an array or single string/number value."),
        ('{"a": [{"anything-but": ["x", null]}]}', "Inside anything but list, start|null|boolean is not supported."),
        ('{"a": [{"anything-but": {"prefix": ""}}]}', "Null prefix/suffix not allowed"),
        ('{"a": [{"prefix": "x", "suffix": "y"}]}', "Only one key allowed in match expression"),
        ('{"$or": [{"a": ["b"]}]}', "There must have at least 2 Objects in $or relationship."),
        ('["a"]', "Filter is not an object"),
        ("nonsense", "Unrecognized token 'nonsense'"),
    ):
        for operation, parameters in (
            (account.events.put_rule, {"Name": "tick"}), (account.events.test_event_pattern, {"Event": "{}"})
        ):
            account.refused(
                operation, "InvalidEventPatternException", 400, f"Event pattern is not valid. Reason: {reason}",
                EventPattern=pattern, **parameters,
            )


EVENT = {
    "id": "1", "source": "aws.ec2", "detail-type": "EC2 Instance State-change", "account": "123456789012",
    "time": "2026-01-31T12:00:00Z", "region": "us-east-1", "resources": ["arn:aws:ec2:us-east-1:1:instance/i-1"],
    "detail": {"state": "running", "cpu": 42.5, "ip": "10.0.0.7", "name": None, "tags": [{"k": "a"}, {"k": "b"}]},
}


@TABLE.behaviour("EventBridge user guide, Comparison operators for use in event patterns")
def events_match_patterns(account: Account) -> None:
    for pattern, wanted in (
        ({"source": ["aws.ec2", "aws.s3"]}, True),
        ({"source": ["AWS.EC2"]}, False),
        ({"source": [{"prefix": "aws."}]}, True),
        ({"detail": {"state": [{"suffix": "ing"}]}}, True),
        ({"detail": {"state": [{"equals-ignore-case": "RUNNING"}]}}, True),
        ({"detail": {"state": [{"anything-but": ["running", "stopped"]}]}}, False),
        ({"detail": {"state": [{"anything-but": {"prefix": "stop"}}]}}, True),
        ({"detail": {"cpu": [{"numeric": [">", 40, "<=", 42.5]}]}}, True),
        ({"detail": {"ip": [{"cidr": "10.0.0.0/24"}]}}, True),
        ({"detail": {"ip": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"detail": {"absent": [{"exists": False}]}}, True),
        ({"detail": {"state": [{"exists": False}]}}, False),
        ({"detail": {"name": [None]}}, True),
        ({"resources": [{"wildcard": "arn:*:instance/i-*"}]}, True),
        ({"detail": {"tags": {"k": ["b"]}}}, True),
        ({"source": ["aws.ec2"], "detail": {"$or": [{"state": ["stopped"]}, {"cpu": [42.5]}]}}, True),
    ):
        found = account.events.test_event_pattern(Event=json.dumps(EVENT), EventPattern=json.dumps(pattern))["Result"]
        account.true(found == wanted, f"{pattern}: found {found}")


@TABLE.behaviour("API reference, TestEventPattern; met in AWS by LocalStack's recorded answers")
def what_is_no_event_is_refused(account: Account) -> None:
    account.refused(
        account.events.test_event_pattern, "ValidationException", 400, "Parameter Event is not valid.",
        Event="plain", EventPattern=PATTERN,
    )


@TABLE.behaviour("API reference, EnableRule and DisableRule")
def a_rule_is_switched_on_and_off(account: Account) -> None:
    rule(account, EventPattern=PATTERN, State="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
    for operation, state in (("disable_rule", "DISABLED"), ("enable_rule", "ENABLED")):
        getattr(account.events, operation)(Name="tick")
        account.same(account.events.describe_rule(Name="tick")["State"], state)
    account.refused(
        account.events.enable_rule, "ResourceNotFoundException", 400, "Rule x does not exist on EventBus default.", Name="x"
    )


@TABLE.behaviour("API reference, DeleteRule: targets have to go first")
def a_rule_goes_after_its_targets_and_then_again(account: Account) -> None:
    rule(account)
    targets(account, {"Id": "1", "Arn": FUNCTION})
    account.refused(
        account.events.delete_rule, "ValidationException", 400, "Rule can't be deleted since it has targets.", Name="tick"
    )
    account.events.remove_targets(Rule="tick", Ids=["1"])
    account.events.delete_rule(Name="tick")
    account.events.delete_rule(Name="tick")
    account.refused(
        account.events.delete_rule, "ResourceNotFoundException", 400, "Event bus none does not exist.",
        Name="tick", EventBusName="none",
    )


@TABLE.behaviour("TF events/rule.go: removed targets may still count for a while", lag=True)
def a_rule_says_for_a_while_that_it_has_targets(account: Account) -> None:
    for nth in range(6):
        rule(account, f"tick{nth}")
        account.events.put_targets(Rule=f"tick{nth}", Targets=[{"Id": "1", "Arn": FUNCTION}])
        account.events.remove_targets(Rule=f"tick{nth}", Ids=["1"])
        account.until(lambda: account.events.delete_rule(Name=f"tick{nth}"), "since it has targets", tries=5)


@TABLE.behaviour("API reference, ListRules: by prefix, at most 100 a page")
def rules_are_listed_in_pages_of_a_hundred(account: Account) -> None:
    for nth in range(103):
        rule(account, f"r{nth:03}")
    first = account.events.list_rules()
    account.same(len(first["Rules"]), 100)
    second = account.events.list_rules(NextToken=first["NextToken"])
    account.same([shown["Name"] for shown in second["Rules"]], ["r100", "r101", "r102"])
    account.true("NextToken" not in second, "a further page")
    account.same(len(account.events.list_rules(NamePrefix="r00", Limit=4)["Rules"]), 4)
    account.same(account.events.list_rules(NamePrefix="x")["Rules"], [])


@TABLE.behaviour("EventBridge user guide, quotas: 300 rules on a bus")
def the_301st_rule_is_too_many(account: Account) -> None:
    for nth in range(300):
        rule(account, f"r{nth}")
    account.refused(
        account.events.put_rule, "LimitExceededException", 400,
        "The requested resource exceeds the maximum number allowed.", Name="last", ScheduleExpression=RATE,
    )
    rule(account, "r0", Description="an update is still fine")


@TABLE.behaviour("API reference, PutRule: a role that can't be taken on")
def a_role_has_to_trust_eventbridge(account: Account) -> None:
    account.role("wrong")
    for name in ("none", "wrong"):
        arn = account.arn(f"role/{name}")
        account.refused(
            account.events.put_rule, "ValidationException", 400,
            f"Provided role '{arn}' cannot be assumed by principal 'events.amazonaws.com'.",
            Name="tick", ScheduleExpression=RATE, RoleArn=arn,
        )
    arn = account.role("right", EVENTS_TRUST)["Arn"]
    account.until(lambda: {"arn": rule(account, RoleArn=arn)}, "cannot be assumed by principal")
    account.same(account.events.describe_rule(Name="tick")["RoleArn"], arn)


@TABLE.behaviour("API reference, PutTargets: a target of the same Id is replaced whole")
def a_target_is_replaced_whole(account: Account) -> None:
    rule(account)
    answer = targets(account, {"Id": "1", "Arn": FUNCTION, "Input": '{"a": 1}', "RetryPolicy": {"MaximumRetryAttempts": 2}})
    account.same(told(answer), {"FailedEntryCount": 0, "FailedEntries": []})
    targets(account, {"Id": "1", "Arn": FUNCTION, "InputPath": "$.detail"})
    account.same(
        account.events.list_targets_by_rule(Rule="tick")["Targets"],
        [{"Id": "1", "Arn": FUNCTION, "InputPath": "$.detail"}],
    )


@TABLE.behaviour("API reference, PutTargets: the same ARN under two Ids")
def one_arn_may_stand_under_two_ids(account: Account) -> None:
    rule(account)
    targets(account, {"Id": "1", "Arn": FUNCTION}, {"Id": "2", "Arn": FUNCTION})
    account.same(len(account.events.list_targets_by_rule(Rule="tick")["Targets"]), 2)


@TABLE.behaviour("EventBridge user guide, quotas: 5 targets for a rule")
def the_sixth_target_is_too_many(account: Account) -> None:
    rule(account)
    wanted = [{"Id": str(nth), "Arn": FUNCTION} for nth in range(6)]
    said = "The requested resource exceeds the maximum number allowed."
    account.refused(lambda: targets(account, *wanted), "LimitExceededException", 400, said)
    targets(account, *wanted[:5])
    account.refused(lambda: targets(account, wanted[5]), "LimitExceededException", 400, said)
    targets(account, wanted[4])


@TABLE.behaviour("API reference, PutTargets, members of Target")
def a_target_keeps_all_its_parameters(account: Account) -> None:
    rule(account)
    wanted = {
        "Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:queue.fifo",
        "InputTransformer": {"InputPathsMap": {"who": "$.detail.who"}, "InputTemplate": '"<who> at <aws.events.rule-name>"'},
        "SqsParameters": {"MessageGroupId": "g"},
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
    }
    targets(account, wanted)
    account.same(account.events.list_targets_by_rule(Rule="tick")["Targets"], [wanted])


@TABLE.behaviour("API reference, PutTargets")
def targets_are_refused_in_aws_words(account: Account) -> None:
    rule(account)
    fifo, states = "arn:aws:sqs:us-east-1:123456789012:q.fifo", "arn:aws:states:us-east-1:123456789012:stateMachine:m"
    for wanted, said in (
        ({"Id": "!@#", "Arn": FUNCTION}, r"Value '!@#' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+"),
        ({"Id": "x" * 65, "Arn": FUNCTION}, "at 'targets.1.member.id' failed to satisfy constraint: Member must have length less than or equal to 64"),
        ({"Id": "1"}, "Value null at 'targets.1.member.arn' failed to satisfy constraint: Member must not be null"),
        ({"Id": "1", "Arn": "thumbnails"}, "Parameter thumbnails is not valid. Reason: Provided Arn is not in correct format."),
        ({"Id": "1", "Arn": FUNCTION, "Input": "{"}, "JSON syntax error in input for target 1"),
        ({"Id": "1", "Arn": FUNCTION, "Input": "x" * 8193}, "Member must have length less than or equal to 8192"),
        ({"Id": "1", "Arn": FUNCTION, "Input": "1", "InputPath": "$"}, "Only one of Input, InputPath, or InputTransformer must be provided for target 1."),
        ({"Id": "1", "Arn": FUNCTION, "InputTransformer": {"InputTemplate": '"<no>"'}}, "InputTemplate for target 1 contains invalid placeholder no."),
        ({"Id": "1", "Arn": FUNCTION, "InputTransformer": {"InputPathsMap": {}}}, "at 'targets.1.member.inputTransformer.inputTemplate'"),
        ({"Id": "1", "Arn": states}, f"RoleArn is required for target {states}."),
        ({"Id": "1", "Arn": fifo}, "Parameter(s) SqsParameters must be specified for target: 1."),
        ({"Id": "1", "Arn": FUNCTION, "RetryPolicy": {"MaximumRetryAttempts": 186}}, "at 'targets.1.member.retryPolicy.maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 185"),
        ({"Id": "1", "Arn": FUNCTION, "RetryPolicy": {"MaximumEventAgeInSeconds": 59}}, "Member must have value greater than or equal to 60"),
        ({"Id": "1", "Arn": FUNCTION, "RoleArn": account.arn("role/none")}, "cannot be assumed by principal 'events.amazonaws.com'"),
    ):
        account.refused(lambda wanted=wanted: targets(account, wanted), "ValidationException", 400, said)
    account.same(account.events.list_targets_by_rule(Rule="tick")["Targets"], [])


@TABLE.behaviour("service model of EventBridge: all that is wrong is told at once")
def two_wrong_members_are_told_together(account: Account) -> None:
    account.refused(
        account.events.put_rule, "ValidationException", 400, "2 validation errors detected: Value 'a b' at 'name'",
        Name="a b", ScheduleExpression=RATE, State="ON",
    )


@TABLE.behaviour("API reference, PutTargets: a 200 may carry failed entries")
def one_target_may_fail_while_another_is_taken(account: Account) -> None:
    rule(account)
    answer = targets(account, {"Id": "1", "Arn": FUNCTION}, {"Id": "2", "Arn": f"{START}:event-bus/none"})
    account.same((answer["FailedEntryCount"], answer["FailedEntries"][0]["TargetId"]), (1, "2"))
    account.true(answer["FailedEntries"][0]["ErrorCode"], "no code")
    account.same([shown["Id"] for shown in account.events.list_targets_by_rule(Rule="tick")["Targets"]], ["1"])


@TABLE.behaviour("API reference, RemoveTargets")
def removing_what_is_not_there_is_no_failure(account: Account) -> None:
    rule(account)
    account.same(told(account.events.remove_targets(Rule="tick", Ids=["x"])), {"FailedEntryCount": 0, "FailedEntries": []})
    for operation, parameters in (
        ("remove_targets", {"Ids": ["x"]}), ("put_targets", {"Targets": [{"Id": "1", "Arn": FUNCTION}]}),
        ("list_targets_by_rule", {}),
    ):
        account.refused(
            getattr(account.events, operation), "ResourceNotFoundException", 400,
            "Rule none does not exist on EventBus default.", Rule="none", **parameters,
        )


@TABLE.behaviour("API reference, ListRuleNamesByTarget")
def rules_are_found_by_their_targets(account: Account) -> None:
    for nth in range(5):
        rule(account, f"r{nth}")
        account.events.put_targets(Rule=f"r{nth}", Targets=[{"Id": "1", "Arn": FUNCTION}])
    first = account.events.list_rule_names_by_target(TargetArn=FUNCTION, Limit=3)
    account.same(first["RuleNames"], ["r0", "r1", "r2"])
    second = account.events.list_rule_names_by_target(TargetArn=FUNCTION, NextToken=first["NextToken"])
    account.same(second["RuleNames"], ["r3", "r4"])
    account.same(account.events.list_rule_names_by_target(TargetArn=FUNCTION + "x")["RuleNames"], [])


@TABLE.behaviour("EventBridge user guide, Archiving events: the archive's rule is managed by EventBridge")
def a_managed_rule_is_left_alone_by_others(account: Account) -> None:
    account.events.create_archive(ArchiveName="all", EventSourceArn=f"{START}:event-bus/default")
    name = "Events-Archive-all"
    account.same(account.events.describe_rule(Name=name)["ManagedBy"], "prod.vhs.events.aws.internal")
    for operation, parameters in (
        ("put_rule", {"Name": name, "ScheduleExpression": RATE}), ("disable_rule", {"Name": name}),
        ("enable_rule", {"Name": name}), ("delete_rule", {"Name": name}),
        ("put_targets", {"Rule": name, "Targets": [{"Id": "1", "Arn": FUNCTION}]}),
        ("remove_targets", {"Rule": name, "Ids": [name]}),
        ("tag_resource", {"ResourceARN": f"{START}:rule/{name}", "Tags": [{"Key": "a", "Value": "b"}]}),
    ):
        account.refused(getattr(account.events, operation), "ManagedRuleException", 400, **parameters)
    account.events.remove_targets(Rule=name, Ids=[name], Force=True)
    account.events.delete_rule(Name=name, Force=True)


@TABLE.behaviour("API reference, Common errors; JSON 1.1")
def an_error_names_its_type_in_body_and_header(account: Account) -> None:
    answer = account.send(
        "events", "POST", "/", json.dumps({"Name": "none"}),
        {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.DescribeRule"},
    )
    body = json.loads(answer.body)
    account.same((answer.status, body["__type"]), (400, "ResourceNotFoundException"))
    account.same(answer.headers["content-type"], "application/x-amz-json-1.1")
    account.true("x-amzn-requestid" in answer.headers, str(answer.headers))


@TABLE.behaviour("API reference, DisableRule: an empty answer is an empty object")
def an_answer_without_members_is_an_empty_body_or_object(account: Account) -> None:
    rule(account)
    answer = account.send(
        "events", "POST", "/", '{"Name": "tick"}',
        {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.DisableRule"},
    )
    account.true(answer.status == 200 and answer.body in (b"", b"{}"), str(answer))


@TABLE.behaviour("Smithy, AWS JSON 1.1: a member of another type is refused")
def a_number_for_a_text_cannot_be_read(account: Account) -> None:
    answer = account.send(
        "events", "POST", "/", '{"Name": 5}',
        {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.DescribeRule"},
    )
    account.same((answer.status, json.loads(answer.body)["__type"]), (400, "SerializationException"))


TABLE.refusals(
    "events",
    "service model of EventBridge",
    ("a-rule-without-trigger", "put_rule", {"Name": "x"}, "ValidationException", 400, "Parameter(s) EventPattern or ScheduleExpression must be specified."),
    ("a-rule-without-name", "put_rule", {"ScheduleExpression": RATE}, "ValidationException", 400, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
    ("a-rule-name-of-65-characters", "put_rule", {"Name": "x" * 65, "ScheduleExpression": RATE}, "ValidationException", 400, "at 'name' failed to satisfy constraint: Member must have length less than or equal to 64"),
    ("a-rule-name-with-a-slash", "put_rule", {"Name": "a/b", "ScheduleExpression": RATE}, "ValidationException", 400, r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+"),
    ("a-rule-by-its-arn", "describe_rule", {"Name": f"{START}:rule/x"}, "ValidationException", 400, "at 'name' failed to satisfy constraint"),
    ("a-rules-state-that-is-none", "put_rule", {"Name": "x", "ScheduleExpression": RATE, "State": "ON"}, "ValidationException", 400, "Member must satisfy enum value set: ["),
    ("a-rules-description-of-513-characters", "put_rule", {"Name": "x", "ScheduleExpression": RATE, "Description": "x" * 513}, "ValidationException", 400, "at 'description' failed to satisfy constraint: Member must have length less than or equal to 512"),
    ("a-pattern-of-4097-characters", "put_rule", {"Name": "x", "EventPattern": json.dumps({"source": ["x" * 4090]})}, "ValidationException", 400, "at 'eventPattern' failed to satisfy constraint: Member must have length less than or equal to 4096"),
    ("a-schedule-of-257-characters", "put_rule", {"Name": "x", "ScheduleExpression": "x" * 257}, "ValidationException", 400, "at 'scheduleExpression'"),
    ("a-rule-on-a-bus-that-is-not-there", "put_rule", {"Name": "x", "EventPattern": PATTERN, "EventBusName": "none"}, "ResourceNotFoundException", 400, "Event bus none does not exist."),
    ("a-list-of-rules-of-a-bus-that-is-not-there", "list_rules", {"EventBusName": "none"}, "ResourceNotFoundException", 400, "Event bus none does not exist."),
    ("a-rule-that-is-not-there", "describe_rule", {"Name": "x"}, "ResourceNotFoundException", 400, "Rule x does not exist on EventBus default."),
    ("a-page-of-no-rules", "list_rules", {"Limit": 0}, "ValidationException", 400, "at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    ("a-page-of-101-rules", "list_rules", {"Limit": 101}, "ValidationException", 400, "Member must have value less than or equal to 100"),
    ("a-token-of-no-page", "list_rules", {"NextToken": "nonsense"}, "ValidationException", 400, "NextToken"),
    ("no-targets-at-all", "put_targets", {"Rule": "x", "Targets": []}, "ValidationException", 400, "at 'targets' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ("101-targets", "put_targets", {"Rule": "x", "Targets": [{"Id": str(nth), "Arn": FUNCTION} for nth in range(101)]}, "ValidationException", 400, "at 'targets' failed to satisfy constraint: Member must have length less than or equal to 100"),
    ("no-ids-to-remove", "remove_targets", {"Rule": "x", "Ids": []}, "ValidationException", 400, "at 'ids' failed to satisfy constraint"),
    ("a-rule-by-its-arn-for-targets", "put_targets", {"Rule": f"{START}:rule/x", "Targets": [{"Id": "1", "Arn": FUNCTION}]}, "ValidationException", 400, "at 'rule' failed to satisfy constraint: Member must satisfy regular expression pattern"),
)


@TABLE.behaviour("awslabs/rds-snapshot-tool issue 8; terraform-provider-aws issue 31444; API reference, DeadLetterConfig")
def targets_have_to_be_within_reach(account: Account) -> None:
    rule(account)
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    for target, saying in (
        ({"Arn": "arn:aws:nosuch:us-east-1:123456789012:x"}, "nosuch is not a supported service for a target."),
        ({"Arn": queue.replace("us-east-1", "eu-west-1")}, "Cross-region API call is not allowed."),
        ({"Arn": queue, "DeadLetterConfig": {"Arn": "x"}}, "Parameter x is not valid."),
        ({"Arn": queue, "InputPath": "detail"}, ""),
    ):
        account.refused(account.events.put_targets, "ValidationException", 400, saying, Rule="tick", Targets=[{"Id": "1"} | target])
    elsewhere = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    targets(account, {"Id": "1", "Arn": elsewhere}, {"Id": "2", "Arn": queue, "DeadLetterConfig": {"Arn": queue}, "InputPath": "$.detail"})
    account.same(len(account.events.list_targets_by_rule(Rule="tick")["Targets"]), 2)
