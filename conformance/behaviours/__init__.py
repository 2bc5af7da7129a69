"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    s3_buckets,
    s3_objects,
    s3_policies,
    s3_settings,
    sts,
)

ALL = [
    *s3_buckets.TABLE.cases,
    *s3_objects.TABLE.cases,
    *s3_policies.TABLE.cases,
    *s3_settings.TABLE.cases,
    *sts.TABLE.cases,
]
