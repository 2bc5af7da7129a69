"""S3: buckets, their names and Regions, how they come, are found, and go."""

from .account import Account
from .table import Table

TABLE = Table("s3-buckets")
GUIDE = "S3 user guide, "
MODEL = "service model of S3, "


def there(region: str) -> dict:
    """The configuration of a bucket in another Region."""
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


@TABLE.behaviour(MODEL + "CreateBucket")
def a_bucket_in_us_east_1_has_no_location(account: Account) -> None:
    made = account.s3.create_bucket(Bucket="bkt-one")
    account.same(made["Location"], "/bkt-one")
    account.same(account.s3.get_bucket_location(Bucket="bkt-one")["LocationConstraint"], None)


@TABLE.behaviour(MODEL + "CreateBucketConfiguration")
def us_east_1_is_no_legal_location(account: Account) -> None:
    saying = "The specified location-constraint is not valid"
    account.refused(
        account.s3.create_bucket, "InvalidLocationConstraint", 400, saying, Bucket="bkt-one", **there("us-east-1")
    )


@TABLE.behaviour("aws-cli issue 2603")
def outside_us_east_1_a_location_is_needed(account: Account) -> None:
    saying = "The unspecified location constraint is incompatible for the region specific endpoint"
    account.refused(
        account.client("s3", "eu-west-1").create_bucket, "IllegalLocationConstraintException", 400, saying, Bucket="bkt-one"
    )


@TABLE.behaviour("aws-cli issue 2603")
def the_location_is_the_endpoints_own_region(account: Account) -> None:
    saying = "The us-west-2 location constraint is incompatible"
    account.refused(
        account.client("s3", "eu-west-1").create_bucket,
        "IllegalLocationConstraintException", 400, saying, Bucket="bkt-one", **there("us-west-2"),
    )


@TABLE.behaviour(MODEL + "BucketLocationConstraint")
def an_unknown_location_is_refused(account: Account) -> None:
    eu = account.client("s3", "eu-west-1")
    account.refused(eu.create_bucket, "InvalidLocationConstraint", 400, Bucket="bkt-one", **there("eu-nowhere-1"))


@TABLE.behaviour(MODEL + "GetBucketLocation")
def eu_is_the_old_name_of_eu_west_1(account: Account) -> None:
    eu = account.client("s3", "eu-west-1")
    eu.create_bucket(Bucket="bkt-eu", **there("EU"))
    account.same(eu.get_bucket_location(Bucket="bkt-eu")["LocationConstraint"], "EU")
    account.same(eu.head_bucket(Bucket="bkt-eu")["BucketRegion"], "eu-west-1")


@TABLE.behaviour(MODEL + "CreateBucket")
def elsewhere_the_location_is_an_address(account: Account) -> None:
    eu = account.client("s3", "eu-west-1")
    made = eu.create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    account.same(made["Location"], "http://bkt-eu.s3.amazonaws.com/")
    account.same(eu.get_bucket_location(Bucket="bkt-eu")["LocationConstraint"], "eu-west-1")


@TABLE.behaviour(MODEL + "BucketAlreadyOwnedByYou")
def in_us_east_1_a_repeated_create_succeeds_and_resets_the_acl(account: Account) -> None:
    bucket = account.bucket(ObjectOwnership="ObjectWriter")
    account.s3.delete_public_access_block(Bucket=bucket)
    account.s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    account.same(len(account.s3.get_bucket_acl(Bucket=bucket)["Grants"]), 2)
    account.bucket()
    account.same(len(account.s3.get_bucket_acl(Bucket=bucket)["Grants"]), 1)
    ownership = account.s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    account.same(ownership, [{"ObjectOwnership": "ObjectWriter"}])


@TABLE.behaviour(MODEL + "BucketAlreadyOwnedByYou")
def elsewhere_a_repeated_create_is_refused(account: Account) -> None:
    eu = account.client("s3", "eu-west-1")
    eu.create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    saying = "Your previous request to create the named bucket succeeded and you already own it."
    answer = account.refused(eu.create_bucket, "BucketAlreadyOwnedByYou", 409, saying, Bucket="bkt-eu", **there("eu-west-1"))
    account.same(answer["Error"]["BucketName"], "bkt-eu")


