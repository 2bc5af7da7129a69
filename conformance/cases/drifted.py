"""Every edit by hand of every kind, as a drift run sees it: drift by name, or held and no difference."""

from dataclasses import dataclass

from harness import report
from harness.bench import Bench
from harness.case import SANDBOX, Case

from . import by_hand
from .by_hand import Hand
from .stale import ROWS, touched_by


@dataclass(frozen=True)
class Drifted:
    """An edit by hand after everything was applied and committed."""

    hand: Hand

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"drifted/{self.hand.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Quiet before, told by name after, with a base and without; nothing is changed by looking."""
        address = touched_by(self.hand.name)[2]
        self.hand.setup(bench)
        repository = bench.repository()
        bench.converge(self.hand.base or by_hand.PLAIN)
        repository.commit("The base")
        bench.drift("--base", "HEAD", code=0)
        self.hand.edit(bench.client(self.hand.service))
        before = bench.live()
        code = 0 if self.hand.kept else 2
        # A plan says what it would do, a drift run what was done: towards the newer value.
        says = [" -> ".join(reversed(word.split(" -> "))) for word in self.hand.says]
        for flags in (("--base", "HEAD"), ()):
            bench.shows(bench.drift(*flags, code=code), *says, *([] if self.hand.kept else [address]))
        found = report.drift(bench, "--base", "HEAD", code=code)
        words = {word for fields in report.classes(found).values() for word in fields.values()}
        bench.same("classes", words, set() if self.hand.kept else {"drift"})
        bench.same("drift changes nothing", bench.live(), before)


CASES = [Drifted(hand).case() for hand in ROWS]
