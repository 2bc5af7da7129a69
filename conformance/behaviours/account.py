"""What a behaviour works with: boto3 on an empty account, and what is expected of the answers."""

import http.client
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from harness.backends import ACCOUNT, KEYS, REGION, Backend
from harness.bench import Failed


def policy(*statements: dict, **more: object) -> str:
    """A policy document of today's version."""
    return json.dumps({"Version": "2012-10-17", **more, "Statement": list(statements)})


def trust(principal: dict | str, action: str = "sts:AssumeRole") -> str:
    """A trust policy with one statement."""
    return policy({"Effect": "Allow", "Principal": principal, "Action": action})


LAMBDA_TRUST = trust({"Service": "lambda.amazonaws.com"})
READ_ALL = policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})


def package(**files: str) -> bytes:
    """A zip with these files; `index` becomes `index.py`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in (files or {"index": "def handler(event, context):\n    return event\n"}).items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py"), text)
    return content.getvalue()


# The parameters go out as they are, since it is the account's answer to wrong ones that matters.
PLAIN = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


# Making a client takes longer than most behaviours, so each is kept.
CLIENTS: dict[tuple[int, str, str], object] = {}


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Account:
    """An empty account, seen through boto3."""

    number = ACCOUNT
    region = REGION

    def __init__(self, backend: Backend):
        self.backend = backend
        self.iam, self.sts, self.s3 = self.client("iam"), self.client("sts"), self.client("s3")
        self.functions, self.events = self.client("lambda"), self.client("events")
        self.trail = self.client("cloudtrail")

    def client(self, service: str, region: str = REGION, **more: object):
        """A boto3 client that never retries; `more` as for `boto3.client`, such as keys."""
        place = (self.backend.port, service, region)
        if more:
            return self.backend.new_client(service, region, **({"config": PLAIN} | more))
        if place not in CLIENTS:
            CLIENTS[place] = self.backend.new_client(service, region, config=PLAIN)
        return CLIENTS[place]

    def send(
        self, service: str, method: str, path: str, body: bytes | str = b"", headers: dict | None = None, region: str = REGION
    ) -> Answer:
        """Sends one signed request as it is written here, for what boto3 would not send or show."""
        content = body.encode() if isinstance(body, str) else body
        request = AWSRequest(method, f"{self.backend.url()}{path}", headers or {}, content)
        keys = Credentials(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"])
        (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, service, region).add_auth(request)
        return self.unsigned(method, path, content, dict(request.headers.items()))

    def unsigned(self, method: str, path: str, body: bytes | str = b"", headers: dict | None = None) -> Answer:
        """Sends one request just as it is written here."""
        content = body.encode() if isinstance(body, str) else body
        connection = http.client.HTTPConnection("127.0.0.1", self.backend.port, timeout=30)
        try:
            connection.request(method, path, content, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def query(self, service: str, action: str, **parameters: str) -> Answer:
        """Sends one request of the query protocol, as to IAM and STS."""
        version = {"iam": "2010-05-08", "sts": "2011-06-15"}[service]
        form = urlencode({"Action": action, "Version": version, **parameters})
        return self.send(service, "POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})

    def arn(self, rest: str) -> str:
        """An ARN of IAM: `role/x`, `user/p/x`, `policy/x`."""
        return f"arn:aws:iam::{self.number}:{rest}"

    def user(self, name: str = "ada", **more: object) -> dict:
        """Makes a user."""
        return self.iam.create_user(UserName=name, **more)["User"]

    def group(self, name: str = "team", **more: object) -> dict:
        """Makes a group."""
        return self.iam.create_group(GroupName=name, **more)["Group"]

    def role(self, name: str = "worker", trust: str = LAMBDA_TRUST, **more: object) -> dict:
        """Makes a role that Lambda may assume. With lag it is waited for until its ARN shows as one."""
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)["Role"]
        for _ in range(20):
            if role["Arn"].startswith("arn:"):
                break
            role = self.until(lambda: self.iam.get_role(RoleName=name), "cannot be found")["Role"]
        return role

    def policy(self, name: str = "reading", document: str = READ_ALL, **more: object) -> str:
        """Makes a managed policy; its ARN."""
        return self.iam.create_policy(PolicyName=name, PolicyDocument=document, **more)["Policy"]["Arn"]

    def bucket(self, name: str = "evenkeel-behaviours", **more: object) -> str:
        """Makes a bucket in us-east-1; its name."""
        self.s3.create_bucket(Bucket=name, **more)
        return name

    def function(self, name: str = "thumbnails", **more: object) -> dict:
        """Makes a function with its role, and waits until it is active."""
        wanted = {"Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": package()}} | more
        if "Role" not in wanted:
            wanted["Role"] = self.role(f"{name}-role")["Arn"]
        answer = self.until(lambda: self.functions.create_function(FunctionName=name, **wanted), "cannot be assumed")
        self.active(name)
        return answer

    def active(self, name: str) -> dict:
        """Waits until a function is active and its last update is done; its configuration."""
        for _ in range(50):
            found = self.functions.get_function_configuration(FunctionName=name)
            if found["State"] != "Pending" and found.get("LastUpdateStatus") != "InProgress":
                return found
        raise Failed(f"{name} does not come to rest: {found}")

    def until(self, call: Callable[[], dict], fragment: str, tries: int = 20) -> dict:
        """Repeats a call for as long as it is refused with this in the message."""
        for _ in range(tries):
            try:
                return call()
            except ClientError as error:
                if fragment not in str(error):
                    raise
                last = error
        raise Failed(f"still refused after {tries} tries: {last}")

    def refused(self, call: Callable, code: str, status: int | None = None, saying: str = "", **parameters: object) -> dict:
        """Insists that a call is refused with this code, status and piece of the message; the answer."""
        try:
            found = call(**parameters)
        except ClientError as error:
            answer = error.response
        else:
            raise Failed(f"wanted {code}, but it succeeded: {found}")
        told = f"{answer['ResponseMetadata'].get('HTTPStatusCode')} {answer['Error']}"
        if answer["Error"].get("Code") != code:
            raise Failed(f"wanted {code}, found {told}")
        if status is not None and answer["ResponseMetadata"]["HTTPStatusCode"] != status:
            raise Failed(f"wanted status {status}, found {told}")
        if saying not in answer["Error"].get("Message", ""):
            raise Failed(f"wanted `{saying}` to be said, found {told}")
        return answer

    def same(self, found: object, wanted: object) -> None:
        """Insists that two values are equal."""
        if found != wanted:
            raise Failed(f"wanted {json.dumps(wanted, default=str)}\nfound  {json.dumps(found, default=str)}")

    def true(self, holds: object, what: str) -> None:
        """Insists that something holds."""
        if not holds:
            raise Failed(what)
