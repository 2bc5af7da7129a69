"""EventBridge: buses, their policies and tags, events and archives."""

import json

from .account import Account, policy
from .table import Table

TABLE = Table("events/buses")
START = "arn:aws:events:us-east-1:123456789012"
PATTERN = '{"source": ["aws.s3"]}'


def allowed(account: Account, statement: str = "s", principal: str = "111122223333", bus: str = "default", **more: object) -> None:
    """Lets an account put events on a bus."""
    account.events.put_permission(
        EventBusName=bus, StatementId=statement, Action="events:PutEvents", Principal=principal, **more
    )


def statements(account: Account, bus: str = "default") -> list[dict]:
    """The statements of a bus's policy."""
    return json.loads(account.events.describe_event_bus(Name=bus).get("Policy", '{"Statement": []}'))["Statement"]


@TABLE.behaviour("API reference, CreateEventBus and DescribeEventBus")
def a_bus_shows_what_was_made(account: Account) -> None:
    made = account.events.create_event_bus(Name="bus", Description="d")
    account.same((made["EventBusArn"], made["Description"]), (f"{START}:event-bus/bus", "d"))
    shown = account.events.describe_event_bus(Name="bus")
    account.same(
        sorted(shown.keys() - {"ResponseMetadata"}), ["Arn", "CreationTime", "Description", "LastModifiedTime", "Name"]
    )
    account.same(account.events.describe_event_bus(Name=made["EventBusArn"])["Name"], "bus")


@TABLE.behaviour("EventBridge user guide, Event buses: every Region has a default bus")
def the_default_bus_is_always_there(account: Account) -> None:
    shown = account.events.describe_event_bus()
    account.same((shown["Name"], shown["Arn"], "Policy" in shown), ("default", f"{START}:event-bus/default", False))
    account.same([bus["Name"] for bus in account.events.list_event_buses()["EventBuses"]], ["default"])
    account.refused(
        account.events.delete_event_bus, "ValidationException", 400, "Cannot delete event bus default.", Name="default"
    )
    account.refused(
        account.events.create_event_bus, "ResourceAlreadyExistsException", 400, "Event bus default already exists.",
        Name="default",
    )


@TABLE.behaviour("API reference, CreateEventBus, ResourceAlreadyExistsException")
def a_bus_is_made_once(account: Account) -> None:
    account.events.create_event_bus(Name="bus")
    account.refused(
        account.events.create_event_bus, "ResourceAlreadyExistsException", 400, "Event bus bus already exists.", Name="bus"
    )


@TABLE.behaviour("API reference, DeleteEventBus: no error for a bus that is not there")
def a_bus_that_is_gone_may_be_deleted_again(account: Account) -> None:
    account.events.create_event_bus(Name="bus")
    account.events.delete_event_bus(Name="bus")
    account.events.delete_event_bus(Name="bus")
    account.refused(
        account.events.describe_event_bus, "ResourceNotFoundException", 400, "Event bus bus does not exist.", Name="bus"
    )


@TABLE.behaviour("EventBridge user guide, Deleting an event bus: its rules have to go first")
def a_bus_with_rules_stays(account: Account) -> None:
    account.events.create_event_bus(Name="bus")
    account.events.put_rule(Name="r", EventBusName="bus", EventPattern=PATTERN)
    account.refused(account.events.delete_event_bus, "ValidationException", 400, Name="bus")
    account.events.delete_rule(Name="r", EventBusName="bus")
    account.events.delete_event_bus(Name="bus")


@TABLE.behaviour("API reference, ListEventBuses: by prefix, in pages")
def buses_are_listed_by_prefix_in_pages(account: Account) -> None:
    for nth in range(5):
        account.events.create_event_bus(Name=f"bus-{nth}")
    first = account.events.list_event_buses(NamePrefix="bus", Limit=3)
    account.same([bus["Name"] for bus in first["EventBuses"]], ["bus-0", "bus-1", "bus-2"])
    second = account.events.list_event_buses(NamePrefix="bus", NextToken=first["NextToken"])
    account.same([bus["Name"] for bus in second["EventBuses"]], ["bus-3", "bus-4"])


@TABLE.behaviour("EventBridge user guide, quotas: 100 buses in a Region")
def the_hundredth_bus_beside_the_default_is_too_many(account: Account) -> None:
    for nth in range(99):
        account.events.create_event_bus(Name=f"bus{nth}")
    account.refused(account.events.create_event_bus, "LimitExceededException", 400, Name="last")


@TABLE.behaviour("AWS Regions: buses and rules of one Region are unknown in another")
def regions_share_nothing(account: Account) -> None:
    account.events.create_event_bus(Name="bus")
    other = account.client("events", "eu-west-1")
    account.same([bus["Name"] for bus in other.list_event_buses()["EventBuses"]], ["default"])
    account.same(other.describe_event_bus()["Arn"], f"arn:aws:events:eu-west-1:{account.number}:event-bus/default")


