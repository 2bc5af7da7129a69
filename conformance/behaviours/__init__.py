"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    calls,
    events_buses,
    events_rules,
    sandbox_command,
    server,
    sts,
)

ALL = [
    *calls.TABLE.cases,
    *events_buses.TABLE.cases,
    *events_rules.TABLE.cases,
    *sandbox_command.TABLE.cases,
    *server.TABLE.cases,
    *sts.TABLE.cases,
]
