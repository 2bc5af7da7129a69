"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    calls,
    events_buses,
    events_rules,
    sts,
)

ALL = [
    *calls.TABLE.cases,
    *events_buses.TABLE.cases,
    *events_rules.TABLE.cases,
    *sts.TABLE.cases,
]
