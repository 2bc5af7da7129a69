"""Simulated accounts: the tool's own sandbox as a server, the same as a folder, and moto.

Each backend gives every case an empty account. The tool reaches the servers by `AWS_ENDPOINT_URL`, as any client of AWS
does, so the same code drives both.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "123456789012"
MOTO = Path(__file__).resolve().parent / "moto_server.py"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIACONFORMANCE", "AWS_SECRET_ACCESS_KEY": "conformance", "AWS_REGION": REGION}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen) -> None:
    """Returns when a server answers; a server that died or stays silent for a minute is an error."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("the server does not answer")


def clean_environment() -> dict[str, str]:
    """The process's variables without any that would lead to a real account."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "EVENKEEL_"))}


class Backend:
    """An account to work against."""

    name = "none"

    def __init__(self, tool: Path, folder: Path):
        self.tool, self.folder = tool, folder / self.name
        self.process: subprocess.Popen | None = None
        self.port = 0
        self.session = boto3.Session()
        self.clients: dict[tuple[int, str, str], object] = {}

    def __enter__(self) -> "Backend":
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def fresh(self) -> None:
        """Gives an empty account."""
        raise NotImplementedError

    def tool_arguments(self) -> list[str]:
        """What the tool needs on its command line to reach the account."""
        return []

    def before_tool(self) -> None:
        """Makes way for the tool."""

    def tool_environment(self) -> dict[str, str]:
        """The variables that lead the tool to the account."""
        return clean_environment() | KEYS | {"AWS_ENDPOINT_URL": self.url()}

    def url(self) -> str:
        """Where the account answers."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str, region: str = REGION):
        """A boto3 client for the account; it never retries, so that what it sees is what was answered."""
        place = (self.port, service, region)
        if place not in self.clients:
            # Making a client costs more than most cases, so one is kept for as long as the server stays where it is.
            self.clients[place] = self.new_client(service, region)
        return self.clients[place]

    def new_client(self, service: str, region: str, **more: object):
        """A boto3 client that nobody uses yet; `more` as for `boto3.client`, such as other keys."""
        usual = {
            "aws_access_key_id": KEYS["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": KEYS["AWS_SECRET_ACCESS_KEY"],
            "config": Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        }
        return self.session.client(service, endpoint_url=self.url(), region_name=region, **(usual | more))

    def bucket_of_aws(self, name: str, tags: dict[str, str]) -> None:
        """Makes a bucket with tags that only AWS itself can give."""
        tagged = [{"Key": key, "Value": value} for key, value in tags.items()]
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"Tags": tagged})

    def role_of_aws(self, name: str, path: str, trust: str) -> None:
        """Makes a role at a path that only AWS itself can use."""
        self.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust)

    def start(self, command: list[str], **more: str) -> None:
        """Starts the server process with its output in a file."""
        with (self.folder / "server.log").open("ab") as log:
            environment = clean_environment() | KEYS | more
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        wait_for(self.port, self.process)

    def stop(self) -> None:
        """Ends the server process that this backend has started, and only that."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


class Sandbox(Backend):
    """The tool's simulated account behind its own server."""

    name = "sandbox"

    def state(self) -> Path:
        """The folder of the account."""
        return self.folder / "account"

    def fresh(self) -> None:
        self.stop()
        shutil.rmtree(self.state(), ignore_errors=True)
        self.serve()

    def serve(self) -> None:
        """Starts the server over what is in the folder, where it was before if it was."""
        self.port = self.port or free_port()
        command = [str(self.tool), "sandbox", "--listen", f"127.0.0.1:{self.port}", "--state", str(self.state())]
        self.start([*command, *self.lag()])

    def bucket_of_aws(self, name: str, tags: dict[str, str]) -> None:
        """Nobody can do this by a call, so it is written into the account's folder."""
        self.client("s3").create_bucket(Bucket=name)
        self.stop()
        file = self.state() / "s3" / "buckets" / f"{name}.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"tags": tags}))
        self.serve()

    def role_of_aws(self, name: str, path: str, trust: str) -> None:
        """Likewise."""
        self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        self.stop()
        file = self.state() / "iam" / "roles" / f"{name}.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"path": path}))
        self.serve()

    def lag(self) -> list[str]:
        """What makes the account slow to agree with itself."""
        return []


class SandboxLag(Sandbox):
    """The same, as slow to agree with itself as AWS is.

    Only the tool has to live with that. What a case does by hand was done long before the tool is started, and a case looks
    at the account long after the tool has ended; between two runs of the tool no time passes.
    """

    name = "sandbox-lag"
    seed = 1
    # No change takes longer to be seen by all, counted in calls.
    long = 8

    def __init__(self, tool: Path, folder: Path):
        super().__init__(tool, folder)
        self.by_hand = self.by_tool = False

    def lag(self) -> list[str]:
        return [f"--lag={self.seed}"]

    def fresh(self) -> None:
        super().fresh()
        self.by_hand = self.by_tool = False

    def before_tool(self) -> None:
        if self.by_hand:
            self.let_time_pass()
        self.by_tool = True

    def let_time_pass(self) -> None:
        """Time is calls: so many that ask for nothing."""
        for _ in range(self.long):
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as wire:
                # Without a signature it is refused, and counts all the same.
                wire.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                while wire.recv(4096):
                    pass
        self.by_hand = self.by_tool = False

    def client(self, service: str, region: str = REGION):
        is_new = (self.port, service, region) not in self.clients
        client = super().client(service, region)
        if is_new:
            client.meta.events.register("before-call", self.look)
            client.meta.events.register("after-call", self.touch)
        return client

    def look(self, **_: object) -> None:
        """Before a call by hand."""
        if self.by_hand or self.by_tool:
            self.let_time_pass()

    def touch(self, model, **_: object) -> None:
        """After a call by hand."""
        self.by_hand = not model.name.startswith(("Get", "List", "Describe", "Head"))


class SandboxFolder(Sandbox):
    """The simulated account inside the tool's own process; boto3 sees it through a server that runs in between."""

    name = "sandbox-folder"

    def fresh(self) -> None:
        self.stop()
        shutil.rmtree(self.state(), ignore_errors=True)

    def tool_arguments(self) -> list[str]:
        return ["--sandbox", str(self.state())]

    def before_tool(self) -> None:
        """The folder has a lock, so the server must be gone."""
        self.stop()

    def tool_environment(self) -> dict[str, str]:
        return clean_environment()

    def client(self, service: str, region: str = REGION):
        if self.process is None:
            self.serve()
        return super().client(service, region)


class Moto(Backend):
    """An independent simulator, which nobody here wrote."""

    name = "moto"

    def __enter__(self) -> "Moto":
        super().__enter__()
        self.port = free_port()
        command = [sys.executable, "-P", str(MOTO), "-H", "127.0.0.1", "-p", str(self.port)]
        self.start(command, MOTO_IAM_LOAD_MANAGED_POLICIES="true")
        return self

    def fresh(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.url()}/moto-api/reset", method="POST"), timeout=60).read()


def choose(word: str, tool: Path, folder: Path, jobs: int, seed: int) -> list[Backend]:
    """The backends behind a word of the command line, each so many times."""
    SandboxLag.seed = seed
    own = [Sandbox, SandboxFolder]
    kinds = {"sandbox": own, "lag": [SandboxLag], "moto": [Moto], "both": [*own, Moto]}[word]
    return [kind(tool, folder / "backends" / str(number)) for kind in kinds for number in range(jobs)]
