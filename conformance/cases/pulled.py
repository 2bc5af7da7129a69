"""Pull: an account that grew by hand becomes a file whose next plan is empty, and pulling what was pulled changes no byte.

The accounts are made with boto3 alone, with everything that the kinds can express and with names and texts that YAML, `$(…)` or a
terminal could take for something else.
"""

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.backends import ACCOUNT, REGION
from harness.bench import Bench, Failed
from harness.case import SANDBOX, Case
from harness.live import at

from . import buckets as s
from .buses import THEIRS
from .by_hand import text
from .documents import ENVIRONMENT, OWNER, allow, deny, managed_arn, policy_arn, trusts
from .functions import CODE, QUEUE, packed
from .oidc import ARN, PRINT, SUBJECT, URL

SECRET = "tide-and-time-8842"
FILE = "pulled/environment.yaml"
# What people call things, and YAML takes for booleans, numbers, dates, nothing, tags, anchors or lists.
NASTY = ["on", "no", "NULL", "012", "1e3", "0x1F", "true", "1.5", "2026-01-01", "=", "-", "--", ".inf", "@at", "a,b", "+1", "y", "1_000", "_", "evenkeel", "roles", "012345678901"]
WORDS = ["on", "no", "null", "~", "012", "1e3", "true", "2026-01-01", "", " ", "a: b", "a #b", "- a", "=", "0o17", "1:30", "yes ", " x", "@x", "x:"]
DESCRIPTION = "Gr\u00f6\u00dfe $(bucket) $$(x) ${aws:username} #1: 'x' \"y\" \\n & *a {b} [c] %d | > ! ? `z`"
LINES = "First line\nSecond: line\n\n  indented # no comment\n"
AWS_PRINCIPAL = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def document(*statements: dict, version: str = "2012-10-17") -> str:
    """A policy as the API takes it."""
    return json.dumps({"Version": version, "Statement": list(statements)})