@TABLE.behaviour(MODEL + "BucketAlreadyOwnedByYou")
def a_name_that_is_used_in_another_region_is_ours_too(account: Account) -> None:
    account.client("s3", "eu-west-1").create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    account.refused(account.s3.create_bucket, "BucketAlreadyOwnedByYou", 409, Bucket="bkt-eu")


@TABLE.behaviour(MODEL + "BucketAlreadyExists")
def names_are_shared_with_all_the_world(account: Account) -> None:
    account.refused(account.s3.create_bucket, "BucketAlreadyExists", 409, "is not available", Bucket="amazon")


NAMES = {
    "two-characters": "ab", "a-capital": "Bucket", "an-underscore": "my_bucket", "a-hyphen-at-the-start": "-bucket",
    "a-hyphen-at-the-end": "bucket-", "two-dots": "my..bucket", "an-address": "192.168.5.4", "sixty-four-characters": "b" * 64,
    "xn": "xn--bucket", "sthree": "sthree-bucket", "an-access-point-alias": "bucket-s3alias", "a-lambda-alias": "bucket--ol-s3",
    "the-own-namespace": "bucket-123456789012-us-east-1-an",
}

TABLE.refusals(
    "s3",
    GUIDE + "bucketnamingrules",
    *(
        (f"no-bucket-is-named-with-{what}", "create_bucket", {"Bucket": name}, "InvalidBucketName", 400,
         "The specified bucket is not valid.")
        for what, name in NAMES.items()
    ),
)


@TABLE.behaviour(GUIDE + "bucketnamingrules")
def names_have_3_to_63_characters(account: Account) -> None:
    for name in ("abc", "b" * 63, "my.bucket-1", "1bucket"):
        account.s3.create_bucket(Bucket=name)


@TABLE.behaviour(MODEL + "CreateBucketRequest, BucketNamespace")
def the_accounts_own_namespace_ends_in_account_and_region(account: Account) -> None:
    name = f"bkt-{account.number}-us-east-1-an"
    account.s3.create_bucket(Bucket=name, BucketNamespace="account-regional")
    account.refused(
        account.s3.create_bucket, "InvalidBucketName", 400, Bucket="bkt-111122223333-us-east-1-an",
        BucketNamespace="account-regional",
    )


@TABLE.behaviour(MODEL + "HeadBucket")
def head_tells_the_region_and_has_no_body(account: Account) -> None:
    bucket = account.bucket()
    answer = account.send("s3", "HEAD", f"/{bucket}")
    account.same((answer.status, answer.headers["x-amz-bucket-region"], answer.body), (200, "us-east-1", b""))
    absent = account.send("s3", "HEAD", "/no-such-bucket-here")
    account.same((absent.status, absent.body), (404, b""))


@TABLE.behaviour(MODEL + "HeadBucket")
def head_tells_the_region_of_a_bucket_elsewhere(account: Account) -> None:
    account.client("s3", "eu-west-1").create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    answer = account.send("s3", "HEAD", "/bkt-eu")
    account.same((answer.status, answer.headers["x-amz-bucket-region"], answer.body), (301, "eu-west-1", b""))


@TABLE.behaviour(MODEL + "HeadBucket")
def head_of_anothers_bucket_is_forbidden_and_tells_the_region(account: Account) -> None:
    bucket = account.bucket()
    answer = account.send("s3", "HEAD", f"/{bucket}", headers={"x-amz-expected-bucket-owner": "111122223333"})
    account.same((answer.status, answer.headers["x-amz-bucket-region"], answer.body), (403, "us-east-1", b""))


@TABLE.behaviour(GUIDE + "UsingRouting")
def the_wrong_region_is_redirected_for_good(account: Account) -> None:
    account.client("s3", "eu-west-1").create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    answer = account.send("s3", "GET", "/bkt-eu?policy")
    account.same((answer.status, answer.headers["x-amz-bucket-region"]), (301, "eu-west-1"))
    for piece in (
        "<Code>PermanentRedirect</Code>", "<Endpoint>bkt-eu.s3.eu-west-1.amazonaws.com</Endpoint>", "<Bucket>bkt-eu</Bucket>",
    ):
        account.true(piece in answer.text(), f"no {piece} in {answer.text()}")


@TABLE.behaviour(GUIDE + "UsingRouting")
def botocore_follows_the_redirect(account: Account) -> None:
    account.client("s3", "eu-west-1").create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    account.same(account.s3.get_bucket_versioning(Bucket="bkt-eu").get("Status"), None)


