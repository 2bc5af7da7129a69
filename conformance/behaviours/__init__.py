"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    sts,
)

ALL = [
    *sts.TABLE.cases,
]
