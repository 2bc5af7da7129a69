"""The account as boto3 sees it, in AWS's own words.

It shares no code with the tool, so what the tool believes to have written is checked by somebody else.
"""

import json
from collections.abc import Callable

from . import live_buckets

REGIONS = ("us-east-1", "ap-southeast-2", "eu-central-1")
LINKED = "/aws-service-role/"


def read(client: Callable) -> dict:
    """Everything of the kinds that the tool models; functions, rules, buses of the regions that the cases use."""
    account = identities(client("iam")) | {"buckets": live_buckets.read(client, REGIONS[0]), "functions": {}, "rules": {}, "buses": {}}
    for region in REGIONS:
        account["functions"] |= functions(client("lambda", region), region)
        account["rules"] |= rules(client("events", region), region)
        account["buses"] |= buses(client("events", region), region)
    return account


def identities(iam) -> dict:
    """What IAM has."""
    paths = {one["RoleName"]: one["Path"] for one in pages(iam, "list_roles", "Roles")}
    return {
        "policies": {one["PolicyName"]: policy(iam, one["Arn"]) for one in pages(iam, "list_policies", "Policies", Scope="Local")},
        "roles": {name: role(iam, name) for name, path in paths.items() if not path.startswith(LINKED)},
        "service_linked_roles": linked_roles(iam, paths),
        "users": {one["UserName"]: user(iam, one["UserName"]) for one in pages(iam, "list_users", "Users")},
        "groups": {one["GroupName"]: group(iam, one["GroupName"]) for one in pages(iam, "list_groups", "Groups")},
        "account": {"Alias": next(iter(iam.list_account_aliases()["AccountAliases"]), None), "PasswordPolicy": password_policy(iam)},
        "oidc_providers": oidc_providers(iam),
    }


def password_policy(iam) -> dict | None:
    """The account's rule for passwords; numbers that are not set are shown as nothing."""
    try:
        found = iam.get_account_password_policy()["PasswordPolicy"]
    except iam.exceptions.NoSuchEntityException:
        return None
    plain = {key: value for key, value in found.items() if key != "ExpirePasswords"}
    numbers = {key: found.get(key) or None for key in ("MaxPasswordAge", "PasswordReusePrevention")}
    return plain | numbers | {"HardExpiry": found.get("HardExpiry") or False}


def pages(client, operation: str, key: str, **given: object) -> list:
    """The items of all pages."""
    return [item for page in client.get_paginator(operation).paginate(**given) for item in page[key]]


def tags(listed: list[dict]) -> dict[str, str]:
    """Tags as a mapping."""
    return {tag["Key"]: tag["Value"] for tag in listed}


def policy(iam, arn: str) -> dict:
    """A customer managed policy with the document in force and the names of all versions."""
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    versions = pages(iam, "list_policy_versions", "Versions", PolicyArn=arn)
    return {
        "Path": found["Path"],
        "Description": found.get("Description", ""),
        "Document": version["Document"],
        "DefaultVersionId": found["DefaultVersionId"],
        "Versions": sorted(one["VersionId"] for one in versions),
        "Tags": tags(iam.list_policy_tags(PolicyArn=arn)["Tags"]),
    }


def role(iam, name: str) -> dict:
    """A role with everything that hangs on it."""
    found = iam.get_role(RoleName=name)["Role"]
    profiles = pages(iam, "list_instance_profiles_for_role", "InstanceProfiles", RoleName=name)
    return {
        "Path": found["Path"],
        "Description": found.get("Description") or "",
        "AssumeRolePolicyDocument": found["AssumeRolePolicyDocument"],
        "MaxSessionDuration": found["MaxSessionDuration"],
        "InstanceProfiles": sorted(one["InstanceProfileName"] for one in profiles),
        "PermissionsBoundary": boundary(found),
        "Tags": tags(iam.list_role_tags(RoleName=name)["Tags"]),
    } | held(iam, "role", "RoleName", name)


def linked_roles(iam, paths: dict[str, str]) -> dict:
    """The service-linked roles by service, since every simulator gives them names of its own."""
    found: dict[str, dict] = {}
    for name, path in sorted(paths.items()):
        if path.startswith(LINKED):
            one, seen = role(iam, name), found.setdefault(path.removeprefix(LINKED).strip("/"), {"Names": [], "Descriptions": [], "Tags": {}})
            seen["Names"].append(name)
            seen["Descriptions"] = sorted([*seen["Descriptions"], one["Description"]])
            seen["Tags"] |= one["Tags"]
    return found


def user(iam, name: str) -> dict:
    """A user with everything that hangs on it."""
    found = iam.get_user(UserName=name)["User"]
    return {
        "Path": found["Path"],
        "PermissionsBoundary": boundary(found),
        "Groups": sorted(one["GroupName"] for one in pages(iam, "list_groups_for_user", "Groups", UserName=name)),
        "AccessKeys": sorted(one["Status"] for one in pages(iam, "list_access_keys", "AccessKeyMetadata", UserName=name)),
        "LoginProfile": login_profile(iam, name),
        "Tags": tags(iam.list_user_tags(UserName=name)["Tags"]),
    } | held(iam, "user", "UserName", name)


