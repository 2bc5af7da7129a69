"""IAM: what policies speak of, without deciding anything."""

from .account import READ_ALL, Account, policy
from .table import Table

TABLE = Table("iam-reach")

KEYED = policy(
    {
        "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::home-${aws:username}",
        "Condition": {"StringLike": {"s3:prefix": ["${aws:PrincipalTag/team, 'none'}/*"]}, "Bool": {"aws:SecureTransport": "true"}},
    }
)


@TABLE.behaviour("API reference, GetContextKeysForCustomPolicy")
def the_keys_of_conditions_and_variables_are_told(account: Account) -> None:
    found = account.iam.get_context_keys_for_custom_policy(PolicyInputList=[KEYED, READ_ALL])["ContextKeyNames"]
    account.same(sorted(found), ["aws:PrincipalTag/team", "aws:SecureTransport", "aws:username", "s3:prefix"])
    account.refused(account.iam.get_context_keys_for_custom_policy, "InvalidInput", 400, PolicyInputList=["{"])


@TABLE.behaviour("API reference, GetContextKeysForPrincipalPolicy: a user's groups count")
def the_keys_in_the_policies_of_a_principal_are_told(account: Account) -> None:
    user = account.user()
    account.group()
    account.iam.add_user_to_group(UserName="ada", GroupName="team")
    account.iam.put_group_policy(GroupName="team", PolicyName="home", PolicyDocument=KEYED)
    found = account.iam.get_context_keys_for_principal_policy(PolicySourceArn=user["Arn"])["ContextKeyNames"]
    account.true("s3:prefix" in found, f"{found}")
    account.refused(account.iam.get_context_keys_for_principal_policy, "NoSuchEntity", 404, PolicySourceArn=account.arn("user/eve"))


@TABLE.behaviour("API reference, ListPoliciesGrantingServiceAccess")
def the_policies_that_let_a_principal_use_a_service_are_listed(account: Account) -> None:
    user = account.user()
    account.group()
    account.iam.add_user_to_group(UserName="ada", GroupName="team")
    account.iam.put_group_policy(GroupName="team", PolicyName="inline", PolicyDocument=READ_ALL)
    arn = account.policy()
    account.iam.attach_user_policy(UserName="ada", PolicyArn=arn)
    answer = account.iam.list_policies_granting_service_access(Arn=user["Arn"], ServiceNamespaces=["s3", "iam"])
    account.same(answer["IsTruncated"], False)
    account.same(
        {each["ServiceNamespace"]: each["Policies"] for each in answer["PoliciesGrantingServiceAccess"]},
        {
            "s3": [
                {"PolicyName": "reading", "PolicyType": "MANAGED", "PolicyArn": arn},
                {"PolicyName": "inline", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "team"},
            ],
            "iam": [],
        },
    )
