"""Buckets: every setting, edits by hand, what is held, adoption, deletion, regions, and what everybody may read."""

import json
from datetime import UTC, datetime
from functools import partial

from harness.backends import ACCOUNT, REGION
from harness.bench import Bench
from harness.case import EVERYWHERE, Case
from harness.live import at

from .by_hand import Hand
from .documents import ENVIRONMENT, OWNER, PROTECT, edited, file
from .edits import OWNED, Row
from .functions import CODE
from .held import Held
from .killed import at_least_half, moments, recovers

KEY, OTHER_KEY = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{digit * 8}-1111-2222-3333-444444444444" for digit in "12")
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:audit"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:unpack"
AWAY = "eu-central-1"
BUCKET = "arn:aws:s3:::imagery"


def statement(sid: str, action: str = "s3:GetObject", effect: str = "Allow", **more: object) -> dict:
    """A statement about the bucket's objects, of another account unless it says otherwise."""
    plain = {"Sid": sid, "Effect": effect, "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": action}
    return plain | {"Resource": f"{BUCKET}/*"} | more


def document(*statements: dict) -> dict:
    """A policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


READ, WRITE = document(statement("Read")), document(statement("Read"), statement("Write", "s3:PutObject"))
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
TLS = document(statement("Tls", "s3:*", "Deny", Principal="*", Condition=INSECURE))
EVERYBODY = document(statement("Status", Principal="*", Resource=f"{BUCKET}/status/*"))
OPEN = {"block_public_policy": False, "restrict_public_buckets": False}

LOGS = {
    "policy": {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Logs", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}
        ],
    }
}
LOGS_SHOWN = {"Policy": LOGS["policy"]}
FUNCTIONS = {
    "roles": {"runner": {"trust": "lambda.amazonaws.com"}},
    "lambdas": {"unpack": {"runtime": "python3.12", "handler": "app.handler", "role": "runner", "code": "./code"}},
}
EVERYTHING = {
    "versioning": True,
    "encryption": {"kms_key": KEY, "bucket_key": True},
    "public_access_block": {"block_public_acls": False},
    "ownership": "BucketOwnerPreferred",
    "policy": READ,
    "website": {"index": "index.html"},
    "lifecycle": [{"id": "tmp", "prefix": "tmp/", "expiration": {"days": 7}}],
    "cors": [{"allowed_methods": ["GET"], "allowed_origins": ["*"]}],
    "logging": {"target_bucket": "logs", "target_prefix": "imagery/"},
    "notifications": {"unpack": {"lambda": "unpack", "events": ["s3:ObjectCreated:*"], "prefix": "in/"}},
    "objects": {"status/demo": "ok", "in/readme.txt": {"content": "Put here", "content_type": "text/markdown"}},
    "tags": {"team": "data"},
}
FULL = file(buckets={"imagery": EVERYTHING, "logs": LOGS}, **FUNCTIONS)
TWO = file(buckets={"imagery": {}, "logs": LOGS})
PLAIN = file(buckets={"imagery": {}})


def prepared(bench: Bench) -> None:
    """The bucket of the logs, the code of the function, and the queue where the simulator has queues."""
    private(bench.client("s3"), "logs")
    bench.client("s3").put_bucket_policy(Bucket="logs", Policy=json.dumps(LOGS["policy"]))
    bench.put("code/app.py", CODE)
    if bench.backend.name == "moto":
        bench.client("sqs").create_queue(QueueName="audit")


def private(s3, name: str) -> None:
    """A bucket as S3 makes one today; moto has neither the block nor the ownership by itself."""
    s3.create_bucket(Bucket=name)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocks())
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})


def row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object, **more: object) -> Row:
    """A row about the bucket `imagery`."""
    given = {"base": TWO, "setup": prepared} | more
    return Row(f"bucket-{name}", f"buckets/imagery/{field}", f"buckets/imagery/{aws}", written, changed, *removed, **given)


def kms(key: str | None = None, *, bucket_key: bool = False, word: str = "aws:kms") -> dict:
    """Encryption by a key as S3 shows it."""
    return {"SSEAlgorithm": word, "BucketKeyEnabled": bucket_key} | ({"KMSMasterKeyID": key} if key else {})


def blocks(**off: bool) -> dict:
    """The four flags, on unless they are named."""
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return dict.fromkeys(flags, True) | off


AES256 = {"SSEAlgorithm": "AES256", "BucketKeyEnabled": False}
NO_BLOCKS = dict.fromkeys(blocks(), False)

SMALL_ROWS = [
    row("versioning", "versioning", "Versioning", (True, "Enabled"), ("suspended", "Suspended"), "Suspended"),
    row("encryption", "encryption", "Encryption", ({"kms_key": KEY, "bucket_key": True}, kms(KEY, bucket_key=True)), ("AES256", AES256), AES256),
    row("encryption-account-key", "encryption", "Encryption", ("aws:kms", kms()), ({"kms_key": OTHER_KEY}, kms(OTHER_KEY)), kms(OTHER_KEY)),
    row("encryption-bucket-key", "encryption", "Encryption", ({"kms_key": KEY}, kms(KEY)), ({"kms_key": KEY, "bucket_key": True}, kms(KEY, bucket_key=True)), kms(KEY, bucket_key=True)),
    row("encryption-dual", "encryption", "Encryption", ("aws:kms:dsse", kms(word="aws:kms:dsse")), ("AES256", AES256), AES256),
    row("block", "public_access_block", "PublicAccessBlock", (True, blocks()), ({"block_public_acls": False, "ignore_public_acls": False}, blocks(BlockPublicAcls=False, IgnorePublicAcls=False)), blocks()),
    row("block-none", "public_access_block", "PublicAccessBlock", ("none", NO_BLOCKS), (OPEN, blocks(BlockPublicPolicy=False, RestrictPublicBuckets=False)), blocks()),
    row("ownership", "ownership", "Ownership", ("ObjectWriter",) * 2, ("BucketOwnerPreferred",) * 2, "BucketOwnerEnforced"),
    row("own-policy", "policy", "Policy", (READ, READ), (WRITE, WRITE), None),
    # A denial that is no longer written is held.
    row("own-policy-list", "policy", "Policy", (READ["Statement"], READ), (TLS, TLS), TLS),
    row("eventbridge", "eventbridge", "Notifications/EventBridgeConfiguration", (True, {}), (False, None), None),
    row(
        "tags", "tags", "Tags", ({"team": "data"}, OWNED | {"team": "data"}),
        ({"Team": "sea", "team": "x"}, OWNED | {"Team": "sea", "team": "x"}), OWNED,
    ),
    row("tag-empty", "tags", "Tags", ({"team": ""}, OWNED | {"team": ""}), ({"team": "x"}, OWNED | {"team": "x"}), OWNED),
]

RULES = [
    {
        "condition": {"key_prefix_equals": "docs/", "http_error_code_returned_equals": 404},
        "redirect": {"host_name": "www.example.com", "protocol": "https", "replace_key_prefix_with": "documents/", "http_redirect_code": 302},
    },
    {"redirect": {"replace_key_with": "all.html"}},
]
SHOWN_RULES = [
    {
        "Condition": {"KeyPrefixEquals": "docs/", "HttpErrorCodeReturnedEquals": "404"},
        "Redirect": {"HostName": "www.example.com", "Protocol": "https", "ReplaceKeyPrefixWith": "documents/", "HttpRedirectCode": "302"},
    },
    {"Redirect": {"ReplaceKeyWith": "all.html"}},
]
INDEX = {"IndexDocument": {"Suffix": "index.html"}}
HOST = {"host_name": "www.example.com", "protocol": "https"}
SHOWN_HOST = {"RedirectAllRequestsTo": {"HostName": "www.example.com", "Protocol": "https"}}
WEBSITE_ROWS = [
    row(
        "website", "website", "Website", ({"index": "index.html"}, INDEX),
        ({"index": "index.html", "error": "error.html"}, INDEX | {"ErrorDocument": {"Key": "error.html"}}), None,
    ),
    row("website-none", "website", "Website", ({"index": "index.html"}, INDEX), ("none", None), None),
    row(
        "website-redirect", "website", "Website", ({"redirect_all_requests_to": HOST}, SHOWN_HOST),
        ({"index": "index.html"}, INDEX), None,
    ),
    row(
        "website-rules", "website", "Website", ({"index": "index.html", "routing_rules": RULES}, INDEX | {"RoutingRules": SHOWN_RULES}),
        ({"index": "index.html", "routing_rules": RULES[::-1]}, INDEX | {"RoutingRules": SHOWN_RULES[::-1]}), None,
    ),
]


def enabled(name: str, where: dict, **actions: object) -> dict:
    """A lifecycle rule as S3 shows it."""
    return {"ID": name, "Filter": where, "Status": "Enabled"} | actions


TMP = {"id": "tmp", "prefix": "tmp/", "expiration": {"days": 7}}
SHOWN_TMP = enabled("tmp", {"Prefix": "tmp/"}, Expiration={"Days": 7})
ARCHIVE = {
    "id": "archive",
    "filter": {"prefix": "raw/", "tags": {"keep": "long", "by": "us"}},
    "transitions": [{"days": 30, "storage_class": "STANDARD_IA"}, {"days": 90, "storage_class": "GLACIER"}],
    "expiration": {"days": 3650},
}
SHOWN_ARCHIVE = enabled(
    "archive",
    {"And": {"Prefix": "raw/", "Tags": [{"Key": "by", "Value": "us"}, {"Key": "keep", "Value": "long"}]}},
    Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
    Expiration={"Days": 3650},
)
NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)
VERSIONS = {
    "id": "versions",
    "noncurrent_version_expiration": {"noncurrent_days": 30},
    "noncurrent_version_transitions": [{"noncurrent_days": 7, "storage_class": "GLACIER_IR"}],
    "expiration": {"expired_object_delete_marker": True},
}
SHOWN_VERSIONS = enabled(
    "versions", {"Prefix": ""},
    NoncurrentVersionExpiration={"NoncurrentDays": 30},
    NoncurrentVersionTransitions=[{"NoncurrentDays": 7, "StorageClass": "GLACIER_IR"}],
    Expiration={"ExpiredObjectDeleteMarker": True},
)
UPLOADS = {"id": "uploads", "abort_incomplete_multipart_upload": {"days_after_initiation": 7}}
SHOWN_UPLOADS = enabled("uploads", {"Prefix": ""}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7})
ONE_TAG = {"id": "tag", "filter": {"tags": {"a": "b"}}, "expiration": {"date": "2031-01-01"}}
SHOWN_ONE_TAG = enabled("tag", {"Tag": {"Key": "a", "Value": "b"}}, Expiration={"Date": NEW_YEAR})
SIZES = {"object_size_greater_than": 131072, "object_size_less_than": 5000000000}
LARGE = {"id": "large", "filter": {"object_size_greater_than": 5}, "expiration": {"days": 1}}
SHOWN_LARGE = enabled("large", {"ObjectSizeGreaterThan": 5}, Expiration={"Days": 1})
BETWEEN = {"id": "large", "filter": {"prefix": "raw/", "tags": {"keep": "long"}} | SIZES, "expiration": {"days": 1}}
SHOWN_BETWEEN = enabled(
    "large", {"And": {"Prefix": "raw/", "Tags": [{"Key": "keep", "Value": "long"}], "ObjectSizeGreaterThan": 131072, "ObjectSizeLessThan": 5000000000}},
    Expiration={"Days": 1},
)
NEWER = {"id": "newer", "noncurrent_version_expiration": {"noncurrent_days": 30, "newer_noncurrent_versions": 3}}
SHOWN_NEWER = enabled("newer", {"Prefix": ""}, NoncurrentVersionExpiration={"NoncurrentDays": 30, "NewerNoncurrentVersions": 3})


def lifecycle_row(name: str, written: tuple[list, list], changed: tuple[list, list]) -> Row:
    """A row about the rules, which S3 shows in any order."""
    return row(f"lifecycle-{name}", "lifecycle", "Lifecycle", written, changed, None)


LIFECYCLE_ROWS = [
    lifecycle_row("days", ([TMP], [SHOWN_TMP]), ([TMP | {"expiration": {"days": 9}}], [SHOWN_TMP | {"Expiration": {"Days": 9}}])),
    lifecycle_row("disabled", ([TMP], [SHOWN_TMP]), ([TMP | {"status": "disabled"}], [SHOWN_TMP | {"Status": "Disabled"}])),
    lifecycle_row("filter", ([ARCHIVE], [SHOWN_ARCHIVE]), ([ARCHIVE, TMP], [SHOWN_ARCHIVE, SHOWN_TMP])),
    lifecycle_row("versions", ([VERSIONS], [SHOWN_VERSIONS]), ([UPLOADS], [SHOWN_UPLOADS])),
    lifecycle_row("date", ([ONE_TAG], [SHOWN_ONE_TAG]), ([TMP | {"id": "tag"}], [SHOWN_TMP | {"ID": "tag"}])),
    lifecycle_row("sizes", ([LARGE], [SHOWN_LARGE]), ([BETWEEN], [SHOWN_BETWEEN])),
    lifecycle_row("newer-versions", ([NEWER], [SHOWN_NEWER]), ([VERSIONS], [SHOWN_VERSIONS])),
    row("lifecycle-none", "lifecycle", "Lifecycle", ([TMP], [SHOWN_TMP]), ("none", None), None),
]

SITE = {
    "id": "site",
    "allowed_methods": ["GET", "HEAD"],
    "allowed_origins": ["https://*.example.com"],
    "allowed_headers": ["*"],
    "expose_headers": ["ETag"],
    "max_age_seconds": 3000,
}
SHOWN_SITE = {
    "ID": "site",
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedOrigins": ["https://*.example.com"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": ["ETag"],
    "MaxAgeSeconds": 3000,
}
ANYBODY = {"allowed_methods": ["GET"], "allowed_origins": ["*"]}
SHOWN_ANYBODY = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
TO_LOGS = {"target_bucket": "logs", "target_prefix": "imagery/"}
SHOWN_LOGS = {"TargetBucket": "logs", "TargetPrefix": "imagery/"}
BY_DATE = {"target_object_key_format": {"partitioned_prefix": "EventTime"}}
SHOWN_BY_DATE = {"TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}}
OTHER_ROWS = [
    row("cors", "cors", "Cors", ([ANYBODY], [SHOWN_ANYBODY]), ([ANYBODY | {"allowed_methods": ["PUT"]}], [SHOWN_ANYBODY | {"AllowedMethods": ["PUT"]}]), None),
    row("cors-order", "cors", "Cors", ([SITE, ANYBODY], [SHOWN_SITE, SHOWN_ANYBODY]), ([ANYBODY, SITE], [SHOWN_ANYBODY, SHOWN_SITE]), None),
    row("cors-none", "cors", "Cors", ([ANYBODY], [SHOWN_ANYBODY]), ("none", None), None),
    row("logging", "logging", "Logging", (TO_LOGS, SHOWN_LOGS), ({"target_bucket": "logs"}, SHOWN_LOGS | {"TargetPrefix": ""}), SHOWN_LOGS | {"TargetPrefix": ""}),
    row("logging-format", "logging", "Logging", (TO_LOGS | BY_DATE, SHOWN_LOGS | SHOWN_BY_DATE), ("none", None), None),
]


def told(arn: str, name: str, *events: str, **filters: str) -> dict:
    """A notification as S3 shows it."""
    rules = [{"Name": key, "Value": value} for key, value in filters.items()]
    one = {"Id": name, "QueueArn" if ":sqs:" in arn else "LambdaFunctionArn": arn, "Events": list(events)}
    return one | ({"Filter": {"Key": {"FilterRules": rules}}} if rules else {})


CREATED, DELETED = "s3:ObjectCreated:*", "s3:ObjectRemoved:*"
ZIPS = {"unpack": {"lambda": "unpack", "events": [CREATED], "prefix": "in/", "suffix": ".zip"}}
SHOWN_ZIPS = {"LambdaFunctionConfigurations": [told(FUNCTION, "unpack", CREATED, Prefix="in/", Suffix=".zip")]}
AUDIT = {"audit": {"queue": QUEUE, "events": [DELETED]}}
SHOWN_AUDIT = {"QueueConfigurations": [told(QUEUE, "audit", DELETED)]}
WITH_FUNCTION = file(buckets={"imagery": {}}, **FUNCTIONS)
INVOCATION = {
    "Effect": "Allow",
    "Principal": {"Service": "s3.amazonaws.com"},
    "Action": "lambda:InvokeFunction",
    "Resource": FUNCTION,
    "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}, "ArnLike": {"AWS:SourceArn": BUCKET}},
}
NOTIFICATION_ROWS = [
    row("notifications", "notifications", "Notifications", (ZIPS, SHOWN_ZIPS), (AUDIT, SHOWN_AUDIT), {}, base=WITH_FUNCTION),
    row("notifications-both", "notifications", "Notifications", (ZIPS | AUDIT, SHOWN_ZIPS | SHOWN_AUDIT), ("none", {}), {}, base=WITH_FUNCTION),
    row(
        "notifications-beside-eventbridge", "notifications", "Notifications",
        (AUDIT, SHOWN_AUDIT | {"EventBridgeConfiguration": {}}), ({}, {"EventBridgeConfiguration": {}}), {"EventBridgeConfiguration": {}},
        base=edited(WITH_FUNCTION, "buckets/imagery/eventbridge", True),
    ),
]


def permission(bench: Bench) -> None:
    """The statement that lets S3 call the function comes before the notification and goes with it."""
    prepared(bench)
    statement_id = "functions/unpack/Statements/evenkeel-s3-imagery"
    for writing, shown in ((ZIPS, INVOCATION), (AUDIT, None), (ZIPS | AUDIT, INVOCATION), ({}, None)):
        bench.converge(edited(WITH_FUNCTION, "buckets/imagery/notifications", writing))
        bench.same(f"statement with {list(writing)}", at(bench.live(), statement_id), shown)


def whole(bench: Bench) -> None:
    """Everything at once, on two buckets, and read back."""
    prepared(bench)
    bench.converge(FULL)
    found = bench.live()["buckets"]
    wanted = {
        "Versioning": "Enabled", "Encryption": kms(KEY, bucket_key=True), "PublicAccessBlock": blocks(BlockPublicAcls=False),
        "Ownership": "BucketOwnerPreferred", "Policy": READ, "Website": INDEX, "Cors": [SHOWN_ANYBODY], "Lifecycle": [SHOWN_TMP],
        "Logging": SHOWN_LOGS, "Tags": OWNED | {"team": "data"},
    }
    bench.same("imagery", {key: found["imagery"][key] for key in wanted}, wanted)
    bench.same("objects", {key: one["Body"] for key, one in found["imagery"]["Objects"].items()}, {"status/demo": "ok", "in/readme.txt": "Put here"})
    fresh = {"Versioning": None, "Encryption": AES256, "PublicAccessBlock": blocks(), "Ownership": "BucketOwnerEnforced"}
    fresh |= LOGS_SHOWN
    bench.same("logs", {key: found["logs"][key] for key in fresh}, fresh)


def seeds(bench: Bench) -> None:
    """An object is put once and never again, unless it says `overwrite`; left out, it stays."""
    def with_object(**said: object) -> dict:
        return file(buckets={"imagery": {"objects": {"status/demo": said}}})

    def shows(body: str, kind: str = "text/plain") -> None:
        bench.same("object", at(bench.live(), "buckets/imagery/Objects"), {"status/demo": {"ContentType": kind, "Body": body}})

    bench.put("demo.txt", "from a file")
    bench.converge(file(buckets={"imagery": {"objects": {"status/demo": "first"}}}))
    shows("first")
    bench.converge(with_object(content="second", content_type="text/html"))
    shows("first")
    bench.converge(with_object(content="second", content_type="text/html", overwrite=True))
    shows("second", "text/html")
    bench.converge(with_object(content="second", content_type="text/css", overwrite=True))
    shows("second", "text/css")
    bench.converge(with_object(file="demo.txt", overwrite=True))
    shows("from a file", "application/octet-stream")
    bench.converge(PLAIN)
    shows("from a file", "application/octet-stream")


def overwritten(s3) -> None:
    """Somebody puts something else over the seeded objects."""
    for key in ("once", "kept"):
        s3.put_object(Bucket="imagery", Key=key, Body=b"theirs", ContentType="text/plain")


def seeds_by_hand(bench: Bench) -> None:
    """What somebody has put over a seeded object stays, unless it says `overwrite`; one that is gone comes again."""
    once, kept = {"content": "ours", "content_type": "text/plain"}, {"content": "ours", "content_type": "text/plain", "overwrite": True}
    bench.converge(file(buckets={"imagery": {"objects": {"once": once, "kept": kept}}}))
    overwritten(bench.client("s3"))
    bench.shows(bench.plan(code=2), "objects", "kept")
    bench.apply()
    bench.settled()
    bodies = {key: one["Body"] for key, one in at(bench.live(), "buckets/imagery/Objects").items()}
    bench.same("bodies", bodies, {"once": "theirs", "kept": "ours"})
    bench.client("s3").delete_object(Bucket="imagery", Key="once")
    bench.shows(bench.plan(code=2), "once")
    bench.apply()
    bench.settled()
    bench.same("put again", at(bench.live(), "buckets/imagery/Objects/once/Body"), "ours")


def hand(name: str, operation: str, *says: str, base: dict = TWO, **given: object) -> Hand:
    """A call by hand on the bucket; `kept` is about the case, the rest about the call."""
    kept = bool(given.pop("kept", False))
    return Hand(
        f"bucket-{name}", lambda s3: getattr(s3, operation)(Bucket="imagery", **given), says,
        kept=kept, base=base, service="s3", setup=prepared,
    )


def encrypted(settings: dict) -> dict:
    """A setting of encryption as boto3 takes it."""
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": settings}]}


def on_imagery(tags: dict[str, str]) -> dict:
    """Tags of the bucket as boto3 takes them, the mark among them."""
    return {"TagSet": [{"Key": key, "Value": value} for key, value in (OWNED | tags).items()]}


BY_KMS = encrypted({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OTHER_KEY})
LOGGED = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "by-hand/"}}
FLAG_OFF = blocks(RestrictPublicBuckets=False)
HANDS = [
    hand("versioning", "put_bucket_versioning", "held", "versioning", kept=True, VersioningConfiguration={"Status": "Enabled"}),
    hand("versioning-suspended", "put_bucket_versioning", "held", "versioning", kept=True, VersioningConfiguration={"Status": "Suspended"}),
    hand("encryption", "put_bucket_encryption", "held", "encryption", kept=True, ServerSideEncryptionConfiguration=BY_KMS),
    hand("logging", "put_bucket_logging", "held", "logging", kept=True, BucketLoggingStatus=LOGGED),
    hand("block", "delete_public_access_block", "public_access_block"),
    hand("block-flag", "put_public_access_block", "public_access_block", "restrict_public_buckets", PublicAccessBlockConfiguration=FLAG_OFF),
    hand("ownership", "put_bucket_ownership_controls", "ownership", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
    hand("ownership-gone", "delete_bucket_ownership_controls", "ownership"),
    hand("own-policy", "put_bucket_policy", "policy", Policy=json.dumps(READ)),
    hand("own-policy-that-denies", "put_bucket_policy", "held", "policy.Tls", kept=True, Policy=json.dumps(TLS)),
    hand("website", "put_bucket_website", "website", WebsiteConfiguration=INDEX),
    hand("website-redirect", "put_bucket_website", "website", "www.example.com", WebsiteConfiguration=SHOWN_HOST),
    hand("lifecycle", "put_bucket_lifecycle_configuration", "lifecycle", "tmp", LifecycleConfiguration={"Rules": [SHOWN_TMP]}),
    hand("cors", "put_bucket_cors", "cors", CORSConfiguration={"CORSRules": [SHOWN_ANYBODY]}),
    hand("notifications", "put_bucket_notification_configuration", "notifications", "audit", NotificationConfiguration=SHOWN_AUDIT),
    hand("eventbridge", "put_bucket_notification_configuration", "eventbridge", NotificationConfiguration={"EventBridgeConfiguration": {}}),
    hand("tag", "put_bucket_tagging", "tags", "who", Tagging=on_imagery({"who": "me"})),
    hand("protect-tag", "put_bucket_tagging", "held", PROTECT, kept=True, Tagging=on_imagery({PROTECT: "true"})),
    hand("object", "put_object", kept=True, Key="theirs", Body=b"theirs"),
]

TOLD_ALL = edited(PLAIN, "buckets/imagery/eventbridge", True)
CHANGED_RULE = SHOWN_TMP | {"Expiration": {"Days": 1}}
WRITTEN_HANDS = [
    hand("written-versioning", "put_bucket_versioning", "versioning", base=FULL, VersioningConfiguration={"Status": "Suspended"}),
    hand("written-encryption", "put_bucket_encryption", "encryption", base=FULL, ServerSideEncryptionConfiguration=encrypted({"SSEAlgorithm": "AES256"})),
    hand("written-block", "put_public_access_block", "public_access_block", base=FULL, PublicAccessBlockConfiguration=NO_BLOCKS),
    hand("written-ownership", "put_bucket_ownership_controls", "ownership", base=FULL, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
    hand("written-policy", "put_bucket_policy", "policy", "Write", base=FULL, Policy=json.dumps(WRITE)),
    hand("written-policy-gone", "delete_bucket_policy", "policy", base=FULL),
    hand("written-website", "delete_bucket_website", "website", base=FULL),
    hand("written-lifecycle", "put_bucket_lifecycle_configuration", "lifecycle", "tmp", base=FULL, LifecycleConfiguration={"Rules": [CHANGED_RULE]}),
    hand("written-cors", "delete_bucket_cors", "cors", base=FULL),
    hand("written-logging", "put_bucket_logging", "logging", base=FULL, BucketLoggingStatus={}),
    hand("written-notifications", "put_bucket_notification_configuration", "notifications", base=FULL, NotificationConfiguration={}),
    hand("written-eventbridge", "put_bucket_notification_configuration", "eventbridge", base=TOLD_ALL, NotificationConfiguration={}),
    hand("written-tags", "put_bucket_tagging", "tags", "team", base=FULL, Tagging=on_imagery({"team": "sea"})),
]


def held(name: str, field: str, aws: str, written: tuple, word: tuple) -> Held:
    """A protection of the bucket."""
    return Held(f"bucket-{name}", f"buckets/imagery/{field}", f"buckets/imagery/{aws}", written, word, field, base=TWO, setup=prepared)


HELD = [
    held("versioning", "versioning", "Versioning", (True, "Enabled"), ("suspended", "Suspended")),
    held("encryption", "encryption", "Encryption", ({"kms_key": KEY}, kms(KEY)), ("AES256", AES256)),
    held("logging", "logging", "Logging", (TO_LOGS, SHOWN_LOGS), ("none", None)),
    held("protect", "protect", f"Tags/{PROTECT}", (True, "true"), (False, None)),
]


def populated(bench: Bench) -> None:
    """Somebody's bucket: settings, objects in versions, a policy, tags."""
    s3 = bench.client("s3")
    private(s3, "imagery")
    s3.put_bucket_versioning(Bucket="imagery", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket="imagery", Policy=json.dumps(READ))
    s3.put_bucket_lifecycle_configuration(Bucket="imagery", LifecycleConfiguration={"Rules": [SHOWN_TMP]})
    s3.put_bucket_tagging(Bucket="imagery", Tagging={"TagSet": [{"Key": "team", "Value": "theirs"}]})
    fill(s3, "imagery")