def login_profile(iam, name: str) -> dict | None:
    """Whether a user has a password, and whether it must be changed."""
    try:
        found = iam.get_login_profile(UserName=name)["LoginProfile"]
    except iam.exceptions.NoSuchEntityException:
        return None
    return {"PasswordResetRequired": found.get("PasswordResetRequired", False)}


def group(iam, name: str) -> dict:
    """A group with its members and policies."""
    found = iam.get_group(GroupName=name)
    return {
        "Path": found["Group"]["Path"],
        "Members": sorted(one["UserName"] for one in found["Users"]),
    } | held(iam, "group", "GroupName", name)


def oidc_providers(iam) -> dict:
    """The OIDC providers by host; their URLs come without a scheme."""
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    found = [iam.get_open_id_connect_provider(OpenIDConnectProviderArn=one["Arn"]) for one in listed]
    return {
        one["Url"].removeprefix("https://"): {
            "Audiences": sorted(one["ClientIDList"]),
            "Thumbprints": sorted(one["ThumbprintList"]),
            "Tags": tags(one.get("Tags", [])),
        }
        for one in found
    }


def functions(client, region: str) -> dict:
    """The functions of a region."""
    listed = pages(client, "list_functions", "Functions")
    return {one["FunctionName"]: function(client, one["FunctionName"], region) for one in listed}


def function(client, name: str, region: str) -> dict:
    """A function with its settings, its policy by statement and its tags."""
    found = client.get_function(FunctionName=name)
    settings = found["Configuration"]
    plain = {key: settings.get(key) for key in ("Runtime", "Handler", "Role", "MemorySize", "Timeout", "CodeSha256")}
    return plain | {
        "Region": region,
        "Description": settings.get("Description", ""),
        "Architectures": settings.get("Architectures"),
        "EphemeralStorage": settings.get("EphemeralStorage", {}).get("Size"),
        "Environment": settings.get("Environment", {}).get("Variables", {}),
        "KMSKeyArn": settings.get("KMSKeyArn"),
        "Layers": [layer["Arn"] for layer in settings.get("Layers", [])],
        "Tracing": settings.get("TracingConfig", {}).get("Mode"),
        "DeadLetter": settings.get("DeadLetterConfig", {}).get("TargetArn"),
        "Subnets": sorted(settings.get("VpcConfig", {}).get("SubnetIds", [])),
        "SecurityGroups": sorted(settings.get("VpcConfig", {}).get("SecurityGroupIds", [])),
        "Logging": settings.get("LoggingConfig"),
        "Concurrency": found.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
        "Statements": statements(client, name),
        "Tags": found.get("Tags", {}),
    }


def statements(client, name: str) -> dict:
    """A function's own policy by statement id; none and no policy are the same."""
    try:
        document = json.loads(client.get_policy(FunctionName=name)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return {}
    return {one.pop("Sid"): one for one in document["Statement"]}


def buses(client, region: str) -> dict:
    """The buses of a region; the default one where it holds something."""
    found = {bus["Name"]: bus_of(client, bus["Name"], region) for bus in client.list_event_buses()["EventBuses"]}
    return {name: one for name, one in found.items() if name != "default" or one["Policy"] or one["Tags"]}


def bus_of(client, name: str, region: str) -> dict:
    """A bus with its policy and its tags."""
    found = client.describe_event_bus(Name=name)
    return {
        "Region": region,
        "Description": found.get("Description") or "",
        "Policy": json.loads(found["Policy"]) if found.get("Policy") else None,
        "DeadLetter": found.get("DeadLetterConfig", {}).get("Arn"),
        "Tags": tags(client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
    }


def rules(client, region: str) -> dict:
    """The rules of all buses of a region."""
    names = [bus["Name"] for bus in client.list_event_buses()["EventBuses"]]
    return {
        one["Name"]: rule(client, bus, one["Name"], region)
        for bus in names
        for one in client.list_rules(EventBusName=bus)["Rules"]
    }


def rule(client, bus: str, name: str, region: str) -> dict:
    """A rule with its targets by id and its tags."""
    found = client.describe_rule(Name=name, EventBusName=bus)
    targets = client.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
    pattern = found.get("EventPattern")
    return {
        "Region": region,
        "Bus": bus,
        "Schedule": found.get("ScheduleExpression"),
        "Pattern": json.loads(pattern) if pattern else None,
        "Description": found.get("Description") or "",
        "State": found["State"],
        "Role": found.get("RoleArn"),
        "Targets": {one.pop("Id"): one for one in targets},
        "Tags": tags(client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
    }


def boundary(found: dict) -> str | None:
    """The boundary's ARN."""
    return found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")


def held(iam, kind: str, key: str, name: str) -> dict:
    """Attached and inline policies of a principal."""
    attached = pages(iam, f"list_attached_{kind}_policies", "AttachedPolicies", **{key: name})
    names = pages(iam, f"list_{kind}_policies", "PolicyNames", **{key: name})
    get = getattr(iam, f"get_{kind}_policy")
    return {
        "AttachedPolicies": sorted(one["PolicyArn"] for one in attached),
        "InlinePolicies": {inline: get(**{key: name, "PolicyName": inline})["PolicyDocument"] for inline in names},
    }


def at(account: dict, path: str) -> object:
    """The value at a path such as `roles/app/Description`; `None` where there is nothing."""
    value: object = account
    for step in path.split("/"):
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value
