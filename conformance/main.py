"""The command line of the conformance run: which backends, which cases, and the tally."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path
from queue import Empty, SimpleQueue

import behaviours
import cases
from harness import backends, exceptions
from harness.bench import Bench
from harness.case import Case
from harness.verdict import Tally, judge

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(description="Drives evenkeel from outside against simulated accounts.")
    parser.add_argument("--backend", choices=["sandbox", "lag", "moto", "both"], default="both")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="cases whose names match, such as 'edit/role*'")
    parser.add_argument("--binary", type=Path, help="the tool; default: $EVENKEEL or the debug build")
    parser.add_argument("--seed", type=int, default=1, help="decides the moments at which applies are killed, and the delays of an account with lag")
    parser.add_argument("--seeds", type=int, metavar="N", help="run everything with each of the seeds 1 to N, one after the other")
    parser.add_argument("--thin", type=int, default=1, metavar="N", help="of the largest tables (drifted, stale, undo/field) only every Nth row; of edits, the two simulators take turns")
    parser.add_argument("--jobs", type=int, default=3, help="accounts of each backend at a time; most of the time is waiting")
    parser.add_argument("--list", action="store_true", help="name the cases and stop")
    parser.add_argument("--keep", action="store_true", help="keep the folders of the cases")
    return parser.parse_args()


def binary(given: Path | None) -> Path:
    """The tool as an absolute path, since every case runs in a folder of its own."""
    built = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "evenkeel"
    path = given or Path(os.environ.get("EVENKEEL", built))
    if not path.is_file():
        sys.exit(f"{path} is not there: build it first, or name it with --binary")
    return path.resolve()


def work(backend: backends.Backend, waiting: SimpleQueue, tool: Path, seed: int, folder: Path, tally: Tally) -> None:
    """Takes cases until none is left, one after the other, since they share the backend's account."""
    with backend:
        while True:
            try:
                case = waiting.get_nowait()
            except Empty:
                return
            workplace = folder / backend.name / case.name.replace("/", "-")
            tally.count(judge(case, Bench(backend, tool, workplace, seed), exceptions.find(case.name, backend.name)))


def takes_part(backend: str, case: Case) -> bool:
    """Whether a backend runs a case: with lag everything holds that holds on the server."""
    return backend in case.backends or (backend == "sandbox-lag" and "sandbox" in case.backends and not is_prompt(case))


def is_prompt(case: Case) -> bool:
    """Behaviours are told of an account that shows every write at once, unless they ask for lag."""
    return case.name.startswith("behaviour/")


# Large tables of rows of one shape, of which `--thin` takes a part.
MATRICES = ("drifted/", "stale/", "undo/field-")


# Tables that say the same of every backend: with `--thin`, the sandbox and the second simulator take turns at their rows.
IN_TURNS = ("edit/", "by-hand/", "held/")
TURN = {"sandbox": 0, "moto": 1}


def is_taken(name: str, matrix: str | None, row: int, thin: int) -> bool:
    """Whether a backend takes a row of a table; everything else it takes."""
    if matrix is None or thin == 1:
        return True
    if matrix in IN_TURNS:
        return name not in TURN or row % 2 == TURN[name]
    return row % thin == 0


def queue_of(name: str, pattern: str, thin: int) -> SimpleQueue:
    """The cases that a backend takes part in."""
    waiting, rows = SimpleQueue(), Counter()
    for case in [*behaviours.ALL, *cases.ALL]:
        if not fnmatchcase(case.name, pattern):
            continue
        matrix = next((start for start in MATRICES + IN_TURNS if case.name.startswith(start)), None)
        # Rows in turns are counted for all backends alike, so that each row has its turn.
        if matrix in IN_TURNS or takes_part(name, case):
            rows[matrix] += 1
        if takes_part(name, case) and is_taken(name, matrix, rows[matrix], thin):
            waiting.put(case)
    return waiting


def end_servers_when_terminated(chosen: list[backends.Backend]) -> None:
    """A run that is told to end takes the servers that it has started along."""

    def end(number: int, _: object) -> None:
        for backend in chosen:
            backend.stop()
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def run(options: argparse.Namespace, tool: Path, seed: int, folder: Path) -> Tally:
    """Runs the backends side by side with one seed."""
    tally = Tally(threading.Lock())
    chosen = backends.choose(options.backend, tool, folder, options.jobs, seed)
    queues = {backend.name: queue_of(backend.name, options.only, options.thin) for backend in chosen}
    end_servers_when_terminated(chosen)
    with ThreadPoolExecutor(len(chosen)) as pool:
        running = [pool.submit(work, backend, queues[backend.name], tool, seed, folder, tally) for backend in chosen]
        for future in running:
            future.result()
    return tally


def told(tally: Tally) -> str:
    """The tally in words."""
    known = f", {tally.known} known to be wrong in moto" if tally.known else ""
    return f"{tally.passed} passed, {tally.failed} failed{known}"


def main() -> int:
    """Runs what was asked for; the exit code says whether everything is as it must be."""
    options = arguments()
    if options.list:
        print("\n".join(sorted(case.name for case in [*behaviours.ALL, *cases.ALL])))
        return 0
    tool = binary(options.binary)
    folder = Path(tempfile.mkdtemp(prefix="evenkeel-conformance-"))
    tallies = {}
    for seed in range(1, options.seeds + 1) if options.seeds else [options.seed]:
        started = time.monotonic()
        tallies[seed] = run(options, tool, seed, folder / f"seed-{seed}")
        if options.seeds:
            print(f"seed {seed}: {told(tallies[seed])}  ({time.monotonic() - started:.0f} s)", flush=True)
    whole = Tally.of(tallies.values())
    print(told(whole) + (f", with {options.seeds} seeds" if options.seeds else ""))
    if options.keep:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    if whole.passed + whole.failed + whole.known == 0:
        sys.exit(f"no case matches {options.only}")
    return 1 if whole.failed else 0


if __name__ == "__main__":
    sys.exit(main())
