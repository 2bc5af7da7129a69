"""What exists and no file declares: everything that people have made shows up by name, what AWS made only when asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from harness import report
from harness.backends import ACCOUNT, REGION
from harness.bench import Bench, Failed
from harness.case import SANDBOX, Case

from . import functions
from .by_hand import text
from .documents import OWNER, allow, file, managed_arn, trusts

TRUST = text(trusts("ec2.amazonaws.com"))
DECLARED = file(roles={"app": {"trust": "ec2.amazonaws.com"}})
# A day that is over, and one that is far off.
PAST, FUTURE = "2020-01-31", "2099-12-31"


def function(bench: Bench) -> None:
    """A function with a role of its own."""
    bench.converge(functions.file(roles=functions.ROLES))
    functions.create_by_hand(bench)


def rule_on_bus(bench: Bench) -> None:
    """A rule on somebody's bus."""
    bench.client("events").create_event_bus(Name="theirs")
    bench.client("events").put_rule(Name="heard", EventBusName="theirs", EventPattern='{"source":["x"]}')


def call(service: str, operation: str, region: str = REGION, **given: object) -> Callable[[Bench], None]:
    """Something made by hand."""
    return lambda bench: getattr(bench.client(service, region), operation)(**given)


@dataclass(frozen=True)
class Made:
    """A thing that somebody has made, and what has to be listed."""

    name: str
    make: Callable[[Bench], None]
    addresses: tuple[str, ...]

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"unmanaged/{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Nothing is told of what was not asked for; with the option it is listed, is a difference, and hides when declared."""
        bench.converge(DECLARED)
        bench.drift("--unmanaged", code=0)
        self.make(bench)
        bench.write(DECLARED if self.name != "function" else functions.file(roles=functions.ROLES))
        before = bench.live()
        bench.drift(code=0)
        bench.shows(bench.drift("--unmanaged"), *self.addresses)
        found = listed(bench)
        bench.same("listed", {address for address in found if is_about(address, self.addresses)}, set(self.addresses))
        kinds = sorted({address.split("/")[0] for address in self.addresses})
        bench.shows(bench.drift("--unmanaged", ",".join(kinds)), *self.addresses)
        bench.same("drift changes nothing", bench.live(), before)


def is_about(address: str, addresses: tuple[str, ...]) -> bool:
    """Whether an address is of one of the kinds that a row is about."""
    return address.split("/")[0] in {one.split("/")[0] for one in addresses}


def listed(bench: Bench, *flags: str, code: int = 2) -> list[str]:
    """The addresses of what no file declares."""
    found = report.drift(bench, "--unmanaged", *flags, code=code)
    return sorted(address for address, word in report.statuses(found).items() if word == "unmanaged")


MADE = [
    Made("role", call("iam", "create_role", RoleName="theirs", Path="/people/", AssumeRolePolicyDocument=TRUST), ("role/theirs",)),
    Made("user", call("iam", "create_user", UserName="mallory"), ("user/mallory",)),
    Made("group", call("iam", "create_group", GroupName="admins"), ("group/admins",)),
    Made("policy", call("iam", "create_policy", PolicyName="all", PolicyDocument=text(allow("*"))), ("policy/all",)),
    Made("oidc", call("iam", "create_open_id_connect_provider", Url="https://idp.example.com", ClientIDList=["x"]), ("oidc_provider/https://idp.example.com",)),
    Made("bucket", call("s3", "create_bucket", Bucket="someone-elses"), ("bucket/someone-elses",)),
    Made("bucket-elsewhere", call("s3", "create_bucket", "eu-central-1", Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}), ("bucket/far-away",)),
    Made("function", function, ("lambda/worker",)),
    Made("bus", call("events", "create_event_bus", Name="theirs"), ("event_bus/theirs",)),
    Made("rule", call("events", "put_rule", Name="tick", ScheduleExpression="rate(1 hour)"), ("rule/tick",)),
    Made("rule-on-a-bus", rule_on_bus, ("event_bus/theirs", "rule/theirs/heard")),
]


def of_aws(bench: Bench) -> None:
    """Roles that AWS made, and rules that its services keep, are hidden unless asked for."""
    bench.converge(DECLARED)
    bench.iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")
    bench.backend.role_of_aws("AWSReservedSSO_Admin_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/", TRUST)
    bench.silent(bench.drift("--unmanaged", code=0), "AWSReservedSSO", "spot.amazonaws.com")
    bench.shows(bench.drift("--unmanaged", "--all", code=0), "role/AWSReservedSSO_Admin_0123456789abcdef", "service_linked_role/spot.amazonaws.com")


