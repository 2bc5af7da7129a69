"""IAM: the account as a whole, its rule for passwords, and tags of principals."""

from .account import READ_ALL, Account
from .table import Table

TABLE = Table("iam-account")
API = "API reference"
TAGS = [{"Key": f"key-{nth:02}", "Value": "x"} for nth in range(51)]


def keys_of(answer: dict) -> list[str]:
    """The keys of the tags in an answer."""
    return [tag["Key"] for tag in answer["Tags"]]


@TABLE.behaviour(f"{API}, UpdateAccountPasswordPolicy: no partial update")
def a_password_policy_is_set_whole_with_the_defaults_of_its_fields(account: Account) -> None:
    account.iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True, MaxPasswordAge=90)
    account.iam.update_account_password_policy()
    account.same(
        account.iam.get_account_password_policy()["PasswordPolicy"],
        {
            "MinimumPasswordLength": 6,
            "RequireSymbols": False,
            "RequireNumbers": False,
            "RequireUppercaseCharacters": False,
            "RequireLowercaseCharacters": False,
            "AllowUsersToChangePassword": False,
            "ExpirePasswords": False,
        },
    )


@TABLE.behaviour(f"{API}, PasswordPolicy")
def passwords_expire_when_they_have_a_greatest_age(account: Account) -> None:
    account.iam.update_account_password_policy(MaxPasswordAge=60, PasswordReusePrevention=3, HardExpiry=True)
    found = account.iam.get_account_password_policy()["PasswordPolicy"]
    wanted = {"ExpirePasswords": True, "MaxPasswordAge": 60, "PasswordReusePrevention": 3, "HardExpiry": True}
    account.same({key: found.get(key) for key in wanted}, wanted)


@TABLE.behaviour(f"{API}, DeleteAccountPasswordPolicy")
def a_deleted_password_policy_is_gone(account: Account) -> None:
    account.iam.update_account_password_policy()
    account.iam.delete_account_password_policy()
    account.refused(
        account.iam.get_account_password_policy,
        "NoSuchEntity",
        404,
        f"The Password Policy with domain name {account.number} cannot be found.",
    )


@TABLE.behaviour("met by users of AWS")
def several_broken_constraints_are_told_together(account: Account) -> None:
    account.refused(
        account.iam.update_account_password_policy,
        "ValidationError",
        400,
        "3 validation errors detected: ",
        MinimumPasswordLength=129,
        PasswordReusePrevention=25,
        MaxPasswordAge=1096,
    )


@TABLE.behaviour(f"{API}, CreateAccountAlias")
def a_new_alias_takes_the_place_of_the_old_one(account: Account) -> None:
    account.same(account.iam.list_account_aliases()["AccountAliases"], [])
    account.iam.create_account_alias(AccountAlias="first-alias")
    account.iam.create_account_alias(AccountAlias="second-alias")
    account.same(account.iam.list_account_aliases()["AccountAliases"], ["second-alias"])
    account.refused(account.iam.delete_account_alias, "NoSuchEntity", 404, AccountAlias="first-alias")
    account.iam.delete_account_alias(AccountAlias="second-alias")
    account.same(account.iam.list_account_aliases()["AccountAliases"], [])


@TABLE.behaviour(f"{API}, GetAccountSummary")
def the_summary_has_the_quotas_of_an_account(account: Account) -> None:
    found = account.iam.get_account_summary()["SummaryMap"]
    wanted = {
        "UsersQuota": 5000,
        "GroupsQuota": 300,
        "RolesQuota": 1000,
        "PoliciesQuota": 1500,
        "InstanceProfilesQuota": 1000,
        "ServerCertificatesQuota": 20,
        "UserPolicySizeQuota": 2048,
        "GroupPolicySizeQuota": 5120,
        "RolePolicySizeQuota": 10240,
        "PolicySizeQuota": 6144,
        "AssumeRolePolicySizeQuota": 2048,
        "GroupsPerUserQuota": 10,
        "SigningCertificatesPerUserQuota": 2,
        "AccessKeysPerUserQuota": 2,
        "AttachedPoliciesPerUserQuota": 10,
        "AttachedPoliciesPerGroupQuota": 10,
        "AttachedPoliciesPerRoleQuota": 10,
        "VersionsPerPolicyQuota": 5,
        "PolicyVersionsInUseQuota": 10000,
        "GlobalEndpointTokenVersion": 1,
        "AccountAccessKeysPresent": 0,
        "AccountSigningCertificatesPresent": 0,
    }
    account.same({key: found.get(key) for key in wanted}, wanted)
    account.same(len(found), 34)


