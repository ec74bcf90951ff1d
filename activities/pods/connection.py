"""PodConnection: one TCP or TLS connection to a pod, one request and its answer at a time."""

import asyncio
from collections.abc import Mapping
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

# Status, headers by their names in small letters, body.
Reply = tuple[int, Mapping[bytes, bytes], bytes]

_HEAD_BYTES = 65_536
# Of an answer that is held.
MOST_BYTES = 67_108_864


class _Nowhere(dict[bytes, bytes]):
    """Headers that nobody asked for: what follows a body says nothing of what went before it."""

    def __setitem__(self, name: bytes, value: bytes) -> None:
        pass


_TRAILERS = _Nowhere()


class Broken(Exception):
    """There is no answer, or not all of one; says why."""


class Unreached(Broken):
    """There is no connection: nothing of the request was sent."""


class PodConnection(asyncio.Protocol):
    """One connection to a pod; one exchange at a time."""

    __slots__ = (
        "_answer",
        "_head",
        "_headers",
        "_headless",
        "_most",
        "_parser",
        "_parts",
        "_room",
        "_status",
        "_timer",
        "_told",
        "_transport",
        "_until",
        "answering",
        "open",
        "since",
    )

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.open = False
        self.since = 0.0
        self._most = most
        # Whether any part of the answer to the last request has come.
        self.answering = False
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._answer: asyncio.Future[Reply] | None = None
        self._until = 0.0
        # Goes off once for many requests: hardly any of them is late.
        self._timer: asyncio.TimerHandle | None = None

    def ask(
        self,
        loop: asyncio.AbstractEventLoop,
        request: bytes,
        until: float,
        *,
        headless: bool,
    ) -> asyncio.Future[Reply]:
        """Send a request; return what will be its answer, a ``Broken`` or a ``TimeoutError``."""
        self.answering = False
        self._headless = headless
        self._head = self._status = 0
        self._room = self._most
        self._headers: dict[bytes, bytes] = {}
        self._told = self._headers
        self._parts: list[bytes] = []
        self._answer = answer = loop.create_future()
        self._until = until
        if self._timer is None or self._timer.when() > until:
            self._watch(loop)
        self._transport.write(request)
        return answer

    def close(self) -> None:
        """Close it, in good order."""
        self.open = False
        self._transport.close()

    def cut_if_busy(self) -> None:
        """End it if its answer has not been read to the end."""
        if self._answer is not None:
            self._fail(Broken("nobody waits for it any more"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can be asked."""
        self._transport = cast(asyncio.Transport, transport)
        self.open = True

    def data_received(self, data: bytes) -> None:
        """Read on; what is no HTTP, or no answer to anything, ends the connection."""
        self.answering = True
        before = len(self._parts)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._fail(Broken("what it answered is no HTTP"))
        if self._answer is not None:
            self._goes_on(len(data), body=len(self._parts) > before)

    def _goes_on(self, size: int, *, body: bool) -> None:
        """Count what has come of an answer that is not at its end; too much ends it."""
        self._room -= size
        if not body:
            # Before it or after it.
            self._head += size
            if self._head > _HEAD_BYTES:
                self._fail(Broken(f"the headers of its answer exceed {_HEAD_BYTES} bytes"))
        if self._room < 0:
            reason = f"its answer exceeds {self._most} bytes (max_pod_answer_bytes)"
            self._fail(Broken(reason))
            self._parts.clear()

    def eof_received(self) -> None:
        """The pod sends no more; the loop closes the rest."""
        self.open = False

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits gets ``Broken``, or an answer that only this end was to mark."""
        self.open = False
        # It refers to this object: both would wait for the garbage collector.
        del self._parser
        if self._timer is not None:
            self._timer.cancel()
        if self._answer is None:
            return
        if error is None and self._status and self._ends_with_connection():
            self._finish()
        elif self.answering:
            self._fail(Broken("it cut the connection in the middle of its answer"))
        else:
            self._fail(Broken("it cut the connection instead of answering"))

    def on_message_begin(self) -> None:
        """From here on the parser speaks: an answer begins."""
        if self._answer is None:
            # Nobody has asked: raised, it ends the connection.
            raise Broken("it answers what nobody has asked")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header of it."""
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Its head is complete."""
        status = self._parser.get_status_code()
        # The real answer comes after those of 1xx.
        self._status = status if status >= 200 else 0
        if self._status:
            self._told, self._headers = self._headers, _TRAILERS
        if self._headless and self._status:
            # The parser waits for the body that the headers describe: it is of no more use.
            self.open = False
            self._finish()

    def on_body(self, part: bytes) -> None:
        """A part of its body, without the marks of chunks."""
        self._parts.append(part)

    def on_message_complete(self) -> None:
        """It is complete."""
        if self._answer is None:
            return
        if not self._status:
            self._headers = {}
            return
        # What is not sent yet of the request would stand before the next one.
        sent = not self._transport.get_write_buffer_size()
        self.open = self.open and sent and self._parser.should_keep_alive()
        self._finish()

    def _ends_with_connection(self) -> bool:
        chunked = b"chunked" in self._told.get(b"transfer-encoding", b"").lower()
        return b"content-length" not in self._told and not chunked

    def _finish(self) -> None:
        answer = self._ended()
        if not self.open:
            self._transport.close()
        parts = self._parts
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        if answer is None or answer.done():
            return
        if self._told.get(b"content-encoding", b"identity") == b"identity":
            answer.set_result((self._status, self._told, body))
        else:
            answer.set_exception(Broken("it compressed its answer, asked not to"))

    def _fail(self, error: Exception) -> None:
        answer = self._ended()
        self.open = False
        self._transport.abort()
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(self._until, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._answer is None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() < self._until:
            self._watch(loop)
        else:
            self._fail(TimeoutError())

    def _ended(self) -> asyncio.Future[Reply] | None:
        answer, self._answer = self._answer, None
        return answer
