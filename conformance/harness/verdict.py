"""How a case ended, and the tally of all."""

import threading
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass

from .bench import Bench, Failed
from .case import Case
from .exceptions import Exception_


@dataclass
class Tally:
    """Counts what ended how; several backends report at once."""

    lock: threading.Lock
    passed: int = 0
    failed: int = 0
    known: int = 0

    @staticmethod
    def of(parts: Iterable["Tally"]) -> "Tally":
        """Several as one."""
        parts = list(parts)
        total = {word: sum(getattr(part, word) for part in parts) for word in ("passed", "failed", "known")}
        return Tally(threading.Lock(), **total)

    def count(self, word: str) -> None:
        """Takes one verdict."""
        with self.lock:
            setattr(self, word, getattr(self, word) + 1)


def judge(case: Case, bench: Bench, exception: Exception_ | None) -> str:
    """Runs a case and prints its line. A listed exception that passes is a failure: the list must stay true."""
    started = time.monotonic()
    try:
        trouble = "not run" if exception and not exception.run else case.run(bench)
    except Failed as failure:
        trouble = str(failure)
    except Exception:  # a case that breaks is a failed case, not the end of the run
        trouble = traceback.format_exc()
    word = verdict(trouble, exception)
    lines = [f"{'ok' if word == 'passed' else word:6} {bench.backend.name:14} {case.name}  ({time.monotonic() - started:.1f} s)"]
    if word == "known":
        lines.append(f"         {exception.reason}")
    if word == "failed":
        lines += [f"    | {line}" for line in (trouble or f"passes, though listed: {exception.reason}").splitlines()]
    print("\n".join(lines), flush=True)
    return word


def verdict(trouble: str | None, exception: Exception_ | None) -> str:
    """The word for an end, given whether it is a known one."""
    if exception:
        return "known" if trouble else "failed"
    return "failed" if trouble else "passed"
