"""IAM: roles and instance profiles."""

from .account import LAMBDA_TRUST, READ_ALL, Account, trust
from .calls import sign_in
from .table import Table

TABLE = Table("iam-roles")
API = "API reference"
NO_ROLE = "The role with name worker cannot be found."


def make(**more: object) -> dict:
    """The parameters of a role."""
    return {"RoleName": "worker", "AssumeRolePolicyDocument": LAMBDA_TRUST} | more


@TABLE.behaviour(f"{API}, CreateRole; met by controllers: the answer lacks the description")
def the_answer_to_a_creation_leaves_out_description_and_session_length(account: Account) -> None:
    made = account.role(Path="/a/b/", Description="why", MaxSessionDuration=7200)
    account.same(made["Arn"], account.arn("role/a/b/worker"))
    account.true(made["RoleId"].startswith("AROA") and len(made["RoleId"]) == 21, made["RoleId"])
    account.true(not {"Description", "MaxSessionDuration", "RoleLastUsed", "Tags"} & set(made), f"too much in {made}")
    found = account.iam.get_role(RoleName="worker")["Role"]
    account.same((found["Description"], found["MaxSessionDuration"]), ("why", 7200))


@TABLE.behaviour(f"{API}, GetRole")
def a_plain_role_lasts_an_hour_and_was_never_used(account: Account) -> None:
    account.role()
    found = account.iam.get_role(RoleName="worker")["Role"]
    account.same((found["Path"], found["MaxSessionDuration"], found["RoleLastUsed"]), ("/", 3600, {}))
    account.true(not {"Description", "Tags", "PermissionsBoundary"} & set(found), f"too much in {found}")


@TABLE.behaviour(f"{API}, RoleLastUsed")
def a_role_tells_when_and_where_it_was_last_used(account: Account) -> None:
    account.role(trust=trust({"AWS": "*"}))
    session = account.sts.assume_role(RoleArn=account.arn("role/worker"), RoleSessionName="night")
    account.same(account.iam.get_role(RoleName="worker")["Role"]["RoleLastUsed"], {})
    sign_in(account, session).client("sts", region="eu-west-1").get_caller_identity()
    found = account.iam.get_role(RoleName="worker")["Role"]["RoleLastUsed"]
    account.same((set(found), found["Region"]), ({"LastUsedDate", "Region"}, "eu-west-1"))
    detail = account.iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"][0]
    account.same(detail["RoleLastUsed"], found)


@TABLE.behaviour(f"{API}, CreateRole; service model of IAM: AWS tells all violations at once")
def all_that_a_request_breaks_of_the_model_is_told_at_once(account: Account) -> None:
    told = account.refused(
        account.iam.create_role, "ValidationError", 400, "3 validation errors detected: ",
        **make(RoleName="x" * 65, MaxSessionDuration=1, Tags=[{"Key": "", "Value": "b"}]),
    )["Error"]["Message"]
    for member in ("roleName", "maxSessionDuration", "tags.1.member.key"):
        account.true(f"at '{member}' failed to satisfy constraint: Member must have " in told, f"no {member} in {told}")
    account.same(told.count("; "), 2)


@TABLE.behaviour(f"{API}, ListRoles: boundary, last use and tags are not returned")
def lists_of_roles_have_the_description_but_no_boundary_tags_or_last_use(account: Account) -> None:
    account.role(Description="why", Tags=[{"Key": "a", "Value": "b"}], PermissionsBoundary=account.policy())
    listed = account.iam.list_roles()["Roles"][0]
    account.same((listed["Description"], listed["MaxSessionDuration"]), ("why", 3600))
    account.true(not {"Tags", "PermissionsBoundary", "RoleLastUsed"} & set(listed), f"too much in {listed}")
    found = account.iam.get_role(RoleName="worker")["Role"]
    account.true("Tags" in found and "PermissionsBoundary" in found, f"too little in {found}")


@TABLE.behaviour("IAM User Guide, reference_iam-quotas")
def names_of_roles_are_unique_without_case_and_path(account: Account) -> None:
    account.role(Path="/a/")
    account.refused(
        account.iam.create_role, "EntityAlreadyExists", 409, "Role with name WORKER already exists.", **make(RoleName="WORKER")
    )


@TABLE.behaviour(f"{API}, UpdateRole")
def what_an_update_leaves_out_stays(account: Account) -> None:
    account.role(Description="why", MaxSessionDuration=7200)
    account.iam.update_role(RoleName="worker", MaxSessionDuration=3600)
    found = account.iam.get_role(RoleName="worker")["Role"]
    account.same((found["Description"], found["MaxSessionDuration"]), ("why", 3600))
    account.iam.update_role(RoleName="worker", Description="because")
    found = account.iam.get_role(RoleName="worker")["Role"]
    account.same((found["Description"], found["MaxSessionDuration"]), ("because", 3600))
    account.iam.update_role(RoleName="worker")
    account.same(account.iam.get_role(RoleName="worker")["Role"]["Description"], "because")