def managed_rules(bench: Bench) -> None:
    """The rule of an archive is EventBridge's own."""
    bench.converge(DECLARED)
    bench.client("events").create_archive(ArchiveName="all", EventSourceArn=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default")
    bench.drift("--unmanaged", code=0)


def only_kinds(bench: Bench) -> None:
    """Kinds can be named; others are then nobody's business; a kind that there is not is an error that names the nearest."""
    bench.converge(DECLARED)
    bench.iam.create_user(UserName="mallory")
    bench.iam.create_group(GroupName="admins")
    bench.silent(bench.drift("--unmanaged", "user"), "group/admins")
    bench.shows(bench.drift("--unmanaged", "user,group"), "group/admins", "user/mallory")
    bench.drift("--unmanaged", "bucket,rule", code=0)
    for word in ("users", "nonsense", "user,,group", ""):
        ran = bench.run("drift", f"--unmanaged={word}")
        if ran.code not in (0, 1, 2) or (word == "nonsense" and ran.code != 1):
            raise Failed(ran.told())
    bench.shows(bench.run("drift", "--unmanaged=usr"), "user")


def declared_elsewhere(bench: Bench) -> None:
    """What `absent:` names, what is shared and what another environment has are told apart from what nobody declares."""
    bench.iam.create_user(UserName="you")
    bench.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": OWNER, "Value": "other"}])
    bench.converge(DECLARED | {"users": {"you": {"shared": True}}})
    bench.same("listed", listed(bench, code=0), [])
    bench.shows(bench.drift("--unmanaged", "--all", code=0), "role/theirs", "other")


def names_ignore_case(bench: Bench) -> None:
    """A declared role is declared in whatever letters."""
    bench.iam.create_role(RoleName="APP", AssumeRolePolicyDocument=TRUST)
    bench.write(DECLARED)
    bench.run("apply", "--yes")
    bench.silent(bench.run("drift", "--unmanaged"), "unmanaged, ")
    bench.same("listed", listed(bench, code=bench.run("drift", "--unmanaged").code), [])


def accepted(bench: Bench, *entries: dict) -> tuple[str, str]:
    """The list of what a team knows of and lives with."""
    bench.put("accepted.yaml", json.dumps({"version": 1, "accepted": list(entries)}))
    return ("--accepted", "accepted.yaml")


def entry(address: str, reason: str | None = "Known since the audit", until: str | None = None) -> dict:
    """One line of that list."""
    return {"address": address} | ({"reason": reason} if reason else {}) | ({"until": until} if until else {})


def two_by_hand(bench: Bench) -> None:
    """A user and a group that no file declares."""
    bench.converge(DECLARED)
    bench.iam.create_user(UserName="mallory")
    bench.iam.create_group(GroupName="admins")


def accepted_all(bench: Bench) -> None:
    """What stands in the list is no difference any more."""
    two_by_hand(bench)
    flags = accepted(bench, entry("user/mallory"), entry("group/*", until=FUTURE))
    bench.same("listed", listed(bench, *flags, code=0), [])


def accepted_some(bench: Bench) -> None:
    """What does not stand in the list is."""
    two_by_hand(bench)
    flags = accepted(bench, entry("user/mallory"))
    bench.same("listed", listed(bench, *flags), ["group/admins"])
    bench.shows(bench.drift("--unmanaged", *flags), "group/admins")


def accepted_over(bench: Bench) -> None:
    """An entry ends with its day; what it named comes back, and the report says why."""
    two_by_hand(bench)
    flags = accepted(bench, entry("user/mallory", until=PAST), entry("group/admins", until=FUTURE))
    bench.same("listed", listed(bench, *flags), ["user/mallory"])
    bench.shows(bench.drift("--unmanaged", *flags), PAST)


def accepted_unused(bench: Bench) -> None:
    """An entry that names nothing any more is told, so that the list stays short."""
    two_by_hand(bench)
    flags = accepted(bench, entry("user/mallory"), entry("group/admins"), entry("role/long-gone"))
    bench.shows(bench.drift("--unmanaged", *flags, code=0), "role/long-gone")


def accepted_of_other_kinds(bench: Bench) -> None:
    """An entry about a kind that was not asked for is not unused."""
    two_by_hand(bench)
    flags = accepted(bench, entry("user/mallory"), entry("bucket/long-gone"))
    bench.silent(bench.run("drift", "--unmanaged", "user", *flags), "bucket/long-gone")


def accepted_difference(bench: Bench) -> None:
    """The list is about what no file declares; it hides nothing that was done to a declared thing."""
    bench.converge(DECLARED)
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AmazonSQSFullAccess"))
    bench.shows(bench.drift("--unmanaged", *accepted(bench, entry("role/app"), entry("*/*"))), "role/app", "AmazonSQSFullAccess")


def accepted_wrong(bench: Bench) -> None:
    """A list with mistakes is an error with its place, before anything is read."""
    two_by_hand(bench)
    wrong = [
        [entry("user/mallory", reason=None)],
        [entry("user/mallory", reason="  ")],
        [{"reason": "No address"}],
        [entry("user/mallory", until="tomorrow")],
        [entry("user/mallory", until="2026-02-31")],
        [entry("mallory")],
        [entry("nonsense/mallory")],
        [entry("user/mallory") | {"resaon": "x"}],
        ["user/mallory"],
    ]
    for entries in wrong:
        ran = bench.run("drift", "--unmanaged", *accepted(bench, *entries))
        bench.same(f"exit with {entries}\n{ran.told()}", ran.code, 1)
        bench.shows(ran, "accepted.yaml:")
    for content in ("", "[]", "nonsense", "accepted: 7", "{", "\xff"):
        bench.put("accepted.yaml", content)
        ran = bench.run("drift", "--unmanaged", "--accepted", "accepted.yaml")
        bench.same(f"exit with {content!r}\n{ran.told()}", ran.code in (1, 2), True)
        bench.silent(ran, "panicked")
    bench.shows(bench.expect(1, "drift", "--unmanaged", "--accepted", "nowhere.yaml"), "nowhere.yaml")


REFUSED = {
    "user": ("iam", "ListUsers"),
    "group": ("iam", "ListGroups"),
    "role": ("iam", "ListRoles"),
    "policy": ("iam", "ListPolicies"),
    "oidc_provider": ("iam", "ListOpenIDConnectProviders"),
    "bucket": ("s3", "GET service"),
    "lambda": ("lambda", "GET /2015-03-31/functions/"),
    "event_bus": ("events", "ListEventBuses"),
    "rule": ("events", "ListRules"),
}


def refused(kind: str) -> Case:
    """A kind that may not be listed is told as unknown, and the run is not clean."""

    def run(bench: Bench) -> None:
        bench.converge(DECLARED)
        call_ = REFUSED[kind]
        both = [call_, (call_[0], call_[1].rstrip("/"))]
        with bench.between(*both, ("iam", "GetAccountAuthorizationDetails")) as heard:
            ran = bench.run("drift", "--unmanaged", kind)
            if not any(one in heard.calls for one in [*both, ("iam", "GetAccountAuthorizationDetails")]):
                raise Failed(f"the list was not asked for: {sorted(heard.calls)}\n{ran.told()}")
        bench.same(f"exit\n{ran.told()}", ran.code, 3)
        bench.shows(ran, kind, "AccessDenied")

    return Case(f"unmanaged/refused-{kind}", run, SANDBOX)


def refused_and_found(bench: Bench) -> None:
    """What was found is listed all the same; incomplete is graver than different."""
    two_by_hand(bench)
    with bench.between(("s3", "GET service")):
        bench.shows(bench.drift("--unmanaged", code=3), "user/mallory", "group/admins", "AccessDenied")


def many(bench: Bench) -> None:
    """More than a page of each kind, in a stable order, each once."""
    bench.converge(DECLARED)
    for number in range(130):
        bench.iam.create_role(RoleName=f"r{number:03}", AssumeRolePolicyDocument=TRUST)
        bench.client("events").put_rule(Name=f"e{number:03}", ScheduleExpression="rate(1 hour)")
    found = listed(bench)
    wanted = [*(f"role/r{number:03}" for number in range(130)), *(f"rule/e{number:03}" for number in range(130))]
    bench.same("listed", found, sorted(wanted))
    bench.same("different outputs", len({bench.drift("--unmanaged").out for _ in range(3)}), 1)


def harmless(bench: Bench) -> None:
    """A description that an outsider wrote moves no cursor and starts no line."""
    bench.converge(DECLARED)
    bench.iam.create_role(RoleName="evil", AssumeRolePolicyDocument=TRUST, Description="x\r\nrole/app drift ::error::")
    bench.iam.tag_role(RoleName="evil", Tags=[{"Key": OWNER, "Value": "web : everyone@example.com"}])
    bench.client("events").put_rule(Name="evil", ScheduleExpression="rate(1 hour)", Description="x\x1b[2J\u202e\r\nrole/app drift ::error::")
    for form in ("text", "json", "markdown", "sarif"):
        ran = bench.drift("--unmanaged", "--format", form)
        bench.silent(ran, "\x1b")
        bench.same("lines that a report did not begin", [line for line in ran.out.splitlines() if line.startswith(("role/app drift", "::error"))], [])


SINGLE: dict[str, Callable[[Bench], None]] = {
    "of-aws": of_aws,
    "managed-rules": managed_rules,
    "only-kinds": only_kinds,
    "declared-elsewhere": declared_elsewhere,
    "names-ignore-case": names_ignore_case,
    "accepted-all": accepted_all,
    "accepted-some": accepted_some,
    "accepted-over": accepted_over,
    "accepted-unused": accepted_unused,
    "accepted-of-other-kinds": accepted_of_other_kinds,
    "accepted-difference": accepted_difference,
    "accepted-wrong": accepted_wrong,
    "refused-and-found": refused_and_found,
    "many": many,
    "harmless": harmless,
}

CASES = [
    *[one.case() for one in MADE],
    *[refused(kind) for kind in REFUSED],
    *[Case(f"unmanaged/{name}", run, SANDBOX) for name, run in SINGLE.items()],
]
