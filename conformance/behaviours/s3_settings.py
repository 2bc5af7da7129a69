"""S3: what new buckets are set to, what is not there, and what settings S3 refuses."""

from .account import Account, policy
from .table import Table

TABLE = Table("s3-settings")
GUIDE = "S3 user guide, "
MODEL = "service model of S3, "
BUCKET = "evenkeel-behaviours"
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


@TABLE.behaviour(GUIDE + "create-bucket-faq")
def a_new_bucket_blocks_all_public_access(account: Account) -> None:
    found = account.s3.get_public_access_block(Bucket=account.bucket())["PublicAccessBlockConfiguration"]
    account.same(found, ALL_ON)


@TABLE.behaviour(GUIDE + "create-bucket-faq")
def a_new_bucket_has_acls_off(account: Account) -> None:
    found = account.s3.get_bucket_ownership_controls(Bucket=account.bucket())["OwnershipControls"]
    account.same(found, {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})


@TABLE.behaviour(GUIDE + "default-encryption-faq; terraform-aws-cloudfront-s3-cdn issue 379")
def a_new_bucket_encrypts_and_blocks_customer_keys(account: Account) -> None:
    found = account.s3.get_bucket_encryption(Bucket=account.bucket())["ServerSideEncryptionConfiguration"]["Rules"]
    wanted = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False,
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    account.same(found, [wanted])


@TABLE.behaviour(MODEL + "GetBucketAcl")
def a_new_buckets_acl_is_its_owners(account: Account) -> None:
    found = account.s3.get_bucket_acl(Bucket=account.bucket())
    account.same([grant["Permission"] for grant in found["Grants"]], ["FULL_CONTROL"])
    account.same(found["Grants"][0]["Grantee"], {"ID": found["Owner"]["ID"], "Type": "CanonicalUser"})


ABSENT = {
    "get_bucket_policy": "NoSuchBucketPolicy",
    "get_bucket_policy_status": "NoSuchBucketPolicy",
    "get_bucket_tagging": "NoSuchTagSet",
    "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
    "get_bucket_cors": "NoSuchCORSConfiguration",
    "get_bucket_website": "NoSuchWebsiteConfiguration",
    "get_bucket_replication": "ReplicationConfigurationNotFoundError",
    "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError",
}
BY_ID = ("analytics", "inventory", "metrics", "intelligent_tiering")
EMPTY = {
    "get_bucket_versioning": {},
    "get_bucket_logging": {},
    "get_bucket_notification_configuration": {},
    "get_bucket_accelerate_configuration": {},
    "get_bucket_request_payment": {"Payer": "BucketOwner"},
}


def absent(operation: str, code: str):
    """What a new bucket does not have, and what a bucket that is not there answers."""

    def run(account: Account) -> None:
        bucket = account.bucket()
        answer = account.refused(getattr(account.s3, operation), code, 404, Bucket=bucket)
        account.same(answer["Error"]["BucketName"], bucket)
        account.refused(getattr(account.s3, operation), "NoSuchBucket", 404, Bucket="no-such-bucket-here")

    return run


for _operation, _code in ABSENT.items():
    TABLE.add(f"{_operation.replace('_', '-')}-without-one", absent(_operation, _code))


def unset(operation: str, wanted: dict):
    """What reads back as if it were set."""

    def run(account: Account) -> None:
        found = getattr(account.s3, operation)(Bucket=account.bucket())
        account.same({name: value for name, value in found.items() if name != "ResponseMetadata"}, wanted)

    return run


for _operation, _wanted in EMPTY.items():
    TABLE.add(f"{_operation.replace('_', '-')}-of-a-new-bucket", unset(_operation, _wanted))


def by_id(kind: str):
    """Settings of which there may be many."""

    def run(account: Account) -> None:
        bucket = account.bucket()
        get = getattr(account.s3, f"get_bucket_{kind}_configuration")
        account.refused(get, "NoSuchConfiguration", 404, "The specified configuration does not exist.", Bucket=bucket, Id="x")
        found = getattr(account.s3, f"list_bucket_{kind}_configurations")(Bucket=bucket)
        account.same(found["IsTruncated"], False)
        delete = getattr(account.s3, f"delete_bucket_{kind}_configuration")
        account.refused(delete, "NoSuchConfiguration", 404, Bucket=bucket, Id="x")

    return run


