"""S3: lifecycle rules and notifications."""

from .account import Account
from .table import Table

TABLE = Table("s3-rules")
GUIDE = "S3 user guide, "


def lifecycle(**rule: object) -> dict:
    """The rules of a bucket: one."""
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}} | rule]}}


DAYS = {"Expiration": {"Days": 3}}
RULES = {
    "no-action": (lifecycle(), "InvalidRequest", "At least one action needs to be specified in a rule"),
    "another-status": (lifecycle(Status="On", **DAYS), "MalformedXML", ""),
    "two-conditions": (lifecycle(Filter={"Prefix": "a", "ObjectSizeGreaterThan": 1}, **DAYS), "MalformedXML", ""),
    "no-days-at-all": (lifecycle(Expiration={"Days": 0}), "InvalidArgument", "'Days' for Expiration action must be a positive integer"),
    "days-and-a-marker": (lifecycle(Expiration={"Days": 1, "ExpiredObjectDeleteMarker": True}), "MalformedXML", ""),
    "noon": (lifecycle(Expiration={"Date": "2030-01-01T12:00:00Z"}), "InvalidArgument", "'Date' must be at midnight GMT"),
    "a-long-id": (lifecycle(ID="x" * 256, **DAYS), "InvalidArgument", "ID length should not exceed allowed limit of 255"),
    "an-early-transition": (
        lifecycle(Transitions=[{"Days": 10, "StorageClass": "STANDARD_IA"}]), "InvalidArgument",
        "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    ),
    "an-unknown-class": (lifecycle(Transitions=[{"Days": 40, "StorageClass": "ATTIC"}]), "MalformedXML", ""),
    "expiry-before-transition": (
        lifecycle(Expiration={"Days": 30}, Transitions=[{"Days": 40, "StorageClass": "GLACIER"}]), "InvalidArgument",
        "must be greater than 'Days' in the Transition action",
    ),
    "tags-and-unfinished-uploads": (
        lifecycle(Filter={"Tag": {"Key": "a", "Value": "b"}}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
        "InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags",
    ),
    "no-rules": ({"LifecycleConfiguration": {"Rules": []}}, "MalformedXML", ""),
    "the-same-id-twice": (
        {"LifecycleConfiguration": {"Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": p}, **DAYS} for p in "ab"]}},
        "InvalidArgument", "Rule ID must be unique",
    ),
}


def rule_refused(parameters: dict, code: str, saying: str):
    """One row of rules that are refused."""
    return lambda account: account.refused(
        account.s3.put_bucket_lifecycle_configuration, code, 400, saying, Bucket=account.bucket(), **parameters
    )


for _name, (_parameters, _code, _saying) in RULES.items():
    TABLE.add(f"no-lifecycle-with-{_name}", rule_refused(_parameters, _code, _saying))


@TABLE.behaviour("API reference, PutBucketLifecycleConfiguration")
def lifecycle_rules_get_ids_and_are_replaced_whole(account: Account) -> None:
    bucket = account.bucket()
    made = account.s3.put_bucket_lifecycle_configuration(Bucket=bucket, **lifecycle(Filter={}, **DAYS))
    account.same(made["TransitionDefaultMinimumObjectSize"], "all_storage_classes_128K")
    found = account.s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    account.same(found["TransitionDefaultMinimumObjectSize"], "all_storage_classes_128K")
    account.true(found["Rules"][0]["ID"], "no id")
    account.same(found["Rules"][0]["Filter"], {"Prefix": ""})
    account.s3.put_bucket_lifecycle_configuration(Bucket=bucket, **lifecycle(ID="other", **DAYS))
    account.same([rule["ID"] for rule in account.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]], ["other"])
    account.s3.delete_bucket_lifecycle(Bucket=bucket)
    account.refused(account.s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration", 404, Bucket=bucket)


def told(**more: object) -> dict:
    """A notification to a queue."""
    queue = {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:ObjectCreated:*"]} | more
    return {"NotificationConfiguration": {"QueueConfigurations": [queue]}}


@TABLE.behaviour(GUIDE + "NotificationHowTo")
def a_function_has_to_let_s3_in(account: Account) -> None:
    function = account.function()
    wanted = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": function["FunctionArn"], "Events": ["s3:ObjectCreated:Put"]}]}
    put = account.s3.put_bucket_notification_configuration
    bucket = account.bucket()
    saying = "Unable to validate the following destination configurations"
    account.refused(put, "InvalidArgument", 400, saying, Bucket=bucket, NotificationConfiguration=wanted)
    account.functions.add_permission(
        FunctionName="thumbnails", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    put(Bucket=bucket, NotificationConfiguration=wanted)
    found = account.s3.get_bucket_notification_configuration(Bucket=bucket)["LambdaFunctionConfigurations"]
    account.true(found[0].pop("Id"), "no id")
    account.same(found, wanted["LambdaFunctionConfigurations"])


@TABLE.behaviour(GUIDE + "NotificationHowTo")
def notifications_go_to_event_bridge_too(account: Account) -> None:
    bucket = account.bucket()
    put = account.s3.put_bucket_notification_configuration
    put(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    account.same(account.s3.get_bucket_notification_configuration(Bucket=bucket)["EventBridgeConfiguration"], {})
    put(Bucket=bucket, NotificationConfiguration={})
    account.same("EventBridgeConfiguration" in account.s3.get_bucket_notification_configuration(Bucket=bucket), False)


def filtered(*rules: tuple[str, str]) -> dict:
    """A filter of keys."""
    return {"Filter": {"Key": {"FilterRules": [{"Name": name, "Value": value} for name, value in rules]}}}


TOLD = {
    "an-unknown-event": (told(Events=["s3:ObjectLost"]), "is not supported for notifications"),
    "no-arn": (told(QueueArn="q"), "The ARN could not be parsed"),
    "anothers-arn": (told(QueueArn="arn:aws:sns:us-east-1:123456789012:t"), "The ARN is not well formed"),
    "another-region": (told(QueueArn="arn:aws:sqs:eu-west-1:123456789012:q"), "destination service region is not valid"),
    "another-filter": (told(**filtered(("middle", "x"))), "filter rule name must be either prefix or suffix"),
    "two-prefixes": (told(**filtered(("prefix", "a"), ("prefix", "b"))), "Cannot specify more than one prefix rule in a filter"),
}


def not_told(parameters: dict, saying: str):
    """One row of notifications that are refused."""
    return lambda account: account.refused(
        account.s3.put_bucket_notification_configuration, "InvalidArgument", 400, saying, Bucket=account.bucket(), **parameters
    )


for _name, (_parameters, _saying) in TOLD.items():
    TABLE.add(f"no-notification-with-{_name}", not_told(_parameters, _saying))
