"""IAM: managed policies with their versions and tags, and AWS's own."""

from .account import READ_ALL, Account, policy
from .table import Table

TABLE = Table("iam-policies")

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READING = "arn:aws:iam::123456789012:policy/reading"
NOWHERE = "arn:aws:iam::123456789012:policy/nowhere"
MET = "met at AWS in 2026 (LocalStack's recordings)"
WRITING = policy({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"})


@TABLE.behaviour("API reference, CreatePolicy; " + MET)
def a_new_policy_answers_without_description_and_tags_unless_it_has_some(account: Account) -> None:
    made = account.iam.create_policy(PolicyName="reading", Path="/a/b/", PolicyDocument=READ_ALL, Description="why")["Policy"]
    account.same(
        {key: value for key, value in made.items() if key not in ("PolicyId", "CreateDate", "UpdateDate")},
        {
            "PolicyName": "reading", "Arn": account.arn("policy/a/b/reading"), "Path": "/a/b/", "DefaultVersionId": "v1",
            "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0, "IsAttachable": True,
        },
    )
    account.true(made["PolicyId"].startswith("ANPA") and len(made["PolicyId"]) == 21, f"id {made['PolicyId']}")
    account.same(made["CreateDate"], made["UpdateDate"])


@TABLE.behaviour("API reference, GetPolicy; " + MET)
def a_policy_shows_its_description_and_always_its_tags(account: Account) -> None:
    arn = account.policy(Description="why")
    shown = account.iam.get_policy(PolicyArn=arn)["Policy"]
    account.same((shown["Description"], shown["Tags"]), ("why", []))


@TABLE.behaviour("API reference, Policy: the description is not included in the response to ListPolicies")
def lists_of_policies_have_neither_description_nor_tags(account: Account) -> None:
    account.policy(Description="why", Tags=[{"Key": "a", "Value": "b"}])
    (shown,) = account.iam.list_policies(Scope="Local")["Policies"]
    account.true("Description" not in shown and "Tags" not in shown, f"{shown}")


@TABLE.behaviour("IAM User Guide, IAM name requirements")
def names_of_policies_are_unique_whatever_their_case_and_path(account: Account) -> None:
    account.policy()
    account.refused(
        account.iam.create_policy, "EntityAlreadyExists", 409, "A policy called READING already exists. Duplicate names are not allowed.",
        PolicyName="READING", Path="/x/", PolicyDocument=READ_ALL,
    )


TABLE.refusals(
    "iam",
    "service model of IAM; " + MET,
    ("a-name-with-a-blank", "create_policy", {"PolicyName": "a b", "PolicyDocument": READ_ALL}, "ValidationError", 400, "policyName"),
    ("a-name-of-129-letters", "create_policy", {"PolicyName": "x" * 129, "PolicyDocument": READ_ALL}, "ValidationError", 400, "length less than or equal to 128"),
    ("no-name", "create_policy", {"PolicyDocument": READ_ALL}, "ValidationError", 400, "policyName"),
    ("no-document", "create_policy", {"PolicyName": "x"}, "ValidationError", 400, "policyDocument"),
    ("a-path-without-its-slashes", "create_policy", {"PolicyName": "x", "Path": "x", "PolicyDocument": READ_ALL}, "ValidationError", 400, "path"),
    ("a-path-with-a-star", "create_policy", {"PolicyName": "x", "Path": "/*/", "PolicyDocument": READ_ALL}, "ValidationError", 400, "path"),
    ("a-description-of-1001-letters", "create_policy", {"PolicyName": "x", "PolicyDocument": READ_ALL, "Description": "x" * 1001}, "ValidationError", 400, "length less than or equal to 1000"),
    ("the-same-tag-key-twice", "create_policy", {"PolicyName": "x", "PolicyDocument": READ_ALL, "Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}, "InvalidInput", 400, "Duplicate tag keys found."),
    ("a-tag-key-of-129-letters", "create_policy", {"PolicyName": "x", "PolicyDocument": READ_ALL, "Tags": [{"Key": "k" * 129, "Value": ""}]}, "ValidationError", 400, "tags.1.member.key"),
    ("fifty-one-tags", "create_policy", {"PolicyName": "x", "PolicyDocument": READ_ALL, "Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}, "ValidationError", 400, "length less than or equal to 50"),
    ("a-policy-that-is-not-there", "get_policy", {"PolicyArn": NOWHERE}, "NoSuchEntity", 404, f"Policy {NOWHERE} was not found."),
    ("a-short-arn", "get_policy", {"PolicyArn": "reading"}, "ValidationError", 400, "length greater than or equal to 20"),
    ("a-long-name-for-an-arn", "get_policy", {"PolicyArn": "long-policy-name-but-no-arn"}, "ValidationError", 400, "ARN long-policy-name-but-no-arn is not valid."),
    ("an-aws-policy-that-is-not-there", "get_policy", {"PolicyArn": "arn:aws:iam::aws:policy/NoSuchAccess"}, "NoSuchEntity", 404, "was not found"),
    ("an-aws-policy-without-its-path", "get_policy", {"PolicyArn": "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"}, "NoSuchEntity", 404, "was not found"),
    ("to-delete-what-is-not-there", "delete_policy", {"PolicyArn": NOWHERE}, "NoSuchEntity", 404, f"Policy {NOWHERE} was not found."),
    ("a-version-of-what-is-not-there", "get_policy_version", {"PolicyArn": NOWHERE, "VersionId": "v1"}, "NoSuchEntity", 404, f"Policy {NOWHERE} version v1 does not exist or is not attachable."),
    ("to-switch-what-is-not-there", "set_default_policy_version", {"PolicyArn": NOWHERE, "VersionId": "v1"}, "NoSuchEntity", 404, "version v1 does not exist or is not attachable."),
    ("users-of-what-is-not-there", "list_entities_for_policy", {"PolicyArn": NOWHERE}, "NoSuchEntity", 404, f"Policy {NOWHERE} does not exist or is not attachable."),
    ("to-tag-what-is-not-there", "tag_policy", {"PolicyArn": NOWHERE, "Tags": [{"Key": "a", "Value": ""}]}, "NoSuchEntity", 404, f"Policy {NOWHERE} was not found."),
    ("a-version-id-without-its-letter", "get_policy_version", {"PolicyArn": ADMINISTRATOR, "VersionId": "1"}, "ValidationError", 400, r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"),
    ("a-version-id-of-nought", "get_policy_version", {"PolicyArn": ADMINISTRATOR, "VersionId": "v0"}, "ValidationError", 400, "versionId"),
    ("a-scope-that-is-none", "list_policies", {"Scope": "Mine"}, "ValidationError", 400, "scope"),
    ("a-usage-that-is-none", "list_policies", {"PolicyUsageFilter": "Both"}, "ValidationError", 400, "policyUsageFilter"),
    ("a-page-of-1001", "list_policies", {"MaxItems": 1001}, "ValidationError", 400, "maxItems"),
    ("a-path-prefix-that-is-no-path", "list_policies", {"PathPrefix": "/x"}, "ValidationError", 400, "pathPrefix"),
    ("a-path-prefix-without-a-slash", "list_policies", {"PathPrefix": "x"}, "ValidationError", 400, "pathPrefix"),
)


@TABLE.behaviour("IAM User Guide, Versioning IAM policies; " + MET)
def versions_are_listed_newest_first_and_one_is_the_default(account: Account) -> None:
    arn = account.policy()
    second = account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=WRITING)["PolicyVersion"]
    third = account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=READ_ALL, SetAsDefault=True)["PolicyVersion"]
    account.same([(made["VersionId"], made["IsDefaultVersion"], "Document" in made) for made in (second, third)], [("v2", False, False), ("v3", True, False)])
    listed = account.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    account.same([(each["VersionId"], each["IsDefaultVersion"]) for each in listed], [("v3", True), ("v2", False), ("v1", False)])
    account.same(account.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"], "v3")
    account.same(account.iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"]["Statement"][0]["Action"], "s3:PutObject")


@TABLE.behaviour("IAM User Guide, Versioning IAM policies; " + MET)
def a_sixth_version_is_refused_and_ids_are_never_used_again(account: Account) -> None:
    arn = account.policy()
    for _ in range(4):
        account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=WRITING)
    account.refused(
        account.iam.create_policy_version, "LimitExceeded", 409,
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
        PolicyArn=arn, PolicyDocument=READ_ALL,
    )
    account.iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    account.same(account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=READ_ALL)["PolicyVersion"]["VersionId"], "v6")


@TABLE.behaviour("API reference, DeletePolicyVersion; " + MET)
def the_default_version_cannot_be_deleted_alone(account: Account) -> None:
    arn = account.policy()
    account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=WRITING, SetAsDefault=True)
    account.refused(account.iam.delete_policy_version, "DeleteConflict", 409, "Cannot delete the default version of a policy.", PolicyArn=arn, VersionId="v2")
    account.iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    account.refused(account.iam.delete_policy_version, "NoSuchEntity", 404, "version v1 does not exist", PolicyArn=arn, VersionId="v1")


@TABLE.behaviour("API reference, SetDefaultPolicyVersion")
def the_default_can_be_switched_back_and_the_date_of_change_follows(account: Account) -> None:
    arn = account.policy()
    account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=WRITING, SetAsDefault=True)
    account.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    account.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    account.same(account.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"], "v1")
    account.refused(account.iam.set_default_policy_version, "NoSuchEntity", 404, "version v4 does not exist or is not attachable.", PolicyArn=arn, VersionId="v4")
    account.refused(account.iam.set_default_policy_version, "ValidationError", 400, "versionId", PolicyArn=arn, VersionId="latest")


@TABLE.behaviour("rebuy-de/aws-nuke#1")
def a_policy_with_versions_cannot_be_deleted(account: Account) -> None:
    arn = account.policy()
    account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=WRITING)
    account.refused(account.iam.delete_policy, "DeleteConflict", 409, "This policy has more than one version.", PolicyArn=arn)
    account.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    account.iam.delete_policy(PolicyArn=arn)
    account.refused(account.iam.get_policy, "NoSuchEntity", 404, PolicyArn=arn)


@TABLE.behaviour("IAM User Guide, Unique identifiers")
def a_policy_made_anew_has_another_id_and_begins_at_its_first_version(account: Account) -> None:
    arn = account.policy()
    before = account.iam.get_policy(PolicyArn=arn)["Policy"]["PolicyId"]
    account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=WRITING, SetAsDefault=True)
    account.iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    account.iam.delete_policy(PolicyArn=arn)
    account.policy()
    shown = account.iam.get_policy(PolicyArn=arn)["Policy"]
    account.true(shown["PolicyId"] != before and shown["DefaultVersionId"] == "v1", f"{shown}")


@TABLE.behaviour("API reference, ListPolicies")
def policies_are_listed_by_scope_path_and_use(account: Account) -> None:
    plain, deep, fence = account.policy(), account.policy("deep", Path="/team/"), account.policy("fence")
    account.user()
    account.iam.attach_user_policy(UserName="ada", PolicyArn=deep)
    account.iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=fence)

    def listed(**more: object) -> list[str]:
        return [each["PolicyName"] for each in account.iam.list_policies(Scope="Local", **more)["Policies"]]

    account.same(listed(), ["deep", "fence", "reading"])
    account.same(listed(PathPrefix="/team/"), ["deep"])
    account.same(listed(OnlyAttached=True), ["deep"])
    account.same(listed(PolicyUsageFilter="PermissionsBoundary"), ["fence"])
    account.same([account.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] for arn in (plain, deep, fence)], [0, 1, 0])
    account.same(account.iam.get_policy(PolicyArn=fence)["Policy"]["PermissionsBoundaryUsageCount"], 1)