for _kind in BY_ID:
    TABLE.add(f"no-{_kind.replace('_', '-')}-configuration", by_id(_kind))


@TABLE.behaviour(MODEL + "PutBucketMetricsConfiguration")
def metrics_are_kept_by_id(account: Account) -> None:
    bucket = account.bucket()
    for name in ("b", "a"):
        account.s3.put_bucket_metrics_configuration(
            Bucket=bucket, Id=name, MetricsConfiguration={"Id": name, "Filter": {"Prefix": f"{name}/"}}
        )
    found = account.s3.list_bucket_metrics_configurations(Bucket=bucket)["MetricsConfigurationList"]
    account.same([one["Id"] for one in found], ["a", "b"])
    account.s3.delete_bucket_metrics_configuration(Bucket=bucket, Id="a")
    account.refused(account.s3.get_bucket_metrics_configuration, "NoSuchConfiguration", 404, Bucket=bucket, Id="a")


@TABLE.behaviour(MODEL + "PutBucketInventoryConfiguration")
def an_inventory_reads_back_whole(account: Account) -> None:
    bucket = account.bucket()
    wanted = {
        "Destination": {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{bucket}", "Format": "CSV"}},
        "IsEnabled": True, "Id": "all", "IncludedObjectVersions": "All", "OptionalFields": ["Size"],
        "Schedule": {"Frequency": "Weekly"},
    }
    account.s3.put_bucket_inventory_configuration(Bucket=bucket, Id="all", InventoryConfiguration=wanted)
    found = account.s3.get_bucket_inventory_configuration(Bucket=bucket, Id="all")["InventoryConfiguration"]
    account.same(found, wanted)
    broken = wanted | {"Schedule": {"Frequency": "Yearly"}}
    account.refused(
        account.s3.put_bucket_inventory_configuration, "MalformedXML", 400, Bucket=bucket, Id="all", InventoryConfiguration=broken
    )


@TABLE.behaviour(MODEL + "PutBucketIntelligentTieringConfiguration")
def intelligent_tiering_reads_back_whole(account: Account) -> None:
    bucket = account.bucket()
    wanted = {"Id": "x", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}
    account.s3.put_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="x", IntelligentTieringConfiguration=wanted)
    found = account.s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="x")["IntelligentTieringConfiguration"]
    account.same(found, wanted)


@TABLE.behaviour(MODEL + "DeletePublicAccessBlock")
def without_a_block_the_read_is_refused(account: Account) -> None:
    bucket = account.bucket()
    account.s3.delete_public_access_block(Bucket=bucket)
    account.refused(account.s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration", 404, Bucket=bucket)
    account.s3.delete_public_access_block(Bucket=bucket)


@TABLE.behaviour(MODEL + "PublicAccessBlockConfiguration")
def a_block_is_put_whole(account: Account) -> None:
    bucket = account.bucket()
    account.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    found = account.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    account.same(found, dict.fromkeys(ALL_ON, False) | {"BlockPublicAcls": True})


@TABLE.behaviour(MODEL + "DeleteBucketOwnershipControls")
def without_ownership_controls_the_read_is_refused(account: Account) -> None:
    bucket = account.bucket()
    account.s3.delete_bucket_ownership_controls(Bucket=bucket)
    account.refused(account.s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError", 404, Bucket=bucket)
    account.s3.put_bucket_acl(Bucket=bucket, ACL="private")


@TABLE.behaviour(MODEL + "DeleteBucketEncryption")
def deleted_encryption_is_the_default_again(account: Account) -> None:
    bucket = account.bucket()
    account.s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]},
    )
    account.s3.delete_bucket_encryption(Bucket=bucket)
    rule = account.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    account.same(rule["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})


@TABLE.behaviour(MODEL + "ServerSideEncryptionByDefault")
def a_key_is_for_kms_alone(account: Account) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "alias/x"}}
    account.refused(
        account.s3.put_bucket_encryption, "InvalidArgument", 400, "KMSMasterKeyID is not applicable",
        Bucket=account.bucket(), ServerSideEncryptionConfiguration={"Rules": [rule]},
    )


