"""CloudTrail: who changed what, as lookups of the event history tell it."""

import json

from .account import Account, trust
from .table import Table

TABLE = Table("cloudtrail")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def found(account: Account, key: str, value: str, region: str = "us-east-1", **more: object) -> list[dict]:
    """The events that a lookup by one attribute shows."""
    asked = [{"AttributeKey": key, "AttributeValue": value}]
    return account.client("cloudtrail", region).lookup_events(LookupAttributes=asked, **more)["Events"]


def names(events: list[dict]) -> list[str]:
    """What was called."""
    return [event["EventName"] for event in events]


def attached(account: Account) -> None:
    """A role, and a policy on it."""
    account.role("ci")
    account.iam.attach_role_policy(RoleName="ci", PolicyArn=ADMINISTRATOR)


@TABLE.behaviour("API reference, LookupEvents and LookupAttribute: newest first, by one attribute")
def changes_are_found_by_the_name_of_what_was_changed(account: Account) -> None:
    attached(account)
    account.iam.get_role(RoleName="ci")
    events = found(account, "ResourceName", "ci")
    account.same(names(events), ["AttachRolePolicy", "CreateRole"])
    account.same(names(found(account, "ResourceName", ADMINISTRATOR)), ["AttachRolePolicy"])
    account.same(names(found(account, "EventName", "CreateRole")), ["CreateRole"])
    account.same(names(found(account, "EventId", events[1]["EventId"])), ["CreateRole"])
    account.same(len(found(account, "ReadOnly", "false")), 2)


@TABLE.behaviour("CloudTrail user guide, CloudTrail record contents for management events")
def a_record_tells_who_what_and_with_which_parameters(account: Account) -> None:
    attached(account)
    shown = found(account, "ResourceName", "ci")[0]
    record = json.loads(shown["CloudTrailEvent"])
    account.same(record["requestParameters"], {"roleName": "ci", "policyArn": ADMINISTRATOR})
    account.same((record["eventSource"], record["readOnly"], record["recipientAccountId"]), ("iam.amazonaws.com", False, account.number))
    account.same((shown["EventSource"], shown["ReadOnly"], record["eventID"]), ("iam.amazonaws.com", "false", shown["EventId"]))
    account.true("Boto3" in record["userAgent"], record["userAgent"])


@TABLE.behaviour("CloudTrail user guide, CloudTrail userIdentity element: AssumedRole with sessionIssuer")
def a_session_is_known_by_its_name_and_its_role(account: Account) -> None:
    account.role("admin", trust({"AWS": account.number}))
    keys = account.sts.assume_role(RoleArn=account.arn("role/admin"), RoleSessionName="erika")["Credentials"]
    session = account.client(
        "iam", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    session.create_user(UserName="tom")
    event = found(account, "Username", "erika")[0]
    who = json.loads(event["CloudTrailEvent"])["userIdentity"]
    account.same((event["EventName"], who["type"]), ("CreateUser", "AssumedRole"))
    account.same(who["sessionContext"]["sessionIssuer"]["arn"], account.arn("role/admin"))
    account.same(names(found(account, "AccessKeyId", keys["AccessKeyId"])), ["CreateUser"])


@TABLE.behaviour("CloudTrail user guide: global services such as IAM are recorded in us-east-1, others in their Region")
def events_are_found_in_their_region(account: Account) -> None:
    account.user()
    account.client("events", "eu-west-1").put_rule(Name="r", ScheduleExpression="rate(1 hour)")
    account.same(names(found(account, "EventSource", "iam.amazonaws.com")), ["CreateUser"])
    account.same(found(account, "EventSource", "iam.amazonaws.com", "eu-west-1"), [])
    account.same(names(found(account, "EventSource", "events.amazonaws.com", "eu-west-1")), ["PutRule"])


@TABLE.behaviour("S3 user guide, Amazon S3 CloudTrail events: bucket-level calls are management events, object-level ones data events")
def buckets_are_told_and_objects_not(account: Account) -> None:
    bucket = account.bucket()
    account.s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    account.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    account.same(names(found(account, "ResourceName", bucket)), ["PutBucketPublicAccessBlock", "CreateBucket"])


@TABLE.behaviour("CloudTrail user guide, record contents: errorCode; IAM user guide: credentials are not in log entries")
def a_refusal_is_told_and_a_password_not(account: Account) -> None:
    account.user()
    account.iam.create_login_profile(UserName="ada", Password="Sesame-12345")
    account.refused(
        account.iam.create_login_profile, "EntityAlreadyExists", 409, "", UserName="ada", Password="Sesame-12345"
    )
    events = found(account, "EventName", "CreateLoginProfile")
    account.same([json.loads(event["CloudTrailEvent"]).get("errorCode") for event in events], ["EntityAlreadyExists", None])
    account.true("Sesame" not in str(events), str(events))


@TABLE.behaviour("API reference, LookupEvents: MaxResults and NextToken")
def pages_lead_through_all_events_once(account: Account) -> None:
    for number in range(5):
        account.user(f"u{number}")
    pages = account.client("cloudtrail").get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 2})
    shown = [event["EventId"] for page in pages for event in page["Events"]]
    account.same((len(shown), len(set(shown))), (5, 5))


TABLE.refusals(
    "trail",
    "API reference, LookupEvents, errors",
    ("fifty-one-events-at-once", "lookup_events", {"MaxResults": 51}, "InvalidMaxResultsException", 400, ""),
    ("a-token-that-no-page-gave-out", "lookup_events", {"NextToken": "x"}, "InvalidNextTokenException", 400, ""),
    ("a-time-that-ends-before-it-starts", "lookup_events", {"StartTime": 2000, "EndTime": 1000}, "InvalidTimeRangeException", 400, ""),
    ("two-attributes-at-once", "lookup_events", {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "x"}] * 2}, "InvalidLookupAttributesException", 400, ""),
    ("an-attribute-that-is-none", "lookup_events", {"LookupAttributes": [{"AttributeKey": "Colour", "AttributeValue": "x"}]}, "InvalidLookupAttributesException", 400, ""),
)
