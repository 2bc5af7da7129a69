"""IAM: attached and inline policies of users, groups and roles, and permissions boundaries."""

import json

from .account import READ_ALL, Account, policy
from .table import Table

TABLE = Table("iam-attachments")

MET = "met at AWS in 2025 and 2026 (LocalStack's recordings)"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
NOWHERE = "arn:aws:iam::123456789012:policy/nowhere"
HOLDERS = {"user": {"UserName": "ada"}, "group": {"GroupName": "team"}, "role": {"RoleName": "worker"}}


def furnished(account: Account) -> None:
    """Makes one holder of each sort."""
    account.user(), account.group(), account.role()


def call(account: Account, pattern: str, sort: str):
    """The operation on one sort of holder: `attach_{}_policy`."""
    return getattr(account.iam, pattern.format(sort))


@TABLE.behaviour("API reference, AttachRolePolicy")
def attaching_twice_is_attaching_once(account: Account) -> None:
    furnished(account)
    arn = account.policy(Path="/x/")
    for sort, named in HOLDERS.items():
        for _ in range(2):
            call(account, "attach_{}_policy", sort)(PolicyArn=arn, **named)
        shown = call(account, "list_attached_{}_policies", sort)(**named)
        account.same((shown["AttachedPolicies"], shown["IsTruncated"]), ([{"PolicyName": "reading", "PolicyArn": arn}], False))
    account.same(account.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"], 3)


@TABLE.behaviour("API reference, DetachRolePolicy; " + MET)
def detaching_what_is_not_attached_is_no_such_entity(account: Account) -> None:
    furnished(account)
    arn = account.policy()
    for sort, named in HOLDERS.items():
        account.refused(call(account, "detach_{}_policy", sort), "NoSuchEntity", 404, f"Policy {arn} was not found.", PolicyArn=arn, **named)


@TABLE.behaviour("API reference, AttachRolePolicy; " + MET)
def only_what_exists_can_be_attached(account: Account) -> None:
    furnished(account)
    for sort, named in HOLDERS.items():
        attach = call(account, "attach_{}_policy", sort)
        account.refused(attach, "NoSuchEntity", 404, f"Policy {NOWHERE} does not exist or is not attachable.", PolicyArn=NOWHERE, **named)
        account.refused(attach, "ValidationError", 400, "ARN long-policy-name-but-no-arn is not valid.", PolicyArn="long-policy-name-but-no-arn", **named)
        account.refused(attach, "NoSuchEntity", 404, "is not attachable", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", **named)
        account.refused(attach, "ValidationError", 400, "policyArn", PolicyArn="short", **named)


TABLE.refusals(
    "iam",
    "API reference, AttachUserPolicy, AttachGroupPolicy, AttachRolePolicy",
    ("a-user-that-is-not-there-gets-no-policy", "attach_user_policy", {"UserName": "eve", "PolicyArn": ADMINISTRATOR}, "NoSuchEntity", 404, "The user with name eve cannot be found."),
    ("a-group-that-is-not-there-gets-no-policy", "attach_group_policy", {"GroupName": "eve", "PolicyArn": ADMINISTRATOR}, "NoSuchEntity", 404, "The group with name eve cannot be found."),
    ("a-role-that-is-not-there-gets-no-policy", "attach_role_policy", {"RoleName": "eve", "PolicyArn": ADMINISTRATOR}, "NoSuchEntity", 404, "The role with name eve cannot be found."),
    ("a-role-that-is-not-there-gets-no-inline-policy", "put_role_policy", {"RoleName": "eve", "PolicyName": "x", "PolicyDocument": READ_ALL}, "NoSuchEntity", 404, "The role with name eve cannot be found."),
    ("a-role-that-is-not-there-has-no-inline-policies", "list_role_policies", {"RoleName": "eve"}, "NoSuchEntity", 404, "The role with name eve cannot be found."),
    ("a-role-that-is-not-there-gets-no-boundary", "put_role_permissions_boundary", {"RoleName": "eve", "PermissionsBoundary": ADMINISTRATOR}, "NoSuchEntity", 404, "The role with name eve cannot be found."),
)


@TABLE.behaviour("aws/aws-cdk#6131; API reference, PolicyNotAttachable")
def policies_of_service_linked_roles_cannot_be_attached(account: Account) -> None:
    account.role()
    arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"
    account.refused(
        account.iam.attach_role_policy, "PolicyNotAttachable", 400, "Cannot attach a Service Role Policy to a Customer Role.",
        RoleName="worker", PolicyArn=arn,
    )
    account.same(account.iam.get_policy(PolicyArn=arn)["Policy"]["Path"], "/aws-service-role/")


@TABLE.behaviour("IAM User Guide, Deprecated AWS managed policies")
def deprecated_policies_cannot_be_attached_and_are_not_listed(account: Account) -> None:
    account.role()
    gone = "arn:aws:iam::aws:policy/AWSLambdaFullAccess"
    account.refused(account.iam.attach_role_policy, "NoSuchEntity", 404, "does not exist or is not attachable", RoleName="worker", PolicyArn=gone)
    account.iam.attach_role_policy(RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/AWSLambda_FullAccess")
    pages = account.iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 1000})
    names = [each["PolicyName"] for page in pages for each in page["Policies"]]
    account.true("AWSLambda_FullAccess" in names and "AWSLambdaFullAccess" not in names and len(names) > 1500, f"{len(names)} policies")


@TABLE.behaviour("IAM User Guide, IAM and STS quotas: 10 managed policies")
def an_eleventh_policy_is_over_the_quota(account: Account) -> None:
    furnished(account)
    arns = [account.policy(f"p{number}") for number in range(11)]
    for sort, named in HOLDERS.items():
        attach = call(account, "attach_{}_policy", sort)
        for arn in arns[:10]:
            attach(PolicyArn=arn, **named)
        attach(PolicyArn=arns[0], **named)
        account.refused(attach, "LimitExceeded", 409, f"Cannot exceed quota for PoliciesPer{sort.capitalize()}: 10", PolicyArn=arns[10], **named)


@TABLE.behaviour("API reference, ListAttachedRolePolicies")
def attached_policies_are_listed_by_path_and_in_pages(account: Account) -> None:
    furnished(account)
    for number in range(3):
        arn = account.policy(f"p{number}", Path="/deep/" if number else "/")
        for sort, named in HOLDERS.items():
            call(account, "attach_{}_policy", sort)(PolicyArn=arn, **named)
    for sort, named in HOLDERS.items():
        attached = call(account, "list_attached_{}_policies", sort)
        account.same([each["PolicyName"] for each in attached(PathPrefix="/deep/", **named)["AttachedPolicies"]], ["p1", "p2"])
        first = attached(MaxItems=2, **named)
        rest = attached(MaxItems=2, Marker=first["Marker"], **named)
        account.same({each["PolicyName"] for each in first["AttachedPolicies"] + rest["AttachedPolicies"]}, {"p0", "p1", "p2"})
        account.same((first["IsTruncated"], rest["IsTruncated"]), (True, False))


@TABLE.behaviour("API reference, DeletePolicy; gruntwork-io/cloud-nuke#972")
def a_policy_in_use_cannot_be_deleted(account: Account) -> None:
    furnished(account)
    arn = account.policy()
    conflict = "Cannot delete a policy attached to entities."
    for sort, named in HOLDERS.items():
        call(account, "attach_{}_policy", sort)(PolicyArn=arn, **named)
        account.refused(account.iam.delete_policy, "DeleteConflict", 409, conflict, PolicyArn=arn)
        call(account, "detach_{}_policy", sort)(PolicyArn=arn, **named)
    account.iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=arn)
    account.refused(account.iam.delete_policy, "DeleteConflict", 409, conflict, PolicyArn=arn)
    account.iam.delete_user_permissions_boundary(UserName="ada")
    account.iam.delete_policy(PolicyArn=arn)


