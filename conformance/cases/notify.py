"""Telling others: a drift run publishes one event about what moved, and says so where it could not."""

import json

from harness.bench import Bench, Failed
from harness.case import SANDBOX, Case

from . import functions
from .documents import edited, file, managed_arn

PUT = ("events", "PutEvents")
ROLES = {name: {"trust": "ec2.amazonaws.com"} for name in ("app", "ci")}
# What EventBridge takes as one entry.
LARGEST = 256 * 1024


def prepared(bench: Bench) -> None:
    """The base with a bus, applied and committed."""
    repository = bench.repository()
    bench.converge(file(roles=ROLES, event_buses={"alarms": {}}))
    repository.commit("The base")


def attached(bench: Bench) -> None:
    """Somebody helps out."""
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess"))


def published(heard) -> list[dict]:
    """The entries that were sent."""
    return [entry for call, body in heard.bodies if call == PUT for entry in json.loads(body)["Entries"]]


def told(bench: Bench) -> None:
    """One event with the thing, the class and the account; the exit code is the same as without."""
    prepared(bench)
    attached(bench)
    with bench.between() as heard:
        bench.drift("--base", "HEAD", "--notify", "alarms")
    entries = published(heard)
    bench.same("events", len(entries), 1)
    bench.same("about", (entries[0]["DetailType"], entries[0]["EventBusName"].split("/")[-1]), ("evenkeel.drift", "alarms"))
    detail = entries[0]["Detail"]
    json.loads(detail)
    for word in ("role/app", "drift", "conformance", "123456789012"):
        if word not in detail:
            raise Failed(f"`{word}` is not in {detail}")


def quiet(bench: Bench) -> None:
    """Where nothing moved nobody is told, nor of what waits for the next apply."""
    prepared(bench)
    with bench.between() as heard:
        bench.drift("--base", "HEAD", "--notify", "alarms", code=0)
        bench.write(file(roles=edited(ROLES, "app/description", "New"), event_buses={"alarms": {}}))
        bench.drift("--base", "HEAD", "--notify", "alarms", code=0)
    bench.same("events", published(heard), [])


def no_bus(bench: Bench) -> None:
    """A bus that is not there is told; a report that nobody heard is not a clean run."""
    prepared(bench)
    attached(bench)
    ran = bench.run("drift", "--base", "HEAD", "--notify", "nowhere")
    bench.shows(ran, "role/app", "nowhere")
    if ran.code == 0:
        raise Failed(ran.told())


def refused(bench: Bench) -> None:
    """Who may not publish is told so with the permission that lacks."""
    prepared(bench)
    attached(bench)
    with bench.between(PUT):
        ran = bench.run("drift", "--base", "HEAD", "--notify", "alarms")
    bench.shows(ran, "role/app", "events:PutEvents")
    if ran.code == 0:
        raise Failed(ran.told())


def large(bench: Bench) -> None:
    """Much drift fits into what EventBridge takes."""
    roles = {f"r{number:03}": {"trust": "ec2.amazonaws.com", "description": "x" * 900} for number in range(300)}
    repository = bench.repository()
    bench.converge(file(roles=roles, event_buses={"alarms": {}}))
    repository.commit("The base")
    for name in roles:
        bench.iam.update_role(RoleName=name, Description="y" * 900, MaxSessionDuration=3600)
    with bench.between() as heard:
        bench.drift("--base", "HEAD", "--notify", "alarms")
    sizes = [sum(len(str(value)) for value in entry.values()) for entry in published(heard)]
    bench.same(f"sizes {sizes}", bool(sizes) and max(sizes) <= LARGEST, True)


def no_secret(bench: Bench) -> None:
    """What a function has in its environment goes nowhere."""
    functions.code(bench)
    repository = bench.repository()
    secret = "tide-and-time-5561"
    bench.converge(functions.PLAIN | {"event_buses": {"alarms": {}}})
    repository.commit("The base")
    bench.client("lambda").update_function_configuration(FunctionName="worker", Environment={"Variables": {"TOKEN": secret}})
    with bench.between() as heard:
        ran = bench.drift("--base", "HEAD", "--notify", "alarms")
    bench.same("events", len(published(heard)), 1)
    everything = [ran.told(), *(body.decode(errors="replace") for _, body in heard.bodies)]
    bench.same("who tells the secret", [words for words in everything if secret in words], [])


CASES = [
    Case("notify/told", told, SANDBOX),
    Case("notify/quiet", quiet, SANDBOX),
    Case("notify/no-bus", no_bus, SANDBOX),
    Case("notify/refused", refused, SANDBOX),
    Case("notify/large", large, SANDBOX),
    Case("notify/no-secret", no_secret, SANDBOX),
]
