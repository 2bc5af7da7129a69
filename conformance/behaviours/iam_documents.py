"""IAM: what it says of a policy document that it does not take, and which ones it does take."""

import json

from .account import READ_ALL, Account, policy, trust
from .table import Table

TABLE = Table("iam-documents")

GRAMMAR = "IAM User Guide, Grammar of the IAM JSON policy language; the words were met at AWS in 2026 (LocalStack's recordings)"
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
OLD = "Policy document must be version 2012-10-17 or greater."
BUCKET = "arn:aws:s3:::example"


def statement(without: tuple = (), **more: object) -> dict:
    """A statement that IAM takes, with some members other and some left out."""
    whole = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET} | more
    return {key: value for key, value in whole.items() if key not in without}


def one(without: tuple = (), **more: object) -> str:
    """A document with one such statement."""
    return policy(statement(without, **more))


def dated(value: object) -> str:
    """A document with a date in a condition."""
    return one(Condition={"DateLessThan": {"aws:CurrentTime": value}})


MALFORMED = (
    ("text-that-is-no-json", "this is not json", SYNTAX),
    ("a-list-for-a-document", "[]", SYNTAX),
    ("no-statement", json.dumps({"Version": "2012-10-17"}), SYNTAX),
    ("an-empty-list-of-statements", policy(), SYNTAX),
    ("a-statement-that-is-text", json.dumps({"Version": "2012-10-17", "Statement": ["x"]}), SYNTAX),
    ("an-unknown-member-of-the-document", policy(statement(), Extra="x"), SYNTAX),
    ("an-unknown-member-of-a-statement", one(Extra="x"), SYNTAX),
    ("a-member-in-another-case", json.dumps({"Version": "2012-10-17", "statement": [statement()]}), SYNTAX),
    ("an-id-that-is-a-list", policy(statement(), Id=["x"]), SYNTAX),
    ("no-version", json.dumps({"Statement": [statement()]}), OLD),
    ("the-old-version", json.dumps({"Version": "2008-10-17", "Statement": [statement()]}), OLD),
    ("a-version-that-never-was", json.dumps({"Version": "2013-10-17", "Statement": [statement()]}), SYNTAX),
    ("the-version-before-the-ids", json.dumps({"Statement": [statement(Sid="a"), statement(Sid="a")]}), OLD),
    ("no-effect", one(("Effect",)), SYNTAX),
    ("an-effect-that-is-none", one(Effect="Permit"), SYNTAX),
    ("an-effect-in-small-letters", one(Effect="allow"), LEGACY),
    ("an-action-without-a-service", one(Action="ListBucket"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    ("an-empty-not-action", one(("Action",), NotAction=""), "must be prefaced by a vendor"),
    ("a-service-with-a-blank", one(Action="s 3:ListBucket"), "Vendor s 3 is not valid"),
    ("an-action-with-two-colons", one(Action="s3:List:Bucket"), "Actions/Condition can contain only one colon."),
    ("no-action", one(("Action",)), "Policy statement must contain actions."),
    ("an-empty-list-of-actions", one(Action=[]), "Policy statement must contain actions."),
    ("no-action-in-the-second-statement", policy(statement(), {"Effect": "Deny"}), "Policy statement must contain actions."),
    ("an-action-that-is-an-object", one(Action={}), SYNTAX),
    ("action-and-not-action", one(NotAction="iam:GetUser"), SYNTAX),
    ("no-resource", one(("Resource",)), "Policy statement must contain resources."),
    ("an-empty-list-of-resources", one(Resource=[]), "Policy statement must contain resources."),
    ("a-bad-action-before-a-missing-resource", one(("Resource",), Action="x"), "must be prefaced by a vendor"),
    ("a-resource-that-is-no-arn", one(Resource="example"), 'Resource example must be in ARN format or "*".'),
    ("an-empty-resource", one(Resource=""), 'Resource  must be in ARN format or "*".'),
    ("a-resource-of-no-partition", one(Resource="arn:amazon:s3:::x"), 'Partition "amazon" is not valid for resource "arn:amazon:s3:::x".'),
    ("a-resource-without-its-first-part", one(Resource="aws:s3:::x"), 'Partition "s3" is not valid for resource "arn:s3:::x:*".'),
    ("a-resource-without-a-service", one(Resource="arn:aws"), "Resource vendor must be fully qualified and cannot contain regexes."),
    ("a-resource-with-a-part-too-few", one(Resource="arn:aws:s3::x"), LEGACY),
    ("a-resource-with-an-empty-service", one(Resource="arn:aws::::x"), LEGACY),
    ("a-bucket-with-a-region", one(Resource="arn:aws:s3:us-east-1::x"), "Resource arn:aws:s3:us-east-1::x can not contain region information."),
    ("a-role-with-a-region", one(Resource="arn:aws:iam:us-east-1::role/x"), "IAM resource arn:aws:iam:us-east-1::role/x cannot contain region information."),
    ("a-thing-that-iam-does-not-have", one(Resource="arn:aws:iam:::bucket/x"), 'IAM resource path must either be "*", root, or start with user/'),
    ("a-resource-that-is-an-object", one(Resource={"a": BUCKET}), SYNTAX),
    ("resource-and-not-resource", one(NotResource="*"), SYNTAX),
    ("a-condition-that-is-a-list", one(Condition=[]), SYNTAX),
    ("an-operator-that-holds-text", one(Condition={"StringEquals": "b"}), SYNTAX),
    ("an-operator-that-is-none", one(Condition={"Equals": {"a": "b"}}), SYNTAX),
    ("a-condition-value-that-is-an-object", one(Condition={"StringEquals": {"a": {}}}), SYNTAX),
    ("a-date-that-is-none", dated("soon"), LEGACY),
    ("a-date-in-the-thirteenth-month", dated("2026-13"), LEGACY),
    ("a-date-beyond-all-seconds", dated("9223372036854775808"), LEGACY),
    ("an-id-that-is-an-object", one(Sid={}), SYNTAX),
    ("an-id-with-a-blank", one(Sid="a b"), "Statement IDs (SID) must be alpha-numeric."),
    ("the-same-id-twice", policy(statement(Sid="a"), statement(Sid="a")), "Statement IDs (SID) in a single policy must be unique."),
    ("a-principal", one(Principal="*"), "Policy document should not specify a principal."),
)

TABLE.refusals(
    "iam",
    GRAMMAR,
    *(
        (f"refused-{name}", "create_policy", {"PolicyName": "x", "PolicyDocument": text}, "MalformedPolicyDocument", 400, saying)
        for name, text, saying in MALFORMED
    ),
    *(
        (f"refused-{name}", "create_policy", {"PolicyName": "x", "PolicyDocument": text}, "ValidationError", 400, saying)
        for name, text, saying in (
            ("no-text-at-all", "", "length greater than or equal to 1"),
            ("letters-beyond-latin-1", READ_ALL.replace("*", "\u201cx\u201d"), "regular expression pattern"),
            ("more-than-131072-characters", READ_ALL + " " * 131072, "length less than or equal to 131072"),
        )
    ),
)

TAKEN = {
    "one statement without a list": json.dumps({"Version": "2012-10-17", "Statement": statement()}),
    "an empty condition": one(Condition={}),
    "an unknown operator without keys": one(Condition={"x": {}}),
    "a set operator": one(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}),
    "if it exists": one(Condition={"ForAnyValue:StringEqualsIfExists": {"a": "b"}}),
    "a truth value": one(Condition={"Bool": {"aws:SecureTransport": True}}),
    "a number": one(Condition={"NumericLessThan": {"s3:max-keys": 10}}),
    "a date": dated("2026-07-01T13:20:15Z"),
    "a date with a zone": dated("2026-07-01T13:20:15.5+02:00"),
    "a year before Christ": dated("-292275054"),
    "a service that is not known": one(Action="nosuch:Thing", Resource="arn:aws:nosuch:::thing"),
    "an access point with a Region": one(Resource="arn:aws:s3:us-west-2:123456789012:accesspoint/x"),
    "an ARN that ends early": one(Resource="arn:aws:s3"),
    "a policy variable": one(Resource="arn:aws:iam::*:user/${aws:username}"),
    "empty ids twice": policy(statement(Sid=""), statement(Sid="")),
    "everything but": json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "iam:*", "NotResource": BUCKET}}),
    "everything": policy({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    "the account's root": one(Action="iam:Get*", Resource="arn:aws:iam::123456789012:root"),
}


@TABLE.behaviour(GRAMMAR)
def unusual_documents_that_keep_to_the_grammar_are_taken(account: Account) -> None:
    for number, text in enumerate(TAKEN.values()):
        account.policy(f"taken{number}", text)
    account.same(len(account.iam.list_policies(Scope="Local")["Policies"]), len(TAKEN))


@TABLE.behaviour("IAM User Guide, IAM JSON policy elements: Version")
def an_inline_policy_may_be_of_the_old_version_or_of_none(account: Account) -> None:
    account.user()
    for name, document in (("old", {"Version": "2008-10-17", "Statement": [statement()]}), ("none", {"Statement": [statement()]})):
        account.iam.put_user_policy(UserName="ada", PolicyName=name, PolicyDocument=json.dumps(document))
    account.same(account.iam.list_user_policies(UserName="ada")["PolicyNames"], ["none", "old"])


@TABLE.behaviour(GRAMMAR)
def inline_policies_of_every_holder_are_held_to_the_grammar(account: Account) -> None:
    account.user(), account.group(), account.role()
    for put, named in (
        (account.iam.put_user_policy, {"UserName": "ada"}),
        (account.iam.put_group_policy, {"GroupName": "team"}),
        (account.iam.put_role_policy, {"RoleName": "worker"}),
    ):
        account.refused(put, "MalformedPolicyDocument", 400, SYNTAX, PolicyName="x", PolicyDocument="{", **named)
        account.refused(put, "MalformedPolicyDocument", 400, "must be prefaced by a vendor", PolicyName="x", PolicyDocument=one(Action="x"), **named)


@TABLE.behaviour("API reference, GetPolicyVersion: URL-encoded compliant with RFC 3986; botocore decodes it")
def a_document_comes_back_percent_encoded_and_with_its_white_space(account: Account) -> None:
    sent = '{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::a+b/%2F~x"]}]\n}'
    arn = account.policy(document=sent)
    text = account.query("iam", "GetPolicyVersion", PolicyArn=arn, VersionId="v1").text()
    account.true("%7B%0A%20%20%22Version%22%3A%20%222012-10-17%22" in text, f"not encoded by RFC 3986: {text}")
    account.true("a%2Bb%2F%252F~x" in text and "+" not in text.split("<Document>")[1].split("</Document>")[0], f"not encoded: {text}")


@TABLE.behaviour("IAM User Guide, IAM and STS quotas: white space is not counted")
def a_managed_policy_may_have_6144_characters_besides_white_space(account: Account) -> None:
    bare = len(one(Resource="arn:aws:s3:::").replace(" ", ""))
    account.policy("full", one(Resource="arn:aws:s3:::" + "x" * (6144 - bare)) + " " * 5000)
    account.refused(
        account.iam.create_policy, "LimitExceeded", 409, "Cannot exceed quota for PolicySize: 6144",
        PolicyName="over", PolicyDocument=one(Resource="arn:aws:s3:::" + "x" * (6145 - bare)),
    )


TRUST = "IAM User Guide, Roles terms and concepts: trust policy; the words were met at AWS (GitHub issues, LocalStack's recordings)"
ROOT = {"AWS": "arn:aws:iam::123456789012:root"}


def trusting(**more: object) -> str:
    """A trust policy with one statement, some members other; `None` leaves one out."""
    whole = {"Effect": "Allow", "Principal": ROOT, "Action": "sts:AssumeRole"} | more
    return policy({key: value for key, value in whole.items() if value is not None})


TABLE.refusals(
    "iam",
    TRUST,
    *(
        (f"refused-in-a-trust-policy-{name}", "create_role", {"RoleName": "x", "AssumeRolePolicyDocument": text}, "MalformedPolicyDocument", 400, saying)
        for name, text, saying in (
            ("text-that-is-no-json", "{", "This policy contains invalid Json"),
            ("a-resource", trusting(Resource="*"), "Has prohibited field Resource"),
            ("an-action-of-another-service", trusting(Action="s3:GetObject"), "AssumeRole policy may only specify STS AssumeRole actions."),
            ("no-principal", trusting(Principal=None), "Missing required field Principal"),
            ("no-effect", trusting(Effect=None), "Missing required field Effect"),
            ("no-action", trusting(Action=None), "Missing required field Action"),
            ("a-user-that-is-not-there", trust({"AWS": "arn:aws:iam::123456789012:user/eve"}), 'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/eve"'),
            ("a-role-that-is-not-there", trust({"AWS": ["arn:aws:iam::123456789012:role/eve"]}), 'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/eve"'),
            ("a-group", trust({"AWS": "arn:aws:iam::123456789012:group/team"}), "Invalid principal in policy"),
            ("a-principal-with-a-wildcard", trust({"AWS": "arn:aws:iam::123456789012:user/*"}), "Invalid principal in policy"),
            ("a-service-without-its-domain", trust({"Service": "lambda"}), 'Invalid principal in policy: "SERVICE":"lambda"'),
            ("a-domain-without-its-service", trust({"Service": "amazonaws.com"}), 'Invalid principal in policy: "SERVICE":"amazonaws.com"'),
            ("a-service-that-is-none", trust({"Service": "nosuchservice.amazonaws.com"}), 'Invalid principal in policy: "SERVICE":"nosuchservice.amazonaws.com"'),
            ("the-service-for-tags", trust({"Service": ["ec2.amazonaws.com", "tagging.amazonaws.com"]}), 'Invalid principal in policy: "SERVICE":"tagging.amazonaws.com"'),
            ("an-id-of-nobody", trust({"AWS": "AROAAAAAAAAAAAAAAAAAA"}), "Invalid principal in policy"),
            ("a-sort-of-principal-that-is-none", trust({"Robot": "x"}), "Invalid principal in policy"),
        )
    ),
)


@TABLE.behaviour("IAM User Guide, IAM and STS quotas: role trust policy length")
def a_trust_policy_may_have_2048_characters_besides_white_space(account: Account) -> None:
    def long(letters: int) -> str:
        return trusting(Condition={"StringEquals": {"aws:PrincipalTag/x": "x" * letters}})

    bare = len(long(0).replace(" ", ""))
    account.role("full", long(2048 - bare))
    account.refused(
        account.iam.create_role, "LimitExceeded", 409, "Cannot exceed quota for ACLSizePerRole: 2048",
        RoleName="over", AssumeRolePolicyDocument=long(2049 - bare),
    )


def kept(account: Account, name: str = "worker") -> dict:
    """The first statement of a role's trust policy as GetRole shows it."""
    return account.iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]


