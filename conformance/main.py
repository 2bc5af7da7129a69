"""The command line of the conformance run: which backends, which cases, and the tally."""

import argparse
import os
import shutil
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

import cases
from harness import backends, exceptions
from harness.bench import Bench
from harness.verdict import Tally, judge

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(description="Drives evenkeel from outside against simulated accounts.")
    parser.add_argument("--backend", choices=["sandbox", "moto", "both"], default="both")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="cases whose names match, such as 'edit/role*'")
    parser.add_argument("--binary", type=Path, help="the tool; default: $EVENKEEL or the debug build")
    parser.add_argument("--seed", type=int, default=1, help="decides the moments at which applies are killed")
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


def run_all(backend: backends.Backend, tool: Path, options: argparse.Namespace, folder: Path, tally: Tally) -> None:
    """Every case that one backend takes part in, one after the other, since they share the backend's account."""
    with backend:
        for case in cases.ALL:
            if backend.name in case.backends and fnmatchcase(case.name, options.only):
                bench = Bench(backend, tool, folder / backend.name / case.name.replace("/", "-"), options.seed)
                tally.count(judge(case, bench, exceptions.find(case.name, backend.name)))


def main() -> int:
    """Runs the backends side by side; the exit code says whether everything is as it must be."""
    options = arguments()
    if options.list:
        print("\n".join(sorted(case.name for case in cases.ALL)))
        return 0
    tool = binary(options.binary)
    folder = Path(tempfile.mkdtemp(prefix="evenkeel-conformance-"))
    tally = Tally(threading.Lock())
    chosen = backends.choose(options.backend, tool, folder)
    with ThreadPoolExecutor(len(chosen)) as pool:
        running = [pool.submit(run_all, backend, tool, options, folder, tally) for backend in chosen]
        for future in running:
            future.result()
    print(f"{tally.passed} passed, {tally.failed} failed" + (f", {tally.known} known to be wrong in moto" if tally.known else ""))
    if options.keep:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    if tally.passed + tally.failed + tally.known == 0:
        sys.exit(f"no case matches {options.only}")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
