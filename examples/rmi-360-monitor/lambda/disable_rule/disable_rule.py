"""Switches an EventBridge rule off: {"rule": "NAME"}."""


def handler(event, _context):
    import boto3  # part of Lambda's Python runtimes

    boto3.client("events").disable_rule(Name=event["rule"])
    return {"disabled": event["rule"]}
