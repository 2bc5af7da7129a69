"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    sandbox_command,
    server,
    calls,
    sts,
)

ALL = [
    *sandbox_command.TABLE.cases,
    *server.TABLE.cases,
    *calls.TABLE.cases,
    *sts.TABLE.cases,
]
