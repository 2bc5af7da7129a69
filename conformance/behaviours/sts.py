"""STS: sessions of roles and users, and who is told to call."""

import base64
import json
import time

from .account import Account, policy, trust
from .calls import sign_in
from .table import Table

TABLE = Table("sts")
ADMIN = "arn:aws:iam::123456789012:user/sandbox-admin"
ROOT = "arn:aws:iam::123456789012:root"
ANYBODY = trust({"AWS": "*"})


def assumed(account: Account, name: str = "worker", session: str = "night", **more: object) -> dict:
    """What AssumeRole answers."""
    return account.sts.assume_role(RoleArn=account.arn(f"role/{name}"), RoleSessionName=session, **more)


def conditioned(condition: dict, action: str | list = "sts:AssumeRole", principal: dict | str = "*") -> str:
    """A trust policy with one condition."""
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition})


@TABLE.behaviour("API reference, GetCallerIdentity")
def a_key_made_in_the_account_signs_as_its_user(account: Account) -> None:
    user = account.user(Path="/people/")
    caller = sign_in(account, "ada").client("sts").get_caller_identity()
    account.same((caller["Arn"], caller["UserId"], caller["Account"]), (user["Arn"], user["UserId"], account.number))


@TABLE.behaviour("API reference, Making query requests")
def an_answer_is_xml_with_a_request_id_in_body_and_header(account: Account) -> None:
    answer = account.query("sts", "GetCallerIdentity")
    account.same((answer.status, answer.headers["content-type"]), (200, "text/xml"))
    account.true(answer.headers["x-amzn-requestid"] in answer.text(), f"no request id in {answer}")


@TABLE.behaviour("IAM user guide, IAM identifiers; API reference, GetCallerIdentity")
def a_sessions_arn_lacks_the_roles_path_and_its_user_id_names_role_and_session(account: Account) -> None:
    role = account.role("worker", ANYBODY, Path="/team/")
    answer = account.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="night")
    arn = f"arn:aws:sts::{account.number}:assumed-role/worker/night"
    account.same(answer["AssumedRoleUser"], {"AssumedRoleId": f"{role['RoleId']}:night", "Arn": arn})
    caller = sign_in(account, answer).client("sts").get_caller_identity()
    account.same((caller["Arn"], caller["UserId"]), (arn, f"{role['RoleId']}:night"))


@TABLE.behaviour("IAM user guide, Using temporary security credentials")
def temporary_keys_begin_with_asia_and_last_an_hour(account: Account) -> None:
    account.role("worker", ANYBODY)
    keys = assumed(account)["Credentials"]
    account.true(keys["AccessKeyId"].startswith("ASIA") and len(keys["AccessKeyId"]) == 20, str(keys))
    account.same(len(keys["SecretAccessKey"]), 40)
    left = keys["Expiration"].timestamp() - time.time()
    account.true(3590 <= left <= 3601, f"lasts {left} s")


@TABLE.behaviour("API reference, AssumeRole: without policy or tags there is no PackedPolicySize")
def a_plain_session_tells_no_packed_size(account: Account) -> None:
    account.role("worker", ANYBODY)
    account.same(sorted(assumed(account).keys() - {"ResponseMetadata"}), ["AssumedRoleUser", "Credentials"])


@TABLE.behaviour("API reference, AssumeRole, PackedPolicySize")
def a_session_policy_tells_its_packed_size(account: Account) -> None:
    account.role("worker", ANYBODY)
    document = policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    account.true(0 < assumed(account, Policy=document)["PackedPolicySize"] <= 100, "no packed size")


@TABLE.behaviour("API reference, AssumeRole, MalformedPolicyDocument")
def a_session_policy_has_to_be_a_policy(account: Account) -> None:
    account.role("worker", ANYBODY)
    account.refused(lambda: assumed(account, Policy="{nonsense"), "MalformedPolicyDocument", 400)