@TABLE.behaviour("API reference, UpdateEventBus")
def a_bus_is_changed(account: Account) -> None:
    account.events.create_event_bus(Name="bus", Description="d")
    queue = {"Arn": f"arn:aws:sqs:us-east-1:{account.number}:dead"}
    account.events.update_event_bus(Name="bus", Description="e", DeadLetterConfig=queue)
    shown = account.events.describe_event_bus(Name="bus")
    account.same((shown["Description"], shown["DeadLetterConfig"]), ("e", queue))
    account.refused(account.events.update_event_bus, "ResourceNotFoundException", 400, Name="none", Description="x")


@TABLE.behaviour("API reference, PutPermission: a statement by its id")
def a_permission_is_a_statement_that_is_put_again_under_its_id(account: Account) -> None:
    allowed(account)
    allowed(account, principal="*")
    account.same(statements(account), [{
        "Sid": "s", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents",
        "Resource": f"{START}:event-bus/default",
    }])
    allowed(account, "t")
    account.same(statements(account)[1]["Principal"], {"AWS": "arn:aws:iam::111122223333:root"})


@TABLE.behaviour("API reference, PutPermission, Condition")
def a_permission_may_be_for_an_organisation(account: Account) -> None:
    allowed(account, principal="*", Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"})
    account.same(statements(account)[0]["Condition"], {"StringEquals": {"aws:PrincipalOrgID": "o-1"}})


@TABLE.behaviour("API reference, PutPermission, Policy")
def a_whole_policy_takes_the_place_of_all_statements(account: Account) -> None:
    allowed(account)
    statement = {
        "Sid": "all", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "events:PutEvents", "Resource": f"{START}:event-bus/default",
    }
    account.events.put_permission(Policy=policy(statement))
    account.same(statements(account), [statement])


@TABLE.behaviour("API reference, PutPermission, PolicyLengthExceededException")
def a_bus_policy_has_at_most_10240_characters(account: Account) -> None:
    statement = {
        "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": f"{START}:event-bus/default",
    }
    account.refused(
        account.events.put_permission, "PolicyLengthExceededException", 400, Policy=policy(statement | {"Sid": "x" * 10_240})
    )


@TABLE.behaviour("API reference, RemovePermission")
def permissions_are_taken_back_one_by_one_or_all_at_once(account: Account) -> None:
    allowed(account, "s")
    allowed(account, "t")
    account.events.remove_permission(StatementId="s")
    account.same([statement["Sid"] for statement in statements(account)], ["t"])
    said = "Statement with the provided id does not exist."
    account.refused(account.events.remove_permission, "ResourceNotFoundException", 400, said, StatementId="s")
    account.events.remove_permission(RemoveAllPermissions=True)
    account.true("Policy" not in account.events.describe_event_bus(), "still a policy")
    account.refused(account.events.remove_permission, "ResourceNotFoundException", 400, said, StatementId="t")


@TABLE.behaviour("API reference, TagResource, UntagResource and ListTagsForResource")
def buses_and_rules_are_tagged(account: Account) -> None:
    bus = account.events.create_event_bus(Name="bus", Tags=[{"Key": "a", "Value": "1"}])["EventBusArn"]
    rule = account.events.put_rule(Name="r", EventBusName="bus", EventPattern=PATTERN, Tags=[{"Key": "a", "Value": "1"}])
    for arn in (bus, rule["RuleArn"]):
        account.events.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "A", "Value": ""}])
        tags = {tag["Key"]: tag["Value"] for tag in account.events.list_tags_for_resource(ResourceARN=arn)["Tags"]}
        account.same(tags, {"a": "2", "A": ""})
        account.events.untag_resource(ResourceARN=arn, TagKeys=["a", "absent"])
        account.same(account.events.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "A", "Value": ""}])


@TABLE.behaviour("API reference, TagResource; met in AWS by LocalStack's recorded answers")
def what_is_not_there_cannot_be_tagged(account: Account) -> None:
    for resource, said in (
        ("rule/none", "Rule none does not exist on EventBus default."), ("event-bus/none", "Event bus none does not exist."),
    ):
        arn = f"{START}:{resource}"
        for operation, parameters in (
            ("tag_resource", {"Tags": [{"Key": "a", "Value": "b"}]}), ("untag_resource", {"TagKeys": ["a"]}),
            ("list_tags_for_resource", {}),
        ):
            account.refused(
                getattr(account.events, operation), "ResourceNotFoundException", 400, said, ResourceARN=arn, **parameters
            )


@TABLE.behaviour("AWS tagging: at most 50 tags, none of AWS's own")
def tags_have_their_limits(account: Account) -> None:
    arn = f"{START}:event-bus/default"
    many = [{"Key": f"k{nth}", "Value": ""} for nth in range(51)]
    account.refused(account.events.tag_resource, "ValidationException", 400, ResourceARN=arn, Tags=many)
    account.refused(
        account.events.tag_resource, "ValidationException", 400, ResourceARN=arn, Tags=[{"Key": "aws:x", "Value": ""}]
    )
    account.refused(
        account.events.tag_resource, "ValidationException", 400, "at 'tags.1.member.key'",
        ResourceARN=arn, Tags=[{"Key": "x" * 129, "Value": ""}],
    )