@TABLE.behaviour(f"{API}, UpdateRole")
def an_update_of_a_role_has_an_empty_result(account: Account) -> None:
    account.role()
    text = account.query("iam", "UpdateRole", RoleName="worker", Description="x").text()
    account.true("<UpdateRoleResult" in text, text)


@TABLE.behaviour(f"{API}, UpdateRoleDescription")
def an_update_of_the_description_alone_answers_with_the_role(account: Account) -> None:
    account.role(MaxSessionDuration=7200)
    found = account.iam.update_role_description(RoleName="worker", Description="new")["Role"]
    account.same((found["Description"], found["RoleName"]), ("new", "worker"))
    account.true("MaxSessionDuration" not in found, f"too much in {found}")


@TABLE.behaviour(f"{API}, DeleteRole; wording as met by users of AWS")
def each_thing_of_a_role_blocks_its_deletion_by_name(account: Account) -> None:
    iam, name = account.iam, {"RoleName": "worker"}
    account.role()
    policy = account.policy()
    for profile in ("one", "two"):
        iam.create_instance_profile(InstanceProfileName=profile)
        iam.add_role_to_instance_profile(InstanceProfileName=profile, **name)
    for profile in ("one", "two"):
        why = "Cannot delete entity, must remove roles from instance profile first."
        account.refused(iam.delete_role, "DeleteConflict", 409, why, **name)
        iam.remove_role_from_instance_profile(InstanceProfileName=profile, **name)
    iam.attach_role_policy(PolicyArn=policy, **name)
    account.refused(iam.delete_role, "DeleteConflict", 409, "Cannot delete entity, must detach all policies first.", **name)
    iam.detach_role_policy(PolicyArn=policy, **name)
    iam.put_role_policy(PolicyName="own", PolicyDocument=READ_ALL, **name)
    account.refused(iam.delete_role, "DeleteConflict", 409, "Cannot delete entity, must delete policies first.", **name)
    iam.delete_role_policy(PolicyName="own", **name)
    iam.put_role_permissions_boundary(PermissionsBoundary=policy, **name)
    iam.delete_role(**name)
    account.refused(iam.get_role, "NoSuchEntity", 404, NO_ROLE, **name)


@TABLE.behaviour(f"{API}, DeleteRolePermissionsBoundary")
def a_boundary_is_put_replaced_and_taken_off(account: Account) -> None:
    account.role()
    one, two = account.policy("one"), account.policy("two")
    for arn in (one, two):
        account.iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=arn)
        found = account.iam.get_role(RoleName="worker")["Role"]["PermissionsBoundary"]
        account.same(found, {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn})
    account.iam.delete_role_permissions_boundary(RoleName="worker")
    account.true("PermissionsBoundary" not in account.iam.get_role(RoleName="worker")["Role"], "still there")
    account.refused(account.iam.delete_role_permissions_boundary, "NoSuchEntity", 404, RoleName="worker")


@TABLE.behaviour("IAM User Guide, using-service-linked-roles; message as met by users of AWS")
def the_role_of_a_service_is_changed_by_its_service_alone(account: Account) -> None:
    name = account.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]["RoleName"]
    protected = f"Cannot perform the operation on the protected role '{name}'"
    attempts = [
        (account.iam.delete_role, {}),
        (account.iam.update_assume_role_policy, {"PolicyDocument": LAMBDA_TRUST}),
        (account.iam.put_role_policy, {"PolicyName": "own", "PolicyDocument": READ_ALL}),
        (account.iam.put_role_permissions_boundary, {"PermissionsBoundary": account.policy()}),
    ]
    for call, parameters in attempts:
        account.refused(call, "UnmodifiableEntity", 400, protected, RoleName=name, **parameters)
    account.iam.update_role(RoleName=name, Description="ours")
    account.iam.tag_role(RoleName=name, Tags=[{"Key": "a", "Value": "b"}])


@TABLE.behaviour(f"{API}, CreateInstanceProfile, GetInstanceProfile")
def a_profile_shows_empty_lists_of_roles_and_tags(account: Account) -> None:
    made = account.iam.create_instance_profile(InstanceProfileName="web", Path="/x/")["InstanceProfile"]
    account.same((made["Arn"], made["Roles"]), (account.arn("instance-profile/x/web"), []))
    account.true(made["InstanceProfileId"].startswith("AIPA") and "Tags" not in made, f"{made}")
    found = account.iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    account.same((found["Roles"], found["Tags"]), ([], []))


@TABLE.behaviour(f"{API}, AddRoleToInstanceProfile")
def a_profile_shows_its_role_with_the_trust_policy(account: Account) -> None:
    account.role()
    account.iam.create_instance_profile(InstanceProfileName="web")
    account.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="worker")
    role = account.iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]["Roles"][0]
    account.same(role["RoleName"], "worker")
    account.same(role["AssumeRolePolicyDocument"]["Statement"][0]["Action"], "sts:AssumeRole")
    listed = account.iam.list_instance_profiles_for_role(RoleName="worker")["InstanceProfiles"]
    account.same([profile["InstanceProfileName"] for profile in listed], ["web"])


