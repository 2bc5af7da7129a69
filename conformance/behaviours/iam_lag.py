"""IAM under lag: what was just written is not seen everywhere at once, and what waits for it gets through."""

from .account import LAMBDA_TRUST, Account
from .table import Table

TABLE = Table("iam-lag")
EVENTUAL = "IAM User Guide, troubleshoot_general: changes are not always visible at once"
PROVIDER = "met by the Terraform provider"
TRIES = 20


def refusals(account: Account, call, code: str, **parameters: object) -> int:
    """How often a call is refused with this code before it gets through; every other refusal fails."""
    for nth in range(TRIES):
        try:
            call(**parameters)
            return nth
        except account.iam.exceptions.ClientError as error:
            account.same(error.response["Error"]["Code"], code)
    account.true(False, f"still {code} after {TRIES} tries")
    return TRIES


@TABLE.behaviour(EVENTUAL, lag=True)
def new_principals_are_sometimes_not_found_and_then_found(account: Account) -> None:
    missed = 0
    for nth in range(8):
        account.user(f"ada-{nth}")
        missed += refusals(account, account.iam.get_user, "NoSuchEntity", UserName=f"ada-{nth}")
        account.iam.create_role(RoleName=f"worker-{nth}", AssumeRolePolicyDocument=LAMBDA_TRUST)
        missed += refusals(account, account.iam.get_role, "NoSuchEntity", RoleName=f"worker-{nth}")
        account.group(f"team-{nth}")
        missed += refusals(account, account.iam.get_group, "NoSuchEntity", GroupName=f"team-{nth}")
        account.iam.create_instance_profile(InstanceProfileName=f"web-{nth}")
        missed += refusals(account, account.iam.get_instance_profile, "NoSuchEntity", InstanceProfileName=f"web-{nth}")
    account.true(missed, "everything was seen at once")


@TABLE.behaviour(EVENTUAL, lag=True)
def names_are_taken_at_once(account: Account) -> None:
    for nth in range(4):
        account.user(f"ada-{nth}")
        account.refused(account.iam.create_user, "EntityAlreadyExists", 409, UserName=f"ada-{nth}")


@TABLE.behaviour(EVENTUAL, lag=True)
def writes_to_a_new_thing_are_sometimes_not_found(account: Account) -> None:
    missed = 0
    tags = [{"Key": "a", "Value": "b"}]
    for nth in range(8):
        account.user(f"ada-{nth}")
        missed += refusals(account, account.iam.tag_user, "NoSuchEntity", UserName=f"ada-{nth}", Tags=tags)
        account.group(f"team-{nth}")
        pair = {"UserName": f"ada-{nth}", "GroupName": f"team-{nth}"}
        missed += refusals(account, account.iam.add_user_to_group, "NoSuchEntity", **pair)
        account.iam.create_instance_profile(InstanceProfileName=f"web-{nth}")
        account.iam.create_role(RoleName=f"worker-{nth}", AssumeRolePolicyDocument=LAMBDA_TRUST)
        pair = {"InstanceProfileName": f"web-{nth}", "RoleName": f"worker-{nth}"}
        missed += refusals(account, account.iam.add_role_to_instance_profile, "NoSuchEntity", **pair)
    account.true(missed, "everything was seen at once")


@TABLE.behaviour(EVENTUAL, lag=True)
def deleted_users_sometimes_still_answer(account: Account) -> None:
    answered = 0
    for nth in range(10):
        name = {"UserName": f"ada-{nth}"}
        account.user(f"ada-{nth}")
        refusals(account, account.iam.delete_user, "NoSuchEntity", **name)
        for _ in range(TRIES):
            found = [user["UserName"] for user in account.iam.list_users()["Users"]]
            if f"ada-{nth}" not in found:
                break
            answered += 1
        account.true(f"ada-{nth}" not in found, "it never went")
    account.true(answered, "every deletion was seen at once")


@TABLE.behaviour(f"{PROVIDER}: policy attachments that a list does not show yet", lag=True)
def attachments_and_members_are_sometimes_not_listed_yet(account: Account) -> None:
    account.group()
    policy, late = account.policy(), 0
    for nth in range(8):
        name = {"UserName": f"ada-{nth}"}
        account.user(f"ada-{nth}")
        account.until(lambda: account.iam.attach_user_policy(PolicyArn=policy, **name), "NoSuchEntity")
        account.until(lambda: account.iam.add_user_to_group(GroupName="team", **name), "NoSuchEntity")
        for _ in range(TRIES):
            groups = account.iam.list_groups_for_user(**name)["Groups"]
            if groups:
                break
            late += 1
        account.same([group["GroupName"] for group in groups], ["team"])
    account.true(late, "every membership was listed at once")


@TABLE.behaviour(f"{PROVIDER}: DeleteRole is refused just after the last detachment", lag=True)
def a_deletion_just_after_detaching_is_sometimes_a_conflict(account: Account) -> None:
    policy, conflicts = account.policy(), 0
    for nth in range(10):
        name = {"RoleName": f"worker-{nth}"}
        account.role(**{"name": f"worker-{nth}"})
        account.until(lambda: account.iam.attach_role_policy(PolicyArn=policy, **name), "NoSuchEntity")
        for _ in range(4):
            account.sts.get_caller_identity()
        account.iam.detach_role_policy(PolicyArn=policy, **name)
        conflicts += refusals(account, account.iam.delete_role, "DeleteConflict", **name)
    account.true(conflicts, "every deletion went through at once")


@TABLE.behaviour(f"{PROVIDER}: a new role's Arn is its unique id for a while", lag=True)
def the_arn_of_a_new_role_is_sometimes_its_id(account: Account) -> None:
    bare = 0
    for nth in range(16):
        name = {"RoleName": f"worker-{nth}"}
        role = account.iam.create_role(AssumeRolePolicyDocument=LAMBDA_TRUST, **name)["Role"]
        for _ in range(TRIES):
            if role["Arn"].startswith("arn:"):
                break
            account.same(role["Arn"], role["RoleId"])
            bare += 1
            role = account.until(lambda: account.iam.get_role(**name), "NoSuchEntity")["Role"]
        account.same(role["Arn"], account.arn(f"role/worker-{nth}"))
    account.true(bare, "every ARN was shown at once")


@TABLE.behaviour(f"{PROVIDER}: DeleteLoginProfile just after its creation", lag=True)
def a_new_login_profile_is_sometimes_not_modifiable(account: Account) -> None:
    refused = 0
    for nth in range(10):
        name = {"UserName": f"ada-{nth}"}
        account.user(f"ada-{nth}")
        account.until(lambda: account.iam.create_login_profile(Password="Correct-Horse-1", **name), "NoSuchEntity")
        refused += refusals(account, account.iam.delete_login_profile, "EntityTemporarilyUnmodifiable", **name)
    account.true(refused, "every profile was settled at once")


@TABLE.behaviour("API reference, GetCredentialReport", lag=True)
def a_report_may_be_in_progress(account: Account) -> None:
    account.same(account.iam.generate_credential_report()["State"], "STARTED")
    refusals(account, account.iam.get_credential_report, "ReportInProgress")
    account.same(account.iam.generate_credential_report()["State"], "COMPLETE")