@TABLE.behaviour("IAM User Guide, AWS JSON policy elements: Principal (account principals)")
def an_account_id_becomes_the_arn_of_its_root(account: Account) -> None:
    account.role(trust=trust({"AWS": ["111122223333", account.number]}))
    account.same(kept(account)["Principal"], {"AWS": ["arn:aws:iam::111122223333:root", f"arn:aws:iam::{account.number}:root"]})


@TABLE.behaviour("IAM User Guide, Troubleshoot IAM policies: documents are transformed; hashicorp/awspolicyequivalence")
def lists_of_one_come_back_as_text(account: Account) -> None:
    account.role(trust=trust({"Service": ["lambda.amazonaws.com"]}, ["sts:AssumeRole"]))
    account.same(kept(account), {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})


@TABLE.behaviour("met at AWS in 2026 (LocalStack's recordings)")
def making_a_role_answers_with_the_trust_policy_as_it_was_sent(account: Account) -> None:
    made = account.role(trust=trust({"Service": ["lambda.amazonaws.com"]}, ["sts:AssumeRole"]))
    account.same(made["AssumeRolePolicyDocument"]["Statement"][0]["Action"], ["sts:AssumeRole"])


@TABLE.behaviour("IAM User Guide, AWS JSON policy elements: Principal (IAM user principals)")
def a_trusted_user_that_was_deleted_shows_as_its_id_and_stays_so_when_made_anew(account: Account) -> None:
    user = account.user()
    account.role(trust=trust({"AWS": user["Arn"]}))
    account.same(kept(account)["Principal"], {"AWS": user["Arn"]})
    account.iam.delete_user(UserName="ada")
    account.same(kept(account)["Principal"], {"AWS": user["UserId"]})
    account.user()
    account.same(kept(account)["Principal"], {"AWS": user["UserId"]})
    account.iam.update_assume_role_policy(RoleName="worker", PolicyDocument=trust({"AWS": user["Arn"]}))
    account.same(kept(account)["Principal"], {"AWS": user["Arn"]})


