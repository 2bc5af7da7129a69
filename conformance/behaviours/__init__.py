"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    iam_attachments,
    iam_documents,
    iam_linked,
    iam_policies,
    iam_providers,
    iam_reach,
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
    *iam_attachments.TABLE.cases,
    *iam_documents.TABLE.cases,
    *iam_linked.TABLE.cases,
    *iam_policies.TABLE.cases,
    *iam_providers.TABLE.cases,
    *iam_reach.TABLE.cases,
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
