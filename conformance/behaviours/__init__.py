"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    iam_documents,
    sts,
)

ALL = [
    *iam_documents.TABLE.cases,
    *sts.TABLE.cases,
]
