"""Who calls: keys, signatures, and requests without either."""

import datetime
import urllib.error
import urllib.request
from dataclasses import dataclass

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from .account import PLAIN, Account, policy, trust
from .table import Table

TABLE = Table("calls")


@dataclass(frozen=True)
class SignedIn:
    """Keys and the clients that use them."""

    account: Account
    key: str
    secret: str
    token: str | None = None

    def client(self, service: str, **more: object):
        """A boto3 client with these keys."""
        keys = {"aws_access_key_id": self.key, "aws_secret_access_key": self.secret}
        keys |= {"aws_session_token": self.token} if self.token is not None else {}
        return self.account.client(service, **({"config": PLAIN} | keys | more))


def sign_in(account: Account, who: str | dict) -> SignedIn:
    """A new key of a user, or the keys of an answer of STS."""
    if isinstance(who, dict):
        keys = who["Credentials"]
        return SignedIn(account, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    key = account.iam.create_access_key(UserName=who)["AccessKey"]
    return SignedIn(account, key["AccessKeyId"], key["SecretAccessKey"])


def session(account: Account) -> SignedIn:
    """A session of a role that trusts everybody."""
    account.role("worker", trust({"AWS": "*"}))
    return sign_in(account, account.sts.assume_role(RoleArn=account.arn("role/worker"), RoleSessionName="night"))


# What a service says of a key that is no good, and of a secret that is not the key's.
UNKNOWN = {
    "iam": ("list_users", "InvalidClientTokenId", 403),
    "sts": ("get_caller_identity", "InvalidClientTokenId", 403),
    "s3": ("list_buckets", "InvalidAccessKeyId", 403),
    "lambda": ("list_functions", "UnrecognizedClientException", 403),
    "events": ("list_rules", "UnrecognizedClientException", 400),
}
MISMATCH = {
    "iam": ("SignatureDoesNotMatch", 403),
    "sts": ("SignatureDoesNotMatch", 403),
    "s3": ("SignatureDoesNotMatch", 403),
    "lambda": ("InvalidSignatureException", 403),
    "events": ("InvalidSignatureException", 400),
}


@TABLE.behaviour("IAM user guide, Managing access keys: a deactivated key can't be used")
def an_inactive_key_is_refused_by_every_service_and_an_active_one_taken(account: Account) -> None:
    account.user()
    keys = sign_in(account, "ada")
    for service, (operation, code, status) in UNKNOWN.items():
        getattr(keys.client(service), operation)()
        account.iam.update_access_key(UserName="ada", AccessKeyId=keys.key, Status="Inactive")
        account.refused(getattr(keys.client(service), operation), code, status)
        account.iam.update_access_key(UserName="ada", AccessKeyId=keys.key, Status="Active")


@TABLE.behaviour("IAM user guide, Managing access keys: a deleted key is gone for good")
def a_deleted_key_is_refused(account: Account) -> None:
    account.user()
    keys = sign_in(account, "ada")
    account.iam.delete_access_key(UserName="ada", AccessKeyId=keys.key)
    said = "The security token included in the request is invalid."
    account.refused(keys.client("sts").get_caller_identity, "InvalidClientTokenId", 403, said)
    said = "The AWS Access Key Id you provided does not exist in our records."
    account.refused(keys.client("s3").list_buckets, "InvalidAccessKeyId", 403, said)


@TABLE.behaviour("API reference, Common errors; IAM user guide, Troubleshoot signed requests")
def a_wrong_secret_is_refused_by_every_service(account: Account) -> None:
    account.user()
    right = sign_in(account, "ada")
    wrong = SignedIn(account, right.key, "x" * 40)
    for service, (code, status) in MISMATCH.items():
        said = "The request signature we calculated does not match the signature you provided."
        account.refused(getattr(wrong.client(service), UNKNOWN[service][0]), code, status, said)


@TABLE.behaviour("S3 API reference, Authenticating Requests (AWS Signature Version 4)")
def objects_are_signed_with_plain_unsigned_and_streamed_bodies(account: Account) -> None:
    account.user()
    keys = sign_in(account, "ada")
    s3 = keys.client("s3")
    s3.create_bucket(Bucket="evenkeel-behaviours")
    for key in ("plain", "a b/c+d", "ä/ü~'()*", "x//y"):
        s3.put_object(Bucket="evenkeel-behaviours", Key=key, Body=b"content", Metadata={"some": "a  b"})
        account.same(s3.get_object(Bucket="evenkeel-behaviours", Key=key)["Body"].read(), b"content")
    signed = keys.client("s3", config=Config(s3={"payload_signing_enabled": True, "addressing_style": "path"}))
    signed.put_object(Bucket="evenkeel-behaviours", Key="signed", Body=b"content")
    found = s3.list_objects_v2(Bucket="evenkeel-behaviours", Prefix="a b", Delimiter="/")
    account.same([item["Prefix"] for item in found["CommonPrefixes"]], ["a b/"])


@TABLE.behaviour("IAM user guide, Create a signed AWS API request: paths are encoded twice but for S3")
def arns_in_paths_are_signed(account: Account) -> None:
    account.user()
    function = account.function()["FunctionArn"]
    client = sign_in(account, "ada").client("lambda")
    client.tag_resource(Resource=function, Tags={"a": "b"})
    account.same(client.list_tags(Resource=function)["Tags"], {"a": "b"})
    client.untag_resource(Resource=function, TagKeys=["a", "c d"])


@TABLE.behaviour("S3 user guide, Sharing objects with presigned URLs")
def a_link_works_until_its_time_is_over_and_only_as_it_is(account: Account) -> None:
    account.user()
    account.bucket()
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="a", Body=b"content")
    version_4 = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    s3 = sign_in(account, "ada").client("s3", config=version_4)
    link = s3.generate_presigned_url("get_object", {"Bucket": "evenkeel-behaviours", "Key": "a"}, ExpiresIn=60)
    account.same(fetch(link), (200, b"content"))
    account.same(fetch(link.replace("/a?", "/b?"))[0], 403)
    account.true(b"SignatureDoesNotMatch" in fetch(link.replace("/a?", "/b?"))[1], "not for its signature")


