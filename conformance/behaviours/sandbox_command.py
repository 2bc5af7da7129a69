"""The command that serves the account: what it says, what it refuses, and how the account is emptied."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from harness.backends import clean_environment
from harness.bench import Failed

from .account import Account
from .table import Table

TABLE = Table("sandbox-command")


def start(account: Account, *words: str) -> subprocess.Popen:
    """A server of its own, which the behaviour ends."""
    command = [str(account.backend.tool), "sandbox", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment())


def run(account: Account, *words: str) -> subprocess.CompletedProcess:
    """A command that ends by itself."""
    command = [str(account.backend.tool), "sandbox", *words]
    return subprocess.run(command, capture_output=True, text=True, env=clean_environment(), timeout=30, check=False)


def folder(account: Account, name: str) -> Path:
    """A folder that is not there yet."""
    path = account.backend.folder / "commands" / name
    subprocess.run(["rm", "-rf", str(path)], check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def ready(server: subprocess.Popen) -> dict[str, str]:
    """The variables of the lines to paste; the server answers when they are there."""
    words: dict[str, str] = {}
    for line in server.stdout:
        if line.startswith("export "):
            words |= dict(word.split("=", 1) for word in line.split()[1:])
        if line.startswith("unset "):
            return words
    raise Failed(f"the server ended: {server.stderr.read()}")


def refused(account: Account, fragments: list[str], *words: str) -> None:
    """Insists that the command ends with 1 and says these things."""
    done = run(account, *words)
    account.same((done.returncode, done.stdout), (1, ""))
    for fragment in fragments:
        account.true(fragment in done.stderr, f"wanted `{fragment}` in {done.stderr}")


@TABLE.behaviour("docs/sandbox.md")
def the_lines_to_paste_lead_a_shell_to_an_account_that_answers(account: Account) -> None:
    server = start(account, "--state", str(folder(account, "ready")), "--account", "111122223333", "--region", "eu-west-1")
    try:
        words = ready(server)
        with socket.create_connection(("127.0.0.1", int(words["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])), timeout=1):
            pass
        account.same((words["AWS_REGION"], words["AWS_DEFAULT_REGION"]), ("eu-west-1", "eu-west-1"))
    finally:
        server.terminate()
        server.wait(10)


@TABLE.behaviour("docs/sandbox.md")
def both_signals_end_the_server_cleanly_and_soon(account: Account) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        server = start(account, "--state", str(folder(account, "ending")))
        ready(server)
        server.send_signal(number)
        begin = time.monotonic()
        account.same(server.wait(10), 0)
        account.true(time.monotonic() - begin < 4, "it took its time")


@TABLE.behaviour("docs/sandbox.md")
def an_address_that_others_reach_needs_a_word(account: Account) -> None:
    refused(account, ["0.0.0.0:0 is not a loopback address", "--allow-remote"], "--listen", "0.0.0.0:0", "--state", str(folder(account, "open")))
    server = start(account, "--listen", "0.0.0.0:0", "--allow-remote", "--state", str(folder(account, "open")))
    try:
        account.true(ready(server)["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:"), "not an address to connect to")
    finally:
        server.terminate()
        server.wait(10)


@TABLE.behaviour("docs/sandbox.md")
def a_port_in_use_is_named(account: Account) -> None:
    address = f"127.0.0.1:{account.backend.port}"
    refused(account, [f"{address} is in use", "--listen"], "--listen", address, "--state", str(folder(account, "port")))


@TABLE.behaviour("docs/sandbox.md")
def a_folder_in_use_is_refused_with_the_process_that_has_it(account: Account) -> None:
    account.sts.get_caller_identity()
    refused(account, ["another process is using this sandbox", str(account.backend.process.pid)], "--state", str(account.backend.state()))


@TABLE.behaviour("docs/sandbox.md")
def folders_that_are_no_sandbox_are_left_alone(account: Account) -> None:
    path = folder(account, "foreign")
    path.write_text("a file")
    refused(account, ["not a folder"], "--state", str(path))
    path = folder(account, "foreign")
    path.mkdir()
    (path / "thesis.tex").write_text("mine")
    refused(account, ["not empty and holds no sandbox"], "--state", str(path))
    refused(account, ["holds no sandbox", "nothing was removed"], "reset", "--state", str(path))
    account.same(os.listdir(path), ["thesis.tex"])


@TABLE.behaviour("docs/sandbox.md")
def damaged_and_newer_folders_are_told_apart(account: Account) -> None:
    path = folder(account, "damaged")
    (path / "iam" / "users").mkdir(parents=True)
    head = path / "evenkeel-sandbox.json"
    (path / "iam" / "users" / "tom.json").write_text("{")
    head.write_text(json.dumps({"format": 1, "account": "111122223333", "counts": {"calls": 0, "lambdaWrites": 0}, "ids": {"seed": 0, "given": 0}}))
    refused(account, ["tom.json", "evenkeel sandbox reset --state"], "--state", str(path))
    done = run(account, "reset", "--state", str(path))
    account.same((done.returncode, (path / "iam").exists()), (0, False))
    account.true("111122223333" in done.stderr and "iam 1" in done.stderr, done.stderr)
    head.write_text('{"format": 99}')
    refused(account, ["newer"], "--state", str(path))
    refused(account, ["newer"], "reset", "--state", str(path))


@TABLE.behaviour("docs/sandbox.md")
def an_account_keeps_its_number(account: Account) -> None:
    path = str(folder(account, "number"))
    server = start(account, "--state", path, "--account", "111122223333")
    ready(server)
    server.terminate()
    server.wait(10)
    refused(account, ["is account 111122223333, not 999999999999"], "--state", path, "--account", "999999999999")
    refused(account, ["--account"], "--state", path, "--account", "12")
    refused(account, ["--region"], "--state", path, "--region", "nowhere at all")


@TABLE.behaviour("docs/sandbox.md")
def a_reset_empties_the_account_and_nothing_else(account: Account) -> None:
    account.user("ada")
    account.bucket("bucket")
    account.s3.put_object(Bucket="bucket", Key="k", Body=b"12345")
    state = account.backend.state()
    refused(account, ["another process is using this sandbox"], "reset", "--state", str(state))
    account.backend.stop()
    (state / "notes.txt").write_text("mine")
    done = run(account, "reset", "--state", str(state))
    account.same(done.returncode, 0)
    account.true("notes.txt" in done.stderr, done.stderr)
    account.backend.serve()
    account.same((account.iam.list_users()["Users"], account.s3.list_buckets()["Buckets"]), ([], []))
    account.same((state / "notes.txt").read_text(), "mine")