@TABLE.behaviour("service model of STS, sessionPolicyDocumentType")
def a_session_policy_has_at_most_2048_characters(account: Account) -> None:
    account.role("worker", ANYBODY)
    account.refused(lambda: assumed(account, Policy=" " * 2049), "ValidationError", 400, "at 'policy' failed")


@TABLE.behaviour("API reference, AssumeRole, PolicyArns: up to 10")
def eleven_session_policies_are_too_many(account: Account) -> None:
    account.role("worker", ANYBODY)
    arns = [{"arn": f"arn:aws:iam::aws:policy/P{nth}"} for nth in range(11)]
    account.refused(lambda: assumed(account, PolicyArns=arns), "ValidationError", 400)


@TABLE.behaviour("IAM user guide, Troubleshoot IAM roles: I can't assume a role")
def a_role_that_is_not_there_is_refused_like_one_that_does_not_trust(account: Account) -> None:
    said = f"User: {ADMIN} is not authorized to perform: sts:AssumeRole on resource: {account.arn('role/worker')}"
    account.refused(lambda: assumed(account), "AccessDenied", 403, said)
    account.role("worker")
    account.refused(lambda: assumed(account), "AccessDenied", 403, said)


@TABLE.behaviour("IAM user guide, Troubleshoot IAM roles: role names in ARNs are case sensitive")
def a_roles_arn_is_told_by_case_and_path(account: Account) -> None:
    account.role("Worker", ANYBODY, Path="/team/")
    for name in ("team/worker", "Worker"):
        account.refused(lambda: assumed(account, name), "AccessDenied", 403)
    assumed(account, "team/Worker")


@TABLE.behaviour("IAM user guide, AWS JSON policy elements: Principal, account principals")
def trusting_the_account_lets_its_principals_in(account: Account) -> None:
    for name, principal in (("one", {"AWS": ROOT}), ("two", {"AWS": account.number})):
        account.role(name, trust(principal))
        assumed(account, name)


@TABLE.behaviour("IAM user guide, AWS JSON policy elements: Principal, IAM user principals")
def trusting_a_user_lets_that_user_alone_in(account: Account) -> None:
    account.user("ada")
    account.user("bob")
    account.role("worker", trust({"AWS": account.arn("user/ada")}))
    arn = account.arn("role/worker")
    sign_in(account, "ada").client("sts").assume_role(RoleArn=arn, RoleSessionName="night")
    bob = sign_in(account, "bob").client("sts")
    account.refused(
        bob.assume_role, "AccessDenied", 403, account.arn("user/bob"), RoleArn=arn, RoleSessionName="night"
    )


@TABLE.behaviour("IAM user guide, AWS JSON policy elements: Principal: ids of deleted principals stay")
def a_user_made_anew_is_not_the_one_that_was_trusted(account: Account) -> None:
    account.user("ada")
    account.role("worker", trust({"AWS": account.arn("user/ada")}))
    account.iam.delete_user(UserName="ada")
    account.user("ada")
    ada = sign_in(account, "ada").client("sts")
    account.refused(
        ada.assume_role, "AccessDenied", 403, RoleArn=account.arn("role/worker"), RoleSessionName="night"
    )


@TABLE.behaviour("IAM user guide, Access to AWS accounts owned by third parties")
def an_external_id_has_to_be_the_one_that_is_asked_for(account: Account) -> None:
    account.role("worker", conditioned({"StringEquals": {"sts:ExternalId": "0815"}}))
    account.refused(lambda: assumed(account), "AccessDenied", 403)
    account.refused(lambda: assumed(account, ExternalId="4711"), "AccessDenied", 403)
    assumed(account, ExternalId="0815")