def fill(s3, name: str) -> None:
    """Two versions of one object, and one that is hidden by a marker where the bucket is versioned."""
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="a", Body=body)
    s3.put_object(Bucket=name, Key="b", Body=b"three")
    s3.delete_object(Bucket=name, Key="b")


AS_THERE = {"versioning": True, "policy": READ, "lifecycle": [TMP], "tags": {"team": "theirs"}}


def adoption_refused(bench: Bench) -> None:
    """Declared bare, a bucket that people use keeps everything until the user's word, however often it is tried."""
    populated(bench)
    before = bench.live()
    bench.write(PLAIN)
    for _ in range(2):
        bench.shows(bench.apply(code=4), "--adopt bucket/imagery")
        bench.same("after the refusal", bench.live(), before)
    bench.apply("--adopt", "bucket/imagery", "--allow", "mass-change")
    bench.settled()
    found = at(bench.live(), "buckets/imagery")
    kept = {"Versioning": "Enabled", "Policy": None, "Lifecycle": None, "Tags": OWNED, "Objects": before["buckets"]["imagery"]["Objects"]}
    bench.same("after the word", {key: found[key] for key in kept}, kept)


def adopted_as_written(bench: Bench) -> None:
    """Declared as it is, it is marked and nothing else is written; what is in it counts for nothing."""
    populated(bench)
    before = bench.live()
    bench.write(file(buckets={"imagery": AS_THERE}))
    bench.shows(bench.plan(), "1 to adopt")
    bench.apply()
    bench.settled()
    before["buckets"]["imagery"]["Tags"][OWNER] = ENVIRONMENT
    bench.same("taken over", bench.live(), before)


