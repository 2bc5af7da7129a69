"""IAM: service-linked roles."""

from .account import READ_ALL, Account, trust
from .table import Table

TABLE = Table("iam-linked")

MET = "met at AWS in 2025 (LocalStack's recordings)"
NAMES = {
    "autoscaling.amazonaws.com": ("AWSServiceRoleForAutoScaling", "AutoScalingServiceRolePolicy"),
    "spot.amazonaws.com": ("AWSServiceRoleForEC2Spot", "AWSEC2SpotServiceRolePolicy"),
    "ecs.amazonaws.com": ("AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"),
    "eks.amazonaws.com": ("AWSServiceRoleForAmazonEKS", "AmazonEKSServiceRolePolicy"),
    "config.amazonaws.com": ("AWSServiceRoleForConfig", "AWSConfigServiceRolePolicy"),
    "ec2.application-autoscaling.amazonaws.com": (
        "AWSServiceRoleForApplicationAutoScaling_EC2SpotFleetRequest", "AWSApplicationAutoscalingEC2SpotFleetRequestPolicy",
    ),
}
BATCH = "AWSServiceRoleForBatch"


def batch(account: Account) -> dict:
    """Makes AWS Batch's role."""
    return account.iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")["Role"]


@TABLE.behaviour(MET)
def each_service_has_its_name_path_and_policy(account: Account) -> None:
    for service, (name, policy) in NAMES.items():
        account.iam.create_service_linked_role(AWSServiceName=service)
        shown = account.iam.get_role(RoleName=name)["Role"]
        account.same(
            (shown["Arn"], shown["Path"], shown["MaxSessionDuration"]),
            (account.arn(f"role/aws-service-role/{service}/{name}"), f"/aws-service-role/{service}/", 3600),
        )
        account.same(shown["AssumeRolePolicyDocument"]["Statement"], [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": service}}])
        attached = account.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        account.same(attached, [{"PolicyName": policy, "PolicyArn": f"arn:aws:iam::aws:policy/aws-service-role/{policy}"}])
        account.same(account.iam.list_role_policies(RoleName=name)["PolicyNames"], [])


@TABLE.behaviour(MET)
def a_second_role_of_a_service_is_refused_as_taken(account: Account) -> None:
    batch(account)
    account.refused(
        account.iam.create_service_linked_role, "InvalidInput", 400,
        "Service role name AWSServiceRoleForBatch has been taken in this account, please try a different suffix.",
        AWSServiceName="batch.amazonaws.com",
    )


@TABLE.behaviour("API reference, CreateServiceLinkedRole: CustomSuffix; " + MET)
def a_suffix_makes_another_role_where_the_service_takes_one(account: Account) -> None:
    made = account.iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="blue", Description="why")["Role"]
    account.same(made["RoleName"], "AWSServiceRoleForAutoScaling_blue")
    account.same(account.iam.get_role(RoleName=made["RoleName"])["Role"]["Description"], "why")
    account.refused(
        account.iam.create_service_linked_role, "InvalidInput", 400, "Custom suffix is not allowed for batch.amazonaws.com",
        AWSServiceName="batch.amazonaws.com", CustomSuffix="blue",
    )


TABLE.refusals(
    "iam",
    "service model of IAM, CreateServiceLinkedRole and its neighbours",
    ("a-service-that-is-none", "create_service_linked_role", {"AWSServiceName": "nosuch.amazonaws.com"}, "InvalidInput", 400, "nosuch.amazonaws.com"),
    ("a-service-with-a-blank", "create_service_linked_role", {"AWSServiceName": "a b"}, "ValidationError", 400, "aWSServiceName"),
    ("no-service", "create_service_linked_role", {}, "ValidationError", 400, "aWSServiceName"),
    ("to-delete-a-role-that-is-not-there", "delete_service_linked_role", {"RoleName": BATCH}, "NoSuchEntity", 404, BATCH),
    ("a-task-that-is-not-there", "get_service_linked_role_deletion_status", {"DeletionTaskId": "task/aws-service-role/x/y/z"}, "NoSuchEntity", 404, ""),
)


@TABLE.behaviour("IAM User Guide, Using service-linked roles: the service owns it")
def nobody_but_its_service_changes_a_service_linked_role(account: Account) -> None:
    batch(account)
    arn = account.policy()
    protected = f"Cannot perform the operation on the protected role '{BATCH}' - this role is only modifiable by AWS"
    for operation, more in (
        ("attach_role_policy", {"PolicyArn": arn}),
        ("detach_role_policy", {"PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy"}),
        ("put_role_policy", {"PolicyName": "x", "PolicyDocument": READ_ALL}),
        ("put_role_permissions_boundary", {"PermissionsBoundary": arn}),
        ("update_assume_role_policy", {"PolicyDocument": trust({"Service": "lambda.amazonaws.com"})}),
        ("delete_role", {}),
    ):
        account.refused(getattr(account.iam, operation), "UnmodifiableEntity", 400, protected, RoleName=BATCH, **more)


@TABLE.behaviour("IAM User Guide, Using service-linked roles: description and tags")
def the_description_and_tags_of_a_service_linked_role_are_the_accounts(account: Account) -> None:
    batch(account)
    account.iam.update_role_description(RoleName=BATCH, Description="ours")
    account.iam.tag_role(RoleName=BATCH, Tags=[{"Key": "a", "Value": "b"}])
    shown = account.iam.get_role(RoleName=BATCH)["Role"]
    account.same((shown["Description"], shown["Tags"]), ("ours", [{"Key": "a", "Value": "b"}]))


@TABLE.behaviour("API reference, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus; " + MET)
def a_service_linked_role_is_deleted_by_a_task(account: Account) -> None:
    batch(account)
    task = account.iam.delete_service_linked_role(RoleName=BATCH)["DeletionTaskId"]
    account.true(task.startswith(f"task/aws-service-role/batch.amazonaws.com/{BATCH}/"), task)
    account.same(account.iam.delete_service_linked_role(RoleName=BATCH)["DeletionTaskId"], task)
    for _ in range(20):
        status = account.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"]
        if status == "SUCCEEDED":
            break
        account.true(status in ("IN_PROGRESS", "NOT_STARTED"), status)
    account.same(status, "SUCCEEDED")
    account.refused(account.iam.get_role, "NoSuchEntity", 404, RoleName=BATCH)
    batch(account)


@TABLE.behaviour("IAM User Guide, IAM identifiers: paths of service-linked roles; the words: github.com/tilfin/aws-iam-policy-tool/pull/9")
def customers_make_no_roles_below_the_path_of_services(account: Account) -> None:
    account.refused(
        account.iam.create_role, "InvalidInput", 400, "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles", RoleName="x", Path="/aws-service-role/batch.amazonaws.com/",
        AssumeRolePolicyDocument=trust({"Service": "batch.amazonaws.com"}),
    )
