"""A proxy that is as far away as AWS: each call waits, is counted by service and operation, and goes on to a simulator.

It understands just enough HTTP/1.1 for AWS's clients: bodies with a length or in chunks, connections that are kept, and
`Expect: 100-continue`. `GET /-/calls` answers with the counts since it was asked last.
"""

import argparse
import asyncio
import json
import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/aws4_request")
# What S3 tells operations apart by; the rest of a query are values.
SUBRESOURCES = re.compile(
    r"^(acl|accelerate|cors|delete|encryption|lifecycle|location|logging|notification|object-lock|ownershipControls|policy|"
    r"policyStatus|publicAccessBlock|replication|requestPayment|tagging|uploads|versioning|versions|website|list-type)$"
)


def operation(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[str, str]:
    """The service and the operation that a request is for."""
    scope = SCOPE.search(headers.get("authorization", ""))
    service = scope[1] if scope else "unsigned"
    if "x-amz-target" in headers:
        return service, headers["x-amz-target"].split(".")[-1]
    if service in ("iam", "sts"):
        return service, parse_qs(body.decode(errors="replace")).get("Action", ["?"])[0]
    url = urlsplit(target)
    if service == "s3":
        depth = len([part for part in url.path.split("/") if part])
        asked = sorted(key for key in parse_qs(url.query, keep_blank_values=True) if SUBRESOURCES.match(key))
        return service, " ".join([method, ("service", "bucket")[depth] if depth < 2 else "object", *asked])
    path = re.sub(r"/(functions|tags|policy)/[^/]+", r"/\1/*", url.path)
    return service, f"{method} {path}"


async def head_of(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    """The first line, the headers by lower-case name, and the bytes of both; nothing when the other side has hung up."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return first, {name.strip().lower(): value.strip() for name, value in pairs}, raw


async def body_of(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    """A body as it stands on the wire."""
    if "chunked" not in headers.get("transfer-encoding", ""):
        return await reader.readexactly(int(headers.get("content-length", 0)))
    raw = b""
    while True:
        line = await reader.readline()
        size = int(line.split(b";")[0], 16)
        raw += line + await reader.readexactly(size + 2)
        if size == 0:
            return raw


class Proxy:
    """Counts, waits, passes on."""

    def __init__(self, upstream: int, latency: float):
        self.upstream, self.latency = upstream, latency
        self.calls: Counter[tuple[str, str]] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as long as it is kept."""
        try:
            while (head := await head_of(reader)) is not None:
                first, headers, raw = head
                method, target, _ = first.split(" ", 2)
                if headers.get("expect", "").lower() == "100-continue":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    raw = re.sub(rb"(?i)\r\nexpect:[^\r\n]*", b"", raw)
                body = await body_of(reader, headers)
                if target == "/-/calls":
                    writer.write(self.report())
                else:
                    self.calls[operation(method, target, headers, body)] += 1
                    await asyncio.sleep(self.latency)
                    writer.write(await self.answer(method, raw, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, method: str, raw: bytes, body: bytes) -> bytes:
        """What the simulator says; a connection of its own for each call, since it keeps none."""
        raw = re.sub(rb"(?i)\r\nconnection:[^\r\n]*", b"", raw).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(raw + body)
            await writer.drain()
            whole = await reader.read()
        finally:
            writer.close()
        top, _, rest = whole.partition(b"\r\n\r\n")
        top = re.sub(rb"(?i)\r\nconnection:[^\r\n]*", b"", top)
        if method != "HEAD" and not re.search(rb"(?i)\r\n(content-length|transfer-encoding):", top):
            top += b"\r\nContent-Length: " + str(len(rest)).encode()
        return top + b"\r\n\r\n" + rest

    def report(self) -> bytes:
        """The counts, which begin anew."""
        counted = sorted(([*key, count] for key, count in self.calls.items()), key=lambda row: (row[0], -row[2], row[1]))
        self.calls.clear()
        body = json.dumps(counted).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


async def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", type=int, required=True)
    parser.add_argument("--latency", type=float, default=40, help="milliseconds")
    options = parser.parse_args()
    proxy = Proxy(options.upstream, options.latency / 1000)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", options.port, limit=1 << 20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