def adopted_fresh(bench: Bench) -> None:
    """An empty bucket that nobody has touched is not somebody's: an apply that was interrupted has left it."""
    bench.client("s3").create_bucket(Bucket="imagery")
    bench.converge(file(buckets={"imagery": {"versioning": True, "policy": READ, "tags": {"team": "data"}}}))
    found = at(bench.live(), "buckets/imagery")
    bench.same("settings", (found["Versioning"], found["Policy"], found["Tags"]), ("Enabled", READ, OWNED | {"team": "data"}))


def filled_is_not_fresh(bench: Bench) -> None:
    """One object in it makes it somebody's."""
    bench.client("s3").create_bucket(Bucket="imagery")
    bench.client("s3").put_object(Bucket="imagery", Key="a", Body=b"theirs")
    before = bench.live()
    bench.write(file(buckets={"imagery": {"versioning": True}}))
    bench.shows(bench.apply(code=4), "--adopt bucket/imagery")
    bench.same("after the refusal", bench.live(), before)


def contested(bench: Bench) -> None:
    """What another environment owns is refused, also where it is as written."""
    populated(bench)
    theirs = {"TagSet": [{"Key": "team", "Value": "theirs"}, {"Key": OWNER, "Value": "other"}]}
    bench.client("s3").put_bucket_tagging(Bucket="imagery", Tagging=theirs)
    before = bench.live()
    bench.write(file(buckets={"imagery": AS_THERE}))
    for _ in range(2):
        bench.shows(bench.apply(code=4), "other", "--adopt bucket/imagery")
        bench.same("after the refusal", bench.live(), before)
    bench.apply("--adopt", "bucket/imagery")
    bench.settled()
    bench.same("tags", at(bench.live(), "buckets/imagery/Tags"), OWNED | {"team": "theirs"})


