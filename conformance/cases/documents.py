"""Pieces that several cases write: documents, ARNs, whole files."""

import copy

from harness.backends import ACCOUNT, REGION

OWNER = "evenkeel:environment"
PROTECT = "evenkeel:protect"
ENVIRONMENT = "conformance"
REMOVED = object()


def allow(*actions: str, resource: str = "*") -> dict:
    """A document that allows actions."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


def deny(*actions: str) -> dict:
    """A document that denies actions."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": list(actions), "Resource": "*"}]}


def trusts(service: str) -> dict:
    """The trust policy behind `trust: SERVICE`."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy_arn(name: str, path: str = "/") -> str:
    """The ARN of a customer managed policy."""
    return f"arn:aws:iam::{ACCOUNT}:policy{path}{name}"


def managed_arn(name: str) -> str:
    """The ARN of one of AWS's own policies."""
    return f"arn:aws:iam::aws:policy/{name}"


def file(**sections: dict) -> dict:
    """An environment file with these sections."""
    header = {"version": 1, "environment": ENVIRONMENT, "account": ACCOUNT, "region": REGION}
    return header | sections


def edited(environment: dict, path: str, value: object) -> dict:
    """A copy of a file in which one place says something else, or nothing."""
    copied = copy.deepcopy(environment)
    *parents, last = path.split("/")
    table = copied
    for step in parents:
        table = table.setdefault(step, {})
    if value is REMOVED:
        table.pop(last, None)
    else:
        table[last] = value
    return copied
