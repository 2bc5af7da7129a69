"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    calls,
    sandbox_command,
    server,
    sts,
)

ALL = [
    *calls.TABLE.cases,
    *sandbox_command.TABLE.cases,
    *server.TABLE.cases,
    *sts.TABLE.cases,
]
