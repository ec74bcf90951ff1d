"""A cloud as fast as Python can be one: Keystone and many regions, in one process.

The simulator judges what it is asked; here every answer is made once and sent as it is, so that
what is measured is what lies in front of it. ``python -m tests.bench.cloud --regions 3`` prints
one line of JSON that says where everything is, and serves until it is stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import uuid
from typing import Any, cast

import orjson
import uvloop
from httptools import HttpRequestParser

from tests.bench.documents import PROJECT, Cloud

_PIECE = b"\0" * 262_144


class Connection(asyncio.Protocol):
    """One connection to a region. Bodies are counted and forgotten."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self._cloud, self._name = cloud, name
        self._parser: Any = HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._member = False
        self._known: dict[bytes, bytes] = {}
        self._writable = asyncio.Event()
        self._writable.set()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def on_message_begin(self) -> None:
        self._url = b""

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"x-subject-token":
            self._member = value.startswith(b"m")

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._cloud.received += len(body)

    def on_message_complete(self) -> None:
        key = self._name + " " + self._url.decode().partition("?")[0]
        calls = self._cloud.calls
        calls[key] = calls.get(key, 0) + 1
        if self._name == "control":
            self._write(self._control(self._url.decode()))
        elif self._name == "identity":
            asyncio.get_running_loop().call_later(
                self._cloud.latency.get("identity", 0.0), self._write, self._identity()
            )
        elif b"/file" in self._url and self._parser.get_method() == b"GET":
            self._task = asyncio.ensure_future(self._download())
        elif b"/file" in self._url:
            self._write(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")
        else:
            self._region()

    def _region(self) -> None:
        known = self._known.get(self._url)
        if known is None:
            status, document = self._cloud.answer(self._name, self._url.decode())
            known = self._known[self._url] = _http(status, document)
        seconds = self._cloud.latency.get(self._name, 0.0)
        if seconds < 0:
            return
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._write, known)
        else:
            self._write(known)

    def _identity(self) -> bytes:
        path, method = self._url.decode(), self._parser.get_method()
        if path.startswith("/v3/auth/tokens"):
            catalog = "nocatalog" not in path
            document = self._cloud.token(catalog=catalog, member=self._member)
            if method == b"POST":
                return _http(201, document, f"X-Subject-Token: {uuid.uuid4().hex}\r\n")
            return _http(200, document)
        if path == "/v3/auth/catalog":
            return _http(200, {"catalog": self._cloud.catalog()})
        if path.startswith("/v3/projects") or path.startswith("/v3/regions"):
            return _http(200, {"project": {"id": PROJECT}})
        links = [{"rel": "self", "href": f"{self._cloud.origin('identity')}/v3/"}]
        version = {"id": "v3.14", "status": "stable", "links": links}
        many = path.strip("/") == ""
        return _http(200, {"versions": {"values": [version]}} if many else {"version": version})

    def _control(self, url: str) -> bytes:
        """``/latency/<region>/<seconds>`` (negative: never), ``/each/<n>``, ``/newest/<n>``."""
        parts = url.strip("/").split("/")
        if parts[0] == "latency":
            self._cloud.latency[parts[1]] = float(parts[2])
        elif parts[0] == "each":
            self._cloud.each = int(parts[1])
        elif parts[0] == "newest":
            self._cloud.newest = int(parts[1])
        elif parts[0] == "forget":
            self._cloud.calls.clear()
            self._cloud.received = 0
        return _http(200, {"calls": self._cloud.calls, "received": self._cloud.received})

    async def _download(self) -> None:
        """Send as many bytes as the image's name says: ``/images/<bytes>/file``."""
        parts = self._url.decode().split("/")
        left = int(parts[parts.index("file") - 1])
        kind = "Content-Type: application/octet-stream\r\n"
        self._write(f"HTTP/1.1 200 OK\r\n{kind}Content-Length: {left}\r\n\r\n".encode())
        while left:
            await self._writable.wait()
            piece = _PIECE[:left]
            self._write(piece)
            left -= len(piece)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


def _http(status: int, document: Any, more: str = "") -> bytes:
    body = orjson.dumps(document)
    kind = "Content-Type: application/json\r\n"
    head = f"HTTP/1.1 {status} OK\r\n{kind}{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _serve(number: int) -> None:
    cloud = Cloud([f"Pod{n + 1}" for n in range(number)])
    loop = asyncio.get_running_loop()
    for name in ("identity", "control", *cloud.regions):
        # One function for each name: a lambda would see the last one only.
        server = await loop.create_server(_maker(cloud, name), "127.0.0.1", 0, backlog=1024)
        cloud.ports[name] = server.sockets[0].getsockname()[1]
    sys.stdout.write(orjson.dumps({"ports": cloud.ports}).decode() + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _maker(cloud: Cloud, name: str) -> Any:
    return lambda: Connection(cloud, name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regions", type=int, default=1)
    uvloop.run(_serve(parser.parse_args().regions))
