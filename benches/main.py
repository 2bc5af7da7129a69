"""Applies an environment of many teams once to moto, then plans it again when there is nothing to do, and measures that."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "conformance"))

import generate  # noqa: E402
from harness.backends import ACCOUNT, KEYS, MOTO, clean_environment, free_port, wait_for  # noqa: E402

# For 50 teams; calls grow with the teams.
MOST_CALLS, MOST_MEGABYTES = 1000, 100


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(description="Measures a plan that finds nothing to do.")
    parser.add_argument("--teams", type=int, default=50)
    parser.add_argument("--without", choices=generate.PARTS, action="append", default=[], help="leave a part out")
    parser.add_argument("--latency", type=float, default=40, help="milliseconds that each call takes on its way")
    parser.add_argument("--repeat", type=int, default=3, help="how often the plan is made; the median counts")
    parser.add_argument("--binary", type=Path, help="the tool; default: $EVENKEEL or the release build")
    parser.add_argument(
        "--terraform", type=Path, metavar="PLUGINS_DIR", default=os.environ.get("EVENKEEL_BENCH_PLUGINS"),
        help="Terraform side by side, with the providers of this folder; default: $EVENKEEL_BENCH_PLUGINS",
    )
    parser.add_argument("--keep", action="store_true", help="keep the folder with the environment")
    return parser.parse_args()


def binary(given: Path | None) -> Path:
    """The tool; only a release build is worth being measured, any can be."""
    built = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "evenkeel"
    path = given or Path(os.environ.get("EVENKEEL", built))
    if not path.is_file():
        sys.exit(f"{path} is not there: `cargo build --release` first, or name it with --binary")
    return path.resolve()


@contextmanager
def server(command: list[str], port: int, log: Path, **more: str):
    """A process that listens, until it is not needed any more."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=clean_environment() | KEYS | more)
    try:
        wait_for(port, process)
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def account(folder: Path, latency: float):
    """An empty simulated account, so far away; yields its address."""
    moto, proxy = free_port(), free_port()
    serve = [sys.executable, "-P", str(MOTO), "-H", "127.0.0.1", "-p", str(moto)]
    pass_on = [sys.executable, str(HERE / "proxy.py"), "--port", str(proxy), "--upstream", str(moto), "--latency", str(latency)]
    with server(serve, moto, folder / "moto.log", MOTO_IAM_LOAD_MANAGED_POLICIES="true"), server(pass_on, proxy, folder / "proxy.log"):
        yield f"http://127.0.0.1:{proxy}"


def counted(address: str) -> list[tuple[str, str, int]]:
    """The calls since the last look, by service and operation."""
    with urllib.request.urlopen(f"{address}/-/calls", timeout=10) as answer:
        return [tuple(row) for row in json.load(answer)]


def measured(command: list[str], folder: Path, environment: dict[str, str], address: str) -> dict:
    """Runs a command: time on the wall, time of the processor, memory of its largest process, calls."""
    counted(address)
    started = time.monotonic()
    with (folder / "output.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    calls = counted(address)
    services = Counter()
    for service, _, count in calls:
        services[service] += count
    return {
        "exit": process.returncode,
        "wall_s": round(time.monotonic() - started, 2),
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "max_rss_mb": round(used.ru_maxrss / 1024, 1),
        "calls": sum(services.values()),
        "services": dict(sorted(services.items())),
        "operations": {f"{service} {operation}": count for service, operation, count in calls},
    }


def insist(found: dict, folder: Path, what: str) -> dict:
    """A run that did not end well is worth no numbers."""
    if found["exit"] != 0:
        tail = "\n".join((folder / "output.log").read_text().splitlines()[-30:])
        sys.exit(f"{what} ended with {found['exit']}\n{tail}")
    return found


def median(runs: list[dict]) -> dict:
    """The run in the middle by time."""
    return sorted(runs, key=lambda run: run["wall_s"])[len(runs) // 2]


def evenkeel(tool: Path, folder: Path, address: str, repeat: int) -> dict:
    """The tool: once apply, then plans of nothing."""
    home = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "NO_COLOR": "1"}
    environment = clean_environment() | KEYS | home | {"AWS_ENDPOINT_URL": address}
    apply = measured([str(tool), "apply", "--yes", "--account", ACCOUNT], folder, environment, address)
    insist(apply, folder, "evenkeel apply")
    plan = [str(tool), "plan", "--detailed-exitcode"]
    runs = [insist(measured(plan, folder, environment, address), folder, "evenkeel plan") for _ in range(repeat)]
    return {"apply": apply, "plan": median(runs)}


def terraform(plugins: Path, folder: Path, address: str, repeat: int) -> dict:
    """Terraform, the same way, with its own defaults."""
    environment = clean_environment() | KEYS | {"HOME": str(folder), "TF_VAR_endpoint": address, "CHECKPOINT_DISABLE": "1"}
    words = ["-input=false", "-no-color"]
    insist(measured(["terraform", "init", *words, f"-plugin-dir={plugins.resolve()}"], folder, environment, address), folder, "terraform init")
    apply = measured(["terraform", "apply", "-auto-approve", *words], folder, environment, address)
    insist(apply, folder, "terraform apply")
    plan = ["terraform", "plan", "-detailed-exitcode", *words]
    runs = [insist(measured(plan, folder, environment, address), folder, "terraform plan") for _ in range(repeat)]
    return {"apply": apply, "plan": median(runs)}


def table(results: dict) -> str:
    """The numbers for people."""
    lines = [f"{'':18} {'wall s':>8} {'CPU s':>8} {'RSS MB':>8} {'calls':>7}   by service"]
    for tool, phases in results.items():
        for phase, found in phases.items():
            services = ", ".join(f"{name} {count}" for name, count in found["services"].items())
            lines.append(
                f"{tool + ' ' + phase:18} {found['wall_s']:8.2f} {found['cpu_s']:8.2f} {found['max_rss_mb']:8.1f} {found['calls']:7}   {services}"
            )
    return "\n".join(lines)


def beyond(plan: dict, teams: int) -> list[str]:
    """Where the budget is exceeded."""
    most = MOST_CALLS * max(teams, 50) / 50
    found = {"calls": (plan["calls"], most), "max_rss_mb": (plan["max_rss_mb"], MOST_MEGABYTES)}
    return [f"over the budget: {name} {value}, at most {limit:.0f}" for name, (value, limit) in found.items() if value > limit]


def main() -> int:
    """Measures, prints a table and one line of JSON; 1 when the budget is exceeded."""
    options = arguments()
    tool = binary(options.binary)
    folder = Path(tempfile.mkdtemp(prefix="evenkeel-bench-"))
    generate.write(folder, options.teams, options.without)
    results = {}
    try:
        with account(folder, options.latency) as address:
            results["evenkeel"] = evenkeel(tool, folder / "evenkeel", address, options.repeat)
        if options.terraform:
            with account(folder, options.latency) as address:
                results["terraform"] = terraform(options.terraform, folder / "terraform", address, options.repeat)
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    setting = {
        "teams": options.teams,
        "resources": generate.resources(options.teams, options.without),
        "without": options.without,
        "latency_ms": options.latency,
    }
    print(table(results), end="\n\n")
    print(json.dumps(setting | results))
    over = beyond(results["evenkeel"]["plan"], options.teams)
    print("\n".join(over), file=sys.stderr, end="\n" if over else "")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
