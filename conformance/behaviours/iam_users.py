"""IAM: users and groups, their names, and what stands in the way of deleting them."""

from .account import READ_ALL, Account
from .calls import session, sign_in
from .table import Table

TABLE = Table("iam-users")
API = "API reference"


@TABLE.behaviour(f"{API}, GetUser: without a name it is the user of the access key; the words were met by users of AWS")
def who_asks_for_itself_has_to_be_a_user(account: Account) -> None:
    user = account.user()
    account.same(sign_in(account, "ada").client("iam").get_user()["User"]["UserId"], user["UserId"])
    why = "Must specify userName when calling with non-User credentials"
    account.refused(session(account).client("iam").get_user, "ValidationError", 400, why)


@TABLE.behaviour(f"{API}, CreateUser")
def a_user_has_an_id_an_arn_with_its_path_and_a_date(account: Account) -> None:
    user = account.user(Path="/people/team/")
    account.same(user["Arn"], account.arn("user/people/team/ada"))
    account.same((user["Path"], user["UserName"]), ("/people/team/", "ada"))
    account.true(user["UserId"].startswith("AIDA") and len(user["UserId"]) == 21, user["UserId"])
    account.true("Tags" not in user and "PermissionsBoundary" not in user, f"too much in {user}")


@TABLE.behaviour("IAM User Guide, reference_iam-quotas")
def names_of_users_are_unique_without_case_and_without_path(account: Account) -> None:
    account.user("Ada", Path="/a/")
    account.refused(
        account.iam.create_user, "EntityAlreadyExists", 409, "User with name ADA already exists.", UserName="ADA", Path="/b/"
    )


@TABLE.behaviour("IAM User Guide, reference_iam-quotas")
def a_user_and_a_role_and_a_group_may_share_a_name(account: Account) -> None:
    account.user("same")
    account.role("same")
    account.group("same")


@TABLE.behaviour("met by users of Salt: the service ignores the case of user names")
def a_look_up_ignores_case_and_tells_the_name_as_it_was_made(account: Account) -> None:
    account.user("Ada")
    account.same(account.iam.get_user(UserName="aDA")["User"]["UserName"], "Ada")


