"""Call, Answer, Routes: what every handler of the four OpenStack APIs is written with.

Raw ASGI underneath: a framework's route layer costs more than the whole rest of a forwarded call.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from activities.pods.versions import Version
from activities.wiring import Services
from models.bodies import Judge
from models.documents import parse
from models.errors import BadRequest, NotAllowed, NotFound, PodUnavailable, TooLarge
from models.values import Caller

_NOBODY = Caller("", "", ())
# Where an argument stands in the tree of routes: no segment has a slash.
_ANY = "/"
Receive = Callable[[], Awaitable[Any]]
Headers = list[tuple[bytes, bytes]]
# Letters, digits and the marks that mean nothing (RFC 3986), needlessly encoded.
_PLAIN = re.compile("%(2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])")
_SLASHES = re.compile("/{2,}")
# How JSON spells it.
_NULL = b"\\u0000"


@dataclass(slots=True)
class Answer:
    """What goes out: a JSON-able body, raw bytes, or a stream."""

    status: int = 200
    body: Any = None
    headers: Headers = field(default_factory=list)
    raw: bytes | None = None
    stream: AsyncIterator[bytes] | None = None


@dataclass(slots=True)
class Call:
    """One request, authenticated and routed.

    ``path`` starts after the version (``/servers/detail``); ``base`` is the public address of this
    API without version (``http://gateway:19999/compute``), for links. ``project`` is what stood
    between version and path (``/<project id>``), where anything did, and ``series`` the version as
    links name it (``v2.1``). ``version`` is the microversion, once somebody has asked for it.
    ``root`` is what stands for the API in its addresses (``/compute``); ``jobs`` are the ids of
    the operations that were accepted for it. ``missing`` are the pods without whose word it is
    answered, with why; ``strict``: then it is not answered. ``ours`` is what the query says to the
    gateway alone, and links to other pages say again. ``peer`` is the client's address and port.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    services: Services
    base: str
    receive: Receive
    limit: int
    caller: Caller = _NOBODY
    args: dict[str, str] = field(default_factory=dict)
    request_id: str = ""
    root: str = ""
    jobs: list[str] = field(default_factory=list)
    project: str = ""
    series: str = ""
    version: Version | None = None
    missing: list[PodUnavailable] = field(default_factory=list)
    strict: bool = False
    ours: Sequence[tuple[str, str]] = ()
    peer: Any = None

    @property
    def address(self) -> str:
        """What the address of a path below the version begins with, project and all."""
        return f"{self.base.rstrip('/')}/{self.series}{self.project}"

    @property
    def params(self) -> list[tuple[str, str]]:
        """The query string's pairs, in order, repeats kept."""
        if "&" in self.query:
            most = self.services.settings.max_query_parameters
            if self.query.count("&") >= most:
                reason = f"The query has more than {most} parameters (max_query_parameters)."
                raise BadRequest(reason, "HTTPBadRequest")
        return parse_qsl(self.query, keep_blank_values=True)

    def param(self, name: str, default: str = "") -> str:
        """Return the last value of a query parameter."""
        return next((v for k, v in reversed(self.params) if k == name), default)

    async def body(self) -> bytes:
        """Return the whole body; ``TooLarge`` past the limit of JSON bodies."""
        parts: list[bytes] = []
        size = 0
        async for part in self.chunks():
            size += len(part)
            if size > self.limit:
                raise TooLarge(f"The body is larger than {self.limit} bytes.")
            parts.append(part)
        return b"".join(parts)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the body as it arrives."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise BadRequest("The client went away in the middle of the body.")
            more = message.get("more_body", False)
            yield message.get("body", b"")

    async def json(self, key: str = "", judge: Judge | None = None) -> dict[str, Any]:
        """Return the body as an object, or the object under its key; ``BadRequest`` otherwise.

        The judge of an API that has schemas sees the whole body first.
        """
        raw = await self.body()
        body = parse(raw, self.services.settings.max_body_values)
        if _NULL in raw and _has_null(body):
            # As in an address: PostgreSQL takes it for an error of ours.
            raise BadRequest("Malformed request body: a null character.", "HTTPBadRequest")
        if judge is not None:
            judge(body, "body")
        if key and isinstance(body, dict):
            if key not in body:
                raise BadRequest(f"Invalid input: '{key}' is missing.", "HTTPBadRequest")
            body = body[key]
        if not isinstance(body, dict):
            what = f"'{key}'" if key else "the body"
            raise BadRequest(f"Invalid input: {what} is not an object.", "HTTPBadRequest")
        return body


def _has_null(body: Any) -> bool:
    parts = [body]
    while parts:
        part = parts.pop()
        if isinstance(part, str) and "\0" in part:
            return True
        if isinstance(part, dict):
            parts += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            parts += part
    return False


def canonical(path: str) -> str:
    """Return the address in its plain spelling: letters as they are, one slash for several.

    What has a meaning of its own stays encoded: ``%2F`` is no slash between segments.
    """
    return _SLASHES.sub("/", _PLAIN.sub(lambda found: chr(int(found[1], 16)), path))


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, who serves it, and who may use it by default.

    ``module`` is the module of the path's noun, where the route was found.
    """

    method: str
    path: str
    handler: Handler
    admin: bool = False
    module: str = ""

    def rule(self, service: str) -> str:
        """Return the name of its policy rule, e.g. ``network:post:/routers``."""
        return f"{service}:{self.method.lower()}:{self.path}"


class Routes:
    """Paths with ``{args}`` to handlers, matched segment by segment; literal before argument."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}
        self._depth = 0
        self.declared: list[Route] = []

    def add(self, route: "Route") -> None:
        """Serve the route, unless its method and path are served already."""
        if self._serve(route, route.path):
            self.declared.append(route)

    def _serve(self, route: "Route", path: str) -> bool:
        node = self._root
        names = []
        segments = _segments(path)
        self._depth = max(self._depth, len(segments))
        for segment in segments:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                segment = _ANY
            node = node.setdefault(segment, {})
        methods = node.setdefault("", {})
        if route.method in methods:
            return False
        methods[route.method] = (route, names)
        return True

    def route(
        self, method: str, path: str, *, admin: bool = False
    ) -> Callable[[Handler], Handler]:
        """Decorate the handler of ``method path``; ``admin``: for admins by default."""

        def register(handler: Handler) -> Handler:
            self.add(Route(method, path, handler, admin))
            return handler

        return register

    def include(self, other: "Routes") -> None:
        """Take over another collection's routes; those already here win."""
        for route in other.declared:
            self.add(route)

    def with_handlers(self, change: Callable[[Handler], Handler]) -> "Routes":
        """Return the same routes, their handlers changed."""
        changed = Routes()
        for route in self.declared:
            changed.add(replace(route, handler=change(route.handler)))
        return changed

    def in_either_spelling(self) -> "Routes":
        """Return the same routes, each collection served with ``-`` and with ``_`` in its name."""
        both = Routes()
        both.include(self)
        for route in self.declared:
            collection, slash, rest = route.path.strip("/").partition("/")
            for spelling in (collection.replace("_", "-"), collection.replace("-", "_")):
                both._serve(route, f"{spelling}{slash}{rest}")
        return both

    def match(self, method: str, path: str) -> tuple["Route", dict[str, str]]:
        """Return route and arguments; ``NotFound`` or ``NotAllowed``."""
        found = self.find(method, path)
        if found is None:
            raise NotFound("The resource could not be found.", "HTTPNotFound")
        return found

    def find(self, method: str, path: str) -> tuple["Route", dict[str, str]] | None:
        """Return route and arguments, or None; ``NotAllowed``."""
        found = self._find(_segments(path)) if self.reaches(path) else None
        if found is None:
            return None
        methods, values = found
        if method not in methods:
            raise NotAllowed(f"{method} is not supported here.")
        route, names = methods[method]
        return route, dict(zip(names, values, strict=True))

    def reaches(self, path: str) -> bool:
        """Tell whether the path is not too long for any of these; a slash at its end counts."""
        return path.count("/") <= self._depth + 1

    def _find(self, segments: list[str]) -> tuple[dict[str, Any], list[str]] | None:
        node, values, at = self._root, list[str](), 0
        # Where an argument may stand for what a literal has led away from.
        turns: list[tuple[dict[str, Any], list[str], int]] = []
        while True:
            if at == len(segments):
                if "" in node:
                    return node[""], values
            elif head := segments[at]:
                at += 1
                if head in node:
                    if _ANY in node:
                        turns.append((node[_ANY], [*values, unquote(head)], at))
                    node = node[head]
                    continue
                if _ANY in node:
                    node, values = node[_ANY], [*values, unquote(head)]
                    continue
            if not turns:
                return None
            node, values, at = turns.pop()


def _segments(path: str) -> list[str]:
    """Return the segments between the slashes; the root has none."""
    inner = path.strip("/")
    return inner.split("/") if inner else []