@TABLE.behaviour(GUIDE + "Versioning")
def versioning_is_suspended_and_never_taken_off(account: Account) -> None:
    bucket = account.bucket()
    for status in ("Enabled", "Suspended"):
        account.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
        account.same(account.s3.get_bucket_versioning(Bucket=bucket)["Status"], status)
    put = account.s3.put_bucket_versioning
    account.refused(put, "IllegalVersioningConfigurationException", 400, Bucket=bucket, VersioningConfiguration={})
    account.refused(put, "MalformedXML", 400, Bucket=bucket, VersioningConfiguration={"Status": "Disabled"})
    more = {"Status": "Enabled", "MFADelete": "Enabled"}
    account.refused(put, "AccessDenied", 403, "Mfa Authentication", Bucket=bucket, VersioningConfiguration=more)


@TABLE.behaviour(GUIDE + "about-object-ownership")
def acls_can_not_be_put_where_they_are_off(account: Account) -> None:
    bucket = account.bucket()
    saying = "The bucket does not allow ACLs"
    for acl in ("private", "public-read"):
        account.refused(account.s3.put_bucket_acl, "AccessControlListNotSupported", 400, saying, Bucket=bucket, ACL=acl)
    account.refused(
        account.s3.put_object, "AccessControlListNotSupported", 400, saying, Bucket=bucket, Key="k", ACL="public-read"
    )
    account.s3.put_object(Bucket=bucket, Key="k", ACL="bucket-owner-full-control")


