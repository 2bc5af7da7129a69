"""Absence never weakens: what protects stays when its line goes, and only a written word takes it away."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .documents import PROTECT, REMOVED, allow, edited, file, policy_arn
from .edits import nothing

BASE = file(
    policies={"limits": {"document": allow("s3:*")}},
    roles={"app": {"trust": "ec2.amazonaws.com"}},
)


@dataclass(frozen=True)
class Held:
    """A protection: where it stands, what AWS shows with it, and the word that takes it away."""

    name: str
    file: str
    aws: str
    written: tuple
    word: tuple
    says: str
    base: dict | None = None
    setup: Callable[[Bench], None] = nothing

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"held/{self.name}", self.run)

    def run(self, bench: Bench) -> None:
        """Writes it, leaves it out, says the word."""
        self.setup(bench)
        base = self.base or BASE
        bench.converge(edited(base, self.file, self.written[0]))
        bench.same("written", at(bench.live(), self.aws), self.written[1])
        before = bench.live()
        bench.write(edited(base, self.file, REMOVED))
        bench.shows(bench.plan(), "held", self.says)
        bench.shows(bench.apply(), "held", self.says)
        bench.same("after the line has gone", bench.live(), before)
        bench.converge(edited(base, self.file, self.word[0]))
        bench.same("after the word", at(bench.live(), self.aws), self.word[1])


ROWS = [
    Held(
        "role-boundary", "roles/app/permissions_boundary", "roles/app/PermissionsBoundary",
        ("limits", policy_arn("limits")), ("none", None), "permissions_boundary",
    ),
    Held("role-profile", "roles/app/instance_profile", "roles/app/InstanceProfiles", (True, ["app"]), ("none", []), "instance_profile"),
    Held("role-protect", "roles/app/protect", f"roles/app/Tags/{PROTECT}", (True, "true"), (False, None), PROTECT),
    Held("policy-protect", "policies/limits/protect", f"policies/limits/Tags/{PROTECT}", (True, "true"), (False, None), PROTECT),
]

CASES = [row.case() for row in ROWS]
