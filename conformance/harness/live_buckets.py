"""Buckets as boto3 sees them, every setting in S3's own words; what a bucket does not have is `None`."""

import json
from collections.abc import Callable

from botocore.exceptions import ClientError

# The codes with which S3 says that a bucket has no such setting.
NONE = {
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "NoSuchWebsiteConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


def read(client: Callable, home: str) -> dict:
    """Every bucket of the account, each asked in its own region; what S3 itself has logged is left out, since reading adds to it."""
    found = {one["Name"]: bucket(client, one["Name"], home) for one in client("s3", home).list_buckets()["Buckets"]}
    for target in {one["Logging"]["TargetBucket"] for one in found.values() if one["Logging"]} & found.keys():
        found[target] |= {"Objects": {}, "Versions": {}}
    return found


def bucket(client: Callable, name: str, home: str) -> dict:
    """A bucket with its settings, its tags and what lies in it."""
    region = client("s3", home).get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
    s3 = client("s3", region)

    def get(operation: str) -> dict:
        try:
            answer = getattr(s3, operation)(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in NONE:
                raise
            return {}
        answer.pop("ResponseMetadata")
        return answer

    policy = get("get_bucket_policy").get("Policy")
    ownership = get("get_bucket_ownership_controls").get("OwnershipControls")
    lifecycle = get("get_bucket_lifecycle_configuration")
    return {
        "Region": region,
        "Versioning": get("get_bucket_versioning").get("Status"),
        "Encryption": encryption(get("get_bucket_encryption")),
        "PublicAccessBlock": get("get_public_access_block").get("PublicAccessBlockConfiguration"),
        "Ownership": ownership["Rules"][0]["ObjectOwnership"] if ownership else None,
        "Policy": json.loads(policy) if policy else None,
        "IsPublic": get("get_bucket_policy_status").get("PolicyStatus", {}).get("IsPublic"),
        "Website": get("get_bucket_website") or None,
        "Cors": get("get_bucket_cors").get("CORSRules"),
        "Lifecycle": sorted(lifecycle.get("Rules", []), key=lambda rule: rule.get("ID", "")) or None,
        "SmallestMoved": lifecycle.get("TransitionDefaultMinimumObjectSize"),
        "Logging": get("get_bucket_logging").get("LoggingEnabled"),
        "Notifications": notifications(get("get_bucket_notification_configuration")),
        "Tags": {tag["Key"]: tag["Value"] for tag in get("get_bucket_tagging").get("TagSet", [])},
        "Objects": objects(s3, name),
        "Versions": versions(s3, name),
    }


def notifications(answer: dict) -> dict:
    """Who is told of what. S3 writes `Prefix` and `Suffix` whatever was put; moto gives back what it got."""
    for destinations in answer.values():
        for one in destinations if isinstance(destinations, list) else ():
            for rule in one.get("Filter", {}).get("Key", {}).get("FilterRules", []):
                rule["Name"] = rule["Name"].capitalize()
    return answer


def encryption(answer: dict) -> dict:
    """How new objects are encrypted, as one mapping. Without a rule it is by S3's own keys, which moto does not write down."""
    if not answer:
        return {"SSEAlgorithm": "AES256", "BucketKeyEnabled": False}
    rule = answer["ServerSideEncryptionConfiguration"]["Rules"][0]
    return rule["ApplyServerSideEncryptionByDefault"] | {"BucketKeyEnabled": rule.get("BucketKeyEnabled", False)}


def objects(s3, name: str) -> dict:
    """What lies in a bucket, by key, with type and text."""
    keys = [one["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name) for one in page.get("Contents", [])]
    found = {key: s3.get_object(Bucket=name, Key=key) for key in keys}
    return {key: {"ContentType": one["ContentType"], "Body": one["Body"].read().decode()} for key, one in found.items()}


def versions(s3, name: str) -> dict[str, int]:
    """How many versions and delete markers each key has."""
    counts: dict[str, int] = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            counts[one["Key"]] = counts.get(one["Key"], 0) + 1
    return counts
