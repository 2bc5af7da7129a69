"""What would be open to everybody: refused with exit code 4 until the user says so, and never half done."""

from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .documents import edited, file
from .functions import FULL, code

GATE = file(roles={"gate": {"trust": {"aws": "*"}}})
BOUND = file(roles={"gate": {"trust": {"aws": "*", "conditions": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}}})


def role(bench: Bench) -> None:
    """A role that everybody may assume: neither made nor opened without the word, and left open once it is."""
    bench.write(GATE)
    bench.shows(bench.plan(code=4), "sts:AssumeRole", "--allow public:role/gate")
    bench.apply(code=4)
    bench.same("roles", bench.live()["roles"], {})
    bench.converge(BOUND)
    before = bench.live()
    bench.write(GATE)
    bench.apply(code=4)
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--allow", "public:role/gate")
    bench.settled()
    bench.converge(edited(GATE, "roles/gate/description", "The gate"))
    bench.same("description", at(bench.live(), "roles/gate/Description"), "The gate")


def function(bench: Bench) -> None:
    """A function that everybody may call."""
    code(bench)
    bench.converge(FULL)
    before = bench.live()
    bench.write(edited(FULL, "lambdas/worker/permissions", {"all": {"principal": "*"}}))
    bench.shows(bench.plan(code=4), "lambda:InvokeFunction", "--allow public:lambda/worker")
    bench.apply(code=4)
    bench.same("after the refusal", bench.live(), before)
    bench.apply("--allow", "public:lambda/worker")
    bench.settled()
    bench.converge(edited(FULL, "lambdas/worker/permissions", {"all": {"principal": "*", "source_account": "210987654321"}}))


CASES = [Case("opened/role", role), Case("opened/lambda", function)]