def system_tags(bench: Bench) -> None:
    """AWS's own tags go with every write of tags, and are not shown as a difference."""
    own = {"aws:servicecatalog:product": "prod-1"}
    bench.backend.bucket_of_aws("imagery", own)
    bench.converge(PLAIN)
    bench.converge(edited(PLAIN, "buckets/imagery/tags", {"team": "data"}))
    bench.same("tags", at(bench.live(), "buckets/imagery/Tags"), OWNED | own | {"team": "data"})


def public(bench: Bench) -> None:
    """What everybody may read needs a word, in the file or on the command line; the word covers what it names and no more."""
    opened = {"public_access_block": OPEN, "policy": EVERYBODY}
    bench.write(file(buckets={"imagery": opened}))
    bench.shows(bench.apply(code=4), "public", "status/*", "--allow public:bucket/imagery")
    bench.same("after the refusal", bench.live()["buckets"], {})
    bench.write(file(buckets={"imagery": opened | {"public": ["other/*"]}}))
    bench.apply(code=4)
    bench.same("with another word", bench.live()["buckets"], {})
    bench.converge(file(buckets={"imagery": opened | {"public": ["status/*"]}}))
    found = at(bench.live(), "buckets/imagery")
    shown = (found["Policy"], found["PublicAccessBlock"])
    bench.same("opened", shown, (EVERYBODY, blocks(BlockPublicPolicy=False, RestrictPublicBuckets=False)))
    bench.converge(PLAIN)
    found = at(bench.live(), "buckets/imagery")
    bench.same("closed again", (found["Policy"], found["PublicAccessBlock"]), (None, blocks()))


