"""Whole files: applied, applied again, and the account compared field by field with what was written by hand for it.

A fixture is a folder with `environment.yaml` and `expected.json`. The expectation is part of the account in AWS's own
words, as `harness/live.py` reads it: what it names must be so, and nothing else of these kinds may be there.
"""

import json
import shutil
from functools import partial
from pathlib import Path

from harness.bench import Bench
from harness.case import EVERYWHERE, Case

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def example(fixture: Path, bench: Bench) -> None:
    """Apply, plan, apply, and look."""
    shutil.copytree(fixture, bench.folder, dirs_exist_ok=True)
    bench.expect(0, "check")
    bench.apply()
    bench.settled()
    bench.shows(bench.apply(), "Nothing to do")
    found = bench.live()
    wanted = json.loads((fixture / "expected.json").read_text())
    for kind, things in wanted.items():
        bench.same(f"the names of {kind}", sorted(found[kind]), sorted(things))
        for name, fields in things.items():
            for field, value in fields.items():
                bench.same(f"{kind}/{name}/{field}", found[kind][name].get(field), value)
            bench.same(f"the fields of {kind}/{name}", sorted(found[kind][name]), sorted(fields))


CASES = [
    Case(f"example/{fixture.name}", partial(example, fixture), EVERYWHERE)
    for fixture in sorted(FIXTURES.iterdir())
    if (fixture / "environment.yaml").is_file()
]