@TABLE.behaviour(GUIDE + "RESTAuthentication, boto3 issue 1152")
def the_buckets_own_address_with_another_regions_signature_is_malformed(account: Account) -> None:
    account.client("s3", "eu-west-1").create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    answer = account.send("s3", "GET", "/?policy", headers={"Host": "bkt-eu.s3.amazonaws.com"})
    account.same(answer.status, 400)
    for piece in (
        "<Code>AuthorizationHeaderMalformed</Code>", "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        "<Region>eu-west-1</Region>",
    ):
        account.true(piece in answer.text(), f"no {piece} in {answer.text()}")


@TABLE.behaviour(GUIDE + "VirtualHosting")
def a_bucket_answers_at_its_own_host_too(account: Account) -> None:
    bucket = account.bucket()
    account.s3.put_object(Bucket=bucket, Key="a/b", Body=b"x")
    answer = account.send("s3", "GET", "/a/b", headers={"Host": f"{bucket}.s3.us-east-1.amazonaws.com"})
    account.same((answer.status, answer.body), (200, b"x"))


@TABLE.behaviour(MODEL + "GetBucketLocation")
def the_location_is_told_from_every_region(account: Account) -> None:
    account.client("s3", "eu-west-1").create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    account.same(account.s3.get_bucket_location(Bucket="bkt-eu")["LocationConstraint"], "eu-west-1")


@TABLE.behaviour(GUIDE + "bucket-owner-condition")
def another_expected_owner_is_denied_everywhere(account: Account) -> None:
    bucket = account.bucket()
    more = {"Bucket": bucket, "ExpectedBucketOwner": "111122223333"}
    for call, wanted in (
        (account.s3.get_bucket_policy, {}), (account.s3.get_bucket_location, {}), (account.s3.list_objects_v2, {}),
        (account.s3.get_object, {"Key": "k"}), (account.s3.delete_bucket, {}),
        (account.s3.put_bucket_versioning, {"VersioningConfiguration": {"Status": "Enabled"}}),
    ):
        account.refused(call, "AccessDenied", 403, "Access Denied", **more, **wanted)
    account.s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=account.number)


@TABLE.behaviour(MODEL + "ListBuckets")
def the_list_shows_regions_only_when_asked_with_a_parameter(account: Account) -> None:
    account.bucket("bkt-a")
    plain, asked = account.s3.list_buckets(), account.s3.list_buckets(MaxBuckets=5)
    account.same([sorted(bucket) for bucket in plain["Buckets"]], [["CreationDate", "Name"]])
    account.same([bucket["BucketRegion"] for bucket in asked["Buckets"]], ["us-east-1"])
    account.same(sorted(plain["Owner"]), ["ID"])


@TABLE.behaviour(MODEL + "ListBuckets")
def the_list_goes_on_with_a_token(account: Account) -> None:
    for name in ("bkt-c", "bkt-a", "bkt-b", "other"):
        account.bucket(name)
    first = account.s3.list_buckets(MaxBuckets=2, Prefix="bkt-")
    second = account.s3.list_buckets(MaxBuckets=2, Prefix="bkt-", ContinuationToken=first["ContinuationToken"])
    account.same([bucket["Name"] for bucket in first["Buckets"] + second["Buckets"]], ["bkt-a", "bkt-b", "bkt-c"])
    account.same((first["Prefix"], "ContinuationToken" in second), ("bkt-", False))


@TABLE.behaviour(MODEL + "ListBuckets")
def the_list_of_one_region_is_asked_for_there(account: Account) -> None:
    account.bucket("bkt-a")
    eu = account.client("s3", "eu-west-1")
    eu.create_bucket(Bucket="bkt-eu", **there("eu-west-1"))
    account.same([bucket["Name"] for bucket in account.s3.list_buckets()["Buckets"]], ["bkt-a", "bkt-eu"])
    found = eu.list_buckets(BucketRegion="eu-west-1")["Buckets"]
    account.same([bucket["Name"] for bucket in found], ["bkt-eu"])


TABLE.refusals(
    "s3",
    MODEL + "ListBucketsRequest",
    ("a-page-of-no-buckets", "list_buckets", {"MaxBuckets": 0}, "InvalidArgument", 400, "between 1 and 10000"),
    ("a-page-of-too-many-buckets", "list_buckets", {"MaxBuckets": 10001}, "InvalidArgument", 400, "between 1 and 10000"),
    ("a-token-of-nobodys", "list_buckets", {"ContinuationToken": "nonsense"}, "InvalidArgument", 400, "continuation token"),
)