@TABLE.behaviour("ministryofjustice/analytical-platform#4932")
def a_policy_that_names_a_dead_id_cannot_be_put_again(account: Account) -> None:
    user = account.user()
    account.role(trust=trust({"AWS": user["Arn"]}))
    account.iam.delete_user(UserName="ada")
    account.refused(
        account.iam.update_assume_role_policy, "MalformedPolicyDocument", 400, "Invalid principal in policy",
        RoleName="worker", PolicyDocument=trust({"AWS": user["UserId"]}),
    )


@TABLE.behaviour("IAM User Guide, Rename an IAM user: principals follow")
def a_trusted_user_is_followed_through_a_rename(account: Account) -> None:
    account.role(trust=trust({"AWS": account.user()["Arn"]}))
    account.iam.update_user(UserName="ada", NewUserName="grace", NewPath="/x/")
    account.same(kept(account)["Principal"], {"AWS": account.arn("user/x/grace")})


@TABLE.behaviour("IAM User Guide, Troubleshoot roles: paths and case of principals count")
def a_principal_must_be_named_with_its_path_and_case(account: Account) -> None:
    account.user(Path="/people/")
    account.user("Bob")
    for wrong in ("user/ada", "user/people/Ada", "user/bob"):
        account.refused(
            account.iam.create_role, "MalformedPolicyDocument", 400, "Invalid principal in policy",
            RoleName="x", AssumeRolePolicyDocument=trust({"AWS": account.arn(wrong)}),
        )
    account.role(trust=trust({"AWS": [account.arn("user/people/ada"), account.arn("user/Bob")]}))