@TABLE.behaviour("API reference, ListPolicies: 100 a page by default, markers")
def pages_of_policies_follow_one_another(account: Account) -> None:
    for number in range(5):
        account.policy(f"p{number}")
    first = account.iam.list_policies(Scope="Local", MaxItems=2)
    account.same((len(first["Policies"]), first["IsTruncated"], "Marker" in first), (2, True, True))
    pages = account.iam.get_paginator("list_policies").paginate(Scope="Local", PaginationConfig={"PageSize": 2})
    account.same([each["PolicyName"] for page in pages for each in page["Policies"]], [f"p{number}" for number in range(5)])
    aws = account.iam.list_policies(Scope="AWS")
    account.same((len(aws["Policies"]), aws["IsTruncated"]), (100, True))


@TABLE.behaviour("API reference, ListEntitiesForPolicy")
def who_uses_a_policy_is_told_by_sort_path_and_use(account: Account) -> None:
    arn = account.policy()
    user, group, role = account.user(Path="/people/"), account.group(), account.role()
    account.iam.attach_user_policy(UserName="ada", PolicyArn=arn)
    account.iam.attach_group_policy(GroupName="team", PolicyArn=arn)
    account.iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=arn)

    def found(**more: object) -> tuple:
        answer = account.iam.list_entities_for_policy(PolicyArn=arn, **more)
        return answer["PolicyUsers"], answer["PolicyGroups"], answer["PolicyRoles"]

    users, groups = [{"UserName": "ada", "UserId": user["UserId"]}], [{"GroupName": "team", "GroupId": group["GroupId"]}]
    roles = [{"RoleName": "worker", "RoleId": role["RoleId"]}]
    account.same(found(), (users, groups, roles))
    account.same(found(EntityFilter="User"), (users, [], []))
    account.same(found(PathPrefix="/people/"), (users, [], []))
    account.same(found(PolicyUsageFilter="PermissionsBoundary"), ([], [], roles))
    account.same(found(PolicyUsageFilter="PermissionsPolicy"), (users, groups, []))