@TABLE.behaviour(f"{API}, GetUser")
def get_user_without_a_name_tells_of_the_caller(account: Account) -> None:
    account.user(Path="/people/")
    key = account.iam.create_access_key(UserName="ada")["AccessKey"]
    own = account.client("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    account.same(own.get_user()["User"]["Arn"], account.arn("user/people/ada"))


@TABLE.behaviour(f"{API}, ListUsers: tags and boundary are not returned")
def lists_of_users_leave_out_tags_and_boundary(account: Account) -> None:
    boundary = account.policy()
    account.user(Tags=[{"Key": "a", "Value": "b"}], PermissionsBoundary=boundary)
    listed = account.iam.list_users()["Users"]
    account.same(len(listed), 1)
    account.true("Tags" not in listed[0] and "PermissionsBoundary" not in listed[0], f"too much in {listed}")
    user = account.iam.get_user(UserName="ada")["User"]
    account.same(user["Tags"], [{"Key": "a", "Value": "b"}])
    account.same(
        user["PermissionsBoundary"], {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    )


@TABLE.behaviour(f"{API}, ListUsers")
def a_path_prefix_may_end_within_a_part(account: Account) -> None:
    account.user("ada", Path="/people/")
    account.user("bob")
    found = account.iam.list_users(PathPrefix="/peo")["Users"]
    account.same([user["UserName"] for user in found], ["ada"])


@TABLE.behaviour(f"{API}, ListUsers")
def pages_have_a_hundred_items_and_a_marker_when_there_are_more(account: Account) -> None:
    for nth in range(101):
        account.user(f"user-{nth:03}")
    first = account.iam.list_users()
    account.same((len(first["Users"]), first["IsTruncated"]), (100, True))
    second = account.iam.list_users(Marker=first["Marker"])
    account.same((len(second["Users"]), second["IsTruncated"], "Marker" in second), (1, False, False))


@TABLE.behaviour(f"{API}, UpdateUser")
def a_rename_keeps_id_groups_policies_keys_and_password(account: Account) -> None:
    before = account.user(Tags=[{"Key": "a", "Value": "b"}])
    account.group()
    account.iam.add_user_to_group(UserName="ada", GroupName="team")
    account.iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=READ_ALL)
    account.iam.attach_user_policy(UserName="ada", PolicyArn=account.policy())
    key = account.iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"]
    account.iam.create_login_profile(UserName="ada", Password="Correct-Horse-1")
    account.iam.update_user(UserName="ada", NewUserName="lovelace", NewPath="/new/")
    after = account.iam.get_user(UserName="lovelace")["User"]
    account.same((after["UserId"], after["Arn"]), (before["UserId"], account.arn("user/new/lovelace")))
    account.same(after["Tags"], before["Tags"])
    account.same(account.iam.list_groups_for_user(UserName="lovelace")["Groups"][0]["GroupName"], "team")
    account.same(account.iam.list_user_policies(UserName="lovelace")["PolicyNames"], ["own"])
    account.same(len(account.iam.list_attached_user_policies(UserName="lovelace")["AttachedPolicies"]), 1)
    found = account.iam.list_access_keys(UserName="lovelace")["AccessKeyMetadata"][0]
    account.same((found["AccessKeyId"], found["UserName"]), (key, "lovelace"))
    account.same(account.iam.get_login_profile(UserName="lovelace")["LoginProfile"]["UserName"], "lovelace")
    account.refused(
        account.iam.get_user, "NoSuchEntity", 404, "The user with name ada cannot be found.", UserName="ada"
    )


@TABLE.behaviour(f"{API}, UpdateUser")
def a_rename_onto_another_user_is_refused_without_case(account: Account) -> None:
    account.user("ada")
    account.user("bob")
    account.refused(account.iam.update_user, "EntityAlreadyExists", 409, UserName="ada", NewUserName="BOB")
    account.iam.update_user(UserName="ada", NewUserName="ADA")
    account.same(account.iam.get_user(UserName="ada")["User"]["UserName"], "ADA")


@TABLE.behaviour("met by users of AWS; API reference, DeleteUser")
def each_thing_of_a_user_blocks_its_deletion_by_name(account: Account) -> None:
    iam, name = account.iam, {"UserName": "ada"}
    account.user()
    account.group()
    policy = account.policy()

    def blocked(why: str) -> None:
        account.refused(iam.delete_user, "DeleteConflict", 409, f"Cannot delete entity, {why}", **name)

    iam.create_login_profile(Password="Correct-Horse-1", **name)
    blocked("must delete login profile first.")
    iam.delete_login_profile(**name)
    key = iam.create_access_key(**name)["AccessKey"]["AccessKeyId"]
    blocked("must delete access keys first.")
    iam.delete_access_key(AccessKeyId=key, **name)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321", **name)
    blocked("must delete MFA device first.")
    iam.deactivate_mfa_device(SerialNumber=device, **name)
    made = iam.create_service_specific_credential(ServiceName="codecommit.amazonaws.com", **name)
    blocked("must remove referenced objects first.")
    iam.delete_service_specific_credential(
        ServiceSpecificCredentialId=made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"], **name
    )
    iam.add_user_to_group(GroupName="team", **name)
    blocked("must remove users from group first.")
    iam.remove_user_from_group(GroupName="team", **name)
    iam.attach_user_policy(PolicyArn=policy, **name)
    blocked("must detach all policies first.")
    iam.detach_user_policy(PolicyArn=policy, **name)
    iam.put_user_policy(PolicyName="own", PolicyDocument=READ_ALL, **name)
    blocked("must delete policies first.")
    iam.delete_user_policy(PolicyName="own", **name)
    iam.delete_user(**name)


@TABLE.behaviour(f"{API}, DeleteUser: the boundary is not on its list")
def a_boundary_does_not_block_the_deletion_of_its_user(account: Account) -> None:
    account.user(PermissionsBoundary=account.policy())
    account.iam.delete_user(UserName="ada")


@TABLE.behaviour("IAM User Guide, reference_identifiers")
def a_user_made_again_has_another_id(account: Account) -> None:
    first = account.user()["UserId"]
    account.iam.delete_user(UserName="ada")
    account.true(account.user()["UserId"] != first, "the same id")


@TABLE.behaviour(f"{API}, CreateUser")
def a_boundary_must_be_a_policy_that_exists(account: Account) -> None:
    arn = account.arn("policy/nowhere")
    account.refused(
        account.iam.create_user,
        "NoSuchEntity",
        404,
        f"Scope ARN: {arn} does not exist or is not attachable.",
        UserName="ada",
        PermissionsBoundary=arn,
    )
    account.refused(account.iam.get_user, "NoSuchEntity", 404, UserName="ada")


@TABLE.behaviour("met by users of AWS")
def an_arn_of_something_else_is_no_boundary(account: Account) -> None:
    account.user()
    arn = account.arn("not_a_policy/invalid")
    account.refused(
        account.iam.put_user_permissions_boundary,
        "InvalidInput",
        400,
        f"ARN {arn} is not valid.",
        UserName="ada",
        PermissionsBoundary=arn,
    )


@TABLE.behaviour(f"{API}, CreateGroup, GetGroup")
def a_group_has_an_id_an_arn_and_its_members(account: Account) -> None:
    group = account.group(Path="/x/")
    account.same(group["Arn"], account.arn("group/x/team"))
    account.true(group["GroupId"].startswith("AGPA"), group["GroupId"])
    found = account.iam.get_group(GroupName="team")
    account.same((found["Users"], found["IsTruncated"]), ([], False))
    account.user()
    account.iam.add_user_to_group(UserName="ada", GroupName="team")
    account.same([user["UserName"] for user in account.iam.get_group(GroupName="team")["Users"]], ["ada"])


@TABLE.behaviour(f"{API}, AddUserToGroup: no error says that the user is in already")
def adding_and_removing_a_member_twice_succeeds(account: Account) -> None:
    account.user()
    account.group()
    for _ in range(2):
        account.iam.add_user_to_group(UserName="ada", GroupName="team")
    account.same(len(account.iam.list_groups_for_user(UserName="ada")["Groups"]), 1)
    for _ in range(2):
        account.iam.remove_user_from_group(UserName="ada", GroupName="team")
    account.same(account.iam.list_groups_for_user(UserName="ada")["Groups"], [])


@TABLE.behaviour("met by users of AWS")
def of_an_unknown_user_and_group_the_user_is_told(account: Account) -> None:
    account.refused(
        account.iam.remove_user_from_group,
        "NoSuchEntity",
        404,
        "The user with name ada cannot be found.",
        UserName="ada",
        GroupName="team",
    )
    account.user()
    account.refused(
        account.iam.add_user_to_group,
        "NoSuchEntity",
        404,
        "The group with name team cannot be found.",
        UserName="ada",
        GroupName="team",
    )


@TABLE.behaviour("IAM User Guide, reference_iam-quotas")
def a_user_is_in_ten_groups_at_most(account: Account) -> None:
    account.user()
    for nth in range(11):
        account.group(f"team-{nth}")
    for nth in range(10):
        account.iam.add_user_to_group(UserName="ada", GroupName=f"team-{nth}")
    account.refused(
        account.iam.add_user_to_group,
        "LimitExceeded",
        409,
        "Cannot exceed quota for GroupsPerUser: 10",
        UserName="ada",
        GroupName="team-10",
    )


@TABLE.behaviour("IAM User Guide, reference_iam-quotas")
def an_account_has_three_hundred_groups_at_most(account: Account) -> None:
    for nth in range(300):
        account.group(f"team-{nth}")
    account.refused(
        account.iam.create_group, "LimitExceeded", 409, "Cannot exceed quota for GroupsPerAccount: 300", GroupName="more"
    )


@TABLE.behaviour(f"{API}, UpdateGroup")
def a_renamed_group_keeps_id_members_and_policies(account: Account) -> None:
    before = account.group()
    account.user()
    account.iam.add_user_to_group(UserName="ada", GroupName="team")
    account.iam.put_group_policy(GroupName="team", PolicyName="own", PolicyDocument=READ_ALL)
    account.iam.update_group(GroupName="team", NewGroupName="crew", NewPath="/x/")
    after = account.iam.get_group(GroupName="crew")
    account.same((after["Group"]["GroupId"], after["Group"]["Arn"]), (before["GroupId"], account.arn("group/x/crew")))
    account.same([user["UserName"] for user in after["Users"]], ["ada"])
    account.same(account.iam.list_groups_for_user(UserName="ada")["Groups"][0]["GroupName"], "crew")
    account.same(account.iam.list_group_policies(GroupName="crew")["PolicyNames"], ["own"])


@TABLE.behaviour(f"{API}, DeleteGroup")
def members_and_policies_block_the_deletion_of_a_group(account: Account) -> None:
    iam, name = account.iam, {"GroupName": "team"}
    account.group()
    account.user()
    policy = account.policy()
    iam.add_user_to_group(UserName="ada", **name)
    account.refused(iam.delete_group, "DeleteConflict", 409, "must remove users from group first.", **name)
    iam.remove_user_from_group(UserName="ada", **name)
    iam.attach_group_policy(PolicyArn=policy, **name)
    account.refused(iam.delete_group, "DeleteConflict", 409, "must detach all policies first.", **name)
    iam.detach_group_policy(PolicyArn=policy, **name)
    iam.put_group_policy(PolicyName="own", PolicyDocument=READ_ALL, **name)
    account.refused(iam.delete_group, "DeleteConflict", 409, "must delete policies first.", **name)
    iam.delete_group_policy(PolicyName="own", **name)
    iam.delete_group(**name)


@TABLE.behaviour(f"{API}, Making query requests")
def an_answer_without_output_has_no_result_element(account: Account) -> None:
    account.user()
    text = account.query("iam", "DeleteUser", UserName="ada").text()
    account.true("<ResponseMetadata><RequestId>" in text and "DeleteUserResult" not in text, text)


@TABLE.behaviour(f"{API}, ListUsers")
def an_empty_list_has_its_element_and_is_not_truncated(account: Account) -> None:
    text = account.query("iam", "ListUsers").text()
    account.true("<IsTruncated>false</IsTruncated>" in text and "<Marker>" not in text, text)
    account.true("<Users></Users>" in text or "<Users/>" in text, text)


@TABLE.behaviour(f"{API}, CreateUser")
def dates_are_utc_to_the_second(account: Account) -> None:
    text = account.query("iam", "CreateUser", UserName="ada").text()
    date = text.split("<CreateDate>")[1].split("<")[0]
    account.true(len(date) == 20 and date[10] == "T" and date.endswith("Z"), date)


TABLE.refusals(
    "iam",
    "service model of IAM; wording as met by users of AWS",
    ("a-user-without-a-name", "create_user", {}, "ValidationError", 400,
     "at 'userName' failed to satisfy constraint: Member must not be null"),
    ("a-user-with-an-empty-name", "create_user", {"UserName": ""}, "ValidationError", 400,
     "at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ("a-user-name-of-65-characters", "create_user", {"UserName": "x" * 65}, "ValidationError", 400,
     "at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64"),
    ("a-user-name-with-a-blank", "create_user", {"UserName": "a b"}, "ValidationError", 400,
     "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the "
     "following: +=,.@_-"),
    ("a-user-name-with-a-slash", "create_user", {"UserName": "a/b"}, "ValidationError", 400,
     "The specified value for userName is invalid."),
    ("a-look-up-of-129-characters", "get_user", {"UserName": "x" * 129}, "ValidationError", 400,
     "less than or equal to 128"),
    ("a-look-up-of-100-characters-finds-nothing", "get_user", {"UserName": "x" * 100}, "NoSuchEntity", 404,
     "cannot be found."),
    ("a-path-without-a-slash-at-its-end", "create_user", {"UserName": "ada", "Path": "/a"}, "ValidationError", 400,
     "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric "
     "characters and/or / characters."),
    ("a-path-without-a-slash-at-its-start", "create_user", {"UserName": "ada", "Path": "a/"}, "ValidationError", 400,
     "The specified value for path is invalid."),
    ("a-path-of-513-characters", "create_user", {"UserName": "ada", "Path": f"/{'a' * 511}/"}, "ValidationError", 400,
     "at 'path' failed to satisfy constraint: Member must have length less than or equal to 512"),
    ("a-prefix-without-a-slash", "list_users", {"PathPrefix": "a"}, "ValidationError", 400, "pathPrefix"),
    ("no-items", "list_users", {"MaxItems": 0}, "ValidationError", 400,
     "at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    ("more-than-1000-items", "list_users", {"MaxItems": 1001}, "ValidationError", 400,
     "Member must have value less than or equal to 1000"),
    ("a-marker-that-no-page-gave-out", "list_users", {"Marker": "nonsense!"}, "ValidationError", 400, "Invalid Marker."),
    ("an-unknown-user", "get_user", {"UserName": "ada"}, "NoSuchEntity", 404, "The user with name ada cannot be found."),
    ("an-unknown-user-to-delete", "delete_user", {"UserName": "ada"}, "NoSuchEntity", 404,
     "The user with name ada cannot be found."),
    ("an-unknown-user-to-rename", "update_user", {"UserName": "ada", "NewUserName": "b"}, "NoSuchEntity", 404,
     "The user with name ada cannot be found."),
    ("an-unknown-users-groups", "list_groups_for_user", {"UserName": "ada"}, "NoSuchEntity", 404,
     "The user with name ada cannot be found."),
    ("a-group-name-of-129-characters", "create_group", {"GroupName": "x" * 129}, "ValidationError", 400,
     "at 'groupName' failed to satisfy constraint: Member must have length less than or equal to 128"),
    ("an-unknown-group", "get_group", {"GroupName": "team"}, "NoSuchEntity", 404,
     "The group with name team cannot be found."),
    ("an-unknown-group-to-delete", "delete_group", {"GroupName": "team"}, "NoSuchEntity", 404,
     "The group with name team cannot be found."),
    ("an-unknown-group-to-rename", "update_group", {"GroupName": "team", "NewGroupName": "b"}, "NoSuchEntity", 404,
     "The group with name team cannot be found."),
)
