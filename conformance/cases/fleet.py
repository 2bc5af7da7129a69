"""Fleets: many accounts with one command, one report and one exit code, whatever becomes of single ones."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from harness.bench import Bench, Failed, Ran
from harness.case import SANDBOX, Case

from .edits import FULL

ENVIRONMENT = {key: value for key, value in FULL.items() if key != "account"}


def number(index: int) -> str:
    """An account's digits."""
    return f"{100000000000 + index}"


def entry(index: int, **more: object) -> dict:
    """An account of the fleet, kept in a folder."""
    return {"account": number(index), "sandbox": f"accounts/a{index:03}", **more}


def write_fleet(bench: Bench, accounts: dict[str, dict]) -> None:
    """The fleet's file beside the environment's."""
    bench.write(ENVIRONMENT)
    bench.put("fleet.yaml", json.dumps({"version": 1, "defaults": {"files": ["environment.yaml"]}, "accounts": accounts}, indent=1))


def made(bench: Bench, count: int) -> dict[str, dict]:
    """So many accounts that are as the file says; the same folder, copied, with another number."""
    accounts = {f"a{index:03}": entry(index) for index in range(count)}
    write_fleet(bench, accounts)
    for index in range(count):
        bench.expect(0, "apply", "--yes", "--sandbox", f"accounts/a{index:03}", "--account", number(index))
    return accounts


def move(bench: Bench, name: str) -> None:
    """Somebody edits an account by hand."""
    path = bench.folder / "accounts" / name / "iam" / "roles" / "app.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"description": "By hand"}))


def fleet(bench: Bench, word: str, *flags: str, code: int = 0) -> Ran:
    """A run over all accounts."""
    return bench.expect(code, "fleet", word, "fleet.yaml", *flags)


def clean(bench: Bench) -> None:
    """Everything as written."""
    made(bench, 3)
    fleet(bench, "plan", "--detailed-exitcode")
    fleet(bench, "drift")


def one_moved(bench: Bench) -> None:
    """One that has moved is named, and decides the exit code; the others are not told at length."""
    made(bench, 4)
    move(bench, "a002")
    ran = fleet(bench, "drift", code=2)
    bench.shows(ran, "a002", "role/app", "description")
    bench.same("told once", ran.out.count("role/app"), 1)
    fleet(bench, "plan", code=0)
    fleet(bench, "plan", "--detailed-exitcode", code=2)


def to_make(bench: Bench) -> None:
    """Accounts with nothing in them."""
    write_fleet(bench, {f"a{index:03}": entry(index) for index in range(3)})
    bench.shows(fleet(bench, "plan", "--detailed-exitcode", code=2), "a000", "a001", "a002")
    fleet(bench, "drift", code=2)


@dataclass(frozen=True)
class Mixed:
    """What is wrong with one account, and the exit code of all."""

    name: str
    spoil: Callable[[Bench, dict], None]
    code: int

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"fleet/{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """One is spoilt; the others are reported all the same."""
        accounts = made(bench, 3)
        move(bench, "a001")
        self.spoil(bench, accounts)
        write_fleet(bench, accounts)
        for form in ("text", "json", "markdown"):
            ran = fleet(bench, "drift", "--format", form, code=self.code)
            bench.shows(ran, "a000", "a001", "a002")
            bench.silent(ran, "panicked")


def wrong_number(_: Bench, accounts: dict) -> None:
    """The folder holds another account."""
    accounts["a000"]["account"] = "999999999999"


def wrong_file(bench: Bench, accounts: dict) -> None:
    """Its file has a mistake."""
    bench.put("broken.yaml", "version: 1\nenvironment: x\nroles: { app: { trsut: x } }\n")
    accounts["a000"]["files"] = ["broken.yaml"]


def no_file(_: Bench, accounts: dict) -> None:
    """Its file is not there."""
    accounts["a000"]["files"] = ["nowhere.yaml"]


def damaged(bench: Bench, _: dict) -> None:
    """The account can't be opened."""
    (bench.folder / "accounts/a000/iam/roles/app.json").write_text("{")


def no_folder(bench: Bench, accounts: dict) -> None:
    """A folder that is no account."""
    bench.put("accounts/full/of.txt", "something else")
    accounts["a000"]["sandbox"] = "accounts/full"