@TABLE.behaviour(f"{API}, GetAccountSummary")
def the_summary_counts_what_is_there(account: Account) -> None:
    account.user()
    account.group()
    account.role()
    account.policy()
    account.iam.create_instance_profile(InstanceProfileName="web")
    serial = account.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    counted = ("Users", "Groups", "Roles", "Policies", "PolicyVersionsInUse", "InstanceProfiles", "MFADevices")
    found = account.iam.get_account_summary()["SummaryMap"]
    account.same({key: found[key] for key in counted}, {key: 1 for key in counted})
    account.same(found["MFADevicesInUse"], 0)
    account.iam.enable_mfa_device(
        UserName="ada", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    account.same(account.iam.get_account_summary()["SummaryMap"]["MFADevicesInUse"], 1)


@TABLE.behaviour(f"{API}, SetSecurityTokenServicePreferences")
def the_summary_shows_the_version_of_global_tokens(account: Account) -> None:
    account.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    account.same(account.iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"], 2)


@TABLE.behaviour("IAM User Guide, id_tags")
def a_second_spelling_of_a_tag_key_replaces_the_first_on_users_and_roles(account: Account) -> None:
    account.user(Tags=[{"Key": "Team", "Value": "1"}])
    account.role(Tags=[{"Key": "Team", "Value": "1"}])
    new = [{"Key": "TEAM", "Value": "2"}]
    account.iam.tag_user(UserName="ada", Tags=new)
    account.iam.tag_role(RoleName="worker", Tags=new)
    account.same(account.iam.list_user_tags(UserName="ada")["Tags"], new)
    account.same(account.iam.list_role_tags(RoleName="worker")["Tags"], new)
    account.iam.untag_user(UserName="ada", TagKeys=["team"])
    account.same(account.iam.list_user_tags(UserName="ada")["Tags"], [])


@TABLE.behaviour("IAM User Guide, id_tags")
def tag_keys_of_profiles_and_devices_are_told_apart_by_case(account: Account) -> None:
    tags = [{"Key": "TEAM", "Value": "2"}, {"Key": "Team", "Value": "1"}]
    account.iam.create_instance_profile(InstanceProfileName="web", Tags=tags)
    account.same(account.iam.list_instance_profile_tags(InstanceProfileName="web")["Tags"], tags)
    account.iam.untag_instance_profile(InstanceProfileName="web", TagKeys=["Team"])
    account.same(keys_of(account.iam.list_instance_profile_tags(InstanceProfileName="web")), ["TEAM"])
    made = account.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Tags=tags)["VirtualMFADevice"]
    account.iam.tag_mfa_device(SerialNumber=made["SerialNumber"], Tags=[{"Key": "x", "Value": ""}])
    account.same(keys_of(account.iam.list_mfa_device_tags(SerialNumber=made["SerialNumber"])), ["TEAM", "Team", "x"])
    account.iam.untag_mfa_device(SerialNumber=made["SerialNumber"], TagKeys=["x", "TEAM"])
    account.same(keys_of(account.iam.list_mfa_device_tags(SerialNumber=made["SerialNumber"])), ["Team"])


@TABLE.behaviour(f"{API}, ListUserTags: sorted by key")
def lists_of_tags_are_sorted_and_come_in_pages(account: Account) -> None:
    account.user(Tags=list(reversed(TAGS[:5])))
    first = account.iam.list_user_tags(UserName="ada", MaxItems=3)
    account.same((keys_of(first), first["IsTruncated"]), (["key-00", "key-01", "key-02"], True))
    second = account.iam.list_user_tags(UserName="ada", Marker=first["Marker"])
    account.same((keys_of(second), second["IsTruncated"]), (["key-03", "key-04"], False))


@TABLE.behaviour("IAM User Guide, reference_iam-quotas")
def a_principal_has_fifty_tags_at_most(account: Account) -> None:
    account.user(Tags=TAGS[:50])
    account.iam.tag_user(UserName="ada", Tags=[{"Key": "KEY-00", "Value": "new"}])
    account.refused(account.iam.tag_user, "LimitExceeded", 409, UserName="ada", Tags=TAGS[50:])
    account.same(len(account.iam.list_user_tags(UserName="ada", MaxItems=100)["Tags"]), 50)


@TABLE.behaviour(f"{API}, UntagUser")
def taking_off_a_tag_that_is_not_there_succeeds(account: Account) -> None:
    account.user()
    account.iam.untag_user(UserName="ada", TagKeys=["none"])


@TABLE.behaviour("IAM User Guide, id_tags")
def a_tag_value_may_be_empty(account: Account) -> None:
    account.role(Tags=[{"Key": "empty", "Value": ""}])
    account.same(account.iam.list_role_tags(RoleName="worker")["Tags"], [{"Key": "empty", "Value": ""}])


@TABLE.behaviour(f"{API}, GetAccountAuthorizationDetails")
def the_details_have_and_lack_what_the_shapes_say(account: Account) -> None:
    policy = account.policy()
    account.user(Tags=TAGS[:1], PermissionsBoundary=policy)
    account.group()
    account.role(Description="why", Tags=TAGS[:1])
    account.iam.create_instance_profile(InstanceProfileName="with")
    account.iam.create_instance_profile(InstanceProfileName="without")
    account.iam.add_role_to_instance_profile(InstanceProfileName="with", RoleName="worker")
    account.iam.add_user_to_group(UserName="ada", GroupName="team")
    account.iam.put_group_policy(GroupName="team", PolicyName="own", PolicyDocument=READ_ALL)
    account.iam.attach_role_policy(RoleName="worker", PolicyArn=policy)
    found = account.iam.get_account_authorization_details()
    user, group, role = found["UserDetailList"][0], found["GroupDetailList"][0], found["RoleDetailList"][0]
    account.same((user["GroupList"], user["Tags"], user["UserPolicyList"]), (["team"], TAGS[:1], []))
    account.same(user["PermissionsBoundary"]["PermissionsBoundaryArn"], policy)
    account.same([own["PolicyName"] for own in group["GroupPolicyList"]], ["own"])
    account.same([profile["InstanceProfileName"] for profile in role["InstanceProfileList"]], ["with"])
    account.same((role["Tags"], role["RoleLastUsed"]), (TAGS[:1], {}))
    account.same([held["PolicyArn"] for held in role["AttachedManagedPolicies"]], [policy])
    account.true(not {"Description", "MaxSessionDuration"} & set(role), f"too much in {role}")
    local = found["Policies"][0]
    account.same((local["AttachmentCount"], local["PermissionsBoundaryUsageCount"]), (1, 1))
    account.same([version["VersionId"] for version in local["PolicyVersionList"]], ["v1"])
    account.true("Tags" not in local, f"too much in {local}")


@TABLE.behaviour(f"{API}, GetAccountAuthorizationDetails")
def filters_leave_the_other_lists_empty(account: Account) -> None:
    account.user()
    account.group()
    account.role()
    account.policy()
    lists = {"User": "UserDetailList", "Group": "GroupDetailList", "Role": "RoleDetailList", "LocalManagedPolicy": "Policies"}
    for sort, filled in lists.items():
        found = account.iam.get_account_authorization_details(Filter=[sort])
        account.same({name: len(found[name]) for name in lists.values()}, {name: int(name == filled) for name in lists.values()})


@TABLE.behaviour(f"{API}, GetAccountAuthorizationDetails")
def the_details_come_in_pages(account: Account) -> None:
    for nth in range(3):
        account.user(f"user-{nth}")
    account.role()
    seen, marker = [], {}
    for _ in range(4):
        page = account.iam.get_account_authorization_details(MaxItems=1, **marker)
        seen += [user["UserName"] for user in page["UserDetailList"]] + [role["RoleName"] for role in page["RoleDetailList"]]
        marker = {"Marker": page["Marker"]} if page["IsTruncated"] else {}
    account.same((sorted(seen), marker), (["user-0", "user-1", "user-2", "worker"], {}))


USER = {"UserName": "ada"}
TABLE.refusals(
    "iam",
    "service model of IAM; wording as met by users of AWS",
    ("no-password-policy", "get_account_password_policy", {}, "NoSuchEntity", 404,
     "The Password Policy with domain name 123456789012 cannot be found."),
    ("no-password-policy-to-delete", "delete_account_password_policy", {}, "NoSuchEntity", 404,
     "The account policy with name PasswordPolicy cannot be found."),
    ("a-password-length-of-five", "update_account_password_policy", {"MinimumPasswordLength": 5}, "ValidationError", 400,
     "at 'minimumPasswordLength' failed to satisfy constraint: Member must have value greater than or equal to 6"),
    ("a-password-age-of-zero", "update_account_password_policy", {"MaxPasswordAge": 0}, "ValidationError", 400,
     "at 'maxPasswordAge' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    ("a-reuse-prevention-of-zero", "update_account_password_policy", {"PasswordReusePrevention": 0}, "ValidationError", 400,
     "at 'passwordReusePrevention' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    ("an-alias-with-capitals", "create_account_alias", {"AccountAlias": "Alias"}, "ValidationError", 400, "accountAlias"),
    ("an-alias-of-two-characters", "create_account_alias", {"AccountAlias": "ab"}, "ValidationError", 400,
     "greater than or equal to 3"),
    ("an-alias-with-two-dashes", "create_account_alias", {"AccountAlias": "a--b"}, "ValidationError", 400, "accountAlias"),
    ("an-unknown-alias", "delete_account_alias", {"AccountAlias": "nowhere"}, "NoSuchEntity", 404, "nowhere"),
    ("a-filter-that-does-not-exist", "get_account_authorization_details", {"Filter": ["Users"]}, "ValidationError", 400,
     "Member must satisfy enum value set"),
    ("tags-of-an-unknown-user", "list_user_tags", USER, "NoSuchEntity", 404, "The user with name ada cannot be found."),
    ("a-tag-for-an-unknown-user", "tag_user", USER | {"Tags": TAGS[:1]}, "NoSuchEntity", 404,
     "The user with name ada cannot be found."),
    ("a-tag-for-an-unknown-profile", "tag_instance_profile", {"InstanceProfileName": "web", "Tags": TAGS[:1]},
     "NoSuchEntity", 404, "Instance Profile web cannot be found."),
    ("fifty-one-tags", "create_user", USER | {"Tags": TAGS}, "ValidationError", 400,
     "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"),
    ("a-tag-key-of-129-characters", "create_user", USER | {"Tags": [{"Key": "x" * 129, "Value": ""}]}, "ValidationError", 400,
     "at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128"),
    ("a-tag-value-of-257-characters", "create_user", USER | {"Tags": [{"Key": "x", "Value": "y" * 257}]}, "ValidationError",
     400, "at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256"),
    ("a-tag-key-with-an-exclamation-mark", "create_user", USER | {"Tags": [{"Key": "x!", "Value": ""}]}, "ValidationError",
     400, r"at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: "
     r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"),
    ("an-empty-tag-key", "create_user", USER | {"Tags": [{"Key": "", "Value": ""}]}, "ValidationError", 400,
     "at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ("one-tag-key-twice", "create_user", USER | {"Tags": [{"Key": "x", "Value": ""}, {"Key": "X", "Value": ""}]},
     "InvalidInput", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ("a-tag-key-of-aws", "create_user", USER | {"Tags": [{"Key": "aws:x", "Value": ""}]}, "ValidationError", 400,
     "System tags cannot be added/updated/deleted"),
    ("fifty-one-tags-to-take-off", "untag_user", USER | {"TagKeys": [tag["Key"] for tag in TAGS]}, "ValidationError", 400,
     "at 'tagKeys' failed to satisfy constraint: Member must have length less than or equal to 50"),
    ("a-tag-key-to-take-off-with-an-exclamation-mark", "untag_user", USER | {"TagKeys": ["x!"]}, "ValidationError", 400,
     "at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or "
     "equal to 128, "),
    ("no-tags-to-set", "tag_user", USER, "ValidationError", 400, "at 'tags' failed to satisfy constraint: Member must not be null"),
)