def public_later(bench: Bench) -> None:
    """The same on a bucket that is there; writing to everybody is never covered by the word in the file."""
    bench.converge(PLAIN)
    before = bench.live()
    writing = document(statement("Write", "s3:PutObject", Principal="*", Resource=f"{BUCKET}/status/*"))
    for policy, public in ((EVERYBODY, []), (writing, ["status/*"])):
        bench.write(file(buckets={"imagery": {"public_access_block": OPEN, "policy": policy, "public": public}}))
        bench.shows(bench.apply(code=4), "--allow public:bucket/imagery")
        bench.same("after the refusal", bench.live(), before)
    bench.apply("--allow", "public:bucket/imagery")
    bench.settled()
    bench.same("by the word", at(bench.live(), "buckets/imagery/Policy"), writing)


def public_but_blocked(bench: Bench) -> None:
    """S3 would refuse a public policy while the block is on, so `check` does."""
    bench.write(file(buckets={"imagery": {"policy": EVERYBODY, "public": ["status/*"]}}))
    bench.shows(bench.expect(1, "check"), "E0432", "block_public_policy")


def absent_empty(bench: Bench) -> None:
    """An empty bucket goes by the word; a second time there is nothing to do, and it can be made again."""
    bench.converge(edited(PLAIN, "buckets/imagery/versioning", True))
    before = bench.live()
    bench.write(file(absent={"buckets": ["imagery"]}))
    bench.shows(bench.apply(code=4), "--allow mass-change")
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--allow", "mass-change")
    bench.settled()
    bench.same("buckets", bench.live()["buckets"], {})
    bench.converge(PLAIN)


