"""Connections of clients: uvicorn's, with limits, and what is written together goes out together.

uvicorn writes the head of an answer and its body one after the other, and each is a system call
and a packet of its own: a tenth of all that a forwarded call costs.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from models.settings import Settings

_HELD_BYTES = 65_536
# Requests that wait on one connection for the answer to the one before them.
_PIPELINED = 16
# So long what a client still sends is thrown away, for it to read why nobody listens.
_FAREWELL_SECONDS = 1.0


class Crowd:
    """All connections of a process, and how many there are from each address."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._open = 0
        self._from: dict[str, int] = {}

    def refusal(self, address: str) -> HTTPStatus | None:
        """Return why one more from the address is one too many, or None."""
        if self._open >= self.settings.max_connections:
            return HTTPStatus.SERVICE_UNAVAILABLE
        if self._from.get(address, 0) >= self.settings.max_connections_per_address:
            return HTTPStatus.TOO_MANY_REQUESTS
        return None

    def come(self, address: str) -> None:
        """Count one more."""
        self._open += 1
        self._from[address] = self._from.get(address, 0) + 1

    def gone(self, address: str) -> None:
        """Count one less."""
        self._open -= 1
        left = self._from[address] - 1
        if left:
            self._from[address] = left
        else:
            del self._from[address]


class Connection(HttpToolsProtocol):
    """uvicorn's connection on a ``Joining`` transport, for as long as its client sends.

    What comes whole costs a look at two numbers; clocks run for what comes in parts.
    """

    def __init__(self, *args: Any, crowd: Crowd, **options: Any) -> None:
        super().__init__(*args, **options)
        self._crowd = crowd
        self._limits = crowd.settings
        self._below: asyncio.Transport
        self._address: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        # Of a head that has come in part: its bytes so far, and since when.
        self._head = 0
        self._since = 0.0
        self._chunk = 0
        self._refused: HTTPStatus | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Serve what comes on it, unless there are too many."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        self._below = transport
        refusal = self._crowd.refusal(address)
        if refusal is not None:
            _say_farewell(transport, refusal, self.loop)
            return
        self._crowd.come(address)
        self._address = address
        super().connection_made(Joining(transport, self.loop))
        self._since = self.loop.time()
        self._timer = self.loop.call_later(self._limits.head_timeout, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._timer is not None:
            self._timer.cancel()
        if self._address is not None:
            self._crowd.gone(self._address)
            self._address = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; what is no HTTP, or too much of it, ends the connection."""
        self._unset_keepalive_if_required()
        self._chunk = len(data)
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            pass
        except HttpParserError:
            self._refuse(self._refused or HTTPStatus.BAD_REQUEST)
            return
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope:
            self._head_goes_on()
        elif cycle.more_body:
            self._since = self.loop.time()
            self._watch(self._limits.body_timeout)
        else:
            self._head = 0

    def on_headers_complete(self) -> None:
        """Begin with the request, unless its head is too large."""
        if len(self.url) > self._limits.max_url_bytes:
            self._refused = HTTPStatus.REQUEST_URI_TOO_LONG
        elif self._head + self._chunk > self._limits.max_head_bytes and self._size() > (
            self._limits.max_head_bytes
        ):
            self._refused = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        elif self.pipeline and len(self.pipeline) >= _PIPELINED:
            self._refused = HTTPStatus.TOO_MANY_REQUESTS
        else:
            self._head = 0
            super().on_headers_complete()
            return
        # The parser says no more of it than that it failed.
        raise ValueError(self._refused.phrase)

    def _size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _head_goes_on(self) -> None:
        if not self._head:
            self._since = self.loop.time()
        self._head += self._chunk
        self._watch(self._limits.head_timeout)
        if self._head <= min(self._limits.max_url_bytes, self._limits.max_head_bytes):
            return
        # Before the first header everything is the address.
        if not self.headers and self._head > self._limits.max_url_bytes:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif self._head > self._limits.max_head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _watch(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """End what has come in part for too long."""
        self._timer = None
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope:
            seconds = self._limits.head_timeout
        elif cycle.more_body and not cycle.response_complete:
            seconds = self._limits.body_timeout
            if self.flow.read_paused:
                # Nobody reads it: the client cannot go on.
                self._since = self.loop.time()
        else:
            return
        left = self._since + seconds - self.loop.time()
        if left > 0:
            self._watch(left)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, and end it; whoever works on its request hears that the client is away."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self._below.abort()
                return
        self.pipeline.clear()
        _say_farewell(self._below, status, self.loop, self)


class _Farewell(asyncio.Protocol):
    """Throws away what still comes on a connection, which is told to nobody but its owner."""

    def __init__(self, owner: asyncio.Protocol | None) -> None:
        self._owner = owner

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner."""
        if self._owner is not None:
            self._owner.connection_lost(exc)


def _say_farewell(
    transport: asyncio.Transport,
    status: HTTPStatus,
    loop: asyncio.AbstractEventLoop,
    owner: asyncio.Protocol | None = None,
) -> None:
    """Answer without a look at what is asked; close when the client may have read that.

    Closed at once, what it still sends would take the answer away from it.
    """
    again = "Retry-After: 1\r\n" if status in (429, 503) else ""
    said = f"{status.value} {status.phrase}\n"
    transport.set_protocol(_Farewell(owner))
    transport.write(
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\n{again}"
        f"Content-Length: {len(said)}\r\nConnection: close\r\n\r\n{said}".encode()
    )
    if transport.can_write_eof():
        transport.write_eof()
        transport.resume_reading()
    loop.call_later(_FAREWELL_SECONDS, transport.close)


class Joining(asyncio.Transport):
    """Writes once for all that is written before the loop turns, or sooner if that is much."""

    def __init__(self, below: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._below = below
        self._loop = loop
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send the data, after what was written before it."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(bytes(data))
        self._size += len(data)
        if self._size > _HELD_BYTES:
            self._flush()

    def close(self) -> None:
        """Close it when everything is sent."""
        self._flush()
        self._below.close()

    def abort(self) -> None:
        """Close it now."""
        self._below.abort()

    def is_closing(self) -> bool:
        """Tell whether it is closed, or about to be."""
        return self._below.is_closing()

    def pause_reading(self) -> None:
        """Take no more data for the moment."""
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Take data again."""
        self._below.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection: addresses, TLS."""
        return self._below.get_extra_info(name, default)

    def _flush(self) -> None:
        held, self._held = self._held, []
        self._size = 0
        if held and not self._below.is_closing():
            self._below.writelines(held)