def tagged(tags: dict[str, str]) -> list[dict]:
    """Tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def policies(iam) -> None:
    """Policies with paths, versions, every part of the language."""
    every = {
        "Sid": "", "Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "NotResource": ["arn:aws:s3:::x/${aws:username}/*"],
        "Condition": {"StringLike": {"aws:PrincipalTag/team": ["a", "b*", "$(x)"]}, "Bool": {"aws:SecureTransport": "true"}},
    }
    every.pop("Sid")
    iam.create_policy(PolicyName="every", Path="/a/b/", Description=DESCRIPTION, PolicyDocument=document(every), Tags=tagged({"team": "data", "Team": "sea", "on": "no"}))
    iam.create_policy(PolicyName="versions", PolicyDocument=text(allow("s3:GetObject")))
    iam.create_policy_version(PolicyArn=policy_arn("versions"), PolicyDocument=text(allow("s3:PutObject")), SetAsDefault=True)
    iam.create_policy_version(PolicyArn=policy_arn("versions"), PolicyDocument=text(allow("s3:*")))
    single = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    iam.create_policy(PolicyName="limits", PolicyDocument=json.dumps(single))
    long = [{"Sid": f"S{number}", "Effect": "Allow", "Action": [f"s3:GetObject{'Acl' if number % 2 else ''}"], "Resource": f"arn:aws:s3:::b{number}/*"} for number in range(45)]
    iam.create_policy(PolicyName="long", PolicyDocument=document(*long))


def people(iam) -> None:
    """Groups and users with everything that hangs on them."""
    iam.create_group(GroupName="readers", Path="/teams/")
    iam.create_group(GroupName="empty")
    iam.attach_group_policy(GroupName="readers", PolicyArn=policy_arn("every", "/a/b/"))
    iam.attach_group_policy(GroupName="readers", PolicyArn=managed_arn("AmazonS3ReadOnlyAccess"))
    iam.put_group_policy(GroupName="readers", PolicyName="queue", PolicyDocument=text(allow("sqs:*")))
    iam.create_user(UserName="ada", Path="/people/of/", PermissionsBoundary=policy_arn("limits"), Tags=tagged({"team": "data", "no": "on", "e": ""}))
    iam.add_user_to_group(UserName="ada", GroupName="readers")
    iam.add_user_to_group(UserName="ada", GroupName="empty")
    iam.attach_user_policy(UserName="ada", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    iam.put_user_policy(UserName="ada", PolicyName="guard", PolicyDocument=text(deny("iam:*")))
    iam.create_login_profile(UserName="ada", Password="Tide-4-Time!", PasswordResetRequired=True)
    iam.create_access_key(UserName="ada")
    second = iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="ada", AccessKeyId=second, Status="Inactive")


def roles(iam) -> None:
    """Roles of every sort of trust."""
    both = {"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    outside = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "$(tide)"}}}
    federated = {"Effect": "Allow", "Principal": {"Federated": ARN}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": SUBJECT}
    given = {"Description": DESCRIPTION, "MaxSessionDuration": 5400, "PermissionsBoundary": policy_arn("limits"), "Tags": tagged({"team": "data"})}
    iam.create_role(RoleName="both", AssumeRolePolicyDocument=document(both | {"Sid": "Both"}), **given)
    iam.create_role(RoleName="outside", Path="/x/", AssumeRolePolicyDocument=document(outside), Description=LINES)
    old = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="old", AssumeRolePolicyDocument=document(old, version="2008-10-17"))
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=document(federated))
    iam.create_role(RoleName="several", AssumeRolePolicyDocument=document(both, outside, federated | {"Sid": "Ci"}))
    iam.create_role(RoleName="denies", AssumeRolePolicyDocument=document({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}))
    iam.create_role(RoleName="runner", AssumeRolePolicyDocument=document({"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "events.amazonaws.com"]}, "Action": "sts:AssumeRole"}))
    iam.create_role(RoleName="caller", AssumeRolePolicyDocument=document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/runner"}, "Action": "sts:AssumeRole"}))
    for number in range(3):
        iam.put_role_policy(RoleName="both", PolicyName=f"p{number}", PolicyDocument=text(allow("sqs:*", resource="arn:aws:sqs:*:*:$(name)")))
    iam.put_role_policy(RoleName="runner", PolicyName="all", PolicyDocument=text(allow("sqs:*", "ec2:*")))
    iam.attach_role_policy(RoleName="both", PolicyArn=policy_arn("versions"))
    iam.attach_role_policy(RoleName="both", PolicyArn=managed_arn("AdministratorAccess"))
    for profile, role in (("both", "both"), ("of-outside", "outside")):
        iam.create_instance_profile(InstanceProfileName=profile)
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")


def identities(bench: Bench) -> None:
    """IAM as a whole, and the settings of the account."""
    iam = bench.iam
    policies(iam)
    iam.create_open_id_connect_provider(Url=URL, ClientIDList=["sts.amazonaws.com", "b"], ThumbprintList=[PRINT], Tags=tagged({"team": "data"}))
    people(iam)
    roles(iam)
    iam.create_account_alias(AccountAlias="imaging")
    iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True, MaxPasswordAge=90, PasswordReusePrevention=5, AllowUsersToChangePassword=True)


def buckets(bench: Bench) -> None:
    """Buckets with every setting, plain ones, one elsewhere, one that is public, one that is as old as S3."""
    s3 = bench.client("s3")
    for name in ("logs", "imagery", "plain", "opened", "1.2", "012"):
        s3.create_bucket(Bucket=name if len(name) > 2 else f"{name}-x")
    far = bench.client("s3", "eu-central-1")
    far.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    far.put_bucket_versioning(Bucket="far-away", VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_policy(Bucket="logs", Policy=json.dumps(s.LOGS["policy"]))
    by_key = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": s.KEY}}
    lifecycle = [s.SHOWN_TMP, s.SHOWN_ARCHIVE, s.SHOWN_VERSIONS, s.SHOWN_UPLOADS, s.SHOWN_ONE_TAG, s.SHOWN_BETWEEN, s.SHOWN_NEWER | {"Status": "Disabled"}]
    every = {
        "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
        "put_bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": [by_key | {"BucketKeyEnabled": True}]}},
        "put_public_access_block": {"PublicAccessBlockConfiguration": s.blocks(BlockPublicAcls=False)},
        "put_bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}},
        "put_bucket_policy": {"Policy": json.dumps(s.document(*s.WRITE["Statement"], *s.TLS["Statement"]))},
        "put_bucket_website": {"WebsiteConfiguration": s.INDEX | {"ErrorDocument": {"Key": "error.html"}, "RoutingRules": s.SHOWN_RULES}},
        "put_bucket_cors": {"CORSConfiguration": {"CORSRules": [s.SHOWN_SITE, s.SHOWN_ANYBODY]}},
        "put_bucket_logging": {"BucketLoggingStatus": {"LoggingEnabled": s.SHOWN_LOGS | s.SHOWN_BY_DATE}},
        "put_bucket_lifecycle_configuration": {"LifecycleConfiguration": {"Rules": lifecycle}},
        "put_bucket_notification_configuration": {"NotificationConfiguration": s.SHOWN_AUDIT | {"EventBridgeConfiguration": {}}, "SkipDestinationValidation": True},
        "put_bucket_tagging": {"Tagging": {"TagSet": tagged({"team": "data", "Team": "x", "on": "no", "e": ""})}},
    }
    for operation, given in every.items():
        getattr(s3, operation)(Bucket="imagery", **given)
    s3.put_object(Bucket="imagery", Key="a", Body=SECRET.encode())
    s3.delete_public_access_block(Bucket="opened")
    s3.put_bucket_policy(Bucket="opened", Policy=json.dumps(s.document(s.statement("All", Principal="*", Resource="arn:aws:s3:::opened/*"))))
    s3.put_bucket_website(Bucket="plain", WebsiteConfiguration=s.SHOWN_HOST)


def functions(bench: Bench) -> None:
    """Functions with every setting, and with secrets in their environments."""
    client = bench.client("lambda")
    client.publish_layer_version(LayerName="a", Content={"ZipFile": packed({"x.py": ""})})
    role = f"arn:aws:iam::{ACCOUNT}:role/runner"
    plain = {"Runtime": "python3.12", "Handler": "app.handler", "Role": role, "Code": {"ZipFile": packed({"app.py": CODE})}}
    retried(client, "plain", plain)
    retried(
        client, "every",
        plain | {
            "Description": "It's $(x): \"all\" #1", "MemorySize": 512, "Timeout": 90, "EphemeralStorage": {"Size": 1024}, "Architectures": ["arm64"],
            "Environment": {"Variables": {"TOKEN": SECRET, "on": SECRET + "-2", "EMPTY": ""}}, "Layers": [s.FUNCTION.replace("function:unpack", "layer:a:1")],
            "TracingConfig": {"Mode": "Active"}, "DeadLetterConfig": {"TargetArn": QUEUE}, "KMSKeyArn": s.KEY,
            "VpcConfig": {"SubnetIds": ["subnet-0a1b"], "SecurityGroupIds": ["sg-0a1b"]},
            "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "WARN", "LogGroup": "/imaging/all"},
            "Tags": {"team": "data", "no": "on"},
        },
    )
    client.put_function_concurrency(FunctionName="every", ReservedConcurrentExecutions=0)
    client.add_permission(FunctionName="every", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::imagery", SourceAccount=ACCOUNT)
    client.add_permission(FunctionName="every", StatementId="them", Action="lambda:GetFunction", Principal="210987654321")
    client.add_permission(FunctionName="every", StatementId="tick-by-hand", Action="lambda:InvokeFunction", Principal="events.amazonaws.com", SourceArn=f"arn:aws:events:{REGION}:{ACCOUNT}:rule/every")


def retried(client, name: str, settings: dict) -> None:
    """Makes a function; a role that was just made can't be assumed at once."""
    for _ in range(20):
        try:
            client.create_function(FunctionName=name, **settings)
            return
        except client.exceptions.InvalidParameterValueException as error:
            last = error
    raise Failed(str(last))


