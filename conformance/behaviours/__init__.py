"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    iam_account,
    iam_roles,
    iam_users,
    sts,
)

ALL = [
    *iam_account.TABLE.cases,
    *iam_roles.TABLE.cases,
    *iam_users.TABLE.cases,
    *sts.TABLE.cases,
]