@TABLE.behaviour("S3 user guide, Signing and authenticating REST requests: links of version 2")
def a_link_of_version_2_works_only_as_it_is(account: Account) -> None:
    account.user()
    account.bucket()
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="a b", Body=b"content")
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="b", Body=b"other")
    old = Config(signature_version="s3", s3={"addressing_style": "path"})
    for keys in (sign_in(account, "ada"), session(account)):
        s3 = keys.client("s3", config=old)
        asked = {"Bucket": "evenkeel-behaviours", "Key": "a b", "ResponseContentType": "text/x"}
        link = s3.generate_presigned_url("get_object", asked, ExpiresIn=60)
        account.same(fetch(link), (200, b"content"))
        status, body = fetch(link.replace("/a%20b?", "/b?"))
        account.true(status == 403 and b"SignatureDoesNotMatch" in body, body.decode())
        link = s3.generate_presigned_url("get_object", asked, ExpiresIn=-60)
        account.true(b"Request has expired" in fetch(link)[1], "not over")


@TABLE.behaviour("Amazon EKS user guide: tokens are signed links of GetCallerIdentity")
def a_link_of_sts_tells_its_signer(account: Account) -> None:
    user = account.user()
    sts = sign_in(account, "ada").client("sts")
    status, body = fetch(sts.generate_presigned_url("get_caller_identity", {}, ExpiresIn=60, HttpMethod="GET"))
    account.true(status == 200 and user["Arn"].encode() in body, body.decode())


@TABLE.behaviour("S3 user guide, Access control list (ACL) overview: the All Users group")
def everybody_may_read_what_an_acl_opens(account: Account) -> None:
    account.bucket(ObjectOwnership="BucketOwnerPreferred")
    account.s3.delete_public_access_block(Bucket="evenkeel-behaviours")
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="open", Body=b"content", ACL="public-read")
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="shut", Body=b"content")
    account.same(bare(account, "GET", "/evenkeel-behaviours/open"), (200, "content"))
    account.same(bare(account, "GET", "/evenkeel-behaviours/shut")[0], 403)


@TABLE.behaviour("S3 user guide, Sharing objects with presigned URLs: Request has expired")
def a_link_ends(account: Account) -> None:
    account.bucket()
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="a", Body=b"content")
    request = AWSRequest("GET", f"{account.backend.url()}/evenkeel-behaviours/a")
    auth = S3SigV4QueryAuth(Credentials("AKIACONFORMANCE", "conformance"), "s3", account.region, expires=60)
    auth.add_auth(request)
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    stamp = request.url.split("X-Amz-Date=")[1].split("&")[0]
    status, body = fetch(request.url.replace(stamp, then.strftime("%Y%m%dT%H%M%SZ")))
    account.same(status, 403)
    account.true(b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in body, body.decode())