def absent_full(bench: Bench) -> None:
    """A bucket with something in it goes only by `empty: true` and both words, and then with versions and markers."""
    bench.converge(edited(PLAIN, "buckets/imagery/versioning", True))
    fill(bench.client("s3"), "imagery")
    before, words = bench.live(), ("--allow", "data-loss:bucket/imagery", "--allow", "mass-change")
    refused = [
        ("imagery", words, "empty: true"),
        ({"name": "imagery", "empty": True}, (), "--allow data-loss:bucket/imagery"),
        ({"name": "imagery", "empty": True}, words[:2], "--allow mass-change"),
        ({"name": "imagery", "empty": True}, words[2:], "--allow data-loss:bucket/imagery"),
    ]
    for doom, flags, says in refused:
        bench.write(file(absent={"buckets": [doom]}))
        bench.shows(bench.apply(*flags, code=4), says)
        bench.same("after the refusal", bench.live(), before)
    bench.apply(*words)
    bench.settled()
    bench.same("buckets", bench.live()["buckets"], {})


def absent_markers(bench: Bench) -> None:
    """A bucket that looks empty but has old versions under markers is not empty."""
    bench.converge(edited(PLAIN, "buckets/imagery/versioning", True))
    s3 = bench.client("s3")
    s3.put_object(Bucket="imagery", Key="a", Body=b"one")
    s3.delete_object(Bucket="imagery", Key="a")
    before = bench.live()
    bench.write(file(absent={"buckets": ["imagery"]}))
    bench.shows(bench.apply("--allow", "mass-change", code=4), "empty: true")
    bench.same("after the refusal", bench.live(), before)


