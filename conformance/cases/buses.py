"""Event buses: every field, edits by hand, what is held, the default bus, and rules on them."""

import json

from harness.backends import ACCOUNT, REGION
from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .by_hand import Hand
from .documents import ENVIRONMENT, OWNER, file
from .edits import OWNED, Row
from .held import Held

BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/orders"
DEFAULT = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sender"


def sending(principal: object, bus: str = BUS, effect: str = "Allow", sid: str = "send") -> dict:
    """A policy that lets somebody send events, or keeps them from it."""
    statement = {"Sid": sid, "Effect": effect, "Principal": principal, "Action": "events:PutEvents", "Resource": bus}
    return {"Version": "2012-10-17", "Statement": [statement]}


def account(number: str) -> dict:
    """Another account as a principal."""
    return {"AWS": f"arn:aws:iam::{number}:root"}


THEIRS, OTHERS = sending(account("210987654321")), sending(account("310987654321"))
PLAIN = file(event_buses={"orders": {}})
FULL = file(event_buses={"orders": {"description": "Orders", "policy": THEIRS, "tags": {"team": "shop"}}})


def row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object) -> Row:
    """A row about the bus `orders`."""
    return Row(f"bus-{name}", f"event_buses/orders/{field}", f"buses/orders/{aws}", written, changed, *removed, base=FULL)


ROWS = [
    row("description", "description", "Description", ("First",) * 2, ("Second",) * 2, ""),
    row("policy", "policy", "Policy", (THEIRS,) * 2, (OTHERS,) * 2, None),
    row("policy-none", "policy", "Policy", (THEIRS,) * 2, ("none", None), None),
    row("policy-sid", "policy", "Policy", (THEIRS,) * 2, (sending(account("210987654321"), sid="other"),) * 2, None),
    row(
        "policy-list", "policy", "Policy", (THEIRS["Statement"], THEIRS),
        (THEIRS["Statement"] + [OTHERS["Statement"][0] | {"Sid": "more"}],
         THEIRS | {"Statement": THEIRS["Statement"] + [OTHERS["Statement"][0] | {"Sid": "more"}]}),
        None,
    ),
    row(
        "tags", "tags", "Tags",
        ({"team": "data"}, OWNED | {"team": "data"}), ({"Team": "sea", "x": ""}, OWNED | {"Team": "sea", "x": ""}), OWNED,
    ),
]


def hand(name: str, edit, *says: str, **more: object) -> Hand:
    """An edit by hand on the plain bus."""
    return Hand(f"bus-{name}", edit, says, base=PLAIN, service="events", **more)


