"""Service-linked roles: made once, found by their path, left alone when they are there, never deleted."""

from harness.bench import Bench
from harness.case import EVERYWHERE, Case

from .documents import file

SPOT, SCALING = "spot.amazonaws.com", "autoscaling.amazonaws.com"
FULL = file(
    service_linked_roles=[
        SPOT,
        "spotfleet.amazonaws.com",
        {"service": SCALING, "description": "For everybody"},
        {"service": SCALING, "suffix": "team"},
        "dynamodb.application-autoscaling.amazonaws.com",
    ]
)


def linked(bench: Bench) -> dict[str, tuple]:
    """How many roles each service has, with descriptions and tags."""
    found = bench.live()["service_linked_roles"]
    return {service: (len(one["Names"]), one["Descriptions"], one["Tags"]) for service, one in found.items()}


def made(bench: Bench) -> None:
    """Each is made once and without a tag, the one with a suffix beside the one without; other words are no difference."""
    bench.converge(FULL)
    one, two = (1, [""], {}), (2, ["", "For everybody"], {})
    wanted = {SCALING: two, "dynamodb.application-autoscaling.amazonaws.com": one, SPOT: one, "spotfleet.amazonaws.com": one}
    bench.same("roles", linked(bench), wanted)
    suffixed = [name for name in bench.live()["service_linked_roles"][SCALING]["Names"] if name.endswith("_team")]
    bench.same("the one with a suffix", len(suffixed), 1)
    before = bench.live()
    bench.converge(file(service_linked_roles=[{"service": SCALING, "description": "For us"}]))
    bench.same("what is not listed any more", bench.live(), before)


def there(bench: Bench) -> None:
    """One that is there already, as in most accounts, is as written: no word is needed and nothing is written on it."""
    bench.iam.create_service_linked_role(AWSServiceName=SPOT, Description="By AWS")
    before = bench.live()
    for entry in (SPOT, {"service": SPOT, "description": "Ours"}):
        bench.write(file(service_linked_roles=[entry]))
        bench.settled()
        bench.apply()
        bench.apply()
        bench.same("the account", bench.live(), before)


def two_environments(bench: Bench) -> None:
    """Two environments may list one role."""
    bench.converge(file(service_linked_roles=[SPOT]))
    before = bench.live()
    bench.converge(file(service_linked_roles=[SPOT]) | {"environment": "another"})
    bench.same("the account", bench.live(), before)


def never_deleted(bench: Bench) -> None:
    """`absent:` is refused before any call."""
    bench.converge(file(service_linked_roles=[SPOT]))
    before = bench.live()
    bench.write(file(absent={"service_linked_roles": [SPOT]}))
    bench.shows(bench.apply(code=1), "E0508")
    bench.same("the account", bench.live(), before)


CASES = [
    Case("edit/linked-role", made, EVERYWHERE),
    Case("adoption/linked-role", there),
    Case("adoption/linked-role-of-two-environments", two_environments),
    Case("absent/linked-role", never_deleted),
]