@TABLE.behaviour(GUIDE + "about-object-ownership")
def acls_are_not_turned_off_over_grants(account: Account) -> None:
    bucket = account.bucket(ObjectOwnership="ObjectWriter")
    account.s3.delete_public_access_block(Bucket=bucket)
    account.s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    grants = account.s3.get_bucket_acl(Bucket=bucket)["Grants"]
    account.same([grant["Permission"] for grant in grants], ["FULL_CONTROL", "READ", "WRITE"])
    account.same(grants[1]["Grantee"], {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"})
    controls = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    put = account.s3.put_bucket_ownership_controls
    account.refused(put, "InvalidBucketAclWithObjectOwnership", 400, Bucket=bucket, OwnershipControls=controls)
    account.s3.put_bucket_acl(Bucket=bucket, ACL="private")
    put(Bucket=bucket, OwnershipControls=controls)


@TABLE.behaviour(GUIDE + "access-control-block-public-access")
def a_public_acl_is_denied_by_the_block(account: Account) -> None:
    bucket = account.bucket(ObjectOwnership="ObjectWriter")
    account.refused(account.s3.put_bucket_acl, "AccessDenied", 403, "BlockPublicAcls", Bucket=bucket, ACL="public-read")
    account.refused(
        account.s3.put_object, "AccessDenied", 403, "BlockPublicAcls", Bucket=bucket, Key="k", ACL="public-read"
    )


@TABLE.behaviour(GUIDE + "acl-overview")
def grants_are_put_by_header_or_body(account: Account) -> None:
    bucket = account.bucket(ObjectOwnership="BucketOwnerPreferred")
    owner = account.s3.get_bucket_acl(Bucket=bucket)["Owner"]["ID"]
    logs = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    account.s3.put_bucket_acl(Bucket=bucket, GrantWrite=f'uri="{logs}"', GrantFullControl=f'id="{owner}"')
    grants = account.s3.get_bucket_acl(Bucket=bucket)["Grants"]
    account.same([grant["Permission"] for grant in grants], ["FULL_CONTROL", "WRITE"])
    account.s3.put_bucket_acl(
        Bucket=bucket,
        AccessControlPolicy={
            "Owner": {"ID": owner},
            "Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": owner}, "Permission": "READ"}],
        },
    )
    found = account.s3.get_bucket_acl(Bucket=bucket)["Grants"]
    account.same(found, [{"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "READ"}])


@TABLE.behaviour("API reference, PutBucketAcl")
def an_unknown_canned_acl_is_refused(account: Account) -> None:
    bucket = account.bucket(ObjectOwnership="ObjectWriter")
    answer = account.send("s3", "PUT", f"/{bucket}?acl", headers={"x-amz-acl": "everybody"})
    account.true(answer.status == 400 and "<ArgumentName>x-amz-acl</ArgumentName>" in answer.text(), str(answer))
    account.refused(account.s3.put_bucket_acl, "MissingSecurityHeader", 400, Bucket=bucket)


def tagged(*pairs: tuple[str, str]) -> dict:
    """A set of tags."""
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs]}


@TABLE.behaviour(MODEL + "PutBucketTagging")
def tags_are_put_whole_and_keys_have_their_case(account: Account) -> None:
    bucket = account.bucket()
    put = account.s3.put_bucket_tagging(Bucket=bucket, Tagging=tagged(("Team", "a"), ("team", "b")))
    account.same(put["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.same(len(account.s3.get_bucket_tagging(Bucket=bucket)["TagSet"]), 2)
    account.s3.put_bucket_tagging(Bucket=bucket, Tagging=tagged(("x", "")))
    account.same(account.s3.get_bucket_tagging(Bucket=bucket)["TagSet"], [{"Key": "x", "Value": ""}])
    deleted = account.s3.delete_bucket_tagging(Bucket=bucket)
    account.same(deleted["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.refused(account.s3.get_bucket_tagging, "NoSuchTagSet", 404, "The TagSet does not exist", Bucket=bucket)


TAGS = {
    "twice": (tagged(("a", "1"), ("a", "2")), "InvalidTag", "Cannot provide multiple Tags with the same key"),
    "of-aws": (tagged(("aws:x", "1")), "InvalidTag", "System tags cannot be added/updated by requester"),
    "fifty-one-times": (tagged(*((f"k{n}", "v") for n in range(51))), "BadRequest", "cannot be greater than 50"),
    "with-a-long-key": (tagged(("k" * 129, "v")), "InvalidTag", "The TagKey you have provided is invalid"),
    "without-a-key": (tagged(("", "v")), "InvalidTag", "The TagKey you have provided is invalid"),
    "with-a-long-value": (tagged(("k", "v" * 257)), "InvalidTag", "The TagValue you have provided is invalid"),
    "with-odd-characters": (tagged(("k", "a&b")), "InvalidTag", "The TagValue you have provided is invalid"),
}


def tags_refused(tags: dict, code: str, saying: str):
    """One row of tags."""
    return lambda account: account.refused(
        account.s3.put_bucket_tagging, code, 400, saying, Bucket=account.bucket(), Tagging=tags
    )


for _name, (_tags, _code, _saying) in TAGS.items():
    TABLE.add(f"no-tag-{_name}", tags_refused(_tags, _code, _saying))


@TABLE.behaviour(MODEL + "PutBucketAbac")
def with_abac_tags_are_not_put_the_old_way(account: Account) -> None:
    bucket = account.bucket()
    account.same(account.s3.get_bucket_abac(Bucket=bucket)["AbacStatus"]["Status"], "Disabled")
    account.s3.put_bucket_abac(Bucket=bucket, AbacStatus={"Status": "Enabled"})
    account.refused(account.s3.put_bucket_tagging, "InvalidRequest", 400, Bucket=bucket, Tagging=tagged(("a", "b")))


@TABLE.behaviour(MODEL + "PutBucketCors")
def cors_rules_read_back(account: Account) -> None:
    bucket = account.bucket()
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://x.example"], "MaxAgeSeconds": 60}]
    account.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    account.same(account.s3.get_bucket_cors(Bucket=bucket)["CORSRules"], rules)
    asked = {"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}
    answer = account.send("s3", "OPTIONS", f"/{bucket}/k", headers=asked)
    account.same((answer.status, answer.headers["access-control-allow-origin"]), (200, "https://x.example"))
    refused = account.send("s3", "OPTIONS", f"/{bucket}/k", headers=asked | {"Access-Control-Request-Method": "PUT"})
    account.same(refused.status, 403)
    account.s3.delete_bucket_cors(Bucket=bucket)
    account.refused(account.s3.get_bucket_cors, "NoSuchCORSConfiguration", 404, Bucket=bucket)


def cors(**rule: object) -> dict:
    """One rule."""
    return {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]} | rule]}}


def website(**more: object) -> dict:
    """A website's configuration."""
    return {"WebsiteConfiguration": more}


INDEX = {"IndexDocument": {"Suffix": "index.html"}}
HOST = {"RedirectAllRequestsTo": {"HostName": "x.example"}}
MOVED = {"Redirect": {"ReplaceKeyWith": "a", "ReplaceKeyPrefixWith": "b"}}

REFUSED = (
    ("cors-of-an-unknown-method", "put_bucket_cors", cors(AllowedMethods=["PATCH"]), "InvalidRequest", "Unsupported method is PATCH"),
    ("cors-without-origin", "put_bucket_cors", cors(AllowedOrigins=[]), "MalformedXML", ""),
    ("cors-with-two-wildcards", "put_bucket_cors", cors(AllowedOrigins=["*.x.*"]), "InvalidRequest", "more than one wildcard"),
    ("cors-without-rules", "put_bucket_cors", {"CORSConfiguration": {"CORSRules": []}}, "MalformedXML", ""),
    ("a-website-of-nothing", "put_bucket_website", website(ErrorDocument={"Key": "e"}), "InvalidArgument", "IndexDocument"),
    ("a-website-with-a-slash", "put_bucket_website", website(IndexDocument={"Suffix": "a/b"}), "InvalidArgument", "well formed"),
    ("a-website-that-redirects-and-serves", "put_bucket_website", website(**INDEX, **HOST), "InvalidRequest", "RedirectAllRequestsTo"),
    ("a-website-with-two-replacements", "put_bucket_website", website(**INDEX, RoutingRules=[MOVED]), "InvalidRequest", "not both"),
    ("encryption-by-an-unknown-algorithm", "put_bucket_encryption",
     {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "rot13"}}]}},
     "MalformedXML", ""),
    ("ownership-of-nobody", "put_bucket_ownership_controls",
     {"OwnershipControls": {"Rules": [{"ObjectOwnership": "Nobody"}]}}, "MalformedXML", ""),
    ("two-ownership-rules", "put_bucket_ownership_controls",
     {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}, {"ObjectOwnership": "BucketOwnerPreferred"}]}},
     "MalformedXML", ""),
    ("payment-by-nobody", "put_bucket_request_payment", {"RequestPaymentConfiguration": {"Payer": "Nobody"}}, "MalformedXML", ""),
    ("acceleration-by-halves", "put_bucket_accelerate_configuration",
     {"AccelerateConfiguration": {"Status": "Half"}}, "MalformedXML", ""),
    ("logs-to-nowhere", "put_bucket_logging",
     {"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "no-such-bucket-here", "TargetPrefix": ""}}},
     "InvalidTargetBucketForLogging", "The target bucket for logging does not exist"),
)


