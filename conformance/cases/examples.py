"""Whole files: applied, applied again, and the account compared with what was written by hand for it.

Each has a `fixtures/NAME/expected.json`: the account in AWS's own words, as `harness/live.py` reads it. What it names must
be so, and nothing else of its kinds may be there.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.bench import Bench
from harness.case import EVERYWHERE, Case

from .edits import nothing

CONFORMANCE = Path(__file__).resolve().parent.parent
FIXTURES = CONFORMANCE / "fixtures"
ROOT = CONFORMANCE.parent


@dataclass(frozen=True)
class Example:
    """A file with all that it needs beside it."""

    name: str
    beside: tuple[Path, ...]
    arguments: tuple[str, ...] = ()
    setup: Callable[[Bench], None] = nothing

    def case(self) -> Case:
        """The case that this example is."""
        return Case(f"example/{self.name}", self.run, EVERYWHERE)

    def run(self, bench: Bench) -> None:
        """Check, apply, plan, apply, and look."""
        for path in self.beside:
            copy(path, bench.folder)
        self.setup(bench)
        bench.expect(0, "check", *self.arguments)
        bench.apply("--account", "123456789012", *self.arguments)
        bench.shows(bench.plan(*self.arguments), "Nothing to do")
        bench.shows(bench.apply("--account", "123456789012", *self.arguments), "Nothing to do")
        compare(bench, json.loads((FIXTURES / self.name / "expected.json").read_text()))


def copy(path: Path, folder: Path) -> None:
    """A file, or what is in a folder."""
    if path.is_dir():
        shutil.copytree(path, folder, dirs_exist_ok=True)
    else:
        shutil.copy(path, folder)


def compare(bench: Bench, wanted: dict) -> None:
    """The account has exactly the named things, with every named value."""
    found = bench.live()
    for kind, things in wanted.items():
        bench.same(f"the names of {kind}", sorted(found[kind]), sorted(things))
        for name, fields in things.items():
            if not isinstance(fields, dict):
                bench.same(f"{kind}/{name}", found[kind][name], fields)
                continue
            for field, value in fields.items():
                bench.same(f"{kind}/{name}/{field}", (found[kind][name] or {}).get(field), value)


def sources(bench: Bench) -> None:
    """The code that the first example names lies in the examples' folder."""
    shutil.copytree(ROOT / "examples", bench.folder / "examples")


def your_user(bench: Bench) -> None:
    """A user who was there before, with something of their own."""
    bench.iam.create_user(UserName="erika", Path="/people/")
    bench.iam.attach_user_policy(UserName="erika", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")


EXAMPLES = [
    Example("access", (FIXTURES / "access",)),
    Example("environment-example", (ROOT / "environment.example.yaml",), ("-f", "environment.example.yaml"), sources),
    Example("rmi-360-monitor", (ROOT / "examples" / "rmi-360-monitor",)),
    Example("imaging-workflow", (ROOT / "examples" / "imaging-workflow",), ("--var", "user=erika"), your_user),
    Example("noisepy", (ROOT / "examples" / "noisepy",)),
    Example("aws-basics", (ROOT / "examples" / "aws-basics",)),
    Example("aws-usage-notes", (ROOT / "examples" / "aws-usage-notes",)),
    Example("github-oidc", (ROOT / "examples" / "github-oidc",), ("--var", "repository=example/account")),
]

CASES = [example.case() for example in EXAMPLES]
