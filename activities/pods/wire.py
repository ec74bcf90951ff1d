"""Wire: HTTP/1.1 to pods, as little of it as a forwarded call needs.

A general client's sessions, cookies, redirects and streams take longer than all the rest of a
forwarded call; here a request is one write, and its answer one future. Bodies are held in memory:
what has to be streamed goes another way. How many calls a service gets at once, its gate says.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from activities.pods.connection import MOST_BYTES, Broken, PodConnection, Reply, Unreached
from activities.pods.gate import Gate, Health
from activities.pods.probes import Probes
from models.errors import BadRequest

_IDLE_SECONDS = 15.0
# A pod may close a connection in the moment we take it for the next call. Whether it has done what
# was asked is unknown then, so only what changes nothing is asked again: a second DELETE would be
# answered 404, a second POST would make a second object. Those take no connection that has waited
# for long: some servers close it after five seconds.
_REPEATABLE = ("GET", "HEAD")
_FRESH_SECONDS = 2.0
_WITH_BODY = ("POST", "PUT", "PATCH")
# Ours to say: a caller's word on these would contradict what is sent.
_FRAMING = {"accept-encoding", "connection", "content-length", "host", "transfer-encoding"}
# What would end the request line, or the path before its time.
_UNSAFE = re.compile(r"[^!-~]|#")
_SAFE = "!\"$%&'()*+,/:;<=>?@[\\]^`{|}"


class Wire:
    """Connections to pods, kept for the next call. Redirects are answers like any other."""

    def __init__(
        self,
        connect_seconds: float,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        *,
        calls: int = 100,
        queue_seconds: float = 10.0,
        failures: int = 3,
        most: int = MOST_BYTES,
    ) -> None:
        """``connect_seconds`` bound the wait for who answers nobody else meanwhile, either.

        A service gets so many ``calls`` at once, others wait for so long; one that leaves so many
        questions in a row unanswered, each for ``connect_seconds``, is not asked until it answers.
        No answer has more bytes than the ``most``.
        """
        self._most = most
        self._connect_seconds = connect_seconds
        self._context = context
        self._limits = calls, queue_seconds
        self._roots: dict[str, _Root] = {}
        self._origins: dict[str, _Origin] = {}
        self._tls: ssl.SSLContext | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._probes = Probes(self._gates, self._is_there, connect_seconds, failures)

    async def ask(
        self,
        method: str,
        root: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> Reply:
        """Send one request to the service at ``root`` and return its answer.

        ``Broken`` when there was none in time, or none at all; ``Unreached`` when nothing was
        sent. Who is cancelled meanwhile takes the connection with him.
        """
        known = self._roots.get(root) or self._learn(root)
        origin, gate = known.origin, known.gate
        if gate.shut is not None:
            raise Unreached(str(gate.shut))
        request = _request(method, known.prefix + path, origin.netloc, headers, body)
        loop = asyncio.get_running_loop()
        turns = gate.turns
        if turns.taken >= turns.limit:
            await turns.wait()
        else:
            turns.taken += 1
        now = loop.time()
        if not gate.asked:
            gate.asked = now
        until = now + seconds
        repeatable = method in _REPEATABLE
        try:
            kept = origin.kept(now - (_IDLE_SECONDS if repeatable else _FRESH_SECONDS))
            reply = None
            if kept is not None:
                try:
                    reply = await self._exchange(loop, origin, kept, method, request, until)
                except Broken:
                    if kept.answering or not repeatable or loop.time() >= until:
                        raise
            if reply is None:
                try:
                    fresh = await self._connect(loop, origin, until)
                except Unreached as error:
                    if kept is not None:
                        # The first time it may have been.
                        raise Broken(str(error)) from error
                    raise
                reply = await self._exchange(loop, origin, fresh, method, request, until)
        finally:
            turns.give()
        gate.asked = 0.0
        if gate.shut is not None:
            gate.answered()
        return reply

    @asynccontextmanager
    async def streaming(self, root: str) -> AsyncIterator[Gate]:
        """Let what is streamed through the gate of the service, another way; ``Unreached``.

        Who streams tells the gate when it is ``answered``.
        """
        gate = (self._roots.get(root) or self._learn(root)).gate
        if gate.shut is not None:
            raise Unreached(str(gate.shut))
        streams = gate.streams
        if streams.taken >= streams.limit:
            await streams.wait()
        else:
            streams.taken += 1
        gate.asked = gate.asked or asyncio.get_running_loop().time()
        try:
            yield gate
        finally:
            streams.give()

    def health(self, root: str) -> Health:
        """Return whether the service at ``root`` is asked, and if not, why."""
        known = self._roots.get(root)
        return known.gate.health if known is not None else Health()

    def answers(self, root: str) -> bool:
        """Tell whether the service at ``root`` has answered somebody just now."""
        known = self._roots.get(root)
        since = asyncio.get_running_loop().time() - self._connect_seconds
        return known is not None and known.origin.heard >= since

    def close(self) -> None:
        """Close what is kept."""
        self._probes.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for origin in self._origins.values():
            origin.close_before(float("inf"))

    async def _exchange(
        self,
        loop: asyncio.AbstractEventLoop,
        origin: "_Origin",
        connection: PodConnection,
        method: str,
        request: bytes,
        until: float,
    ) -> Reply:
        try:
            reply = await connection.ask(loop, request, until, headless=method == "HEAD")
        except TimeoutError:
            raise Broken("no answer in time") from None
        finally:
            # Cut in the middle: what still comes would be taken for the next call's answer.
            connection.cut_if_busy()
        origin.heard = loop.time()
        if connection.open:
            self._keep(loop, origin, connection)
        return reply

    async def _connect(
        self, loop: asyncio.AbstractEventLoop, origin: "_Origin", until: float
    ) -> PodConnection:
        """Return a new connection; ``Unreached``.

        How long that is waited for is not this request's to say: a pod that answers others has
        only a long queue of new connections.
        """
        if origin.secure and self._tls is None:
            self._tls = self._context()
        deadline = asyncio.timeout_at(until)
        looked = loop.time()
        timer: asyncio.TimerHandle

        def look() -> None:
            nonlocal looked, timer
            silent, looked = origin.heard < looked, loop.time()
            if silent:
                deadline.reschedule(looked)
            else:
                timer = loop.call_later(self._connect_seconds, look)

        timer = loop.call_later(self._connect_seconds, look)
        try:
            async with deadline:
                _, connection = await loop.create_connection(
                    lambda: PodConnection(self._most),
                    origin.host,
                    origin.port,
                    ssl=self._tls if origin.secure else None,
                )
        except TimeoutError:
            raise Unreached("no answer in time") from None
        except OSError as error:
            raise Unreached(type(error).__name__) from error
        finally:
            timer.cancel()
        origin.heard = loop.time()
        return connection

    def _gates(self) -> Iterator[tuple[str, Gate]]:
        return ((root, known.gate) for root, known in self._roots.items())

    async def _is_there(self, root: str) -> bool:
        """Tell whether the service answers a new connection, whatever it says."""
        known = self._roots[root]
        origin = known.origin
        loop = asyncio.get_running_loop()
        until = loop.time() + self._connect_seconds
        request = _request("GET", f"{known.prefix}/", origin.netloc, {"Accept": "*/*"}, None)
        try:
            fresh = await self._connect(loop, origin, until)
            await self._exchange(loop, origin, fresh, "GET", request, until)
        except Broken:
            return False
        return True

    def _learn(self, root: str) -> "_Root":
        parts = urlsplit(root)
        origin = self._origins.get(f"{parts.scheme}://{parts.netloc}")
        if origin is None:
            secure = parts.scheme == "https"
            port = parts.port or (443 if secure else 80)
            origin = _Origin(parts.hostname or "", port, parts.netloc.rpartition("@")[2], secure)
            self._origins[f"{parts.scheme}://{parts.netloc}"] = origin
        known = self._roots[root] = _Root(origin, parts.path, Gate(*self._limits))
        self._probes.start()
        return known

    def _keep(
        self, loop: asyncio.AbstractEventLoop, origin: "_Origin", connection: PodConnection
    ) -> None:
        connection.since = origin.heard
        origin.idle.append(connection)
        if self._sweeper is None:
            self._sweeper = loop.call_later(_IDLE_SECONDS, self._sweep, loop)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close what nobody has used for a while."""
        self._sweeper = None
        for origin in self._origins.values():
            origin.close_before(loop.time() - _IDLE_SECONDS)
        if any(origin.idle for origin in self._origins.values()):
            self._sweeper = loop.call_later(_IDLE_SECONDS, self._sweep, loop)


