"""S3 with lag: configuration follows some calls later, objects are there at once."""

from botocore.exceptions import ClientError
from harness.bench import Failed

from .account import Account, policy
from .table import Table

TABLE = Table("s3-lag")
GUIDE = "S3 user guide, "


def tries(account: Account, call, code: str, **parameters: object) -> int:
    """How often a call was refused with a code until it succeeded."""
    for count in range(9):
        try:
            call(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != code:
                raise
        else:
            return count
    raise Failed(f"still {code}")


@TABLE.behaviour(GUIDE + "Welcome: bucket configurations are eventually consistent", lag=True)
def with_lag_a_new_bucket_is_found_after_some_calls(account: Account) -> None:
    counts = []
    for number in range(12):
        name = account.bucket(f"bkt-{number}")
        counts.append(tries(account, account.s3.head_bucket, "404", Bucket=name))
        tries(account, account.s3.put_bucket_versioning, "NoSuchBucket", Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    account.true(any(counts) and max(counts) <= 3, f"{counts}")


@TABLE.behaviour(GUIDE + "Welcome: a deleted bucket might still appear", lag=True)
def with_lag_a_deleted_bucket_still_answers(account: Account) -> None:
    stale = 0
    for number in range(12):
        name = account.bucket(f"bkt-{number}")
        account.s3.delete_bucket(Bucket=name)
        stale += name in [bucket["Name"] for bucket in account.s3.list_buckets()["Buckets"]]
    account.true(stale > 0, "no deleted bucket was listed")


@TABLE.behaviour("aws-cli issue 2593", lag=True)
def with_lag_a_name_comes_free_in_another_region_after_some_calls(account: Account) -> None:
    eu, counts = account.client("s3", "eu-west-1"), []
    for number in range(12):
        name = account.bucket(f"bkt-{number}")
        account.s3.delete_bucket(Bucket=name)
        place = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
        counts.append(tries(account, eu.create_bucket, "OperationAborted", Bucket=name, **place))
    account.true(any(counts) and max(counts) <= 3, f"{counts}")


@TABLE.behaviour(GUIDE + "Welcome: objects are strongly consistent", lag=True)
def with_lag_objects_are_read_as_they_were_written(account: Account) -> None:
    for number in range(12):
        account.s3.put_object(Bucket=account.bucket(), Key="k", Body=b"%d" % number)
        account.same(account.s3.get_object(Bucket="evenkeel-behaviours", Key="k")["Body"].read(), b"%d" % number)
        account.same(len(account.s3.list_objects_v2(Bucket="evenkeel-behaviours")["Contents"]), 1)


@TABLE.behaviour(GUIDE + "Welcome: bucket configurations are eventually consistent", lag=True)
def with_lag_a_setting_is_read_after_some_calls(account: Account) -> None:
    stale = 0
    bucket = account.bucket()
    for number in range(12):
        tags = {"TagSet": [{"Key": "n", "Value": str(number)}]}
        tries(account, account.s3.put_bucket_tagging, "NoSuchBucket", Bucket=bucket, Tagging=tags)
        for again in range(9):
            try:
                found = account.s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
            except ClientError:
                found = []
            if found == tags["TagSet"]:
                break
            stale += 1
        account.same(found, tags["TagSet"])
    account.true(stale > 0, "every setting was read at once")


@TABLE.behaviour("terraform-provider-aws issues 26805, 11795", lag=True)
def with_lag_settings_of_access_in_a_row_collide(account: Account) -> None:
    bucket, counts = account.bucket(), []
    block = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}
    tries(account, account.s3.put_public_access_block, "NoSuchBucket", Bucket=bucket, **block)
    controls = {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}}
    for _ in range(12):
        counts.append(tries(account, account.s3.put_bucket_ownership_controls, "OperationAborted", Bucket=bucket, **controls))
        counts.append(tries(account, account.s3.put_public_access_block, "OperationAborted", Bucket=bucket, **block))
    account.true(any(counts) and max(counts) <= 1, f"{counts}")


@TABLE.behaviour("API reference, PutBucketPolicy; terraform-provider-aws, bucket_policy.go", lag=True)
def with_lag_a_new_role_is_no_principal_at_first(account: Account) -> None:
    bucket, counts = account.bucket(), []
    tries(account, account.s3.delete_bucket_cors, "NoSuchBucket", Bucket=bucket)
    for number in range(8):
        role = account.role(f"worker-{number}")
        document = policy(
            {"Effect": "Allow", "Principal": {"AWS": role["Arn"]}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
        )
        account.s3.list_buckets()
        counts.append(tries(account, account.s3.put_bucket_policy, "MalformedPolicy", Bucket=bucket, Policy=document))
    account.true(any(counts), f"{counts}")


@TABLE.behaviour("aws-cli issues 2593, 2411: the name of a bucket just deleted, in the same Region", lag=True)
def with_lag_a_name_comes_free_in_its_own_region_now_or_soon(account: Account) -> None:
    counts = []
    for number in range(12):
        name = account.bucket(f"bkt-{number}")
        account.s3.delete_bucket(Bucket=name)
        counts.append(tries(account, account.s3.create_bucket, "OperationAborted", Bucket=name))
    account.true(any(counts) and not all(counts) and max(counts) <= 1, f"{counts}")
