"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    iam_users,
    sts,
)

ALL = [
    *iam_users.TABLE.cases,
    *sts.TABLE.cases,
]