@TABLE.behaviour("IAM User Guide, Tags for IAM resources: keys are case-sensitive on policies; " + MET)
def tag_keys_of_policies_differ_by_case(account: Account) -> None:
    arn = account.policy(Tags=[{"Key": "a", "Value": "small"}, {"Key": "A", "Value": "big"}])
    account.same(account.iam.list_policy_tags(PolicyArn=arn)["Tags"], [{"Key": "A", "Value": "big"}, {"Key": "a", "Value": "small"}])
    account.iam.untag_policy(PolicyArn=arn, TagKeys=["a", "nosuch"])
    account.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "A", "Value": ""}])
    account.same(account.iam.list_policy_tags(PolicyArn=arn)["Tags"], [{"Key": "A", "Value": ""}])


@TABLE.behaviour("API reference, ListPolicyTags")
def tags_of_a_policy_come_in_pages(account: Account) -> None:
    arn = account.policy(Tags=[{"Key": f"k{number}", "Value": ""} for number in range(3)])
    first = account.iam.list_policy_tags(PolicyArn=arn, MaxItems=2)
    rest = account.iam.list_policy_tags(PolicyArn=arn, MaxItems=2, Marker=first["Marker"])
    account.same((len(first["Tags"]), first["IsTruncated"], len(rest["Tags"]), rest["IsTruncated"]), (2, True, 1, False))