@dataclass(frozen=True, slots=True)
class _Root:
    """One service: where it is, what comes before its paths, and the way to it."""

    origin: "_Origin"
    prefix: str
    gate: Gate


@dataclass(slots=True)
class _Origin:
    """One address, and the connections to it that wait for a call, the last used one last."""

    host: str
    port: int
    netloc: str
    secure: bool
    # When it last answered, or took a connection.
    heard: float = 0.0
    idle: list[PodConnection] = field(default_factory=list)

    def kept(self, since: float) -> PodConnection | None:
        """Return the connection used last, if it is still open and was in use since then."""
        while self.idle and self.idle[-1].since >= since:
            connection = self.idle.pop()
            if connection.open:
                return connection
        return None

    def close_before(self, time: float) -> None:
        """Close those that have waited since before a time."""
        for connection in self.idle:
            if connection.since < time:
                connection.close()
        self.idle = [connection for connection in self.idle if connection.open]


def _request(
    method: str, target: str, netloc: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    if _UNSAFE.search(target):
        target = quote(target, safe=_SAFE)
    lines = [f"{method} {target} HTTP/1.1", f"Host: {netloc}", "Accept-Encoding: identity"]
    lines += [f"{name}: {headers[name]}" for name in headers if name.lower() not in _FRAMING]
    if body is not None or method in _WITH_BODY:
        lines.append(f"Content-Length: {len(body or b'')}")
    head = "\r\n".join(lines)
    if head.count("\r") != len(lines) - 1 or head.count("\n") != len(lines) - 1 or "\0" in head:
        raise BadRequest("A header has a line break or a null character.")
    return (head + "\r\n\r\n").encode("latin-1") + (body or b"")
