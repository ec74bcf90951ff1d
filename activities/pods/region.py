"""Regions: the one door to the pods and to Keystone.

``Wire`` makes every call, with the user's token or the service user's; aiohttp what is streamed.
No call has a thread, so none waits for one that another pod keeps. Whether a failure is worth a
retry is decided here, once.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
from temporalio import activity

from activities.pods.catalog import Catalog, unversioned
from activities.pods.connection import Broken, Reply, Unreached
from activities.pods.faults import failure, fault, reason
from activities.pods.gate import Health
from activities.pods.service_user import ServiceUser
from activities.pods.wire import Wire
from models.database.leases import certain
from models.errors import PodFailed, PodFault, PodUnavailable
from models.failures import TOO_MANY
from models.logs import REQUEST_ID
from models.settings import Settings
from models.values import Pod

_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
# Neutron's conflicts that waiting does not mend.
_LASTING = {
    "OverQuota",
    "VlanIdInUse",
    "FlatNetworkInUse",
    "TunnelIdInUse",
    "MacAddressInUse",
    "IpAddressGenerationFailure",
    "ExternalIpAddressExhausted",
    "NoNetworkAvailable",
}
_REQUEST_ID = "X-OpenStack-Request-ID"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How a service is found: its types in the catalog, and what comes before its paths."""

    types: tuple[str, ...]
    version: str


ENDPOINTS = {
    "compute": Endpoint(("compute",), "/v2.1"),
    "network": Endpoint(("network",), "/v2.0"),
    "volume": Endpoint(("block-storage", "volumev3", "volumev2", "volume", "block-store"), "/v3"),
    "image": Endpoint(("image",), "/v2"),
}


@dataclass(slots=True)
class PodAnswer:
    """What a pod said to a forwarded call. Names of headers are in small letters."""

    pod: Pod
    status: int
    headers: Mapping[bytes, bytes]
    body: bytes
    _parsed: Any = field(default=None, init=False)

    def json(self) -> Any:
        """Return the parsed body, every time the same object.

        A pod that answers no JSON is a broken pod.
        """
        if self._parsed is None:
            try:
                self._parsed = orjson.loads(self.body)
            except orjson.JSONDecodeError:
                raise PodUnavailable(self.pod.pod_name, "it answered no JSON") from None
        return self._parsed

    def judged(self, method: str = "GET") -> "PodAnswer":
        """Return this answer; ``PodUnavailable`` where the pod says that it is not able to.

        A change that was not begun is refused like any other: there is nothing to look for.
        """
        if self.status > TOO_MANY or (self.status == TOO_MANY and method == "GET"):
            failed = failure(self.pod.pod_name, self.status, self.body, self._after)
            if failed is not None:
                raise failed
        return self

    def refusal(self, what: str) -> PodFault:
        """Return the pod's refusal of ``what``, to be raised: as the pod says it."""
        return PodFault(self.pod.pod_name, self.status, self.body, what, after=self._after)

    @property
    def _after(self) -> str:
        return self.headers.get(b"retry-after", b"").decode("latin-1")