def fetch(link: str) -> tuple[int, bytes]:
    """Status and body behind a link."""
    try:
        with urllib.request.urlopen(link, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@TABLE.behaviour("IAM user guide, Using temporary security credentials with AWS resources")
def a_temporary_key_needs_its_token(account: Account) -> None:
    keys = session(account)
    keys.client("iam").list_users()
    without = SignedIn(account, keys.key, keys.secret)
    wrong = SignedIn(account, keys.key, keys.secret, "x" + keys.token)
    for bad in (without, wrong):
        account.refused(bad.client("sts").get_caller_identity, "InvalidClientTokenId", 403)
        account.refused(bad.client("lambda").list_functions, "UnrecognizedClientException", 403)
    account.refused(wrong.client("s3").list_buckets, "InvalidToken", 400)


@TABLE.behaviour("IAM user guide, Troubleshoot signed requests: a token with a key that has none")
def a_token_with_a_lasting_key_is_refused(account: Account) -> None:
    account.user()
    keys = sign_in(account, "ada")
    mixed = SignedIn(account, keys.key, keys.secret, session(account).token)
    account.refused(mixed.client("sts").get_caller_identity, "InvalidClientTokenId", 403)


def bare(account: Account, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    """Status and body of a request without any signature."""
    answer = account.unsigned(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
    return answer.status, answer.text()


@TABLE.behaviour("IAM API reference, Common errors, MissingAuthenticationToken")
def an_unsigned_request_of_iam_or_sts_lacks_its_token(account: Account) -> None:
    for action in ("ListUsers", "GetCallerIdentity"):
        status, body = bare(account, "POST", "/", f"Action={action}", Content_Type="application/x-www-form-urlencoded")
        account.same(status, 403)
        account.true("<Code>MissingAuthenticationToken</Code>" in body, body)
        account.true("<Message>Request is missing Authentication Token</Message>" in body, body)


@TABLE.behaviour("Lambda API reference, Common errors")
def an_unsigned_request_of_lambda_lacks_its_token(account: Account) -> None:
    status, body = bare(account, "GET", "/2015-03-31/functions/")
    account.same(status, 403)
    account.true("Missing Authentication Token" in body, body)


@TABLE.behaviour("S3 user guide, Access denied (403 Forbidden) errors: unsigned requests are anonymous")
def nobody_may_see_what_is_not_public(account: Account) -> None:
    account.bucket()
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="a", Body=b"content")
    for path in ("/evenkeel-behaviours/a", "/evenkeel-behaviours", "/"):
        status, body = bare(account, "GET", path)
        account.same(status, 403)
        account.true("<Code>AccessDenied</Code><Message>Access Denied</Message>" in body, body)
    account.same(bare(account, "PUT", "/evenkeel-behaviours/b", "content")[0], 403)


@TABLE.behaviour("S3 user guide, Bucket policy examples: granting read-only permission to an anonymous user")
def everybody_may_see_what_a_policy_opens(account: Account) -> None:
    account.bucket()
    account.s3.put_object(Bucket="evenkeel-behaviours", Key="a", Body=b"content")
    account.s3.delete_public_access_block(Bucket="evenkeel-behaviours")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    account.s3.put_bucket_policy(
        Bucket="evenkeel-behaviours", Policy=policy(statement | {"Resource": "arn:aws:s3:::evenkeel-behaviours/*"})
    )
    account.same(bare(account, "GET", "/evenkeel-behaviours/a"), (200, "content"))
    account.same(bare(account, "GET", "/evenkeel-behaviours")[0], 403)


@TABLE.behaviour("Lambda API reference, GetFunction: Location is a presigned link")
def the_link_to_a_functions_code_needs_no_signature(account: Account) -> None:
    account.function()
    link = account.functions.get_function(FunctionName="thumbnails")["Code"]["Location"]
    status, body = fetch(link)
    account.same((status, body[:2]), (200, b"PK"))


@TABLE.behaviour("IAM API reference, Common errors, IncompleteSignature")
def a_header_without_a_credential_is_incomplete(account: Account) -> None:
    status, body = bare(
        account, "POST", "/", "Action=ListUsers", Content_Type="application/x-www-form-urlencoded",
        Authorization="AWS4-HMAC-SHA256 Nonsense",
    )
    account.same(status, 403)
    account.true("<Code>IncompleteSignature</Code>" in body, body)


@TABLE.behaviour("IAM API reference, GetAccessKeyLastUsed")
def the_last_use_of_a_key_is_told(account: Account) -> None:
    account.user()
    keys = sign_in(account, "ada")
    never = account.iam.get_access_key_last_used(AccessKeyId=keys.key)["AccessKeyLastUsed"]
    account.same((never["ServiceName"], never["Region"], "LastUsedDate" in never), ("N/A", "N/A", False))
    account.client(
        "lambda", "eu-west-1", aws_access_key_id=keys.key, aws_secret_access_key=keys.secret
    ).list_functions()
    last = account.iam.get_access_key_last_used(AccessKeyId=keys.key)
    account.same(last["UserName"], "ada")
    last = last["AccessKeyLastUsed"]
    account.same((last["ServiceName"], last["Region"], "LastUsedDate" in last), ("lambda", "eu-west-1", True))


@TABLE.behaviour("IAM API reference, GetUser: without a name, the user who signs")
def iam_acts_on_the_caller_when_no_user_is_named(account: Account) -> None:
    account.user()
    iam = sign_in(account, "ada").client("iam")
    account.same(iam.get_user()["User"]["UserName"], "ada")
    account.same(iam.create_access_key()["AccessKey"]["UserName"], "ada")


@TABLE.behaviour("IAM user guide, IAM identifiers: a renamed user keeps its keys")
def a_key_follows_its_user_to_a_new_name(account: Account) -> None:
    account.user()
    keys = sign_in(account, "ada")
    account.iam.update_user(UserName="ada", NewUserName="eve", NewPath="/new/")
    account.same(keys.client("sts").get_caller_identity()["Arn"], account.arn("user/new/eve"))