HANDS = [
    hand("description", lambda client: client.update_event_bus(Name="orders", Description="x"), "description"),
    hand(
        "policy",
        lambda client: client.put_permission(EventBusName="orders", Action="events:PutEvents", Principal="*", StatementId="all"),
        "policy", "all",
    ),
    hand(
        "policy-that-denies",
        lambda client: client.put_permission(EventBusName="orders", Policy=json.dumps(sending("*", effect="Deny"))),
        "held", "policy", kept=True,
    ),
    hand("tag", lambda client: client.tag_resource(ResourceARN=BUS, Tags=[{"Key": "who", "Value": "me"}]), "tags", "who"),
    hand(
        "dead-letter",
        lambda client: client.update_event_bus(Name="orders", DeadLetterConfig={"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}),
        "note", "dead", kept=True,
    ),
]


def rule_on_it(bench: Bench) -> None:
    """A bus is made before its rules and deleted after them; a rule names it by id, whatever its name in AWS."""
    rule = {"bus": "orders", "pattern": {"source": ["shop"]}}
    bench.converge(file(event_buses={"orders": {"name": "all-orders"}}, rules={"bought": rule}))
    bench.same("bus", at(bench.live(), "rules/bought/Bus"), "all-orders")
    bench.write(file(absent={"event_buses": ["all-orders"], "rules": [{"name": "bought", "bus": "all-orders"}]}))
    bench.apply()
    bench.settled()
    found = bench.live()
    bench.same("what is left", (found["buses"], found["rules"]), ({}, {}))


def existing(bench: Bench) -> None:
    """A bus that somebody else owns must be there before anything is done."""
    environment = file(rules={"bought": {"bus": {"existing": "theirs"}, "pattern": {"source": ["shop"]}}})
    bench.write(environment)
    bench.shows(bench.apply(code=4), "there is no event_bus `theirs`")
    bench.client("events").create_event_bus(Name="theirs")
    bench.converge(environment)
    bench.same("bus", at(bench.live(), "rules/bought/Bus"), "theirs")
    bench.same("tags", at(bench.live(), "buses/theirs/Tags"), {})


def in_use(bench: Bench) -> None:
    """A bus with somebody's rules on it is not deleted, whatever the word."""
    bench.converge(PLAIN)
    bench.client("events").put_rule(Name="theirs", EventBusName="orders", EventPattern='{"source":["shop"]}')
    before = bench.live()
    for doom in ("orders", {"name": "orders", "detach": True}):
        bench.write(file(absent={"event_buses": [doom]}))
        bench.shows(bench.apply(code=4), "rule/orders/theirs")
        bench.same("after the refusal", bench.live(), before)


def principals(bench: Bench) -> None:
    """A policy that names a new role is written after it; the role is not deleted while it is named."""
    roles = {"sender": {"trust": "lambda.amazonaws.com"}}
    policy = sending({"AWS": ROLE})
    bench.converge(file(roles=roles, event_buses={"orders": {"policy": policy}}))
    bench.same("policy", at(bench.live(), "buses/orders/Policy"), policy)
    bench.write(file(absent={"roles": ["sender"]}, event_buses={"orders": {"policy": policy}}))
    bench.shows(bench.apply(code=4), "role/sender is still named by event_bus/orders")
    bench.write(file(absent={"roles": ["sender"]}, event_buses={"orders": {}}))
    bench.apply()
    bench.settled()


def everybody(bench: Bench) -> None:
    """What would let everybody in needs a word."""
    bench.write(file(event_buses={"orders": {"policy": sending("*")}}))
    bench.shows(bench.apply(code=4), "--allow public:event_bus/orders")
    bench.same("buses", bench.live()["buses"], {})
    bench.apply("--allow", "public:event_bus/orders")
    bench.settled()


def default_bus(bench: Bench) -> None:
    """The bus that is always there: its policy may be managed, by one environment; it is never deleted."""
    policy = sending(account("210987654321"), DEFAULT)
    environment = file(event_buses={"default": {"policy": policy}})
    bench.converge(environment)
    bench.same("policy", at(bench.live(), "buses/default/Policy"), policy)
    bench.same("tags", at(bench.live(), "buses/default/Tags"), OWNED)
    bench.write(file(absent={"event_buses": ["default"]}))
    bench.shows(bench.expect(1, "check"), "event_bus `default` can't be deleted")
    bench.client("events").tag_resource(ResourceARN=DEFAULT, Tags=[{"Key": OWNER, "Value": "other"}])
    before = bench.live()
    bench.write(environment)
    bench.shows(bench.apply(code=4), "other", "--adopt event_bus/default")
    bench.same("after the refusal", bench.live(), before)


def adopted(bench: Bench) -> None:
    """What somebody has made is taken over as it is; what would change needs a word."""
    client = bench.client("events")
    client.create_event_bus(Name="orders", Description="Theirs")
    client.put_permission(EventBusName="orders", Policy=json.dumps(THEIRS))
    before = bench.live()
    bench.write(PLAIN)
    bench.shows(bench.apply(code=4), "--adopt event_bus/orders")
    bench.same("after the refusal", bench.live(), before)
    bench.converge(file(event_buses={"orders": {"description": "Theirs", "policy": THEIRS}}))
    before["buses"]["orders"]["Tags"] = {OWNER: ENVIRONMENT}
    bench.same("taken over", bench.live(), before)


CASES = [
    *[one.case() for one in ROWS + HANDS],
    Held(
        "bus-policy", "event_buses/orders/policy", "buses/orders/Policy",
        (sending("*", effect="Deny"),) * 2, ("none", None), "policy", base=PLAIN,
    ).case(),
    Case("edit/bus-with-rule", rule_on_it),
    Case("edit/bus-existing", existing),
    Case("edit/bus-principals", principals),
    Case("edit/bus-everybody", everybody),
    Case("edit/bus-default", default_bus),
    Case("adoption/bus", adopted),
    Case("absent/bus-in-use", in_use),
]
