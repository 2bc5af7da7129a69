"""moto's server with three slips of moto 5.2 mended, and nothing else changed.

It calls the root of some of S3's answers after the operation where S3 has a name of its own for it; boto3 looks only at what is
inside, but SDKs that check the root refuse such an answer. Its list of buckets does not tell their regions. And
GetAccountAuthorizationDetails has managed policies without name and id.
"""

import sys

from moto.core.serialize import S3Serializer
from moto.iam.models import ManagedPolicy
from moto.s3.models import s3_backends
from moto.server import main

# By moto's name for the operation; the roots as the API reference of S3 shows them.
ROOTS = {
    "GetBucketAccelerateConfiguration": "AccelerateConfiguration",
    "GetBucketNotification": "NotificationConfiguration",
    "GetBucketVersioning": "VersioningConfiguration",
}

written_by_moto = S3Serializer._serialize_body


def mended(self: S3Serializer, body: dict) -> str:
    """The same answer under the name that S3 gives it, and with the regions of listed buckets."""
    operation = self.operation_model.name
    named = {ROOTS.get(operation, key) if key == f"{operation}Response" else key: value for key, value in body.items()}
    if operation == "ListBuckets":
        buckets = body.get("ListAllMyBucketsResult", {}).get("Buckets") or {}
        for bucket in buckets.get("Bucket", []):
            bucket["BucketRegion"] = region_of(bucket["Name"])
    return written_by_moto(self, named)


def region_of(bucket: str) -> str:
    """Where a bucket is."""
    partition, account = s3_backends.bucket_accounts[bucket]
    return s3_backends[account][partition].buckets[bucket].region_name


if __name__ == "__main__":
    S3Serializer._serialize_body = mended
    ManagedPolicy.policy_name = property(lambda policy: policy.name)
    ManagedPolicy.policy_id = property(lambda policy: policy.id)
    sys.exit(main())
