"""Who moved it: for each drifted thing the account's trail is asked, and what it does not tell is not made up."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from harness.backends import ACCOUNT
from harness.bench import Bench, Failed
from harness.case import SANDBOX, Case

from . import functions
from .by_hand import text
from .documents import allow, edited, file, managed_arn
from .functions import packed

ADMIN = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
BASE = functions.PLAIN | {
    "roles": functions.ROLES | {"app": {"trust": "ec2.amazonaws.com"}, "gone": {"trust": "ec2.amazonaws.com"}},
    "buckets": {"imagery": {}},
    "users": {"ada": {}},
    "policies": {"reading": {"document": {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}}},
}
LOOKUP = ("cloudtrail", "LookupEvents")


def prepared(bench: Bench) -> None:
    """The base, applied and committed, and somebody with a key of their own."""
    functions.code(bench)
    repository = bench.repository()
    bench.converge(BASE)
    repository.commit("The base")
    bench.iam.create_user(UserName="mallory")


def as_mallory(bench: Bench, service: str):
    """A client that calls as that user."""
    key = bench.iam.create_access_key(UserName="mallory")["AccessKey"]
    return bench.backend.new_client(service, "us-east-1", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def as_session(bench: Bench, service: str):
    """A client that calls as a session of a role."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": ADMIN, "Action": "sts:AssumeRole"}]}
    bench.iam.create_role(RoleName="admin", AssumeRolePolicyDocument=json.dumps(trust))
    found = bench.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/admin", RoleSessionName="erika")["Credentials"]
    return bench.backend.new_client(
        service, "us-east-1", aws_access_key_id=found["AccessKeyId"], aws_secret_access_key=found["SecretAccessKey"], aws_session_token=found["SessionToken"],
    )


@dataclass(frozen=True)
class Deed:
    """An edit by somebody, and how it is told."""

    name: str
    service: str
    edit: Callable
    says: tuple[str, ...]

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"who/{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Done by a user; the report names the user and the call beside the thing."""
        prepared(bench)
        self.edit(as_mallory(bench, self.service))
        bench.silent(bench.drift("--base", "HEAD"), "mallory")
        bench.shows(bench.drift("--base", "HEAD", "--who"), "mallory", *self.says)
        found = bench.drift("--base", "HEAD", "--who", "--format", "json")
        bench.output(found)
        bench.shows(found, "mallory", *self.says)


DEEDS = [
    Deed("attached", "iam", lambda iam: iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess")), ("role/app", "AttachRolePolicy")),
    Deed("deleted", "iam", lambda iam: iam.delete_role(RoleName="gone"), ("role/gone", "DeleteRole")),
    Deed("user", "iam", lambda iam: iam.tag_user(UserName="ada", Tags=[{"Key": "x", "Value": "y"}]), ("user/ada", "TagUser")),
    Deed(
        "policy", "iam",
        lambda iam: iam.create_policy_version(PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/reading", PolicyDocument=text(allow("*")), SetAsDefault=True),
        ("policy/reading", "CreatePolicyVersion"),
    ),
    Deed("bucket", "s3", lambda s3: s3.delete_public_access_block(Bucket="imagery"), ("bucket/imagery", "DeleteBucketPublicAccessBlock")),
    Deed("code", "lambda", lambda client: client.update_function_code(FunctionName="worker", ZipFile=packed({"app.py": "import os"})), ("lambda/worker", "UpdateFunctionCode")),
    Deed("rule", "events", lambda client: client.disable_rule(Name="tick"), ("rule/tick", "DisableRule")),
]


def session(bench: Bench) -> None:
    """Of a session, the role and the session's name are told."""
    prepared(bench)
    as_session(bench, "iam").attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess"))
    bench.shows(bench.drift("--base", "HEAD", "--who"), "role/app", "admin", "erika", "AttachRolePolicy")


def only_what_drifted(bench: Bench) -> None:
    """Nothing is asked of what is as written, pending or unmanaged; one question for one thing."""
    prepared(bench)
    with bench.between() as heard:
        bench.drift("--base", "HEAD", "--who", code=0)
        bench.write(edited(BASE, "users/ada/tags", {"x": "y"}))
        bench.drift("--base", "HEAD", "--who", code=0)
        bench.same("asked", heard.calls[LOOKUP], 0)
        bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess"))
        bench.drift("--base", "HEAD", "--who")
        bench.same("asked", 1 <= heard.calls[LOOKUP] <= 2, True)


def refused(bench: Bench) -> None:
    """Who may not ask is told so, and hears everything else."""
    prepared(bench)
    as_mallory(bench, "iam").attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess"))
    with bench.between(LOOKUP):
        ran = bench.drift("--base", "HEAD", "--who")
    bench.shows(ran, "role/app", "AdministratorAccess", "cloudtrail:LookupEvents")
    bench.silent(ran, "mallory")


def not_found(bench: Bench) -> None:
    """What the trail does not know any more is not made up: here a state file that was edited."""
    prepared(bench)
    bench.backend.stop()
    path = bench.backend.state() / "iam" / "roles" / "app.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"description": "From nowhere"}))
    bench.backend.serve()
    ran = bench.drift("--base", "HEAD", "--who")
    bench.shows(ran, "role/app", "description")
    bench.silent(ran, "mallory", "UpdateRole")


def last_one(bench: Bench) -> None:
    """Of several edits the ones by others than the tool are told, the last one at least; a read is no edit."""
    prepared(bench)
    iam = as_mallory(bench, "iam")
    iam.tag_role(RoleName="app", Tags=[{"Key": "x", "Value": "y"}])
    iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess"))
    iam.get_role(RoleName="app")
    ran = bench.drift("--base", "HEAD", "--who")
    bench.shows(ran, "AttachRolePolicy")
    bench.silent(ran, "GetRole,", "GetRole ")


def many(bench: Bench) -> None:
    """Two questions a second are what AWS grants; forty drifted things don't take forever, nor too many questions at once."""
    roles = {f"r{number:02}": {"trust": "ec2.amazonaws.com"} for number in range(12)}
    repository = bench.repository()
    bench.converge(file(roles=roles))
    repository.commit("The base")
    for name in roles:
        bench.iam.tag_role(RoleName=name, Tags=[{"Key": "x", "Value": "y"}])
    started = time.monotonic()
    with bench.between() as heard:
        bench.drift("--base", "HEAD", "--who")
    bench.same("asked", 1 <= heard.calls[LOOKUP] <= 24, True)
    if time.monotonic() - started > 60:
        raise Failed(f"{time.monotonic() - started:.0f} s for 12 things")


CASES = [
    *[deed.case() for deed in DEEDS],
    Case("who/session", session, SANDBOX),
    Case("who/only-what-drifted", only_what_drifted, SANDBOX),
    Case("who/refused", refused, SANDBOX),
    Case("who/not-found", not_found, SANDBOX),
    Case("who/last-one", last_one, SANDBOX),
    Case("who/many", many, SANDBOX),
]