def refused(operation: str, parameters: dict, code: str, saying: str):
    """One row of settings that are refused."""
    return lambda account: account.refused(
        getattr(account.s3, operation), code, 400, saying, Bucket=account.bucket(), **parameters
    )


for _name, _operation, _parameters, _code, _saying in REFUSED:
    TABLE.add(_name, refused(_operation, _parameters, _code, _saying))


@TABLE.behaviour(MODEL + "PutBucketWebsite")
def a_website_reads_back(account: Account) -> None:
    bucket = account.bucket()
    wanted = INDEX | {"ErrorDocument": {"Key": "error.html"}}
    account.s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=wanted)
    found = account.s3.get_bucket_website(Bucket=bucket)
    account.same({name: found[name] for name in wanted}, wanted)
    account.s3.delete_bucket_website(Bucket=bucket)
    account.refused(account.s3.get_bucket_website, "NoSuchWebsiteConfiguration", 404, Bucket=bucket)


@TABLE.behaviour(MODEL + "PutBucketLogging")
def logging_is_put_and_cleared(account: Account) -> None:
    bucket = account.bucket()
    wanted = {"LoggingEnabled": {"TargetBucket": account.bucket("bkt-logs"), "TargetPrefix": "logs/"}}
    account.s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=wanted)
    account.same(account.s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"], wanted["LoggingEnabled"])
    account.s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    account.same("LoggingEnabled" in account.s3.get_bucket_logging(Bucket=bucket), False)


@TABLE.behaviour(MODEL + "PutBucketAccelerateConfiguration, PutBucketRequestPayment")
def acceleration_and_payment_read_back(account: Account) -> None:
    bucket = account.bucket()
    account.s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Enabled"})
    account.same(account.s3.get_bucket_accelerate_configuration(Bucket=bucket)["Status"], "Enabled")
    account.s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    account.same(account.s3.get_bucket_request_payment(Bucket=bucket)["Payer"], "Requester")


def replicated(bucket: str) -> dict:
    """A replication to a bucket."""
    rule = {
        "ID": "r", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": ""}, "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{bucket}"},
    }
    return {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [rule]}


@TABLE.behaviour(GUIDE + "replication")
def replication_needs_versions_on_both_sides(account: Account) -> None:
    bucket, other = account.bucket(), account.bucket("bkt-copy")
    put = account.s3.put_bucket_replication
    more = {"Bucket": bucket, "ReplicationConfiguration": replicated(other)}
    saying = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
    account.refused(put, "InvalidRequest", 400, saying, **more)
    account.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    account.refused(put, "InvalidRequest", 400, "Destination bucket must have versioning enabled", **more)
    account.s3.put_bucket_versioning(Bucket=other, VersioningConfiguration={"Status": "Enabled"})
    put(**more)
    found = account.s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    account.same(found, replicated(other))
    account.refused(
        account.s3.put_bucket_versioning, "InvalidBucketState", 409, "replication", Bucket=bucket,
        VersioningConfiguration={"Status": "Suspended"},
    )


@TABLE.behaviour(GUIDE + "object-lock")
def a_lock_needs_versions_and_never_goes(account: Account) -> None:
    bucket = account.bucket()
    wanted = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    put = account.s3.put_object_lock_configuration
    account.refused(put, "InvalidBucketState", 409, Bucket=bucket, ObjectLockConfiguration=wanted)
    account.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put(Bucket=bucket, ObjectLockConfiguration=wanted)
    account.same(account.s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"], wanted)
    key = account.s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    delete = {"Bucket": bucket, "Key": "k", "VersionId": key["VersionId"]}
    account.refused(account.s3.delete_object, "AccessDenied", 403, "object lock", **delete)
    account.s3.delete_object(**delete, BypassGovernanceRetention=True)


@TABLE.behaviour("API reference, PutBucketCors: unknown elements")
def a_body_that_is_no_xml_is_malformed(account: Account) -> None:
    bucket = account.bucket()
    answer = account.send("s3", "PUT", f"/{bucket}?versioning", "{}")
    account.same(answer.status, 400)
    account.true("<Code>MalformedXML</Code>" in answer.text(), answer.text())


@TABLE.behaviour("service model of S3 Control, PutPublicAccessBlock")
def the_accounts_own_block_counts_too(account: Account) -> None:
    bucket = account.bucket()
    account.s3.delete_public_access_block(Bucket=bucket)
    path, who = "/v20180820/configuration/publicAccessBlock", {"x-amz-account-id": account.number}
    absent = account.send("s3", "GET", path, headers=who)
    account.true(absent.status == 404 and "NoSuchPublicAccessBlockConfiguration" in absent.text(), str(absent))
    flags = "".join(f"<{flag}>true</{flag}>" for flag in ALL_ON)
    body = f"<PublicAccessBlockConfiguration>{flags}</PublicAccessBlockConfiguration>"
    account.same(account.send("s3", "PUT", path, body, who).status, 201)
    open_to_all = policy(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    )
    account.refused(account.s3.put_bucket_policy, "AccessDenied", 403, "BlockPublicPolicy", Bucket=bucket, Policy=open_to_all)


@TABLE.behaviour("service model of S3 Control, TagResource, ListTagsForResource")
def tags_are_written_one_by_one_through_s3_control(account: Account) -> None:
    bucket = account.bucket()
    path, who = f"/v20180820/tags/arn%3Aaws%3As3%3A%3A%3A{bucket}", {"x-amz-account-id": account.number}
    for key in ("a", "b"):
        tag = f"<TagResourceRequest><Tags><Tag><Key>{key}</Key><Value>1</Value></Tag></Tags></TagResourceRequest>"
        account.true(account.send("s3", "POST", path, tag, who).status in (200, 204), "a tag was refused")
    account.same(account.send("s3", "DELETE", f"{path}?tagKeys=a", headers=who).status, 204)
    answer = account.send("s3", "GET", path, headers=who)
    account.true("<Tags><Tag><Key>b</Key><Value>1</Value></Tag></Tags>" in answer.text(), answer.text())


@TABLE.behaviour("API reference, Operations on buckets")
def a_sub_resource_that_can_not_be_deleted_says_so(account: Account) -> None:
    bucket = account.bucket()
    for sub in ("versioning", "acl", "notification", "logging", "requestPayment"):
        answer = account.send("s3", "DELETE", f"/{bucket}?{sub}")
        account.true(answer.status == 405 and "<Code>MethodNotAllowed</Code>" in answer.text(), str(answer))
    account.s3.head_bucket(Bucket=bucket)
