"""How AWS answers, behaviour by behaviour, tried on the sandbox with boto3."""

from . import (
    calls,
    events_buses,
    events_rules,
    iam_account,
    iam_credentials,
    iam_lag,
    iam_roles,
    iam_users,
    sandbox_command,
    server,
    sts,
)

ALL = [
    *calls.TABLE.cases,
    *events_buses.TABLE.cases,
    *events_rules.TABLE.cases,
    *iam_account.TABLE.cases,
    *iam_credentials.TABLE.cases,
    *iam_lag.TABLE.cases,
    *iam_roles.TABLE.cases,
    *iam_users.TABLE.cases,
    *sandbox_command.TABLE.cases,
    *server.TABLE.cases,
    *sts.TABLE.cases,
]
