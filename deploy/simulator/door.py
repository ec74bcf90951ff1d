"""The way into a service: token, faults and log, the same at every port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.simulator import dialects
from deploy.simulator.calls import CallLog
from deploy.simulator.faults import Fault, Faults
from deploy.simulator.forms import FORMS, RAW, raw, send_in_form
from deploy.simulator.http import (
    Receive,
    Request,
    Response,
    Scope,
    Send,
    empty,
    read_request,
)
from deploy.simulator.identity.state import Identity, Token
from deploy.simulator.ids import new_id
from deploy.simulator.listener import Listener
from deploy.simulator.settings import Settings

Public = Callable[[Request], Response]
Private = Callable[[Token, Request], Response]


@dataclass(slots=True)
class Service:
    """What answers for one service, and what it tells anybody without a token.

    That is what is `public`, asked for by the methods of `told_by` or, where there are none, by
    any; and `elsewhere`, for what is below none of the `series`.
    """

    private: Private | None = None
    public: dict[str, Public] = field(default_factory=dict)
    everything: Public | None = None
    told_by: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    elsewhere: Public | None = None


@dataclass(slots=True)
class Watch:
    """What all doors share."""

    identity: Identity
    faults: Faults
    log: CallLog
    settings: Settings


class Door:
    """The ASGI application of one port."""

    def __init__(self, name: str, services: Callable[[str], tuple[str, Service]], watch: Watch):
        self.name, self.services, self.watch = name, services, watch
        self.listener: Listener | None = None
        self.auth_url = ""
        # What is done for requests that have had no answer.
        self.acting: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, unless a fault says otherwise."""
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        if request is None:
            return
        name, service = self.services(request.path)
        request.id = f"req-{new_id()}"
        query = scope["query_string"].decode("latin-1")
        record = self.watch.log.begin(self.name, name, request, query)
        status: int | None = None
        try:
            faults = self.watch.faults.meeting(self.name, name, request)
            response = await self._response(name, service, request, faults)
            token = self.watch.identity.tokens.get(request.headers.get("x-auth-token", ""))
            if token is not None:
                record.user, record.project = token.user.name, token.project.name
            if response is None:
                await self._cut(scope, receive)
                return
            request_id = request.id.encode()
            response.headers.append((b"x-openstack-request-id", request_id))
            if name == "compute":
                response.headers.append((b"x-compute-request-id", request_id))
            status = response.status
            form = next((fault.kind for fault in faults if fault.kind in FORMS), "")
            if form in RAW:
                await self._end(scope, receive, raw(form, response))
                return
            await send_in_form(form, response, send)
            if form == "hang_up":
                await self._end(scope, receive)
        finally:
            self.watch.log.end(record, status)

    async def _response(
        self, name: str, service: Service, request: Request, faults: list[Fault]
    ) -> Response | None:
        """The answer, or None when the connection is to be cut."""
        kinds = {fault.kind: fault for fault in faults}
        if "belated" in kinds:
            later = asyncio.create_task(
                self._act(name, service, request, kinds["belated"].seconds)
            )
            self.acting.add(later)
            later.add_done_callback(self.acting.discard)
            return None
        wait = self.watch.settings.latency
        if "slow" in kinds:
            wait += kinds["slow"].seconds
        if wait > 0:
            deaths = self._deaths
            await asyncio.sleep(wait)
            if self._deaths != deaths:
                return None
        if "refuse" in kinds:
            return None
        if "status" in kinds:
            fault = kinds["status"]
            response = dialects.refusal(name, fault.status, fault.message, fault.type)
            if fault.retry_after is not None:
                response.headers.append((b"retry-after", str(fault.retry_after).encode()))
            return response
        response = self._answer(name, service, request)
        if "late" in kinds:
            await asyncio.sleep(kinds["late"].seconds)
        return None if "lose" in kinds else response

    async def _act(self, name: str, service: Service, request: Request, seconds: float) -> None:
        deaths = self._deaths
        await asyncio.sleep(seconds)
        if self._deaths == deaths:
            self._answer(name, service, request)

    def _answer(self, name: str, service: Service, request: Request) -> Response:
        if service.everything is not None:
            return service.everything(request)
        told = _told_anybody(service, request)
        if told is not None:
            return told
        headers = request.headers
        token = self.watch.identity.presented(
            headers.get("x-auth-token", ""), headers.get("x-service-token", "")
        )
        if token is None:
            return dialects.unauthorized(self.auth_url)
        if token.scope:
            # Every policy of the services is one of projects.
            return dialects.refusal(name, 403, "Policy doesn't allow it to be performed.")
        if service.private is None:
            return dialects.image(404, "The resource could not be found.")
        return service.private(token, request)

    @property
    def _deaths(self) -> int:
        return self.listener.deaths if self.listener is not None else 0

    async def _end(self, scope: Scope, receive: Receive, data: bytes = b"") -> None:
        if self.listener is not None:
            await self.listener.end(scope, receive, data)

    async def _cut(self, scope: Scope, receive: Receive) -> None:
        if self.listener is not None:
            await self.listener.cut(scope, receive)


def _told_anybody(service: Service, request: Request) -> Response | None:
    """What a service says before it looks at the token; None: nothing."""
    path = request.path.rstrip("/")
    public = service.public.get(path)
    if public is None and not any(f"{path}/".startswith(f"{one}/") for one in service.series):
        public = service.elsewhere
    if request.method == "OPTIONS":
        told = public(request) if public is not None else None
        return told if told is not None and told.status == 200 else empty(200)
    if public is None:
        return None
    if service.told_by and request.method not in service.told_by:
        return empty(405)
    told = public(request)
    return Response(told.status, b"", told.headers) if request.method == "HEAD" else told