@TABLE.behaviour("API reference, PutEvents")
def events_are_taken_one_by_one(account: Account) -> None:
    good = {"Source": "mine", "DetailType": "t", "Detail": "{}"}
    answer = account.events.put_events(Entries=[
        good, good | {"Source": ""}, good | {"Detail": "text"}, {"Source": "mine", "DetailType": "t"},
        good | {"EventBusName": "none"},
    ])
    account.same(answer["FailedEntryCount"], 3)
    account.true(len(answer["Entries"][0]["EventId"]) == 36 and "EventId" in answer["Entries"][4], str(answer))
    account.same(answer["Entries"][1:4], [
        {"ErrorCode": "InvalidArgument", "ErrorMessage": "Parameter Source is not valid. Reason: Source is a required argument."},
        {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."},
        {"ErrorCode": "InvalidArgument", "ErrorMessage": "Parameter Detail is not valid. Reason: Detail is a required argument."},
    ])


@TABLE.behaviour("API reference, CreateArchive; met in AWS by LocalStack's recorded answers")
def an_archive_is_made_shown_changed_and_deleted(account: Account) -> None:
    events, source = account.events, f"{START}:event-bus/default"
    made = events.create_archive(ArchiveName="all", EventSourceArn=source, RetentionDays=1, Description="d")
    account.same((made["ArchiveArn"], made["State"]), (f"{START}:archive/all", "ENABLED"))
    account.refused(
        events.create_archive, "ResourceAlreadyExistsException", 400, "Archive all already exists.",
        ArchiveName="all", EventSourceArn=source,
    )
    events.update_archive(ArchiveName="all", RetentionDays=2)
    shown = events.describe_archive(ArchiveName="all")
    account.same((shown["RetentionDays"], shown["Description"], shown["EventCount"], shown["SizeBytes"]), (2, "d", 0, 0))
    account.same([item["ArchiveName"] for item in events.list_archives(NamePrefix="a")["Archives"]], ["all"])
    events.delete_archive(ArchiveName="all")
    account.refused(
        events.delete_archive, "ResourceNotFoundException", 400, "Archive all does not exist.", ArchiveName="all"
    )
    account.same(events.list_rules()["Rules"], [])


@TABLE.behaviour("API reference, lists of EventBridge")
def what_nobody_has_made_is_listed_as_nothing(account: Account) -> None:
    for operation, member in (
        ("list_connections", "Connections"), ("list_api_destinations", "ApiDestinations"), ("list_replays", "Replays"),
        ("list_endpoints", "Endpoints"), ("list_event_sources", "EventSources"), ("list_archives", "Archives"),
    ):
        account.same(getattr(account.events, operation)()[member], [])


TABLE.refusals(
    "events",
    "service model of EventBridge",
    ("a-bus-name-with-a-blank", "create_event_bus", {"Name": "a b"}, "ValidationException", 400, r"Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [/\.\-_A-Za-z0-9]+"),
    ("a-bus-name-of-257-characters", "create_event_bus", {"Name": "x" * 257}, "ValidationException", 400, "Member must have length less than or equal to 256"),
    ("a-bus-name-with-a-slash", "create_event_bus", {"Name": "a/b"}, "ValidationException", 400, "Event bus name must not contain '/'."),
    ("a-bus-that-is-not-there", "describe_event_bus", {"Name": "none"}, "ResourceNotFoundException", 400, "Event bus none does not exist."),
    ("a-permission-on-a-bus-that-is-not-there", "put_permission", {"EventBusName": "none", "StatementId": "s", "Action": "events:PutEvents", "Principal": "*"}, "ResourceNotFoundException", 400, "Event bus none does not exist."),
    ("a-permission-for-no-account", "put_permission", {"StatementId": "s", "Action": "events:PutEvents", "Principal": "me"}, "ValidationException", 400, r"at 'principal' failed to satisfy constraint: Member must satisfy regular expression pattern: (\d{12}|\*)"),
    ("a-statement-id-with-a-dot", "put_permission", {"StatementId": "a.b", "Action": "events:PutEvents", "Principal": "*"}, "ValidationException", 400, "at 'statementId'"),
    ("a-permission-for-another-service", "put_permission", {"StatementId": "s", "Action": "s3:GetObject", "Principal": "*"}, "ValidationException", 400, "at 'action'"),
    ("a-bus-policy-that-is-no-json", "put_permission", {"Policy": "{"}, "ValidationException", 400, ""),
    ("eleven-events-at-once", "put_events", {"Entries": [{"Source": "s", "DetailType": "t", "Detail": "{}"}] * 11}, "ValidationException", 400, "at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10"),
    ("an-archive-of-a-bus-that-is-not-there", "create_archive", {"ArchiveName": "a", "EventSourceArn": f"{START}:event-bus/none"}, "ResourceNotFoundException", 400, "Event bus none does not exist."),
    ("an-archive-that-is-not-there", "describe_archive", {"ArchiveName": "a"}, "ResourceNotFoundException", 400, "Archive a does not exist."),
    ("a-connection-that-is-not-there", "describe_connection", {"Name": "c"}, "ResourceNotFoundException", 400, "Connection 'c' does not exist."),
)
