"""Two environments in one account that meet on one thing: they come to rest or are refused, and never take turns.

Each environment is applied in its turn, several times. A refusal changes nothing, and after the first turns nobody changes
anything any more: what one writes, the other does not take away again and again.
"""

from dataclasses import dataclass

from harness.bench import Bench, Failed
from harness.case import Case
from harness.live import at

from .documents import allow, file, managed_arn
from .functions import CODE

DONE, REFUSED = 0, 4
TURNS = 3


def environment(name: str, **sections: dict) -> dict:
    """A file of an environment of its own."""
    return file(**sections) | {"environment": name}


@dataclass(frozen=True)
class Pair:
    """Two environments; how each one's last apply ends; and what the account then shows at some places."""

    name: str
    one: dict
    other: dict
    ends: tuple[int, int] | None = None
    shows: tuple[tuple[str, object], ...] = ()
    allow_first: tuple[str, ...] = ()

    def case(self) -> Case:
        """The case that this pair is."""
        return Case(f"neighbours/{self.name}", self.run)

    def run(self, bench: Bench) -> None:
        """Turns, until nobody moves."""
        bench.put("code/app.py", CODE)
        codes = {}
        for turn in range(TURNS):
            for name, sections in (("one", self.one), ("other", self.other)):
                bench.write(environment(name, **sections))
                words = self.allow_first if turn == 0 and name == "other" else ()
                codes[name] = take_turn(bench, name, words, at_rest=turn > 1)
        if self.ends:
            bench.same("how the last applies ended", (codes["one"], codes["other"]), self.ends)
        for place, value in self.shows:
            bench.same(place, at(bench.live(), place), value)


def take_turn(bench: Bench, name: str, words: tuple[str, ...], at_rest: bool) -> int:
    """Applies what is written; whoever is refused changes nothing, and in the end nobody does."""
    before = bench.live()
    ran = bench.run("apply", "--yes", *words)
    if ran.code not in (DONE, REFUSED):
        raise Failed(f"`{name}` neither rests nor is refused\n{ran.told()}")
    if ran.code == REFUSED or at_rest:
        try:
            bench.same(f"`{name}` has changed something", bench.live(), before)
        except Failed as failure:
            raise Failed(f"{failure}\n{ran.told()}") from None
    return ran.code