class Regions:
    """Calls to any pod, by pod and service: those of ``ENDPOINTS``, and more that are given."""

    def __init__(self, settings: Settings, more: Mapping[str, Endpoint] | None = None) -> None:
        self._settings = settings
        self._endpoints = {**ENDPOINTS, **(more or {})}
        self._user = ServiceUser(settings)
        self._http: aiohttp.ClientSession | None = None
        self._wire = Wire(
            settings.pod_connect_timeout,
            self._user.tls,
            calls=settings.pod_calls,
            queue_seconds=settings.pod_queue_seconds,
            failures=settings.pod_failures,
            most=settings.max_pod_answer_bytes,
        )
        types = {name: endpoint.types for name, endpoint in self._endpoints.items()}
        self.catalog = Catalog(types, settings.pod_interface, self._catalogue)

    async def close(self) -> None:
        """Close every connection that is not in use."""
        await self.catalog.close()
        self._wire.close()
        if self._http is not None:
            await self._http.close()
        self._user.close()

    async def root(self, region: str, service: str) -> str:
        """Return the region's endpoint of a service, without version, from the catalog."""
        catalog = self.catalog
        root = catalog.roots.get((region, service))
        if root is None or time.monotonic() > catalog.until:
            try:
                root = await catalog.find(region, service)
            except PodUnavailable as error:
                raise PodUnavailable(region, f"Keystone: {error.reason}", asked=False) from error
        if root is None:
            wanted = f"{self._settings.pod_interface} {service}"
            reason = f"Keystone's catalog has no {wanted} endpoint for it"
            raise PodUnavailable(region, reason, asked=False)
        return root

    @asynccontextmanager
    async def open(
        self,
        pod: Pod,
        service: str,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: Any = None,
        timeout: float | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Forward a call and give the open answer, to be streamed either way.

        ``path`` starts after the version. By aiohttp, which holds back a sender who is faster
        than the pod; what it costs is nothing beside an image.
        """
        root = await self.root(pod.pod_name, service)
        settings = self._settings
        # One that answers others is only busy.
        busy = self._wire.answers(root)
        limit = aiohttp.ClientTimeout(
            total=timeout,
            sock_connect=settings.pod_timeout if busy else settings.pod_connect_timeout,
            sock_read=self._settings.pod_timeout,
        )
        try:
            async with (
                self._wire.streaming(root) as gate,
                self._client().request(
                    method,
                    root + self._endpoints[service].version + path,
                    headers=_named(headers),
                    data=body,
                    timeout=limit,
                    allow_redirects=False,
                ) as answer,
            ):
                gate.answered()
                yield answer
        except Unreached as error:
            raise _unanswered(pod.pod_name, error) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PodUnavailable(pod.pod_name, reason(error)) from error

    async def forward(
        self,
        pod: Pod,
        service: str,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout: float | None = None,
    ) -> PodAnswer:
        """Forward a call with the given headers (the user's token among them).

        ``PodUnavailable`` when no complete answer came in time.
        """
        root = await self.root(pod.pod_name, service)
        try:
            status, told, content = await self._wire.ask(
                method,
                root,
                self._endpoints[service].version + path,
                _named(headers),
                body,
                timeout or self._settings.pod_timeout,
            )
        except Broken as error:
            raise _unanswered(pod.pod_name, error) from error
        return PodAnswer(pod, status, told, content)

    async def admin(
        self,
        pod: Pod,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        microversion: str = "",
        retry_conflict: bool = False,
    ) -> Any:
        """Call the pod as the service user; return the parsed body, or None where it is empty.

        Raises ``PodUnavailable`` for what a retry may mend (no connection, 408, 429, 5xx, and 409
        with ``retry_conflict``, unless it is one that lasts), ``PodFault`` for its refusals.
        ``PodBusy``, and no call, when a lease was lost that the caller believes to hold.
        """
        headers = {"Accept": "application/json"}
        if microversion:
            kind = {"volume": "volume"}.get(service, service)
            headers["OpenStack-API-Version"] = f"{kind} {microversion}"
        root = await self.root(pod.pod_name, service)
        whole = self._endpoints[service].version + path
        if method != "GET":
            certain()
        status, raw, after = await self._request(pod.pod_name, method, root, whole, headers, body)
        if status < 300:
            made = orjson.loads(raw) if raw else None
            if method != "GET":
                where = path.partition("?")[0]
                activity.logger.info(
                    "%s %s in pod %s: %s %s", method, where, pod.pod_name, status, _id(made)
                )
            return made
        message, kind = fault(raw)
        passing = retry_conflict and status == 409 and kind not in _LASTING
        if status in (TOO_MANY, 500):
            raise PodFailed(pod.pod_name, status, raw, message, after)
        if status in _TRANSIENT or passing:
            raise PodUnavailable(pod.pod_name, f"{status} {message}", answered=status, after=after)
        raise PodFault(pod.pod_name, status, raw, message, kind, after)

    async def marked(self, pod: Pod, path: str, description: str) -> str | None:
        """Return the id of the network object in the pod that carries the mark, if any."""
        query = f"{path}?fields=id&description={quote(description)}"
        found = await self.admin(pod, "network", "GET", query)
        rows = found[path.strip("/").replace("-", "_")]
        return str(rows[0]["id"]) if rows else None

    async def identity(
        self, method: str, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Call Keystone (``path`` from ``/v3`` on) as the service user; return status and body.

        ``PodUnavailable`` where Keystone cannot say, as services answer then.
        """
        root = unversioned(await self._user.auth_url())
        status, body, after = await self._request(
            "Keystone", method, root, path, headers or {}, None
        )
        if status >= 500 or status == TOO_MANY:
            reason = f"it answered {status}"
            raise PodUnavailable("Keystone", reason, answered=status, after=after)
        return status, body

    def health(self, region: str, service: str) -> Health:
        """Return what is known of a service of a pod: nothing where it was never asked."""
        return self._wire.health(self.catalog.roots.get((region, service), ""))

    def gates(self, region: str) -> dict[str, Health]:
        """Return what is known of every service that a pod has."""
        roots = self.catalog.roots
        return {
            service: self.health(region, service)
            for service in self._endpoints
            if (region, service) in roots
        }

    async def _catalogue(self) -> list[dict[str, Any]]:
        """Return the catalogue as Keystone has it now: that of a token is as old as the token."""
        status, body = await self.identity("GET", "/v3/auth/catalog")
        if status != 200:
            raise PodUnavailable("Keystone", f"it answered {status}", answered=status)
        catalogue: list[dict[str, Any]] = orjson.loads(body)["catalog"]
        return catalogue

    async def token(self) -> str:
        """Return a token of the service user, for what is streamed."""
        return await self._user.token()

    async def identity_url(self) -> str:
        """Return Keystone's address, as a 401 names it."""
        return await self._user.auth_url()

    async def _request(
        self,
        region: str,
        method: str,
        root: str,
        path: str,
        headers: Mapping[str, str],
        body: Any,
    ) -> tuple[int, bytes, str]:
        """Call as the service user; return status, body and when to try again.

        A token that is refused has ended before its time: asked once more, with a new one.
        """
        given = {**_named(headers), "User-Agent": "trio2o"}
        sent = None
        if body is not None:
            sent = orjson.dumps(body)
            given["Content-Type"] = "application/json"
        given["X-Auth-Token"] = await self._user.token()
        seconds = self._settings.pod_timeout
        try:
            reply = await self._exchange(method, root, path, given, sent, seconds)
            if reply[0] == 401:
                given["X-Auth-Token"] = await self._user.token(given["X-Auth-Token"])
                reply = await self._exchange(method, root, path, given, sent, seconds)
        except Broken as error:
            raise _unanswered(region, error) from error
        status, told, raw = reply
        return status, raw, told.get(b"retry-after", b"").decode("latin-1")

    async def _exchange(self, method: str, *rest: Any) -> Reply:
        ask = self._wire.ask(method, *rest)
        if method == "GET":
            return await ask
        asking = asyncio.create_task(ask)
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            # What was sent is done all the same. Whoever holds a lease must keep it until then, or
            # the next holder would look for a copy that is only about to be made.
            await asyncio.wait([asking])
            if not asking.cancelled():
                asking.exception()
            raise

    def _client(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, keepalive_timeout=15, ssl=self._user.tls()
                ),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._http


def _unanswered(pod: str, error: Broken) -> PodUnavailable:
    return PodUnavailable(pod, str(error), asked=not isinstance(error, Unreached))


def _named(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers by which the pod's own logs tell whose request a call is for."""
    if _REQUEST_ID in headers:
        return headers
    id_ = REQUEST_ID.get()
    return {_REQUEST_ID: id_, **headers} if id_ else headers


def _id(made: Any) -> str:
    """Return the id of what an answer shows, if it shows one thing."""
    inner = next(iter(made.values()), None) if isinstance(made, dict) else None
    return str(inner.get("id", "")) if isinstance(inner, dict) else ""
