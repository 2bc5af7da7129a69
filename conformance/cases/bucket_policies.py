"""Statements in other people's bucket policies: only those that the file names by their Sid come, change and go."""

import json

from harness.backends import ACCOUNT
from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .by_hand import Hand
from .documents import file
from .edits import Row

ADOPT = ("--adopt", "bucket_policy/archive")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
OBJECTS = "arn:aws:s3:::archive/*"


def statement(sid: str, action: object = "s3:GetObject", effect: str = "Allow", **more: object) -> dict:
    """A statement about the objects of the archive for another account."""
    plain = {"Sid": sid, "Effect": effect, "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": action, "Resource": OBJECTS}
    return plain | more


THEIRS = statement("Theirs", "s3:DeleteObject", "Deny", Principal="*", Condition={"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}})
NAMELESS = {key: value for key, value in statement("").items() if key != "Sid"}
READ = statement("Read")


def put(s3, *statements: dict, version: str = "2012-10-17") -> None:
    """Writes the archive's policy by hand."""
    s3.put_bucket_policy(Bucket="archive", Policy=json.dumps({"Version": version, "Statement": list(statements)}))


def archive(bench: Bench) -> None:
    """Somebody else's bucket, in another region than the environment's, with statements of their own."""
    s3 = bench.client("s3", "eu-central-1")
    s3.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    put(s3, THEIRS, NAMELESS)


def near(bench: Bench) -> None:
    """The same in the environment's region, where `Hand` has its client."""
    bench.client("s3").create_bucket(Bucket="archive")
    put(bench.client("s3"), THEIRS)


def wanted(*statements: dict, **more: object) -> dict:
    """A file with these statements."""
    return file(bucket_policies={"archive": {"Statement": list(statements)} | more})


def shown(*statements: dict) -> list[dict]:
    """What the policy then is: others first and untouched."""
    return [THEIRS, NAMELESS, *statements]


def row(name: str, first: list[dict], second: list[dict]) -> Row:
    """A row about the statements, first one way and then the other; nothing goes by being left out."""
    return Row(
        f"bucket-policy-{name}", "bucket_policies/archive/Statement", "buckets/archive/Policy/Statement",
        (first, shown(*first)), (second, shown(*second)), base=wanted(READ), flags=ADOPT, setup=archive,
    )


CONDITION = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
NOT_ACTION = {key: value for key, value in READ.items() if key != "Action"} | {"NotAction": "s3:DeleteObject"}
ROWS = [
    row("action", [READ], [statement("Read", ["s3:GetObject", "s3:PutObject"])]),
    row("not-action", [READ], [NOT_ACTION]),
    row("effect", [READ], [statement("Read", effect="Deny")]),
    row("principal", [READ], [READ | {"Principal": {"Service": "logging.s3.amazonaws.com"}}]),
    row("resource", [READ], [READ | {"Resource": "arn:aws:s3:::archive/public/*"}]),
    row("condition", [READ], [READ | {"Condition": CONDITION}]),
    row("variable", [READ], [READ | {"Resource": "arn:aws:s3:::archive/${aws:username}/*"}]),
    row("two", [READ, statement("Write", "s3:PutObject")], [statement("Read", "s3:*"), statement("Write", "s3:PutObject", "Deny")]),
]


def hand(name: str, *statements: dict, says: tuple[str, ...], **more: object) -> Hand:
    """The whole policy as somebody has edited it."""
    return Hand(
        f"bucket-policy-{name}", lambda s3: put(s3, *statements), says, base=wanted(READ), service="s3", setup=near, **more
    )


HANDS = [
    hand("changed", THEIRS, statement("Read", "s3:*"), says=("Statement", "Read", "s3:*"), flags=ADOPT),
    hand("taken-out", THEIRS, says=("Statement", "Read")),
    hand("twice", THEIRS, READ, statement("Read", "s3:*"), says=("Statement", "Read"), flags=ADOPT),
    hand("others-changed", statement("Theirs", "s3:PutObject"), READ, statement("Mine"), says=(), kept=True),
    hand("reordered", READ, THEIRS, says=(), kept=True),
    hand(
        "respelled", THEIRS,
        READ | {"Principal": {"AWS": ["210987654321"]}, "Action": ["s3:getobject"], "Resource": [OBJECTS]}, says=(), kept=True,
    ),
]


def first(bench: Bench) -> None:
    """A bucket without a policy gets one, and loses it with the last statement."""
    bench.client("s3").create_bucket(Bucket="archive")
    bench.converge(wanted(READ))
    bench.same("policy", at(bench.live(), "buckets/archive/Policy"), {"Version": "2012-10-17", "Statement": [READ]})
    bench.converge(file(bucket_policies={"archive": {"absent": ["Read"]}}), *ADOPT)
    bench.same("policy", at(bench.live(), "buckets/archive/Policy"), None)


def adopted(bench: Bench) -> None:
    """A statement that is there as written needs no word and nothing is written; one that differs is not touched without."""
    archive(bench)
    s3 = bench.client("s3", "eu-central-1")
    put(s3, THEIRS, READ, NAMELESS)
    before = bench.live()
    bench.converge(wanted(READ))
    bench.apply()
    bench.same("as it was", bench.live(), before)
    bench.write(wanted(statement("Read", "s3:PutObject")))
    bench.shows(bench.plan(code=4), "--adopt bucket_policy/archive")
    bench.apply(code=4)
    bench.same("after the refusal", bench.live(), before)
    bench.apply(*ADOPT)
    bench.settled()
    found = at(bench.live(), "buckets/archive/Policy/Statement")
    bench.same("in its place", found, [THEIRS, statement("Read", "s3:PutObject"), NAMELESS])


def left_out(bench: Bench) -> None:
    """What is no longer written stays; `absent` takes it out, by the user's word, and nothing else."""
    archive(bench)
    bench.converge(wanted(READ, statement("Write", "s3:PutObject")))
    bench.converge(wanted(READ))
    both = shown(READ, statement("Write", "s3:PutObject"))
    bench.same("left out", at(bench.live(), "buckets/archive/Policy/Statement"), both)
    bench.write(wanted(READ, absent=["Write", "Never"]))
    bench.apply(code=4)
    bench.same("without the word", at(bench.live(), "buckets/archive/Policy/Statement"), both)
    bench.apply(*ADOPT)
    bench.settled()
    bench.same("taken out", at(bench.live(), "buckets/archive/Policy/Statement"), shown(READ))


def missing(bench: Bench) -> None:
    """The bucket must be there."""
    bench.write(wanted(READ))
    bench.shows(bench.plan(code=4), "there is no bucket `archive`")
    bench.apply(code=4)
    bench.same("buckets", bench.live()["buckets"], {})


def declared(bench: Bench) -> None:
    """A bucket that the file declares has its whole policy there."""
    bench.write(wanted(READ) | {"buckets": {"store": {"name": "archive"}}})
    bench.shows(bench.expect(1, "check"), "E0507", "`policy` of `store`")


def principals(bench: Bench) -> None:
    """A new role is made before it is named, and named anew after it was made anew."""
    archive(bench)
    roles = {"reader": {"trust": "ec2.amazonaws.com"}}
    own = READ | {"Principal": {"AWS": ROLE}}
    environment = wanted(own) | {"roles": roles}
    bench.converge(environment)
    bench.same("policy", at(bench.live(), "buckets/archive/Policy/Statement"), shown(own))
    bench.write(wanted(own) | {"absent": {"roles": ["reader"]}})
    bench.shows(bench.apply(code=4), "role/reader is still named by bucket_policy/archive")
    bench.iam.delete_role(RoleName="reader")
    bench.converge(environment)
    bench.same("named anew", at(bench.live(), "buckets/archive/Policy/Statement"), shown(own))


def everybody(bench: Bench) -> None:
    """What would open the bucket to everybody needs a word."""
    archive(bench)
    s3 = bench.client("s3", "eu-central-1")
    s3.delete_public_access_block(Bucket="archive")
    before = bench.live()
    bench.write(wanted(READ | {"Principal": "*"}))
    bench.shows(bench.apply(code=4), f"s3:GetObject on {OBJECTS}", "--allow public:bucket_policy/archive")
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--allow", "public:bucket_policy/archive")
    bench.settled()


def dangling(bench: Bench) -> None:
    """S3 refuses every policy that names a dead principal, so somebody else's is told and nothing is tried."""
    archive(bench)
    bench.iam.create_role(RoleName="former", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }))
    put(bench.client("s3", "eu-central-1"), THEIRS, statement("Former", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/former"}))
    bench.iam.delete_role(RoleName="former")
    bench.write(wanted(READ))
    bench.shows(bench.apply(code=4), "Former (AROA")


def versions(bench: Bench) -> None:
    """Variables are none in a policy of 2008: where others have such text, nothing is written."""
    archive(bench)
    s3 = bench.client("s3", "eu-central-1")
    literal = statement("Literal", Resource="arn:aws:s3:::archive/${aws:username}/*")
    put(s3, literal, version="2008-10-17")
    before = bench.live()
    bench.write(wanted(READ | {"Resource": "arn:aws:s3:::archive/${aws:userid}/*"}))
    bench.shows(bench.apply(code=1), "Literal", "2008-10-17")
    bench.same("after the failure", bench.live(), before)
    bench.converge(wanted(READ))
    bench.same("version", at(bench.live(), "buckets/archive/Policy/Version"), "2008-10-17")


CASES = [
    *[one.case() for one in ROWS + HANDS],
    Case("edit/bucket-policy-first", first),
    Case("edit/bucket-policy-missing", missing),
    Case("edit/bucket-policy-declared", declared),
    Case("edit/bucket-policy-principals", principals),
    Case("edit/bucket-policy-everybody", everybody),
    Case("edit/bucket-policy-dangling", dangling),
    Case("edit/bucket-policy-versions", versions),
    Case("adoption/bucket-policy", adopted),
    Case("absent/bucket-policy", left_out),
]
