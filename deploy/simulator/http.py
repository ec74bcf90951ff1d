"""The little HTTP the simulator needs: a request, a response and a route table.

No framework: a simulated region has to cost far less CPU than the gateway it stands behind,
or a benchmark would measure the simulator.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

Json = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

_SLASHES = re.compile("/{2,}")
JSON_TYPE = (b"content-type", b"application/json")


class BadBody(ValueError):
    """The body is not what the call needs; each API says so in its own words."""


def pick(document: Any, *path: str) -> Any:
    """What lies below a path of keys; `BadBody` when there is no such path."""
    for key in path:
        if not isinstance(document, dict) or key not in document:
            raise BadBody(f"the body has no '{'.'.join(path)}'")
        document = document[key]
    return document


@dataclass(slots=True)
class Request:
    """One request, read completely."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    origin: str = ""
    id: str = ""
    params: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The decoded body; `BadBody` when it is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise BadBody(str(error)) from error

    def document(self) -> Json:
        """The decoded body, which must be an object."""
        document = self.json()
        if not isinstance(document, dict):
            raise BadBody("the body is no object")
        return document

    def envelope(self, key: str) -> Json:
        """The object below `key`, which must be the body's only content that matters."""
        inner = pick(self.json(), key)
        if not isinstance(inner, dict):
            raise BadBody(f"the body has no object '{key}'")
        return inner

    def all(self, key: str) -> list[str]:
        """Every value given for one query argument."""
        return [value for name, value in self.query if name == key]

    def arg(self, key: str, default: str = "") -> str:
        """The last value given for one query argument."""
        values = self.all(key)
        return values[-1] if values else default

    def flag(self, key: str) -> bool:
        """Whether a query argument is given with a true value."""
        return self.arg(key).lower() in ("1", "true", "t", "yes", "on")


@dataclass(slots=True)
class Response:
    """One answer, held in memory."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def reply(
    document: Any, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None
) -> Response:
    """A JSON answer."""
    return Response(status, orjson.dumps(document), [JSON_TYPE, *(headers or [])])


def empty(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status)


async def read_request(scope: Scope, receive: Receive) -> Request | None:
    """The whole request, or None when the caller went away while sending it."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        method=scope["method"],
        path=_SLASHES.sub("/", scope["path"]),
        query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        headers=headers,
        body=b"".join(chunks),
        origin=f"http://{headers.get('host', '127.0.0.1')}",
    )


async def send_response(response: Response, send: Send) -> None:
    """Send an answer in two messages, with its length."""
    length = (b"content-length", str(len(response.body)).encode())
    headers = response.headers if response.status == 204 else [*response.headers, length]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
