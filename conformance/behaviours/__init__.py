"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    lambda_functions,
    lambda_surroundings,
    sandbox_command,
    server,
    sts,
)

ALL = [
    *lambda_functions.TABLE.cases,
    *lambda_surroundings.TABLE.cases,
    *sandbox_command.TABLE.cases,
    *server.TABLE.cases,
    *sts.TABLE.cases,
]
