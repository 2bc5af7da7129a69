"""Many clients that write at once, while the server is killed again and again.

Each client keeps a ledger of what the account has acknowledged. After every kill the account is compared with it: what was
acknowledged is there, and a call that was under way is there wholly or not at all.
"""

import http.client
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

KEY = "AKIASTRESS"


class Gone(Exception):
    """The server went away before it answered."""


class Wrong(Exception):
    """The account is not as it was acknowledged to be."""


def send(connection: http.client.HTTPConnection, service: str, method: str, path: str, body: bytes = b"", form: bool = False) -> tuple[int, bytes]:
    """One request; it looks signed, since only the scope counts."""
    now = datetime.now(UTC)
    scope = f"{KEY}/{now:%Y%m%d}/us-east-1/{service}/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
        "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
    }
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Gone from error


def iam(connection: http.client.HTTPConnection, action: str, **parameters: str) -> tuple[int, bytes]:
    """One call of IAM."""
    form = urlencode({"Action": action, "Version": "2010-05-08", **parameters})
    return send(connection, "iam", "POST", "/", form.encode(), form=True)


@dataclass
class Cell:
    """Something that one client alone writes: what it was acknowledged to be, and what a call under way would make it."""

    write: Callable[[http.client.HTTPConnection, int], tuple[int, bytes]]
    read: Callable[[http.client.HTTPConnection], int]
    known: int = 0
    pending: int | None = None

    def step(self, connection: http.client.HTTPConnection) -> None:
        """Writes the next value."""
        self.pending = self.known + 1
        status, body = self.write(connection, self.pending)
        if status not in (200, 204):
            raise Wrong(f"{status} {body!r}")
        self.known, self.pending = self.pending, None

    def verify(self, connection: http.client.HTTPConnection) -> None:
        """Insists on the value, or on the one that was under way."""
        found = self.read(connection)
        if found not in (self.known, self.pending):
            raise Wrong(f"acknowledged {self.known}, under way {self.pending}, found {found}")
        self.known, self.pending = found, None


def content(value: int) -> bytes:
    """The bytes of an object that tell whether it is whole."""
    return f"{value} ".encode() * 4000


def cells(number: int) -> list[Cell]:
    """What a client writes: a tag, an object, its user's name (two files at once), and its place in everybody's group."""
    user, renamed = f"user-{number}", [f"name-{number}", f"other-{number}"]

    def tag(connection: http.client.HTTPConnection, value: int) -> tuple[int, bytes]:
        return iam(connection, "TagUser", UserName=user, **{"Tags.member.1.Key": "n", "Tags.member.1.Value": str(value)})

    def tagged(connection: http.client.HTTPConnection) -> int:
        _, body = iam(connection, "ListUserTags", UserName=user)
        return int(body.split(b"<Value>")[1].split(b"<")[0]) if b"<Value>" in body else 0

    def put(connection: http.client.HTTPConnection, value: int) -> tuple[int, bytes]:
        return send(connection, "s3", "PUT", f"/stress/{user}", content(value))

    def got(connection: http.client.HTTPConnection) -> int:
        status, body = send(connection, "s3", "GET", f"/stress/{user}")
        value = int(body.split()[0]) if status == 200 else 0
        if status == 200 and body != content(value):
            raise Wrong(f"half an object: {body[:40]!r}, {len(body)} bytes")
        return value

    def rename(connection: http.client.HTTPConnection, value: int) -> tuple[int, bytes]:
        return iam(connection, "UpdateUser", UserName=renamed[(value + 1) % 2], NewUserName=renamed[value % 2], NewPath=f"/{value}/")

    def named(connection: http.client.HTTPConnection) -> int:
        found = [body for name in renamed for status, body in [iam(connection, "GetUser", UserName=name)] if status == 200]
        if len(found) != 1:
            raise Wrong(f"{len(found)} users of one that is renamed")
        return int(found[0].split(b"<Path>/")[1].split(b"/")[0] or 0)

    def join(connection: http.client.HTTPConnection, value: int) -> tuple[int, bytes]:
        action = "AddUserToGroup" if value % 2 else "RemoveUserFromGroup"
        return iam(connection, action, GroupName="everybody", UserName=user)

    membership = Cell(join, lambda _: 0)

    def joined(connection: http.client.HTTPConnection) -> int:
        _, body = iam(connection, "ListGroupsForUser", UserName=user)
        is_in = b"everybody" in body
        candidates = [value for value in (membership.pending, membership.known) if value is not None]
        return next((value for value in candidates if bool(value % 2) == is_in), -1)

    membership.read = joined
    return [Cell(tag, tagged), Cell(put, got), Cell(rename, named), membership]


@dataclass
class Client:
    """One client with its ledger."""

    number: int
    port: Callable[[], int]
    ledger: list[Cell] = field(default_factory=list)
    calls: int = 0
    failure: BaseException | None = None

    def begin(self, connection: http.client.HTTPConnection) -> None:
        """Makes what the client writes to."""
        for name in (f"user-{self.number}", f"name-{self.number}"):
            status, body = iam(connection, "CreateUser", UserName=name, Path="/0/")
            if status != 200:
                raise Wrong(body)
        self.ledger = cells(self.number)

    def work(self, end: threading.Event) -> None:
        """Writes until the end, or until the server goes away."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=30)
        try:
            while not end.is_set():
                random.choice(self.ledger).step(connection)
                self.calls += 1
        except Gone:
            pass
        except Exception as error:
            self.failure = error
        finally:
            connection.close()

    def verify(self, connection: http.client.HTTPConnection) -> None:
        """Compares the account with the ledger."""
        if self.failure:
            raise self.failure
        for cell in self.ledger:
            cell.verify(connection)


@dataclass
class Server:
    """How the server is reached, killed and started."""

    port: Callable[[], int]
    kill: Callable[[], None]
    start: Callable[[], None]


def stress(server: Server, clients: int, rounds: list[float]) -> tuple[int, float]:
    """Lets clients write for each round's seconds, kills the server and compares; the calls and the seconds they took."""
    first = http.client.HTTPConnection("127.0.0.1", server.port(), timeout=30)
    send(first, "s3", "PUT", "/stress")
    iam(first, "CreateGroup", GroupName="everybody")
    workers = [Client(number, server.port) for number in range(clients)]
    for worker in workers:
        worker.begin(first)
    first.close()
    spent = 0.0
    for seconds in rounds:
        end = threading.Event()
        threads = [threading.Thread(target=worker.work, args=(end,)) for worker in workers]
        begin = time.monotonic()
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        server.kill()
        spent += time.monotonic() - begin
        end.set()
        for thread in threads:
            thread.join()
        server.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.port(), timeout=30)
        for worker in workers:
            worker.verify(connection)
        connection.close()
    return sum(worker.calls for worker in workers), spent