@TABLE.behaviour("API reference, ListPolicyTags")
def policies_of_aws_have_no_tags(account: Account) -> None:
    account.same(account.iam.list_policy_tags(PolicyArn=ADMINISTRATOR)["Tags"], [])


@TABLE.behaviour("AWS Managed Policy Reference Guide, AdministratorAccess; API reference, GetPolicy")
def the_administrators_policy_is_what_it_is_everywhere(account: Account) -> None:
    shown = account.iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]
    account.same(
        (shown["PolicyId"], shown["Path"], shown["DefaultVersionId"], shown["IsAttachable"], shown["Description"], shown["Tags"]),
        ("ANPAIWMBCKSKIEE64ZLYK", "/", "v1", True, "Provides full access to AWS services and resources.", []),
    )
    account.same(shown["CreateDate"].isoformat(), "2015-02-06T18:39:46+00:00")
    version = account.iam.get_policy_version(PolicyArn=ADMINISTRATOR, VersionId="v1")["PolicyVersion"]
    account.same(version["Document"], {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


@TABLE.behaviour("AWS Managed Policy Reference Guide")
def well_known_policies_of_aws_have_their_documents(account: Account) -> None:
    for name, action in (
        ("service-role/AWSLambdaBasicExecutionRole", "logs:CreateLogGroup"), ("AmazonS3ReadOnlyAccess", "s3:Get*"), ("IAMReadOnlyAccess", "iam:Get*"),
        ("service-role/AWSLambdaVPCAccessExecutionRole", "ec2:CreateNetworkInterface"), ("job-function/ViewOnlyAccess", "s3:ListBucket"), ("SecurityAudit", "iam:List*"),
    ):
        arn = f"arn:aws:iam::aws:policy/{name}"
        default = account.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        shown = account.iam.get_policy_version(PolicyArn=arn, VersionId=default)["PolicyVersion"]
        account.true(shown["IsDefaultVersion"] and action in str(shown["Document"]), f"{name}: {shown}")
        account.true(default in [each["VersionId"] for each in account.iam.list_policy_versions(PolicyArn=arn)["Versions"]], f"no {default} of {name}")


@TABLE.behaviour("API reference, ListPolicies: Scope")
def policies_of_aws_are_listed_with_their_paths_and_count_as_attached_once_they_are(account: Account) -> None:
    account.user()
    account.iam.attach_user_policy(UserName="ada", PolicyArn=ADMINISTRATOR)
    (shown,) = account.iam.list_policies(Scope="AWS", OnlyAttached=True)["Policies"]
    account.same((shown["Arn"], shown["AttachmentCount"]), (ADMINISTRATOR, 1))
    jobs = account.iam.list_policies(Scope="AWS", PathPrefix="/job-function/")["Policies"]
    account.true({"Billing", "ViewOnlyAccess", "SystemAdministrator"} <= {each["PolicyName"] for each in jobs}, f"{jobs}")
    account.same({each["Path"] for each in jobs}, {"/job-function/"})


TABLE.refusals(
    "iam",
    "IAM User Guide, AWS managed policies: you can't change them (the code and words are those of any call that no policy allows)",
    *(
        (f"aws-own-policies-are-read-only-for-{operation.replace('_', '-')}", operation, {"PolicyArn": ADMINISTRATOR, **more}, "AccessDenied", 403, f"on resource: policy {ADMINISTRATOR}")
        for operation, more in (
            ("create_policy_version", {"PolicyDocument": READ_ALL}),
            ("delete_policy", {}),
            ("delete_policy_version", {"VersionId": "v1"}),
            ("set_default_policy_version", {"VersionId": "v1"}),
            ("tag_policy", {"Tags": [{"Key": "a", "Value": ""}]}),
        )
    ),
)


@TABLE.behaviour("AWS troubleshooting pages: changes are not always immediately visible", lag=True)
def with_lag_a_fresh_policy_is_found_and_attached_after_a_while(account: Account) -> None:
    arn = account.policy()
    account.until(lambda: account.iam.get_policy(PolicyArn=arn), "was not found")
    account.user()
    account.until(lambda: account.iam.attach_user_policy(UserName="ada", PolicyArn=arn), "NoSuchEntity")
    for _ in range(20):
        if account.iam.list_attached_user_policies(UserName="ada")["AttachedPolicies"]:
            return
    account.true(False, "the attachment never shows")


@TABLE.behaviour("AWS troubleshooting pages: changes are not always immediately visible", lag=True)
def with_lag_a_switched_default_shows_after_a_while(account: Account) -> None:
    arn = account.policy()
    account.until(lambda: account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=WRITING), "NoSuchEntity")
    account.until(lambda: account.iam.set_default_policy_version(PolicyArn=arn, VersionId="v2"), "NoSuchEntity")
    for _ in range(20):
        if account.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2":
            return
    account.true(False, "the switch never shows")


@TABLE.behaviour("terraform-provider-aws, internal/service/iam: DeleteConflict of what was just detached is tried again", lag=True)
def with_lag_a_policy_just_detached_can_be_deleted_after_a_while(account: Account) -> None:
    arn = account.policy()
    account.group()
    account.until(lambda: account.iam.attach_group_policy(GroupName="team", PolicyArn=arn), "NoSuchEntity")
    account.until(lambda: account.iam.detach_group_policy(GroupName="team", PolicyArn=arn), "NoSuchEntity")
    account.until(lambda: account.iam.delete_policy(PolicyArn=arn), "DeleteConflict")
