"""ServiceApp: one OpenStack API as a raw ASGI application."""

import logging
import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import orjson
from temporalio.exceptions import ApplicationError

from activities.pods.region import ENDPOINTS, Endpoint
from activities.wiring import Services
from api.access_rules import permit
from api.auth import Tokens
from api.errors import Dialect, render
from api.http import Answer, Call, Receive, Route, Routes, canonical
from api.microversions import Microversions
from api.nouns import gather
from api.owners import target
from api.policy import Policy
from api.proxy import Proxy
from api.versions import document
from models.compute.checks import boolean
from models.errors import BadRequest, GatewayError, NotAllowed, NotFound, TooMany, Unauthorized
from models.failures import lacking
from models.logs import REQUEST_ID
from models.operations import ACCEPTED
from models.resource import Resource
from models.values import Caller

LOG = logging.getLogger(__name__)
_JSON = (b"content-type", b"application/json")
# What a query says to the gateway alone.
_STRICT = "strict"
_SERVICE_TOKEN = "x-service-token"
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
Send = Callable[[Any], Any]


class ServiceApp:
    """One API: the facts about it, and the authentication, dialect and ids around its routes.

    A subclass states the facts. ``name`` begins its policy rules and says what is asked of a pod.
    It is served under ``prefix``, below any of its ``versions``; the first is the one in links.
    What it serves are the files of its ``folder`` (``api.nouns``); one that is no more than this
    class has no folder, and ``resources`` that are passed through. Its failures are told in its
    ``dialect``. To an ``exact`` API a slash at the end of a path is an empty id, and a path
    is not there with a method that it does not have. Its version documents are told by the methods
    of ``told_by``, or by any where there are none.
    Some APIs take a ``suffix`` off paths that says what clients like to read; to the others it is
    part of a name. ``request_id_header`` is the API's own, beside the one that all have.
    ``endpoint`` is where pods have it, where that is none of the endpoints that all know.
    """

    name: ClassVar[str]
    prefix: ClassVar[str]
    versions: ClassVar[tuple[str, ...]]
    dialect: ClassVar[Dialect]
    folder: ClassVar[str] = ""
    resources: ClassVar[tuple[Resource, ...]] = ()
    microversions: ClassVar[Microversions | None] = None
    exact: ClassVar[bool] = False
    suffix: ClassVar[str] = ""
    told_by: ClassVar[tuple[str, ...]] = ("GET", "HEAD")
    request_id_header: ClassVar[bytes] = b""
    endpoint: ClassVar[Endpoint | None] = None

    def __init__(
        self, services: Services, tokens: Tokens, policy: Policy, running: dict[str, int]
    ) -> None:
        """``running`` are the requests that all APIs work on, by projects."""
        self._running = running
        self._most = services.settings.max_project_requests
        # Cinder's paths may carry the project between version and resource, old Nova's too.
        names = "|".join(re.escape(name) for name in self.versions)
        self._version = re.compile(rf"/(?:{names})(/[0-9a-f]{{32}})?(?=/|$)")
        self._services = services
        self._tokens = tokens
        self._policy = policy
        self._routes = self.routes()
        if self.microversions:
            self._routes = self.microversions.guard(self._routes)
        self._public = self.public()
        endpoint = self.endpoint or ENDPOINTS.get(self.name)
        self._types = endpoint.types if endpoint else ()
        self._strict = services.settings.list_strict

    @classmethod
    def routes(cls) -> Routes:
        """Return the routes below the version, which need a token and are judged by policy."""
        if cls.folder:
            return gather(cls.folder)
        routes = Routes()
        for route in Proxy(cls.name, cls.microversions).routes(cls.resources).declared:
            routes.add(replace(route, module=cls.__module__))
        return routes

    @classmethod
    def public(cls) -> Routes:
        """Return the routes that need no token, by their paths with the version."""
        return gather(cls.folder, "PUBLIC") if cls.folder else document(cls.versions[0])

    @classmethod
    def address(cls, path: str) -> str:
        """Return where a path below the version is served: ``/compute/v2.1/servers``."""
        return f"{cls.prefix.rstrip('/')}/{cls.versions[0]}{path}"

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; never raises for what a client or a pod did."""
        if scope["type"] != "http":
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        root = scope.get("root_path", "")
        # raw_path keeps %2F apart from the slashes between segments.
        full = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        if "?" in full:
            full = full.split("?", 1)[0]
        if "%" in full or "//" in full:
            full = canonical(full)
        call = Call(
            method=scope["method"],
            path=full.removeprefix(root) or "/",
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            services=self._services,
            base=self._base(scope, headers) + root,
            root=root,
            receive=receive,
            limit=self._services.settings.max_body_bytes,
            request_id=_request_id(),
            series=self.versions[0],
            peer=scope.get("client"),
        )
        REQUEST_ID.set(call.request_id)
        ACCEPTED.set(call.jobs)
        answer = await self._answer(call)
        if self.microversions:
            self.microversions.finish(call, answer)
        await self._send(call, answer, send)

    async def _answer(self, call: Call) -> Answer:
        try:
            return _encoded(await self._handle(call))
        except GatewayError as error:
            auth_url = await self._services.regions.identity_url() if error.status == 401 else ""
            return render(self.dialect, error, auth_url)
        except ApplicationError as error:
            LOG.error("%s %s: %s", call.method, call.path, error.message)
            return render(self.dialect, GatewayError(error.message))
        except Exception:
            LOG.exception("%s %s", call.method, call.path)
            return render(
                self.dialect, GatewayError(f"Unexpected failure, see log for {call.request_id}.")
            )

    async def _handle(self, call: Call) -> Answer:
        if "%00" in call.path or "%00" in call.query:
            # No name holds it, and PostgreSQL takes it for an error of ours.
            raise BadRequest("The address has a null character.", "HTTPBadRequest")
        if ("/." in call.path or "/%" in call.path) and _DOTS.search(call.path):
            # On its way to a pod it would become another address.
            raise NotFound("The resource could not be found.", "HTTPNotFound")
        if call.method == "OPTIONS" or self._public.reaches(call.path):
            document = await self._document(call)
            if document is not None:
                return document
        versioned = self._version.match(call.path)
        if not versioned:
            return await self.elsewhere(call)
        caller = await self._caller(call)
        call.caller = caller.asking(call.request_id)
        call.project = versioned[1] or ""
        if call.project and call.project[1:] != call.caller.project_id:
            raise BadRequest("Malformed request url")
        call.path = call.path[versioned.end() :] or "/"
        if call.path != "/" and call.path.endswith("/") and self.exact:
            raise NotFound("The resource could not be found.", "HTTPNotFound")
        route, call.args = self._route(call)
        rule = route.rule(self.name)
        if not self._policy.check(rule, call.caller):
            self._policy.judge(rule, call.caller, await target(call, self.name, route))
        if call.method in ("GET", "HEAD"):
            call.strict = self._strict
            if _STRICT in call.query:
                self._take_strictness(call)
        running, project = self._running, call.caller.project_id
        others = running.get(project, 0)
        if others >= self._most:
            raise TooMany("Too many requests of this project at once.", after="1")
        running[project] = others + 1
        try:
            answer = await route.handler(call)
        finally:
            # No entry stays for who asks nothing.
            if others := running[project] - 1:
                running[project] = others
            else:
                del running[project]
        if call.missing and call.strict:
            raise lacking(call.missing, "a complete answer needs its part")
        return answer

    async def _caller(self, call: Call) -> Caller:
        token, service = call.headers.get("x-auth-token", ""), call.headers.get(_SERVICE_TOKEN)
        if service:
            # A service goes on with what its user was permitted to begin.
            return await self._tokens.served(token, service, call.peer)
        caller = await self._tokens.caller(token, call.peer)
        rules = caller.credentials.access_rules
        if rules is not None:
            paths = (call.path, call.root + call.path)
            if not permit(rules, self._types, call.method, paths):
                raise Unauthorized("The request you have made requires authentication.")
        return caller

    async def elsewhere(self, call: Call) -> Answer:
        """Answer what is below none of the versions: whoever asks may know that."""
        raise NotFound("The resource could not be found.", "HTTPNotFound")

    async def _document(self, call: Call) -> Answer | None:
        """Return what needs no token, None where the path is of something that does."""
        method = call.method
        if method == "OPTIONS" or not self.told_by or method in self.told_by:
            method = "GET"
        public = self._public.find(method, call.path)
        answer = None
        if public is not None:
            call.args = public[1]
            answer = await public[0].handler(call)
        if call.method != "OPTIONS":
            return answer
        # Who asks what may be asked of them hears yes from all services, whatever he has in mind.
        return answer if answer is not None and answer.status == 200 else Answer()

    def _route(self, call: Call) -> tuple[Route, dict[str, str]]:
        try:
            return self._routes.match(call.method, call.path.removesuffix(self.suffix))
        except NotAllowed as error:
            if not self.exact:
                raise
            raise NotFound("The resource could not be found.", "HTTPNotFound") from error

    def _take_strictness(self, call: Call) -> None:
        """Have the call say whether it wants all or nothing; pods never hear of that."""
        call.ours = [pair for pair in call.params if pair[0] == _STRICT]
        if call.ours:
            parts = call.query.split("&")
            call.query = "&".join(part for part in parts if part.partition("=")[0] != _STRICT)
            # The word alone says yes.
            call.strict = boolean(call.ours[-1][1] or "true", _STRICT)

    def _base(self, scope: Any, headers: dict[str, str]) -> str:
        public = self._services.settings.public_url
        if public:
            return public.rstrip("/")
        scheme = headers.get("x-forwarded-proto", scope.get("scheme", "http"))
        return f"{scheme}://{headers.get('host', 'localhost')}"

    async def _send(self, call: Call, answer: Answer, send: Send) -> None:
        body = _encoded(answer).raw
        headers = list(answer.headers)
        headers.append((b"x-openstack-request-id", call.request_id.encode()))
        named = self.request_id_header
        if named and named not in dict(headers):
            headers.append((named, call.request_id.encode()))
        if call.missing and answer.status < 400:
            names = ", ".join(sorted({failure.pod for failure in call.missing}))
            headers.append((b"x-trio2o-missing-pods", names.encode()))
        if call.jobs and answer.status < 400:
            origin = call.base.removesuffix(call.root)
            urls = ", ".join(f"{origin}/v1.0/jobs/{id_}" for id_ in call.jobs)
            headers.append((b"x-trio2o-job", urls.encode()))
        if body is not None:
            headers.append((b"content-length", str(len(body)).encode()))
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        await send(start)
        if answer.stream is not None:
            async for part in answer.stream:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": body or b""})


def _request_id() -> str:
    """Return an id that no other request has; nobody is kept from guessing it."""
    text = f"{random.getrandbits(128):032x}"
    return f"req-{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _encoded(answer: Answer) -> Answer:
    """Return the answer with its bytes, where it is no stream."""
    if answer.raw is None and answer.stream is None:
        answer.raw = b"" if answer.body is None else orjson.dumps(answer.body)
        if answer.body is not None:
            answer.headers.append(_JSON)
    return answer