def absent_never(owner: str | None, bench: Bench) -> None:
    """What another environment owns, or nobody, is not emptied, whatever the words."""
    populated(bench)
    tags = [{"Key": OWNER, "Value": owner}] if owner else [{"Key": "team", "Value": "theirs"}]
    bench.client("s3").put_bucket_tagging(Bucket="imagery", Tagging={"TagSet": tags})
    before = bench.live()
    for doom in ("imagery", {"name": "imagery", "empty": True}):
        bench.write(file(absent={"buckets": [doom]}))
        for adopt in ((), ("--adopt", "bucket/imagery")):
            bench.apply("--allow", "data-loss", "--allow", "mass-change", "--allow", "delete", *adopt, code=4)
            bench.same("after the refusal", bench.live(), before)


def absent_protected(bench: Bench) -> None:
    """`protect` forbids it, whatever the words."""
    bench.converge(edited(PLAIN, "buckets/imagery/protect", True))
    before = bench.live()
    bench.write(file(absent={"buckets": [{"name": "imagery", "empty": True}]}))
    bench.shows(bench.apply("--allow", "mass-change", "--allow", "data-loss", code=4), "protect")
    bench.same("after the refusal", bench.live(), before)


def elsewhere(bench: Bench) -> None:
    """A bucket in another region than the environment's: made there, read and changed there, and deleted there."""
    bench.converge(file(buckets={"imagery": {"region": AWAY, "policy": READ, "objects": {"a": "b"}}}))
    bench.same("region", at(bench.live(), "buckets/imagery/Region"), AWAY)
    bench.converge(file(buckets={"imagery": {"region": AWAY, "versioning": True, "tags": {"team": "x"}}}))
    found = at(bench.live(), "buckets/imagery")
    bench.same("changed", (found["Versioning"], found["Policy"], found["Tags"]), ("Enabled", None, OWNED | {"team": "x"}))
    bench.write(file(absent={"buckets": [{"name": "imagery", "empty": True}]}))
    bench.apply("--allow", "mass-change", "--allow", "data-loss:bucket/imagery")
    bench.settled()
    bench.same("buckets", bench.live()["buckets"], {})


def moved(bench: Bench) -> None:
    """A bucket can't move: a written other region is refused, whatever the word; unwritten, it stays where it is."""
    bench.converge(edited(PLAIN, "buckets/imagery/region", AWAY))
    before = bench.live()
    bench.write(edited(PLAIN, "buckets/imagery/region", REGION))
    for flags in ((), ("--replace", "bucket/imagery", "--allow", "mass-change", "--allow", "data-loss")):
        bench.shows(bench.apply(*flags, code=4), "bucket/imagery", AWAY)
        bench.same("after the refusal", bench.live(), before)
    bench.converge(PLAIN)
    bench.same("unwritten", bench.live(), before)
    bench.converge(edited(PLAIN, "buckets/imagery/versioning", True))
    found = at(bench.live(), "buckets/imagery")
    bench.same("changed where it is", (found["Region"], found["Versioning"]), (AWAY, "Enabled"))


def adopted_elsewhere(bench: Bench) -> None:
    """A bucket that is there in another region is taken over where it is when the file says nothing of it."""
    bench.client("s3", AWAY).create_bucket(Bucket="imagery", CreateBucketConfiguration={"LocationConstraint": AWAY})
    bench.converge(PLAIN)
    found = at(bench.live(), "buckets/imagery")
    bench.same("taken over", (found["Region"], found["Tags"]), (AWAY, OWNED))


