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
ME = {"AWS": ROOT}


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


@TABLE.behaviour(GUIDE + "access-control-block-public-access: The meaning of public")
def addresses_wider_than_an_eighth_are_everybodys(account: Account) -> None:
    bucket = account.bucket()
    account.s3.delete_public_access_block(Bucket=bucket)
    for addresses, public in (("0.0.0.0/1", True), ("11.0.0.0/8", False), ("2001::/16", True), ("2001:db8::/32", False)):
        put(account, statement("*", Condition={"IpAddress": {"aws:SourceIp": addresses}}))
        account.same(account.s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"], {"IsPublic": public})


@TABLE.behaviour("service authorization reference, Actions defined by Amazon S3")
def patterns_of_actions_are_taken_in_any_case(account: Account) -> None:
    for action in ("S3:getobject", "s3:Get*Tagging", "s3:*", "*"):
        account.same(put(account, statement(ME, action, [WHOLE, INSIDE]))["Statement"][0]["Action"], action)


@TABLE.behaviour(GUIDE + "delete-bucket: a bucket policy with a deny statement for s3:DeleteBucket")
def a_policy_may_forbid_to_delete_the_bucket(account: Account) -> None:
    put(account, {**statement("*", "s3:DeleteBucket", WHOLE), "Effect": "Deny"})
    account.refused(account.s3.delete_bucket, "AccessDenied", 403, "with an explicit deny in a resource-based policy", Bucket=BUCKET)
    account.s3.delete_bucket_policy(Bucket=BUCKET)
    account.s3.delete_bucket(Bucket=BUCKET)


@TABLE.behaviour(GUIDE + "access-control-block-public-access")
def a_block_does_not_take_a_policy_off(account: Account) -> None:
    bucket = account.bucket()
    account.s3.delete_public_access_block(Bucket=bucket)
    put(account, statement("*"))
    account.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    account.same(account.s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"], {"IsPublic": True})


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
    "an-action-that-s3-does-not-have": (policy(statement(ME, "s3:NoSuchThing")), "Policy has invalid action"),
    "an-operation-that-is-no-action": (policy(statement(ME, "s3:HeadBucket", WHOLE)), "Policy has invalid action"),
    "a-pattern-without-actions": (policy(statement(ME, "s3:Nothing*")), "Policy has invalid action"),
    "a-condition-key-that-s3-does-not-have": (
        policy(statement(ME, Condition={"StringEquals": {"s3:nosuchkey": "x"}})), "Policy has an invalid condition key"
    ),
    "a-condition-of-lists-on-objects": (
        policy(statement(ME, Condition={"StringLike": {"s3:prefix": "x/*"}})),
        "Conditions do not apply to combination of actions and resources in statement",
    ),
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
    "a-service-that-is-none": (policy(statement({"Service": "nosuchservice.amazonaws.com"})), "Invalid principal in policy"),
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