def shards(bench: Bench) -> None:
    """The parts are all and don't overlap; a part that there is not is an error."""
    accounts = made(bench, 7)
    for name in accounts:
        move(bench, name)
    seen: list[str] = []
    for part in range(1, 4):
        ran = bench.run("fleet", "drift", "fleet.yaml", "--shard", f"{part}/3")
        seen += [name for name in accounts if name in ran.out]
    bench.same("accounts", sorted(seen), sorted(accounts))
    for wrong in ("0/3", "4/3", "1/0", "x", "1", "/", "-1/3", "1/3/5"):
        ran = bench.run("fleet", "drift", "fleet.yaml", f"--shard={wrong}")
        bench.same(f"exit of --shard {wrong}\n{ran.told()}", ran.code, 1)


def same_bytes(bench: Bench) -> None:
    """However many at a time, the report is the same."""
    accounts = made(bench, 6)
    for name in list(accounts)[::2]:
        move(bench, name)
    runs = {bench.run("fleet", "drift", "fleet.yaml", "--format", "json", "--jobs", jobs).out for jobs in ("1", "2", "6", "100") for _ in range(2)}
    bench.same("different outputs", (len(runs), bool(runs.pop())), (1, True))
    for wrong in ("0", "-1", "x"):
        ran = bench.run("fleet", "drift", "fleet.yaml", f"--jobs={wrong}")
        bench.same(f"exit of --jobs {wrong}\n{ran.told()}", ran.code, 1)


def mistakes(bench: Bench) -> None:
    """A fleet's file with mistakes is an error with places, all of them, before anything is asked."""
    bench.write(ENVIRONMENT)
    good = {"version": 1, "accounts": {"a": entry(1, files=["environment.yaml"])}}
    wrong = [
        good | {"acounts": {}}, good | {"version": 2}, good | {"accounts": {}}, {"version": 1}, good | {"accounts": {"a": {"files": []}}},
        good | {"accounts": {"a": {"account": "12"}}}, good | {"accounts": {"a": {"account": 123456789012}}}, good | {"accounts": {"../x": entry(1)}},
        good | {"accounts": {"a": entry(1, region="nowhere")}}, good | {"accounts": {"a": entry(1, role="a b")}}, good | {"defaults": {"account": number(1)}},
    ]
    for content in wrong:
        bench.put("fleet.yaml", json.dumps(content, indent=1))
        bench.shows(fleet(bench, "plan", code=1), "fleet.yaml")
    for text in ("", "[]", "x", "{", "version: 1\naccounts: 7\n"):
        bench.put("fleet.yaml", text)
        bench.silent(fleet(bench, "plan", code=1), "panicked")
    bench.shows(bench.expect(1, "fleet", "plan", "nowhere.yaml"), "nowhere.yaml")
    bench.expect(1, "fleet", "apply", "fleet.yaml")


def memory(bench: Bench, accounts: int) -> int:
    """The largest size of a run over so many accounts, in KiB."""
    write_fleet(bench, {f"a{index:03}": entry(index) for index in range(accounts)})
    process = subprocess.Popen(bench.command("fleet", "plan", "fleet.yaml", "--jobs", "4"), cwd=bench.folder, env=bench.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    bench.same("exit", process.returncode, 0)
    return usage.ru_maxrss


def bounded(bench: Bench) -> None:
    """A hundred accounts don't need ten times the memory of ten."""
    few, many = memory(bench, 10), memory(bench, 100)
    if many > few * 2:
        raise Failed(f"10 accounts {few} KiB, 100 accounts {many} KiB")


CASES = [
    *[Case(f"fleet/{name}", run, SANDBOX) for name, run in {
        "clean": clean, "one-moved": one_moved, "to-make": to_make, "shards": shards, "same-bytes": same_bytes, "mistakes": mistakes, "bounded": bounded,
    }.items()],
    *[one.case() for one in (
        Mixed("wrong-number", wrong_number, 4), Mixed("wrong-file", wrong_file, 1), Mixed("no-file", no_file, 1), Mixed("damaged", damaged, 1), Mixed("no-folder", no_folder, 1),
    )],
]
