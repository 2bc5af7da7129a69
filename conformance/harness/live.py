"""The account as boto3 sees it, in AWS's own words.

It shares no code with the tool, so what the tool believes to have written is checked by somebody else.
"""

from collections.abc import Callable

MANAGED = "arn:aws:iam::aws:"


def read(client: Callable) -> dict:
    """Everything of the kinds that the tool models."""
    iam = client("iam")
    return {
        "policies": {one["PolicyName"]: policy(iam, one["Arn"]) for one in pages(iam, "list_policies", "Policies", Scope="Local")},
        "roles": {one["RoleName"]: role(iam, one["RoleName"]) for one in pages(iam, "list_roles", "Roles")},
        "users": {one["UserName"]: user(iam, one["UserName"]) for one in pages(iam, "list_users", "Users")},
        "groups": {one["GroupName"]: group(iam, one["GroupName"]) for one in pages(iam, "list_groups", "Groups")},
    }


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
        "Description": found.get("Description", ""),
        "AssumeRolePolicyDocument": found["AssumeRolePolicyDocument"],
        "MaxSessionDuration": found["MaxSessionDuration"],
        "InstanceProfiles": sorted(one["InstanceProfileName"] for one in profiles),
        "PermissionsBoundary": boundary(found),
        "Tags": tags(iam.list_role_tags(RoleName=name)["Tags"]),
    } | held(iam, "role", "RoleName", name)


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
