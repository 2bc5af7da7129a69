"""S3: bucket policies, what S3 refuses of them and makes of them."""

import json

from .account import Account, policy
from .table import Table

TABLE = Table("s3-policies")
GUIDE = "S3 user guide, "
BUCKET = "evenkeel-behaviours"
INSIDE = f"arn:aws:s3:::{BUCKET}/*"
WHOLE = f"arn:aws:s3:::{BUCKET}"
ROOT = "arn:aws:iam::123456789012:root"


def statement(principal: object, action: object = "s3:GetObject", resource: object = INSIDE, **more: object) -> dict:
    """One that allows."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}


def put(account: Account, *statements: dict) -> dict:
    """Puts a policy on a bucket that is made if need be; what reads back."""
    bucket = account.bucket()
    account.s3.put_bucket_policy(Bucket=bucket, Policy=policy(*statements))
    return json.loads(account.s3.get_bucket_policy(Bucket=bucket)["Policy"])


def principal_kept(account: Account, principal: object) -> object:
    """What a principal reads back as."""
    return put(account, statement(principal))["Statement"][0]["Principal"]


@TABLE.behaviour("API reference, PutBucketPolicy")
def a_policy_is_put_and_taken_off(account: Account) -> None:
    bucket = account.bucket()
    made = account.s3.put_bucket_policy(Bucket=bucket, Policy=policy(statement({"AWS": ROOT})))
    account.same(made["ResponseMetadata"]["HTTPStatusCode"], 204)
    gone = account.s3.delete_bucket_policy(Bucket=bucket)
    account.same(gone["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.refused(
        account.s3.get_bucket_policy, "NoSuchBucketPolicy", 404, "The bucket policy does not exist", Bucket=bucket
    )
    account.s3.delete_bucket_policy(Bucket=bucket)


@TABLE.behaviour("API reference, GetBucketPolicy")
def a_policy_reads_back_as_json(account: Account) -> None:
    put(account, statement({"AWS": ROOT}))
    answer = account.send("s3", "GET", f"/{BUCKET}?policy")
    account.same((answer.status, answer.headers["content-type"]), (200, "application/json"))


@TABLE.behaviour(GUIDE + "s3-bucket-user-policy-specifying-principal-intro")
def an_account_number_becomes_its_root(account: Account) -> None:
    account.same(principal_kept(account, {"AWS": account.number}), {"AWS": ROOT})
    account.same(principal_kept(account, {"AWS": "111122223333"}), {"AWS": "arn:aws:iam::111122223333:root"})


@TABLE.behaviour(GUIDE + "s3-bucket-user-policy-specifying-principal-intro")
def a_canonical_user_becomes_an_account(account: Account) -> None:
    owner = account.s3.list_buckets()["Owner"]["ID"]
    account.same(principal_kept(account, {"CanonicalUser": owner}), {"AWS": ROOT})


@TABLE.behaviour("terraform-provider-aws issue 16278")
def lists_of_one_read_back_as_texts(account: Account) -> None:
    found = put(account, statement({"AWS": [ROOT]}, ["s3:GetObject"], [INSIDE]))["Statement"][0]
    account.same((found["Principal"], found["Action"], found["Resource"]), ({"AWS": ROOT}, "s3:GetObject", INSIDE))


@TABLE.behaviour("IAM user guide, reference_policies_elements_principal")
def a_role_is_kept_by_its_id(account: Account) -> None:
    role = account.role(Path="/jobs/")
    account.same(principal_kept(account, {"AWS": role["Arn"]}), {"AWS": role["Arn"]})
    account.iam.delete_role(RoleName="worker")
    dangling = json.loads(account.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"][0]["Principal"]
    account.same(dangling, {"AWS": role["RoleId"]})
    account.role(Path="/jobs/")
    again = json.loads(account.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"][0]["Principal"]
    account.same(again, {"AWS": role["RoleId"]})


@TABLE.behaviour("IAM user guide, reference_policies_elements_principal")
def a_dangling_id_can_not_be_put_back(account: Account) -> None:
    user = account.user()
    put(account, statement({"AWS": user["Arn"]}))
    account.iam.delete_user(UserName="ada")
    kept = account.s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    account.refused(
        account.s3.put_bucket_policy, "MalformedPolicy", 400, "Invalid principal in policy", Bucket=BUCKET, Policy=kept
    )


@TABLE.behaviour("API reference, GetBucketPolicyStatus")
def a_policy_for_everybody_is_public(account: Account) -> None:
    bucket = account.bucket()
    account.s3.delete_public_access_block(Bucket=bucket)
    put(account, statement("*"))
    account.same(account.s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"], {"IsPublic": True})
    put(account, statement("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    account.same(account.s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"], {"IsPublic": False})
    put(account, statement({"AWS": ROOT}))
    account.same(account.s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"], {"IsPublic": False})


@TABLE.behaviour(GUIDE + "access-control-block-public-access")
def a_public_policy_is_denied_by_the_block(account: Account) -> None:
    answer = account.refused(
        account.s3.put_bucket_policy, "AccessDenied", 403, "BlockPublicPolicy", Bucket=account.bucket(),
        Policy=policy(statement("*")),
    )
    account.true("s3:PutBucketPolicy" in answer["Error"]["Message"], answer["Error"]["Message"])
    account.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy({**statement("*"), "Effect": "Deny"}))


@TABLE.behaviour(GUIDE + "access-control-block-public-access")
def a_block_does_not_take_a_policy_off(account: Account) -> None:
    bucket = account.bucket()
    account.s3.delete_public_access_block(Bucket=bucket)
    put(account, statement("*"))
    account.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    account.same(account.s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"], {"IsPublic": True})


ME = {"AWS": ROOT}
REFUSED = {
    "no-json": ("nonsense", "Policies must be valid JSON and the first byte must be '{'"),
    "a-list": ("[]", "Policies must be valid JSON and the first byte must be '{'"),
    "no-statement": ('{"Version": "2012-10-17"}', "Missing required field Statement"),
    "another-version": (policy(statement(ME), Version="2020-01-01"), "The policy must contain a valid version string"),
    "an-unknown-field": (policy(statement(ME), Comment="x"), "Unknown field Comment"),
    "an-unknown-field-within": (policy(statement(ME, Comment="x")), "Unknown field Comment"),
    "no-principal": (policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": INSIDE}), "Missing required field Principal"),
    "no-action": (policy({"Effect": "Allow", "Principal": ME, "Resource": INSIDE}), "Missing required field Action"),
    "no-resource": (policy({"Effect": "Allow", "Principal": ME, "Action": "s3:GetObject"}), "Missing required field Resource"),
    "no-effect": (policy({"Principal": ME, "Action": "s3:GetObject", "Resource": INSIDE}), "Missing required field Effect"),
    "another-effect": (policy({**statement(ME), "Effect": "Permit"}), "Invalid effect: Permit"),
    "another-services-action": (policy(statement(ME, "ec2:RunInstances")), "Policy has invalid action"),
    "another-bucket": (policy(statement(ME, resource="arn:aws:s3:::another/*")), "Policy has invalid resource"),
    "every-resource": (policy(statement(ME, resource="*")), "Policy has invalid resource"),
    "a-bucket-action-on-objects": (
        policy(statement(ME, "s3:ListBucket")), "Action does not apply to any resource(s) in statement"
    ),
    "an-object-action-on-the-bucket": (
        policy(statement(ME, resource=WHOLE)), "Action does not apply to any resource(s) in statement"
    ),
    "a-user-who-is-not-there": (policy(statement({"AWS": "arn:aws:iam::123456789012:user/nobody"})), "Invalid principal in policy"),
    "a-role-who-is-not-there": (policy(statement({"AWS": "arn:aws:iam::123456789012:role/nobody"})), "Invalid principal in policy"),
    "an-id-of-nobody": (policy(statement({"AWS": "AIDAAAAAAAAAAAAAAAAAA"})), "Invalid principal in policy"),
    "no-arn": (policy(statement({"AWS": "somebody"})), "Invalid principal in policy"),
    "another-sort-of-principal": (policy(statement({"Users": ROOT})), "Invalid principal in policy"),
    "an-unknown-operator": (policy(statement(ME, Condition={"StringIs": {"aws:x": "y"}})), "Invalid Condition type : StringIs"),
    "too-much": (policy(statement(ME, Sid="x" * 21_000)), "Policy exceeds the maximum allowed document size"),
}


def refused(document: str, saying: str):
    """One row of policies that are malformed."""
    return lambda account: account.refused(
        account.s3.put_bucket_policy, "MalformedPolicy", 400, saying, Bucket=account.bucket(), Policy=document
    )


for _name, (_document, _saying) in REFUSED.items():
    TABLE.add(f"no-policy-with-{_name}", refused(_document, _saying))


@TABLE.behaviour(GUIDE + "s3-bucket-user-policy-specifying-principal-intro")
def services_and_sessions_can_be_named(account: Account) -> None:
    for principal in (
        {"Service": "logging.s3.amazonaws.com"}, {"AWS": "arn:aws:sts::123456789012:assumed-role/worker/session"},
        {"Federated": "cognito-identity.amazonaws.com"},
    ):
        account.same(principal_kept(account, principal), principal)


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
