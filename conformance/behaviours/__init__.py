"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    calls,
    sts,
)

ALL = [
    *calls.TABLE.cases,
    *sts.TABLE.cases,
]