READ, QUEUE = "AmazonS3ReadOnlyAccess", "AmazonSQSFullAccess"
RUNNER = {"trust": "lambda.amazonaws.com"}
FUNCTION = {"runtime": "python3.12", "handler": "app.handler", "code": "./code"}
OWNER_OF_FUNCTION = {"roles": {"runner": RUNNER}, "lambdas": {"worker": FUNCTION | {"role": "runner"}}}
BY_ARN = "arn:aws:lambda:$(region):$(account):function:worker"
MINE, THEIRS = (
    {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::$(account):root"}, "Action": action, "Resource": "arn:aws:s3:::met-here/*"}
    for sid, action in (("Mine", "s3:GetObject"), ("Theirs", "s3:PutObject"))
)
BUCKET = {"met-here": {"policy": {"Statement": [MINE]}}}

PAIRS = [
    Pair(
        "group-members",
        {"groups": {"team": {"policies": [READ]}}, "users": {"ada": {"groups": ["team"]}}},
        {"groups": {"team": {"policies": [READ]}}, "users": {"bob": {"groups": ["team"]}}},
        (DONE, DONE),
        (("groups/team/Members", ["ada", "bob"]),),
    ),
    Pair(
        "group-differs",
        {"groups": {"team": {"policies": [READ]}}},
        {"groups": {"team": {"policies": [QUEUE]}}},
        (DONE, REFUSED),
        (("groups/team/AttachedPolicies", [managed_arn(READ)]),),
    ),
    Pair(
        "group-exact",
        {"groups": {"team": {"members": "exact"}}, "users": {"ada": {"groups": ["team"]}}},
        {"groups": {"team": {"members": "exact"}}, "users": {"bob": {"groups": ["team"]}}},
    ),
    Pair(
        "group-both-shared",
        {"groups": {"team": {"shared": True, "policies": [READ]}}},
        {"groups": {"team": {"shared": True, "policies": [QUEUE]}}},
        (DONE, DONE),
        (("groups/team/AttachedPolicies", sorted([managed_arn(READ), managed_arn(QUEUE)])),),
    ),
    Pair(
        "group-one-shared",
        {"groups": {"team": {"policies": [READ]}}},
        {"groups": {"team": {"shared": True, "policies": [QUEUE]}}},
    ),
    Pair(
        "user-both-shared",
        {"users": {"you": {"shared": True, "policies": [READ]}}},
        {"users": {"you": {"shared": True, "policies": [QUEUE]}}},
        (DONE, DONE),
    ),
    Pair(
        "user-one-shared",
        {"users": {"ada": {"policies": [READ]}}},
        {"users": {"ada": {"shared": True, "policies": [QUEUE]}}},
    ),
    Pair(
        "role-one-shared",
        {"roles": {"runner": RUNNER}},
        {"roles": {"runner": RUNNER | {"shared": True, "inline_policies": {"queue": allow("sqs:*")}}}},
    ),
    Pair(
        "function-same",
        OWNER_OF_FUNCTION,
        {"roles": {"runner-two": RUNNER}, "lambdas": {"worker": FUNCTION | {"role": {"existing": "runner"}}}},
        (DONE, REFUSED),
    ),
    Pair(
        "function-differs",
        OWNER_OF_FUNCTION,
        {"lambdas": {"worker": FUNCTION | {"role": {"existing": "runner"}, "memory": 512}}},
        (DONE, REFUSED),
        (("functions/worker/MemorySize", 128),),
    ),
    Pair(
        "function-one-shared",
        OWNER_OF_FUNCTION,
        {
            "lambdas": {
                "worker": FUNCTION
                | {"role": {"existing": "runner"}, "shared": True, "permissions": {"s3": {"principal": "s3.amazonaws.com"}}}
            }
        },
    ),
    Pair(
        "function-target",
        OWNER_OF_FUNCTION,
        {"rules": {"tick": {"schedule": "rate(1 hour)", "targets": {"go": {"lambda": BY_ARN}}}}},
        (DONE, DONE),
        (("functions/worker/Statements", {}), ("rules/tick/State", "ENABLED")),
    ),
    Pair(
        "function-target-declared",
        OWNER_OF_FUNCTION,
        {
            "lambdas": {"worker": FUNCTION | {"role": {"existing": "runner"}, "shared": True}},
            "rules": {"tick": {"schedule": "rate(1 hour)", "targets": {"go": {"lambda": "worker"}}}},
        },
    ),
    Pair(
        "rule-same",
        {"rules": {"tick": {"schedule": "rate(1 hour)"}}},
        {"rules": {"tick": {"schedule": "rate(2 hours)"}}},
        (DONE, REFUSED),
        (("rules/tick/Schedule", "rate(1 hour)"),),
    ),
    Pair("bucket-same", {"buckets": BUCKET}, {"buckets": BUCKET}, (DONE, REFUSED)),
    Pair(
        "bucket-differs",
        {"buckets": BUCKET},
        {"buckets": {"met-here": {"versioning": True}}},
        (DONE, REFUSED),
        (("buckets/met-here/Versioning", None),),
    ),
    Pair("bucket-one-shared", {"buckets": BUCKET}, {"buckets": {"met-here": {"shared": True, "tags": {"team": "data"}}}}),
    Pair("bucket-policy", {"buckets": BUCKET}, {"bucket_policies": {"met-here": {"Statement": [THEIRS]}}}),
    Pair(
        "bucket-policy-ignored",
        {"buckets": {"met-here": BUCKET["met-here"] | {"ignore": ["policy.Theirs"]}}},
        {"bucket_policies": {"met-here": {"Statement": [THEIRS]}}},
        (DONE, DONE),
        allow_first=("--adopt", "bucket_policy/met-here"),
    ),
]

CASES = [pair.case() for pair in PAIRS]
