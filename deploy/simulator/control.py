"""The control API: what tests use to break a region and to look inside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from deploy.simulator.cloud import Cloud
from deploy.simulator.clouds_yaml import clouds
from deploy.simulator.http import (
    BadBody,
    Json,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    empty,
    read_request,
    reply,
    send_response,
)
from deploy.simulator.routes import NoRoute, Routes, WrongMethod


class Unknown(LookupError):
    """No region or fault of that name."""


class Control:
    """The ASGI application of the control port."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.routes: Routes[Callable[[Request], Awaitable[Response]]] = Routes()
        add = self.routes.add
        add("GET", "/", self.describe)
        add("POST", "/faults", self.add_fault)
        add("GET", "/faults", self.faults)
        add("DELETE", "/faults", self.clear_faults)
        add("DELETE", "/faults/{id}", self.drop_fault)
        add("POST", "/regions/{name}/die", self.die)
        add("POST", "/regions/{name}/revive", self.revive)
        add("PUT", "/regions/{name}/withdrawn", self.withdraw)
        add("GET", "/inventory", self.inventory)
        add("GET", "/calls", self.calls)
        add("DELETE", "/calls", self.clear_calls)
        add("PUT", "/settings", self.change_settings)
        add("POST", "/tenants", self.add_tenant)
        add("POST", "/tokens/expire", self.expire_tokens)
        add("POST", "/reset", self.reset)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        if request is None:
            return
        try:
            handler, request.params = self.routes.find(request.method, request.path)
            response = await handler(request)
        except (NoRoute, Unknown) as error:
            response = reply({"error": f"there is no {error}"}, 404)
        except WrongMethod:
            response = reply({"error": "not with this method"}, 405)
        except BadBody as error:
            response = reply({"error": str(error)}, 400)
        await send_response(response, send)

    def description(self) -> Json:
        """Where everything is; what the command prints when it is ready."""
        cloud = self.cloud
        return {
            "auth_url": cloud.auth_url,
            "image": cloud.listener("image").origin,
            "gateway": cloud.gateway,
            "regions": {name: cloud.catalog.urls[name] for name in cloud.names},
            "clouds": clouds(cloud),
        }

    async def describe(self, request: Request) -> Response:
        """`GET /`."""
        alive = {name: cloud.alive for name, cloud in self._listeners().items()}
        return reply({**self.description(), "alive": alive})

    async def add_fault(self, request: Request) -> Response:
        """`POST /faults`: see `faults.Fault` for the fields."""
        return reply(self.cloud.watch.faults.add(request.json()).document(), 201)

    async def faults(self, request: Request) -> Response:
        """`GET /faults`: with the number of requests each has met."""
        rules = self.cloud.watch.faults.rules.values()
        return reply({"faults": [fault.document() for fault in rules]})

    async def clear_faults(self, request: Request) -> Response:
        """`DELETE /faults`."""
        self.cloud.watch.faults.rules.clear()
        return empty()

    async def drop_fault(self, request: Request) -> Response:
        """`DELETE /faults/<id>`."""
        wanted = request.params["id"]
        rules = self.cloud.watch.faults.rules
        if not wanted.isdigit() or rules.pop(int(wanted), None) is None:
            raise Unknown(f"fault {wanted}")
        return empty()

    async def die(self, request: Request) -> Response:
        """`POST /regions/<name>/die`: connections are refused from now on."""
        self._listener(request).close()
        return empty()

    async def revive(self, request: Request) -> Response:
        """`POST /regions/<name>/revive`: on the same port, with everything remembered."""
        await self._listener(request).open()
        return empty()

    async def withdraw(self, request: Request) -> Response:
        """`PUT /regions/<name>/withdrawn [type, ...]`: what the catalogue has no endpoint of."""
        name, kinds = request.params["name"], request.json()
        if name not in self.cloud.regions:
            raise Unknown(f"region {name}")
        if not isinstance(kinds, list) or set(kinds) - set(self.cloud.catalog.urls[name]):
            raise BadBody("types of services are a list")
        self.cloud.catalog.withdraw(name, set(kinds))
        return empty()

    async def inventory(self, request: Request) -> Response:
        """`GET /inventory[?region=][&count=1]`."""
        wanted = request.arg("region")
        if wanted and wanted not in self.cloud.regions:
            raise Unknown(f"region {wanted}")
        found: Json = {
            name: region.inventory()
            for name, region in self.cloud.regions.items()
            if wanted in ("", name)
        }
        if request.flag("count"):
            found = {
                name: {
                    service: {kind: len(rows) for kind, rows in kinds.items()}
                    for service, kinds in services.items()
                }
                for name, services in found.items()
            }
        return reply(found[wanted] if wanted else {**found, **self._shared(request)})

    async def calls(self, request: Request) -> Response:
        """`GET /calls[?region=][&service=][&method=][&path=<part>]`."""
        rows = [record.document() for record in self.cloud.watch.log.records]
        for key in ("region", "service", "method"):
            wanted = request.arg(key)
            rows = [row for row in rows if wanted in ("", row[key])]
        part = request.arg("path")
        return reply({"calls": [row for row in rows if part in row["path"]]})

    async def clear_calls(self, request: Request) -> Response:
        """`DELETE /calls`."""
        self.cloud.watch.log.clear()
        return empty()

    async def change_settings(self, request: Request) -> Response:
        """`PUT /settings`: latency and build_delay, in seconds."""
        given = request.json()
        if not isinstance(given, dict):
            raise BadBody("settings are an object")
        self.cloud.settings.change(given)
        return empty()

    async def add_tenant(self, request: Request) -> Response:
        """`POST /tenants {"name", "project"?, "roles"?}`: a user, and how it signs in."""
        given = request.json()
        name = given.get("name") if isinstance(given, dict) else None
        if not isinstance(name, str) or self.cloud.identity.user_named(name) is not None:
            raise BadBody("a tenant needs a name that no other has")
        roles = tuple(given.get("roles") or ("member", "reader"))
        user = self.cloud.identity.add_user(name, str(given.get("project") or name), roles)
        made: dict[str, Any] = clouds(self.cloud)[name]
        return reply({**made, "project_id": user.project.id, "user_id": user.id}, 201)

    async def expire_tokens(self, request: Request) -> Response:
        """`POST /tokens/expire {"user"?, "token"?}`: as if their time were over."""
        given = request.json() if request.body else {}
        ended = self.cloud.identity.expire(given.get("user"), given.get("token"))
        return reply({"expired": ended})

    async def reset(self, request: Request) -> Response:
        """`POST /reset`: as at the start, but users and tokens stay."""
        await self.cloud.reset()
        return empty()

    def _shared(self, request: Request) -> Json:
        return {} if request.flag("count") else self.cloud.inventory()

    def _listeners(self) -> dict[str, Any]:
        return {name: self.cloud.listener(name) for name in self.cloud.doors}

    def _listener(self, request: Request) -> Any:
        name = request.params["name"]
        if name not in self.cloud.doors:
            raise Unknown(f"region {name}")
        return self.cloud.listener(name)
