"""Something between the tool and an account: it counts the calls and refuses those that a case wants refused.

The sandbox lets everybody do everything; a reader with too few permissions is made here. What is refused is refused in the
form of its service, so that the tool sees what it would see of AWS.
"""

import http.client
import importlib.util
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PROXY = Path(__file__).resolve().parent.parent.parent / "benches" / "proxy.py"


def operation_of():
    """The measurements' own way to tell which operation a request is for."""
    spec = importlib.util.spec_from_file_location("bench_proxy", PROXY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.operation


OPERATION = operation_of()
MESSAGE = "User: arn:aws:iam::123456789012:user/reader is not authorized to perform this"


def refusal(service: str) -> tuple[str, dict[str, str], bytes]:
    """`AccessDenied` as a service says it: code, headers, body."""
    if service in ("iam", "sts"):
        body = f"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{MESSAGE}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        return "text/xml", {}, body.encode()
    if service == "s3":
        body = f"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>{MESSAGE}</Message><RequestId>r</RequestId></Error>"
        return "application/xml", {}, body.encode()
    name = "AccessDeniedException"
    return "application/x-amz-json-1.1", {"x-amzn-ErrorType": name}, json.dumps({"__type": name, "Message": MESSAGE, "message": MESSAGE}).encode()


class Between:
    """The calls that came by, and those that don't go on."""

    def __init__(self, upstream: int, refused: frozenset[tuple[str, str]]):
        self.upstream, self.refused = upstream, refused
        self.calls: Counter[tuple[str, str]] = Counter()
        # What was asked, in order.
        self.bodies: list[tuple[tuple[str, str], bytes]] = []
        between = self

        class Handler(BaseHTTPRequestHandler):
            """One connection."""

            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                """One request."""
                between.pass_on(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = handle_any

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        """Counts, and refuses or asks the account."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        headers = {key.lower(): value for key, value in handler.headers.items()}
        call = OPERATION(handler.command, handler.path, headers, body)
        self.calls[call] += 1
        self.bodies.append((call, body))
        if call in self.refused:
            kind, more, answer = refusal(call[0])
            reply(handler, 403, {"Content-Type": kind} | more, answer)
            return
        wire = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=60)
        wire.request(handler.command, handler.path, body, dict(handler.headers.items()))
        found = wire.getresponse()
        answer = found.read()
        kept = {key: value for key, value in found.getheaders() if key.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server")}
        # What HEAD tells of the length is that of the body which it leaves out.
        length = found.getheader("Content-Length") if handler.command == "HEAD" else None
        wire.close()
        reply(handler, found.status, kept | ({"Content-Length": length} if length else {}), answer)


def reply(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    """Sends one answer."""
    handler.send_response(status)
    for key, value in headers.items():
        handler.send_header(key, value)
    if "Content-Length" not in headers and status not in (204, 304):
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


@contextmanager
def between(upstream: int, refused: frozenset[tuple[str, str]]) -> Iterator[tuple[str, Between]]:
    """Where the account can be reached this way, and who has heard it."""
    one = Between(upstream, refused)
    thread = threading.Thread(target=one.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{one.server.server_address[1]}", one
    finally:
        one.server.shutdown()
        one.server.server_close()
        thread.join()