def minimum_kept(bench: Bench) -> None:
    """Which small objects never move is the bucket's and not in the file; a change of rules leaves it."""
    bench.converge(edited(PLAIN, "buckets/imagery/lifecycle", [TMP]))
    bench.client("s3").put_bucket_lifecycle_configuration(
        Bucket="imagery", LifecycleConfiguration={"Rules": [SHOWN_TMP]}, TransitionDefaultMinimumObjectSize="varies_by_storage_class"
    )
    bench.settled()
    bench.converge(edited(PLAIN, "buckets/imagery/lifecycle", [TMP, UPLOADS]))
    found = at(bench.live(), "buckets/imagery")
    bench.same("rules", found["Lifecycle"], [SHOWN_TMP, SHOWN_UPLOADS])
    bench.same("the smallest that moves", found["SmallestMoved"], "varies_by_storage_class")


def blocked_kinds_kept(bench: Bench) -> None:
    """Which kinds of encryption a bucket refuses is not in the file; a change of the key leaves it."""
    bench.converge(PLAIN)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}
    bench.client("s3").put_bucket_encryption(Bucket="imagery", ServerSideEncryptionConfiguration={"Rules": [rule]})
    bench.settled()
    bench.converge(edited(PLAIN, "buckets/imagery/encryption", {"kms_key": KEY}))
    shown = bench.client("s3").get_bucket_encryption(Bucket="imagery")["ServerSideEncryptionConfiguration"]["Rules"][0]
    bench.same("refused kinds", shown.get("BlockedEncryptionTypes"), {"EncryptionType": ["NONE"]})
    bench.same("key", at(bench.live(), "buckets/imagery/Encryption"), kms(KEY))


def ignored(bench: Bench) -> None:
    """What `ignore:` names is set when the bucket is made, and then kept as it is."""
    entry = {"versioning": True, "policy": READ, "cors": [ANYBODY], "ignore": ["policy", "cors", "tags.cost-*"]}
    bench.converge(file(buckets={"imagery": entry}))
    s3 = bench.client("s3")
    s3.put_bucket_policy(Bucket="imagery", Policy=json.dumps(WRITE))
    s3.delete_bucket_cors(Bucket="imagery")
    s3.put_bucket_tagging(Bucket="imagery", Tagging=on_imagery({"cost-center": "7"}))
    edited_by_hand = bench.live()
    bench.settled()
    bench.apply()
    bench.same("the account", bench.live(), edited_by_hand)


def logs_in_turn(bench: Bench) -> None:
    """The bucket of the logs and its policy come before it is named; its deletion while it is named is refused."""
    target = {"name": "last-here", "policy": [LOGS["policy"]["Statement"][0] | {"Resource": "arn:aws:s3:::last-here/*"}]}
    loggers = {f"a{number}": {"name": f"first-{number}", "logging": {"target_bucket": "zzz"}} for number in range(4)}
    bench.converge(file(buckets=loggers | {"zzz": target}))
    bench.same("logging", at(bench.live(), "buckets/first-3/Logging/TargetBucket"), "last-here")
    before = bench.live()
    by_name = {key: one | {"logging": {"target_bucket": "last-here"}} for key, one in loggers.items()}
    bench.write(file(buckets=by_name, absent={"buckets": ["last-here"]}))
    bench.shows(bench.apply("--allow", "mass-change", code=4), "last-here")
    bench.same("after the refusal", bench.live(), before)


def killed(bench: Bench) -> None:
    """Killed while making buckets with everything; the next apply needs no word and ends as an undisturbed one."""
    prepared(bench)
    bench.converge(FULL)
    wanted, count = bench.live(), 0
    for moment in moments(bench.seed + 3, 22):
        bench.backend.fresh()
        prepared(bench)
        bench.write(FULL)
        count += bench.run_killed(moment, "apply", "--yes")
        recovers(bench, wanted, f"killed after {moment} announcements")
    at_least_half(bench, count)


ROWS = [*SMALL_ROWS, *WEBSITE_ROWS, *LIFECYCLE_ROWS, *OTHER_ROWS, *NOTIFICATION_ROWS]
CASES = [
    *[one.case() for one in ROWS + HANDS + WRITTEN_HANDS + HELD],
    Case("edit/bucket-everything", whole, EVERYWHERE),
    Case("edit/bucket-notification-permission", permission),
    Case("edit/bucket-objects", seeds),
    Case("edit/bucket-lifecycle-smallest", minimum_kept),
    Case("edit/bucket-encryption-refused-kinds", blocked_kinds_kept),
    Case("edit/bucket-system-tags", system_tags),
    Case("edit/bucket-logs-in-turn", logs_in_turn),
    Case("edit/bucket-public", public),
    Case("edit/bucket-public-later", public_later),
    Case("edit/bucket-public-but-blocked", public_but_blocked),
    Case("edit/bucket-elsewhere", elsewhere),
    Case("by-hand/bucket-objects", seeds_by_hand),
    Case("by-hand/bucket-ignored", ignored),
    Case("adoption/bucket", adoption_refused),
    Case("adoption/bucket-as-written", adopted_as_written),
    Case("adoption/bucket-fresh", adopted_fresh),
    Case("adoption/bucket-filled", filled_is_not_fresh),
    Case("adoption/bucket-contested", contested),
    Case("adoption/bucket-elsewhere", adopted_elsewhere),
    Case("replace/bucket-region", moved),
    Case("absent/bucket-empty", absent_empty),
    Case("absent/bucket-full", absent_full),
    Case("absent/bucket-markers", absent_markers),
    Case("absent/bucket-contested", partial(absent_never, "other")),
    Case("absent/bucket-foreign", partial(absent_never, None)),
    Case("absent/bucket-protected", absent_protected),
    Case("killed/bucket", killed, EVERYWHERE),
]