@TABLE.behaviour("met by users of AWS: even the same role can't be added again")
def a_profile_holds_one_role(account: Account) -> None:
    account.role()
    account.role("other")
    account.iam.create_instance_profile(InstanceProfileName="web")
    account.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="worker")
    for name in ("worker", "other"):
        account.refused(
            account.iam.add_role_to_instance_profile,
            "LimitExceeded",
            409,
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
            InstanceProfileName="web",
            RoleName=name,
        )


@TABLE.behaviour("met by users of AWS")
def a_role_that_is_not_in_the_profile_is_told_with_both_names(account: Account) -> None:
    account.role()
    account.iam.create_instance_profile(InstanceProfileName="web")
    account.refused(
        account.iam.remove_role_from_instance_profile,
        "NoSuchEntity",
        404,
        "Role worker in Instance Profile web cannot be found.",
        InstanceProfileName="web",
        RoleName="worker",
    )


@TABLE.behaviour(f"{API}, DeleteInstanceProfile")
def a_profile_with_a_role_is_not_deleted(account: Account) -> None:
    account.role()
    account.iam.create_instance_profile(InstanceProfileName="web")
    account.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="worker")
    why = "Cannot delete entity, must remove roles from instance profile first."
    account.refused(account.iam.delete_instance_profile, "DeleteConflict", 409, why, InstanceProfileName="web")
    account.iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="worker")
    account.iam.delete_instance_profile(InstanceProfileName="web")


@TABLE.behaviour(f"{API}, CreateInstanceProfile")
def names_of_profiles_are_unique(account: Account) -> None:
    account.iam.create_instance_profile(InstanceProfileName="web")
    account.refused(
        account.iam.create_instance_profile,
        "EntityAlreadyExists",
        409,
        "Instance Profile Web already exists.",
        InstanceProfileName="Web",
    )


@TABLE.behaviour(f"{API}, ListInstanceProfiles: tags are not returned")
def lists_of_profiles_leave_out_tags(account: Account) -> None:
    account.iam.create_instance_profile(InstanceProfileName="web", Tags=[{"Key": "a", "Value": "b"}])
    listed = account.iam.list_instance_profiles()["InstanceProfiles"][0]
    account.true("Tags" not in listed, f"too much in {listed}")


TABLE.refusals(
    "iam",
    "service model of IAM; wording as met by users of AWS",
    ("a-role-name-of-65-characters", "create_role", make(RoleName="x" * 65), "ValidationError", 400,
     "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"),
    ("a-role-name-with-a-colon", "create_role", make(RoleName="a:b"), "ValidationError", 400,
     "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"),
    ("a-role-without-a-trust-policy", "create_role", {"RoleName": "worker"}, "ValidationError", 400,
     "at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null"),
    ("a-session-below-an-hour", "create_role", make(MaxSessionDuration=3599), "ValidationError", 400,
     "at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"),
    ("a-session-above-twelve-hours", "create_role", make(MaxSessionDuration=43201), "ValidationError", 400,
     "Member must have value less than or equal to 43200"),
    ("a-description-of-1001-characters", "create_role", make(Description="x" * 1001), "ValidationError", 400,
     "at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000"),
    ("a-description-with-typographic-quotes", "create_role", make(Description="\u201cx\u201d"), "ValidationError", 400,
     "at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern"),
    ("an-unknown-role", "get_role", {"RoleName": "worker"}, "NoSuchEntity", 404, NO_ROLE),
    ("an-unknown-role-to-update", "update_role", {"RoleName": "worker"}, "NoSuchEntity", 404, NO_ROLE),
    ("an-unknown-role-to-delete", "delete_role", {"RoleName": "worker"}, "NoSuchEntity", 404, NO_ROLE),
    ("an-unknown-roles-profiles", "list_instance_profiles_for_role", {"RoleName": "worker"}, "NoSuchEntity", 404, NO_ROLE),
    ("an-unknown-profile", "get_instance_profile", {"InstanceProfileName": "web"}, "NoSuchEntity", 404,
     "Instance Profile web cannot be found."),
    ("an-unknown-profile-to-delete", "delete_instance_profile", {"InstanceProfileName": "web"}, "NoSuchEntity", 404,
     "Instance Profile web cannot be found."),
    ("an-unknown-profile-to-fill", "add_role_to_instance_profile", {"InstanceProfileName": "web", "RoleName": "worker"},
     "NoSuchEntity", 404, "Instance Profile web cannot be found."),
    ("a-profile-name-of-129-characters", "create_instance_profile", {"InstanceProfileName": "x" * 129}, "ValidationError", 400,
     "at 'instanceProfileName' failed to satisfy constraint: Member must have length less than or equal to 128"),
)