@TABLE.behaviour(GUIDE + "delete-bucket")
def a_bucket_with_an_object_stays(account: Account) -> None:
    bucket = account.bucket()
    account.s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    saying = "The bucket you tried to delete is not empty"
    answer = account.refused(account.s3.delete_bucket, "BucketNotEmpty", 409, saying, Bucket=bucket)
    account.same(answer["Error"]["BucketName"], bucket)
    account.s3.delete_object(Bucket=bucket, Key="k")
    account.same(account.s3.delete_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.refused(account.s3.delete_bucket, "NoSuchBucket", 404, Bucket=bucket)


@TABLE.behaviour(GUIDE + "delete-bucket")
def a_bucket_with_a_delete_marker_alone_stays(account: Account) -> None:
    bucket = account.bucket()
    account.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    marker = account.s3.delete_object(Bucket=bucket, Key="k")
    account.refused(account.s3.delete_bucket, "BucketNotEmpty", 409, "You must delete all versions", Bucket=bucket)
    account.s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    account.s3.delete_bucket(Bucket=bucket)


@TABLE.behaviour("API reference, DeleteBucket: only directory buckets mind unfinished uploads")
def an_unfinished_upload_goes_with_its_bucket(account: Account) -> None:
    bucket = account.bucket()
    account.s3.create_multipart_upload(Bucket=bucket, Key="k")
    account.s3.delete_bucket(Bucket=bucket)
    account.bucket()
    account.same(account.s3.list_multipart_uploads(Bucket=bucket).get("Uploads"), None)


@TABLE.behaviour("API reference, Error responses")
def an_error_names_the_bucket_and_both_ids(account: Account) -> None:
    answer = account.send("s3", "GET", "/no-such-bucket-here?policy")
    account.same((answer.status, answer.headers["content-type"], answer.headers["server"]), (404, "application/xml", "AmazonS3"))
    request, host = answer.headers["x-amz-request-id"], answer.headers["x-amz-id-2"]
    account.same(len(request), 16)
    for piece in (
        "<Code>NoSuchBucket</Code>", "<Message>The specified bucket does not exist</Message>",
        "<BucketName>no-such-bucket-here</BucketName>", f"<RequestId>{request}</RequestId>", f"<HostId>{host}</HostId>",
    ):
        account.true(piece in answer.text(), f"no {piece} in {answer.text()}")


@TABLE.behaviour(MODEL + "CreateBucketConfiguration, Tags")
def a_bucket_can_be_born_with_tags(account: Account) -> None:
    account.bucket("bkt-one", CreateBucketConfiguration={"Tags": [{"Key": "Team", "Value": "data"}]})
    account.same(account.s3.get_bucket_tagging(Bucket="bkt-one")["TagSet"], [{"Key": "Team", "Value": "data"}])


@TABLE.behaviour(GUIDE + "create-bucket-faq")
def a_bucket_with_acls_off_is_born_without_acl(account: Account) -> None:
    saying = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    account.refused(
        account.s3.create_bucket, "InvalidBucketAclWithObjectOwnership", 400, saying, Bucket="bkt-one", ACL="public-read"
    )
    account.s3.create_bucket(Bucket="bkt-two", ACL="private")


@TABLE.behaviour("aws-sdk issue 565; CreateBucket's reference")
def no_bucket_is_born_public(account: Account) -> None:
    account.refused(
        account.s3.create_bucket, "InvalidBucketAclWithBlockPublicAccessError", 400,
        "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
        Bucket="bkt-one", ACL="public-read", ObjectOwnership="BucketOwnerPreferred",
    )


@TABLE.behaviour(MODEL + "CreateBucketRequest, ObjectLockEnabledForBucket")
def a_bucket_with_locks_is_born_with_versions(account: Account) -> None:
    bucket = account.bucket(ObjectLockEnabledForBucket=True)
    account.same(account.s3.get_bucket_versioning(Bucket=bucket)["Status"], "Enabled")
    found = account.s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    account.same(found, {"ObjectLockEnabled": "Enabled"})
    account.refused(
        account.s3.put_bucket_versioning, "InvalidBucketState", 409, "Object Lock", Bucket=bucket,
        VersioningConfiguration={"Status": "Suspended"},
    )
