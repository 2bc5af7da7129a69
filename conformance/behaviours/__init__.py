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
    *sts.TABLE.cases,
]