@TABLE.behaviour("IAM user guide, AWS global condition context keys, aws:PrincipalArn")
def a_trust_policy_may_name_callers_by_arn_pattern(account: Account) -> None:
    account.role("worker", conditioned({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/sandbox-*"}}))
    account.role("other", conditioned({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}))
    assumed(account)
    account.refused(lambda: assumed(account, "other"), "AccessDenied", 403)


@TABLE.behaviour("IAM user guide, Policy evaluation logic")
def a_denial_in_a_trust_policy_wins(account: Account) -> None:
    statement = {"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    account.role("worker", policy({"Effect": "Allow", **statement}, {"Effect": "Deny", **statement}))
    account.refused(lambda: assumed(account), "AccessDenied", 403)


@TABLE.behaviour("API reference, AssumeRole, DurationSeconds")
def a_session_lasts_at_most_as_long_as_its_role_lets_it(account: Account) -> None:
    account.role("worker", ANYBODY)
    said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    account.refused(lambda: assumed(account, DurationSeconds=3601), "ValidationError", 400, said)
    account.iam.update_role(RoleName="worker", MaxSessionDuration=7200)
    left = assumed(account, DurationSeconds=7200)["Credentials"]["Expiration"].timestamp() - time.time()
    account.true(7190 <= left <= 7201, f"lasts {left} s")


@TABLE.behaviour("IAM user guide, Roles terms and concepts: role chaining")
def a_chained_session_lasts_an_hour_at_most(account: Account) -> None:
    account.role("worker", ANYBODY, MaxSessionDuration=7200)
    first = sign_in(account, assumed(account)).client("sts")
    again = {"RoleArn": account.arn("role/worker"), "RoleSessionName": "again"}
    said = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    account.refused(first.assume_role, "ValidationError", 400, said, DurationSeconds=3601, **again)
    first.assume_role(DurationSeconds=3600, **again)


@TABLE.behaviour("IAM user guide, Pass session tags in AWS STS: the trust policy has to allow sts:TagSession")
def session_tags_need_a_permission_of_their_own(account: Account) -> None:
    account.role("worker", ANYBODY)
    tags = [{"Key": "team", "Value": "red"}]
    account.refused(lambda: assumed(account, Tags=tags), "AccessDenied", 403, "sts:TagSession")
    account.role("tagged", policy({"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}))
    account.true("PackedPolicySize" in assumed(account, "tagged", Tags=tags), "no packed size")


@TABLE.behaviour("API reference, AssumeRole, Tags; met in AWS by LocalStack's recorded answers")
def session_tags_are_told_apart_without_regard_to_case(account: Account) -> None:
    account.role("worker", policy({"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}))
    account.refused(
        lambda: assumed(account, Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]),
        "InvalidParameterValue", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
    account.refused(
        lambda: assumed(account, Tags=[{"Key": "a", "Value": "1"}], TransitiveTagKeys=["b"]),
        "InvalidParameterValue", 400, "The specified transitive tag key must be included in the requested tags.",
    )


@TABLE.behaviour("IAM user guide, Pass session tags in AWS STS: chaining roles with session tags")
def a_transitive_tag_cannot_be_set_anew(account: Account) -> None:
    account.role("worker", policy({"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}))
    tags = [{"Key": "team", "Value": "red"}]
    first = sign_in(account, assumed(account, Tags=tags, TransitiveTagKeys=["team"])).client("sts")
    account.refused(
        first.assume_role, "InvalidParameterValue", 400, "conflicts with a transitive tag key",
        RoleArn=account.arn("role/worker"), RoleSessionName="again", Tags=[{"Key": "Team", "Value": "blue"}],
    )


@TABLE.behaviour("API reference, AssumeRole, SourceIdentity")
def a_source_identity_needs_a_permission_and_is_shown(account: Account) -> None:
    account.role("worker", ANYBODY)
    account.refused(lambda: assumed(account, SourceIdentity="ada"), "AccessDenied", 403, "sts:SetSourceIdentity")
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    account.role("told", policy({"Effect": "Allow", "Principal": "*", "Action": actions}))
    account.same(assumed(account, "told", SourceIdentity="ada")["SourceIdentity"], "ada")


@TABLE.behaviour("IAM user guide, Revoke temporary credentials: a deleted role's sessions are no good")
def a_session_ends_with_its_role(account: Account) -> None:
    account.role("worker", ANYBODY)
    client = sign_in(account, assumed(account)).client("sts")
    client.get_caller_identity()
    account.iam.delete_role(RoleName="worker")
    account.refused(client.get_caller_identity, "InvalidClientTokenId", 403)


@TABLE.behaviour("API reference, GetSessionToken")
def a_users_session_is_the_user_but_cannot_call_iam(account: Account) -> None:
    user = account.user()
    session = sign_in(account, sign_in(account, "ada").client("sts").get_session_token())
    account.same(session.client("sts").get_caller_identity()["Arn"], user["Arn"])
    account.refused(session.client("iam").list_users, "InvalidClientTokenId", 403)
    account.refused(
        session.client("sts").get_session_token, "AccessDenied", 403,
        "Cannot call GetSessionToken with session credentials",
    )
    account.true(session.client("s3").list_buckets()["Buckets"] == [], "S3 is not open to it")


@TABLE.behaviour("API reference, GetSessionToken, DurationSeconds")
def a_users_session_lasts_twelve_hours(account: Account) -> None:
    left = account.sts.get_session_token()["Credentials"]["Expiration"].timestamp() - time.time()
    account.true(43_190 <= left <= 43_201, f"lasts {left} s")


@TABLE.behaviour("API reference, GetFederationToken")
def a_federated_user_is_named_by_account_and_name(account: Account) -> None:
    answer = account.sts.get_federation_token(Name="guest")
    arn = f"arn:aws:sts::{account.number}:federated-user/guest"
    account.same(answer["FederatedUser"], {"FederatedUserId": f"{account.number}:guest", "Arn": arn})
    account.same(answer["PackedPolicySize"], 0)
    session = sign_in(account, answer)
    account.same(session.client("sts").get_caller_identity()["Arn"], arn)
    account.refused(session.client("iam").list_users, "InvalidClientTokenId", 403)


@TABLE.behaviour("API reference, GetAccessKeyInfo")
def a_keys_account_is_told(account: Account) -> None:
    account.same(account.sts.get_access_key_info(AccessKeyId="AKIAIOSFODNN7EXAMPLE")["Account"], account.number)


@TABLE.behaviour("IAM user guide, Roles: trust policy changes are not visible at once", lag=True)
def a_fresh_role_is_refused_at_first_and_let_in_soon(account: Account) -> None:
    for nth in range(8):
        account.role(f"worker{nth}", ANYBODY)
        account.until(lambda: assumed(account, f"worker{nth}"), "not authorized to perform: sts:AssumeRole", tries=5)


def token(**claims: object) -> str:
    """An unsigned token with these claims."""
    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256', 'kid': '1'})}.{part(claims)}.c2lnbmF0dXJl"


CLAIMS = {"iss": "https://id.example.com/x", "aud": "sts.amazonaws.com", "sub": "repo:a/b", "exp": 4_000_000_000}


def federated(account: Account, **claims: object) -> dict:
    """What AssumeRoleWithWebIdentity answers to a token."""
    account.sts.meta.events.register("choose-signer.sts.AssumeRoleWithWebIdentity", lambda **_: None)
    return account.sts.assume_role_with_web_identity(
        RoleArn=account.arn("role/deploy"), RoleSessionName="ci", WebIdentityToken=token(**{**CLAIMS, **claims})
    )


def provider(account: Account) -> str:
    """An identity provider and a role that trusts it for one subject; the provider's ARN."""
    arn = account.iam.create_open_id_connect_provider(
        Url="https://id.example.com/x", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
    )["OpenIDConnectProviderArn"]
    condition = {"StringLike": {"id.example.com/x:sub": "repo:a/*"}}
    account.role("deploy", conditioned(condition, "sts:AssumeRoleWithWebIdentity", {"Federated": arn}))
    return arn


@TABLE.behaviour("API reference, AssumeRoleWithWebIdentity")
def a_token_of_a_known_provider_gets_a_session(account: Account) -> None:
    arn = provider(account)
    answer = federated(account)
    found = (answer["Provider"], answer["Audience"], answer["SubjectFromWebIdentityToken"])
    account.same(found, (arn, "sts.amazonaws.com", "repo:a/b"))
    session = sign_in(account, answer).client("sts").get_caller_identity()["Arn"]
    account.same(session, f"arn:aws:sts::{account.number}:assumed-role/deploy/ci")


@TABLE.behaviour("API reference, AssumeRoleWithWebIdentity; met by users of OIDC providers")
def a_token_is_refused_for_its_issuer_audience_subject_and_end(account: Account) -> None:
    provider(account)
    account.refused(
        lambda: federated(account, iss="https://other.example.com"), "InvalidIdentityToken", 400,
        "No OpenIDConnect provider found in your account for https://other.example.com",
    )
    account.refused(lambda: federated(account, aud="me"), "InvalidIdentityToken", 400, "Incorrect token audience")
    account.refused(
        lambda: federated(account, sub="repo:b/b"), "AccessDenied", 403,
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    )
    account.refused(lambda: federated(account, exp=1_600_000_000), "ExpiredTokenException", 400, "Token expired")


@TABLE.behaviour("API reference, AssumeRoleWithWebIdentity: the call needs no signature")
def a_token_needs_no_signature(account: Account) -> None:
    provider(account)
    answer = account.unsigned(
        "POST", "/", "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=ci&RoleArn="
        f"{account.arn('role/deploy')}&WebIdentityToken={token(**CLAIMS)}",
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    account.same(answer.status, 200)


ROLE = "arn:aws:iam::123456789012:role/worker"

TABLE.refusals(
    "sts",
    "service model of STS",
    (
        "a-session-name-of-one-character", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "x"},
        "ValidationError", 400,
        "1 validation error detected: Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have "
        "length greater than or equal to 2",
    ),
    (
        "a-session-name-with-a-colon", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "Session1:2"},
        "ValidationError", 400,
        "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: [\\w+=,.@-]*",
    ),
    (
        "a-session-name-of-65-characters", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "x" * 65},
        "ValidationError", 400, "Member must have length less than or equal to 64",
    ),
    (
        "a-missing-session-name", "assume_role", {"RoleArn": ROLE}, "ValidationError", 400,
        "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
    ),
    (
        "an-arn-that-is-none", "assume_role", {"RoleArn": "nothing-valid-in-here", "RoleSessionName": "night"},
        "ValidationError", 400, "nothing-valid-in-here is invalid",
    ),
    (
        "a-short-arn", "assume_role", {"RoleArn": "worker", "RoleSessionName": "night"},
        "ValidationError", 400, "at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ),
    (
        "a-session-of-less-than-a-quarter-hour", "assume_role",
        {"RoleArn": ROLE, "RoleSessionName": "night", "DurationSeconds": 899},
        "ValidationError", 400, "at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ),
    (
        "a-session-of-more-than-twelve-hours", "assume_role",
        {"RoleArn": ROLE, "RoleSessionName": "night", "DurationSeconds": 43_201},
        "ValidationError", 400, "Member must have value less than or equal to 43200",
    ),
    (
        "a-users-session-of-more-than-36-hours", "get_session_token", {"DurationSeconds": 129_601},
        "ValidationError", 400, "Member must have value less than or equal to 129600",
    ),
    (
        "an-external-id-of-one-character", "assume_role",
        {"RoleArn": ROLE, "RoleSessionName": "night", "ExternalId": "x"}, "ValidationError", 400, "externalId",
    ),
    (
        "a-federated-users-name-of-33-characters", "get_federation_token", {"Name": "x" * 33},
        "ValidationError", 400, "at 'name' failed to satisfy constraint: Member must have length less than or equal to 32",
    ),
    (
        "a-short-access-key-id", "get_access_key_info", {"AccessKeyId": "AKIA"}, "ValidationError", 400,
        "at 'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16",
    ),
    (
        "a-message-that-aws-did-not-write", "decode_authorization_message", {"EncodedMessage": "nonsense"},
        "InvalidAuthorizationMessageException", 400, "",
    ),
)