def events(bench: Bench) -> None:
    """Buses and rules with every sort of target."""
    client = bench.client("events")
    client.create_event_bus(Name="orders", Description="Orders: $(all)", Tags=tagged({"team": "shop"}))
    client.put_permission(EventBusName="orders", Policy=json.dumps(THEIRS))
    every = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:every"
    pattern = {"source": ["aws.s3"], "detail": {"size": [{"numeric": [">", 0, "<=", 5]}], "state": [{"anything-but": ["on", "no"]}], "name": ["$(x)"]}}
    given = {"State": "DISABLED", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/runner", "Tags": tagged({"team": "data"})}
    client.put_rule(Name="every", ScheduleExpression="cron(0 3 * * ? *)", EventPattern=json.dumps(pattern), Description="All $(x): of #it", **given)
    targets = [
        {"Id": "go", "Arn": every, "Input": '{"slug": "$(demo)", "n": [1, 2.50, "012", null, true]}', "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 7200}},
        {"Id": "on", "Arn": QUEUE, "InputPath": "$.detail", "DeadLetterConfig": {"Arn": QUEUE}},
        {"Id": "transformed", "Arn": every, "InputTransformer": {"InputPathsMap": {"at": "$.time"}, "InputTemplate": '"It is <at> $(now)"'}},
        {"Id": "bus", "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/orders", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/runner"},
    ]
    client.put_targets(Rule="every", Targets=targets)
    client.put_rule(Name="012", EventBusName="orders", EventPattern='{"source":["shop"]}')
    client.put_rule(Name="every", EventBusName="orders", EventPattern='{"source":["namesake"]}')
    client.put_rule(Name="rate", ScheduleExpression="rate(5 minutes)")


def everything(bench: Bench) -> None:
    """All of it."""
    identities(bench)
    buckets(bench)
    functions(bench)
    events(bench)


def as_tag(word: str) -> str:
    """What IAM takes of a word for a tag."""
    return re.sub(r"[^\w .:/=+@-]", "-", word)


def nasty(bench: Bench) -> None:
    """Names and tags that YAML could misread."""
    for number, name in enumerate(NASTY):
        bench.iam.create_role(RoleName=name, AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")), Description=WORDS[number % len(WORDS)])
        bench.iam.create_user(UserName=name, Tags=tagged({as_tag(name): as_tag(WORDS[number % len(WORDS)])}))
        bench.iam.create_group(GroupName=name)
        bench.iam.create_policy(PolicyName=name, Description=WORDS[(number + 5) % len(WORDS)], PolicyDocument=text(allow("s3:GetObject", resource=f"arn:aws:s3:::{name}/$(x)/*")))
        bench.iam.attach_role_policy(RoleName=name, PolicyArn=policy_arn(name))
        bench.iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=text(allow("s3:GetObject")))
        bench.iam.add_user_to_group(UserName=name, GroupName=name)


def namesakes(bench: Bench) -> None:
    """A policy of ours that is called as one of AWS's, things whose names differ in what an id may have, one name in many kinds."""
    iam = bench.iam
    iam.create_policy(PolicyName="AmazonS3ReadOnlyAccess", PolicyDocument=text(allow("s3:*")))
    for make in ("create_user", "create_group"):
        getattr(iam, make)(**{make.split("_")[1].capitalize() + "Name": "app"})
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")))
    iam.create_policy(PolicyName="app", PolicyDocument=text(allow("s3:*")))
    iam.attach_role_policy(RoleName="app", PolicyArn=policy_arn("AmazonS3ReadOnlyAccess"))
    iam.attach_user_policy(UserName="app", PolicyArn=managed_arn("AmazonS3ReadOnlyAccess"))
    iam.attach_group_policy(GroupName="app", PolicyArn=policy_arn("app"))
    client = bench.client("events")
    for bus in ("default", "orders", "returns"):
        if bus != "default":
            client.create_event_bus(Name=bus)
        client.put_rule(Name="app", EventBusName=bus, EventPattern='{"source":["x"]}')


def pull(bench: Bench, target: str, *flags: str, code: int = 0):
    """Pulls into a file."""
    return bench.expect(code, "pull", "-o", target, "--environment", ENVIRONMENT, *flags)


def tidy(account: dict) -> dict:
    """The account without our marks."""
    whole = json.loads(json.dumps(account, default=str))
    for section in whole.values():
        for one in section.values() if isinstance(section, dict) else ():
            if isinstance(one, dict) and isinstance(one.get("Tags"), dict):
                one["Tags"].pop(OWNER, None)
    return whole


@dataclass(frozen=True)
class Account:
    """An account made by hand."""

    name: str
    make: Callable[[Bench], None]
    flags: tuple[str, ...] = ()

    def case(self) -> Case:
        """The case that this account is."""
        return Case(f"pulled/{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Pulled, checked, planned, applied and pulled again."""
        self.make(bench)
        before = bench.live()
        ran = pull(bench, FILE, *self.flags)
        bench.same("pulling changes nothing", tidy(bench.live()), tidy(before))
        never(bench, ran.told())
        bench.expect(0, "check", "-f", FILE)
        plan = bench.plan("-f", FILE)
        if "Nothing to do" not in plan.out and "to adopt" not in plan.out:
            raise Failed(plan.told())
        bench.apply("-f", FILE)
        bench.same("applying changes only marks", tidy(bench.live()), tidy(before))
        pull(bench, "again/environment.yaml", *self.flags)
        bench.same("files", names(bench, "again"), names(bench, "pulled"))
        for name in names(bench, "pulled"):
            same_text(bench, f"pulled/{name}", f"again/{name}")
        never(bench, "")


def names(bench: Bench, folder: str) -> list[str]:
    """The files below a folder."""
    root = bench.folder / folder
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def same_text(bench: Bench, one: str, other: str) -> None:
    """Insists that two files are equal to the byte."""
    first, second = ((bench.folder / path).read_bytes() for path in (one, other))
    if first != second:
        lines = difflib.unified_diff(first.decode(errors="replace").splitlines(), second.decode(errors="replace").splitlines(), one, other, lineterm="", n=1)
        raise Failed("\n".join(lines))


def never(bench: Bench, told: str) -> None:
    """No secret stands in anything that was said or written."""
    places = [str(path) for path in bench.written() if SECRET.encode() in path.read_bytes()]
    bench.same("who tells the secret", ([told] if SECRET in told else []) + places, [])


def empty(bench: Bench) -> None:
    """An account with nothing in it gives a file that declares nothing and plans nothing."""
    pull(bench, FILE)
    bench.expect(0, "check", "-f", FILE)
    bench.shows(bench.plan("-f", FILE), "Nothing to do")


def selections(bench: Bench) -> None:
    """A part by kind, name, tag and path; each is a file whose plan is empty, alone."""
    identities(bench)
    chosen = {
        ("--kind", "policy"): ({"policies"}, "every"),
        ("--kind", "user,group"): ({"users", "groups"}, "ada"),
        ("--name", "ru*"): ({"roles"}, "runner"),
        ("--tag", "team=data", "--kind", "role"): ({"roles"}, "both"),
        ("--path", "/x/"): ({"roles"}, "outside"),
        ("--kind", "role", "--name", "c*", "--name", "both"): ({"roles"}, "caller"),
    }
    for number, (flags, (sections, name)) in enumerate(chosen.items()):
        target = f"part-{number}.yaml"
        pull(bench, target, *flags)
        content = (bench.folder / target).read_text()
        found = set(re.findall(r"^(policies|users|groups|roles|buckets|lambdas|rules|event_buses|oidc_providers|account_settings|service_linked_roles):", content, re.M))
        bench.same(f"sections with {flags}", found, sections)
        if name not in content:
            raise Failed(f"{name} is not pulled with {flags}\n{content}")
        bench.expect(0, "check", "-f", target)
        plan = bench.run("plan", "--detailed-exitcode", "-f", target)
        bench.same(f"plan with {flags}\n{plan.told()}\n{content}", plan.code, 0)
    for flags in (("--kind", "nonsense"), ("--tag", "=x"), ("--path", "x")):
        ran = bench.run("pull", "-o", "wrong.yaml", "--environment", ENVIRONMENT, *flags)
        bench.same(f"{flags}\n{ran.told()}", (ran.code, (bench.folder / "wrong.yaml").exists()), (1, False))


def not_over_what_is_there(bench: Bench) -> None:
    """What somebody has written is not written over."""
    identities(bench)
    bench.put("mine.yaml", "# Mine\n")
    ran = bench.run("pull", "-o", "mine.yaml", "--environment", ENVIRONMENT)
    bench.same(f"exit\n{ran.told()}", (ran.code in (1, 4), (bench.folder / "mine.yaml").read_text()), (True, "# Mine\n"))


def to_output(bench: Bench) -> None:
    """Without `-o` the file goes to standard output, and nothing else does."""
    identities(bench)
    ran = bench.expect(0, "pull", "--environment", ENVIRONMENT)
    bench.write(ran.out)
    bench.expect(0, "check")
    runs = {bench.expect(0, "pull", "--environment", ENVIRONMENT).out for _ in range(3)}
    bench.same("different outputs", len(runs), 1)


def into_folder(bench: Bench) -> None:
    """A folder holds the same in several files."""
    everything(bench)
    ran = bench.expect(0, "pull", "-o", "parts/", "--environment", ENVIRONMENT)
    bench.expect(0, "check", "-f", "parts")
    bench.plan("-f", "parts")
    never(bench, ran.told())


def with_code(bench: Bench) -> None:
    """On request the functions' code comes along, and is the same code."""
    identities(bench)
    functions(bench)
    pull(bench, FILE, "--code", "--kind", "lambda,role,policy")
    bench.plan("-f", FILE)
    bench.backend.fresh()
    bench.write((bench.folder / FILE).read_text())
    if not any(name.endswith((".zip", ".py")) for name in names(bench, "pulled")):
        raise Failed(f"no code: {names(bench, 'pulled')}")


def refused(bench: Bench) -> None:
    """What may not be read is told and not left out in silence."""
    everything(bench)
    with bench.between(("s3", "GET bucket policy"), ("iam", "GetAccountPasswordPolicy")):
        ran = bench.run("pull", "-o", FILE, "--environment", ENVIRONMENT)
    bench.same(f"exit\n{ran.told()}", ran.code, 3)
    bench.shows(ran, "imagery", "AccessDenied")


HEAD = f"""# The imaging account.
version: 1
environment: {ENVIRONMENT}   # who owns it
account: "{ACCOUNT}"
region: {REGION}

variables:
  team: {{ default: data }}   # ours

"""
ROLES = """roles:
  # The application.
  app:
    trust: ec2.amazonaws.com   # on machines
    description: One
    policies: [AmazonS3ReadOnlyAccess]   # reads
    tags: { team: $(team) }

  other:   # nobody knows
    trust: lambda.amazonaws.com
    inline_policies:
      queue:
        Statement:
          # Sends.
          - { Sid: Send, Effect: Allow, Action: "sqs:SendMessage", Resource: "*" }   # all queues
# The end.
"""


@dataclass(frozen=True)
class Into:
    """An edit by hand, and the lines of the file that may change."""

    name: str
    edit: Callable
    says: tuple[str, ...]
    most: int = 3
    service: str = "iam"

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"pulled/into-{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Applies, edits by hand, pulls into the file: only what differs is edited, and the next plan is empty."""
        bench.converge(HEAD + ROLES)
        self.edit(bench.client(self.service))
        bench.expect(0, "pull", "--into", "environment.yaml")
        content = (bench.folder / "environment.yaml").read_text()
        old, new = (HEAD + ROLES).splitlines(), content.splitlines()
        changed = [line for line in difflib.ndiff(old, new) if line.startswith(("+ ", "- "))]
        gone = [line for line in changed if line.startswith("- ")]
        lost = [word for word in re.findall(r"#.*", HEAD + ROLES) if word not in content]
        bench.same(f"comments that are lost\n{content}", lost, [])
        if len(gone) > self.most or not changed:
            raise Failed(f"{len(gone)} lines are gone\n" + "\n".join(changed))
        for word in self.says:
            if not any(word in line for line in changed):
                raise Failed(f"{word} is not among the changes\n" + "\n".join(changed))
        bench.settled()
        bench.expect(0, "pull", "--into", "environment.yaml")
        bench.same("a second time", (bench.folder / "environment.yaml").read_text(), content)


SEND = {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
INTO = [
    Into("description", lambda iam: iam.update_role(RoleName="app", Description="Two: $(x) # y", MaxSessionDuration=3600), ("Two",)),
    Into("description-gone", lambda iam: iam.update_role(RoleName="app", Description="", MaxSessionDuration=3600), ("description",)),
    Into("new-field", lambda iam: iam.update_role(RoleName="app", Description="One", MaxSessionDuration=7200), ("max_session_duration", "2h")),
    Into("list", lambda iam: iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AmazonSQSFullAccess")), ("AmazonSQSFullAccess",)),
    Into("new-list", lambda iam: iam.attach_role_policy(RoleName="other", PolicyArn=managed_arn("AmazonSQSFullAccess")), ("AmazonSQSFullAccess",)),
    Into("tag", lambda iam: iam.tag_role(RoleName="app", Tags=[{"Key": "on", "Value": "no"}]), ("on", "no")),
    Into("tag-that-was-a-variable", lambda iam: iam.tag_role(RoleName="app", Tags=[{"Key": "team", "Value": "sea"}]), ("sea",)),
    Into("trust", lambda iam: iam.update_assume_role_policy(RoleName="app", PolicyDocument=text(trusts("glue.amazonaws.com"))), ("glue",)),
    Into("inline", lambda iam: iam.put_role_policy(RoleName="other", PolicyName="more", PolicyDocument=text(allow("sns:*"))), ("sns:*",)),
    Into(
        "statement",
        lambda iam: iam.put_role_policy(RoleName="other", PolicyName="queue", PolicyDocument=document(SEND, SEND | {"Sid": "More", "Action": "sqs:ReceiveMessage"})),
        ("More",),
    ),
]


def into_nothing(bench: Bench) -> None:
    """Where nothing differs no byte changes, whatever the spelling."""
    bench.converge(HEAD + ROLES)
    for content in (HEAD + ROLES, (HEAD + ROLES).replace("\n", "\r\n"), "\ufeff" + HEAD + ROLES, (HEAD + ROLES).rstrip("\n")):
        (bench.folder / "environment.yaml").write_bytes(content.encode())
        ran = bench.run("pull", "--into", "environment.yaml")
        bench.same(f"exit\n{ran.told()}", ran.code in (0, 1), True)
        bench.same("bytes", (bench.folder / "environment.yaml").read_bytes(), content.encode())


def accept(bench: Bench) -> None:
    """`drift --accept` writes what was done by hand into the file, for the named thing alone."""
    bench.converge(HEAD + ROLES)
    for name in ("app", "other"):
        bench.iam.attach_role_policy(RoleName=name, PolicyArn=managed_arn("AmazonSQSFullAccess"))
    bench.run("drift", "--accept", "role/app")
    content = (bench.folder / "environment.yaml").read_text()
    bench.same("named once", content.count("AmazonSQSFullAccess"), 1)
    bench.same("comments", [word for word in re.findall(r"#.*", HEAD + ROLES) if word not in content], [])
    plan = bench.plan(code=2)
    bench.shows(plan, "role/other")
    bench.silent(plan, "role/app")
    bench.same("the account keeps it", managed_arn("AmazonSQSFullAccess") in at(bench.live(), "roles/app/AttachedPolicies"), True)


ACCOUNTS = [
    Account("identities", identities),
    Account("buckets", buckets),
    Account("events-and-functions", lambda bench: (identities(bench), functions(bench), events(bench))[0]),
    Account("everything", everything),
    Account("everything-with-code", everything, ("--code",)),
    Account("nasty-names", nasty),
    Account("namesakes", namesakes),
]

CASES = [
    *[account.case() for account in ACCOUNTS],
    *[one.case() for one in INTO],
    Case("pulled/empty", empty, SANDBOX),
    Case("pulled/selections", selections, SANDBOX),
    Case("pulled/not-over-what-is-there", not_over_what_is_there, SANDBOX),
    Case("pulled/to-output", to_output, SANDBOX),
    Case("pulled/into-folder", into_folder, SANDBOX),
    Case("pulled/with-code", with_code, SANDBOX),
    Case("pulled/refused", refused, SANDBOX),
    Case("pulled/into-nothing", into_nothing, SANDBOX),
    Case("pulled/accept", accept, SANDBOX),
]
