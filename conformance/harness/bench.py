"""What a case works with: a folder with an environment file, the tool, and boto3 on an empty account."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import live
from .backends import REGION, Backend
from .between import Between, between
from .repository import Repository


# The commands that need no account.
OFFLINE = {"check", "diff", "schema", "completions", "man"}


class Failed(AssertionError):
    """A promise that was not kept."""


@dataclass(frozen=True)
class Ran:
    """How a run of the tool ended."""

    command: str
    code: int
    out: str
    err: str

    def told(self) -> str:
        """Everything that it said, for a report."""
        return f"$ {self.command}\n{self.out}{self.err}(exit {self.code})"


def apart(wanted: object, found: object, path: str) -> Iterator[str]:
    """Where two values differ, one line each, mappings by key."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            yield from apart(wanted.get(key), found.get(key), f"{path}/{key}")
        if len(wanted) != len(found):
            yield f"  {path} has other keys: {sorted(wanted.keys() ^ found.keys())}"
    elif wanted != found:
        yield f"  {path} wanted {json.dumps(wanted, default=str)}\n  {' ' * len(path)} found  {json.dumps(found, default=str)}"


class Bench:
    """One case's workplace."""

    def __init__(self, backend: Backend, tool: Path, folder: Path, seed: int):
        self.backend, self.tool, self.folder, self.seed = backend, tool, folder, seed
        self.variables: dict[str, str] = {}
        folder.mkdir(parents=True)
        backend.fresh()

    @property
    def iam(self):
        """boto3's IAM client."""
        return self.client("iam")

    def client(self, service: str, region: str = REGION):
        """boto3's client for a service of the account."""
        return self.backend.client(service, region)

    def put(self, path: str, text: str | bytes) -> None:
        """Writes a file beside the environment file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def write(self, environment: dict | str) -> None:
        """Writes the environment file; JSON is YAML."""
        text = environment if isinstance(environment, str) else json.dumps(environment, indent=2, sort_keys=False)
        (self.folder / "environment.yaml").write_text(text)

    def written(self) -> list[Path]:
        """Every file in the case's folder, the tool's journal and backups too; a simulated account lies elsewhere."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def command(self, name: str, *arguments: str) -> list[str]:
        """The tool's command line for this account; `check` needs none."""
        self.backend.before_tool()
        account = [] if name in OFFLINE else self.backend.tool_arguments()
        return [str(self.tool), name, *arguments, *account]

    def environment(self) -> dict[str, str]:
        """The tool's variables: nothing outside the case's folder is written or read."""
        home = {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"), "NO_COLOR": "1"}
        return self.backend.tool_environment() | home | self.variables

    def run(self, *arguments: str) -> Ran:
        """Runs the tool to its end."""
        command = self.command(*arguments)
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL
        )
        return Ran(" ".join(["evenkeel", *arguments]), done.returncode, done.stdout, done.stderr)

    def run_killed(self, after_lines: int, *arguments: str) -> bool:
        """Runs the tool and kills it when it has announced so many steps; whether it was still running."""
        process = subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        )
        for number, _ in enumerate(process.stderr, 1):
            if number >= after_lines:
                break
        os.kill(process.pid, signal.SIGKILL)
        process.stderr.close()
        return process.wait() == -signal.SIGKILL

    def expect(self, code: int, *arguments: str) -> Ran:
        """Runs the tool and insists on an exit code."""
        ran = self.run(*arguments)
        if ran.code != code:
            raise Failed(f"exit {ran.code}, expected {code}\n{ran.told()}")
        return ran

    def apply(self, *flags: str, code: int = 0) -> Ran:
        """Applies the file."""
        return self.expect(code, "apply", "--yes", *flags)

    def plan(self, *flags: str, code: int = 0) -> Ran:
        """Plans; by default nothing may differ."""
        return self.expect(code, "plan", "--detailed-exitcode", *flags)

    def drift(self, *flags: str, code: int = 2) -> Ran:
        """Compares the account with the file; by default something must differ."""
        return self.expect(code, "drift", *flags)

    def repository(self) -> Repository:
        """Makes the case's folder a git repository."""
        return Repository(self.folder)

    @contextmanager
    def between(self, *refused: tuple[str, str]) -> Iterator[Between]:
        """Within, the tool's calls are counted, and those named by service and operation are refused as `AccessDenied`."""
        with between(self.backend.port, frozenset(refused)) as (url, one):
            self.variables["AWS_ENDPOINT_URL"] = url
            try:
                yield one
            finally:
                del self.variables["AWS_ENDPOINT_URL"]

    def settled(self) -> None:
        """After a complete apply a second plan is empty."""
        ran = self.plan()
        if "Nothing to do" not in ran.out:
            raise Failed(f"the plan after an apply is not empty\n{ran.told()}")

    def converge(self, environment: dict | str, *flags: str) -> Ran:
        """Writes the file, applies it, and makes sure that nothing is left to do."""
        self.write(environment)
        ran = self.apply(*flags)
        self.settled()
        return ran

    def live(self) -> dict:
        """The account as boto3 sees it."""
        return live.read(self.client)

    def same(self, what: str, found: object, wanted: object) -> None:
        """Insists that two values are equal."""
        lines = list(apart(wanted, found, ""))
        if lines:
            raise Failed("\n".join([what, *lines]))

    def shows(self, ran: Ran, *fragments: str) -> None:
        """Insists that the tool has said something."""
        for fragment in fragments:
            if fragment not in ran.out + ran.err:
                raise Failed(f"`{fragment}` is not said\n{ran.told()}")

    def silent(self, ran: Ran, *fragments: str) -> None:
        """Insists that the tool has not said something."""
        for fragment in fragments:
            if fragment in ran.out + ran.err:
                raise Failed(f"`{fragment}` is said\n{ran.told()}")

    def output(self, ran: Ran) -> dict:
        """Standard output as exactly one JSON document."""
        try:
            return json.loads(ran.out)
        except ValueError as error:
            raise Failed(f"standard output is not one JSON document: {error}\n{ran.told()}") from None