@TABLE.behaviour("IAM User Guide, AWS JSON policy elements: Principal")
def every_sort_of_principal_is_kept_as_it_was_named(account: Account) -> None:
    principal = {
        "AWS": f"arn:aws:sts::{account.number}:assumed-role/x/session",
        "Federated": ["accounts.google.com", account.arn("oidc-provider/token.actions.githubusercontent.com")],
        "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"],
    }
    account.role(trust=policy({"Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:TagSession"]}))
    account.same(kept(account)["Principal"], principal)
    account.role("open", trust("*"))
    account.same(kept(account, "open")["Principal"], "*")


@TABLE.behaviour("AWS troubleshooting pages: a new user or role can be named in a policy only after a while", lag=True)
def with_lag_a_fresh_principal_is_invalid_for_a_while(account: Account) -> None:
    user = account.user()
    account.until(lambda: account.role(trust=trust({"AWS": user["Arn"]})), "Invalid principal in policy")


SERVICES = (
    "lambda.amazonaws.com",
    "eks-fargate-pods.amazonaws.com",
    "pods.eks.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "logs.eu-west-1.amazonaws.com",
    "ec2.amazonaws.com.cn",
    "vmie.amazonaws.com",
    "alexa-appkit.amazon.com",
)


@TABLE.behaviour("IAM User Guide, AWS JSON policy elements: Principal, AWS service principals")
def services_may_be_named_with_their_parts_and_regions(account: Account) -> None:
    account.role(trust=trust({"Service": list(SERVICES)}))
    kept = account.iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"]
    account.same(kept["Statement"][0]["Principal"]["Service"], list(SERVICES))
