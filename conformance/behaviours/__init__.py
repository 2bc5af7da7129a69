"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    s3_buckets,
    s3_lag,
    s3_objects,
    s3_policies,
    s3_rules,
    s3_settings,
    sandbox_command,
    server,
    calls,
    iam_account,
    iam_credentials,
    iam_lag,
    iam_roles,
    iam_users,
    sts,
)

ALL = [
    *s3_buckets.TABLE.cases,
    *s3_lag.TABLE.cases,
    *s3_objects.TABLE.cases,
    *s3_policies.TABLE.cases,
    *s3_rules.TABLE.cases,
    *s3_settings.TABLE.cases,
    *sandbox_command.TABLE.cases,
    *server.TABLE.cases,
    *calls.TABLE.cases,
    *iam_account.TABLE.cases,
    *iam_credentials.TABLE.cases,
    *iam_lag.TABLE.cases,
    *iam_roles.TABLE.cases,
    *iam_users.TABLE.cases,
    *sts.TABLE.cases,
]