@TABLE.behaviour("API reference, PutRolePolicy, GetRolePolicy; " + MET)
def an_inline_policy_is_put_read_replaced_and_deleted(account: Account) -> None:
    furnished(account)
    other = policy({"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "*"})
    for sort, named in HOLDERS.items():
        for document in (READ_ALL, other):
            call(account, "put_{}_policy", sort)(PolicyName="In.line", PolicyDocument=document, **named)
        shown = call(account, "get_{}_policy", sort)(PolicyName="In.line", **named)
        account.same((shown["PolicyName"], shown["PolicyDocument"]), ("In.line", json.loads(other)))
        account.same({key: shown[key] for key in named}, named)
        account.same(call(account, "list_{}_policies", sort)(**named)["PolicyNames"], ["In.line"])
        call(account, "delete_{}_policy", sort)(PolicyName="In.line", **named)
        for pattern in ("get_{}_policy", "delete_{}_policy"):
            account.refused(
                call(account, pattern, sort), "NoSuchEntity", 404, f"The {sort} policy with name In.line cannot be found.", PolicyName="In.line", **named
            )


@TABLE.behaviour("IAM User Guide, IAM and STS quotas: inline policies together, white space not counted")
def inline_policies_together_have_a_size(account: Account) -> None:
    furnished(account)
    bare = len(policy({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::"}).replace(" ", ""))

    def sized(size: int) -> str:
        return policy({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::" + "x" * (size - bare)}) + " " * 2000

    for sort, most in (("user", 2048), ("group", 5120), ("role", 10240)):
        put, (name,) = call(account, "put_{}_policy", sort), HOLDERS[sort].values()
        put(PolicyName="one", PolicyDocument=sized(most - 500), **HOLDERS[sort])
        put(PolicyName="two", PolicyDocument=sized(500), **HOLDERS[sort])
        account.refused(
            put, "LimitExceeded", 409, f"Maximum policy size of {most} bytes exceeded for {sort} {name}",
            PolicyName="two", PolicyDocument=sized(501), **HOLDERS[sort],
        )


@TABLE.behaviour("service model of IAM, PutUserPolicy")
def names_of_inline_policies_are_checked(account: Account) -> None:
    account.user()
    for wrong in ("a b", "x" * 129, "a/b", ""):
        account.refused(account.iam.put_user_policy, "ValidationError", 400, "policyName", UserName="ada", PolicyName=wrong, PolicyDocument=READ_ALL)


@TABLE.behaviour("API reference, PutRolePermissionsBoundary; " + MET)
def a_boundary_is_put_shown_and_taken_off(account: Account) -> None:
    arn = account.policy()
    account.user(), account.role()
    for sort, named, member in (("user", {"UserName": "ada"}, "User"), ("role", {"RoleName": "worker"}, "Role")):
        put, take = call(account, "put_{}_permissions_boundary", sort), call(account, "delete_{}_permissions_boundary", sort)
        put(PermissionsBoundary=arn, **named)
        put(PermissionsBoundary=ADMINISTRATOR, **named)
        shown = call(account, "get_{}", sort)(**named)[member]["PermissionsBoundary"]
        account.same(shown, {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": ADMINISTRATOR})
        take(**named)
        account.true("PermissionsBoundary" not in call(account, "get_{}", sort)(**named)[member], "the boundary is still there")
        account.refused(put, "NoSuchEntity", 404, f"Scope ARN: {NOWHERE} does not exist or is not attachable.", PermissionsBoundary=NOWHERE, **named)
        account.refused(put, "InvalidInput", 400, "is not valid.", PermissionsBoundary=account.arn("not_a_policy/invalid"), **named)


@TABLE.behaviour(MET)
def a_role_is_made_with_a_boundary_or_not_at_all(account: Account) -> None:
    arn = account.policy()
    made = account.role(PermissionsBoundary=arn)
    account.same(made["PermissionsBoundary"]["PermissionsBoundaryArn"], arn)
    for wrong, code in ((NOWHERE, "NoSuchEntity"), (account.arn("not_a_policy/invalid"), "InvalidInput")):
        account.refused(
            account.iam.create_role, code, None, wrong, RoleName="x", PermissionsBoundary=wrong,
            AssumeRolePolicyDocument=policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}),
        )
    account.same([each["RoleName"] for each in account.iam.list_roles()["Roles"]], ["worker"])
