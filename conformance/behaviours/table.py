"""The table: a behaviour of AWS is a name, where AWS or those who met it say so, and requests with their expected answers."""

from collections.abc import Callable

from harness.bench import Bench
from harness.case import Case

from .account import Account


class Table:
    """The behaviours of one area."""

    def __init__(self, area: str):
        self.area = area
        self.cases: list[Case] = []

    def add(self, name: str, run: Callable[[Account], None], backends: frozenset[str] = frozenset({"sandbox"})) -> None:
        """Takes up one behaviour."""
        full = f"behaviour/{self.area}/{name}"
        if any(case.name == full for case in self.cases):
            raise ValueError(f"{full} is there twice")

        def tried(bench: Bench) -> None:
            run(Account(bench.backend))

        self.cases.append(Case(full, tried, backends))

    def behaviour(self, source: str, *, lag: bool = False) -> Callable:
        """Decorates a function whose name, with dashes, is the behaviour's; `lag` asks for an account with lag.

        The source is where the fact stands: a page of AWS's guides or reference, a service model, or where it was met.
        """
        if not source:
            raise ValueError("a behaviour needs a source")

        def take(run: Callable[[Account], None]) -> Callable[[Account], None]:
            self.add(run.__name__.replace("_", "-"), run, frozenset({"sandbox-lag"} if lag else {"sandbox"}))
            return run

        return take

    def refusals(self, service: str, source: str, *rows: tuple) -> None:
        """Requests that are refused on an empty account: (name, operation, parameters, code, status, fragment)."""
        if not source:
            raise ValueError("a behaviour needs a source")
        for name, operation, parameters, code, status, saying in rows:
            self.add(name, refusal(service, operation, parameters, code, status, saying))


def refusal(service: str, operation: str, parameters: dict, code: str, status: int, saying: str) -> Callable[[Account], None]:
    """One row of refusals as a behaviour."""
    return lambda account: account.refused(
        getattr(getattr(account, service), operation), code, status, saying, **parameters
    )
