"""The gateway process: settings in, one ASGI application out, one or two listeners."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI

from activities.wiring import Services, open_services
from api.admin import Admin
from api.auth import Tokens
from api.compute import Compute
from api.connections import Connection, Crowd
from api.image import Image
from api.network import Network
from api.policy import BadPolicy, Policy, default
from api.service import ServiceApp
from api.volume import Volume
from models import logs
from models.settings import Settings
from workflows.outbox import TemporalOutbox

Apis = tuple[type[ServiceApp], ...]
APIS: Apis = (Compute, Network, Volume, Image, Admin)
# Discovery right after the start should say the truth; a dead pod must not keep us from serving.
_START_SECONDS = 2.0
# A request makes some hundred objects, hardly ever in circles.
_GC_OBJECTS = 20_000


class Prefixes:
    """The APIs, each under its prefix. Built at start, when there is a loop to build in.

    A call of an OpenStack API goes there at once: FastAPI's own layers would take
    as long as all that a forwarded call is about. The rest (the Admin API, start and end) is
    FastAPI's.
    """

    def __init__(self, apis: Apis, policy: Policy) -> None:
        self._apis = apis
        self._policy = policy
        self.apps: dict[str, ServiceApp] = {}
        self.rest: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the request under its prefix; ``/compute`` is ``/compute/``, as in catalogs."""
        if scope["type"] == "http":
            prefix = "/" + scope["path"].lstrip("/").partition("/")[0]
            app = self.apps.get(prefix)
            if app is not None and prefix != Admin.prefix:
                scope["root_path"] = scope.get("root_path", "") + prefix
                await app(scope, receive, send)
                return
        await self.rest(scope, receive, send)

    def build(self, services: Services, settings: Settings) -> None:
        """Make the APIs on the open services."""
        tokens = Tokens(settings, services.regions, self._policy.administers)
        running: dict[str, int] = {}
        for api in self._apis:
            self.apps[api.prefix] = api(services, tokens, self._policy, running)
        services.versions.start()
        services.creations.start()

    def app(self, prefix: str) -> Any:
        """Return an ASGI application that is the API of the prefix from start on."""

        async def serve(scope: Any, receive: Any, send: Any) -> None:
            await self.apps[prefix](scope, receive, send)

        return serve


def create_app(settings: Settings, apis: Apis = APIS) -> tuple[Prefixes, FastAPI]:
    """Return the application of all APIs, and that of the network API at the root.

    ``BadPolicy`` where the operator's policy cannot be meant.
    """
    rules = {
        route.rule(api.name): default(route) for api in apis for route in api.routes().declared
    }
    prefixes = Prefixes(apis, Policy(settings.policy_file, rules, system=settings.system_scope))
    endpoints = {api.name: api.endpoint for api in apis if api.endpoint}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        outbox = TemporalOutbox(settings)
        async with open_services(settings, outbox, endpoints) as services:
            prefixes.build(services, settings)
            await services.versions.ready(_START_SECONDS)
            # What is there now stays: no collection has to look through it again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_GC_OBJECTS, 20, 50)
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/", prefixes.app(Admin.prefix))
    prefixes.rest = app
    root = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    root.mount("/", prefixes.app(Network.prefix))
    return prefixes, root


async def serve(settings: Settings, apis: Apis = APIS) -> None:
    """Serve until a signal says stop."""
    app, root = create_app(settings, apis)
    # Where a request came from is read from its headers where it is needed, if at all.
    quiet: dict[str, Any] = {"access_log": False, "log_config": None, "server_header": False}
    quiet |= {
        "proxy_headers": False,
        "ws": "none",
        "http": partial(Connection, crowd=Crowd(settings)),
    }
    servers = [uvicorn.Server(uvicorn.Config(app, settings.host, settings.port, **quiet))]
    if settings.network_port:
        config = uvicorn.Config(root, settings.host, settings.network_port, **quiet)
        servers.append(uvicorn.Server(config))
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    # One listener that ends, by signal or because its port is taken, ends the process.
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


def run(apis: Apis = APIS) -> None:
    """Start the gateway: the console script ``gateway-api``."""
    logs.set_up()
    try:
        uvloop.run(serve(Settings(), apis))
    except BadPolicy as error:
        raise SystemExit(f"TRIO2O_POLICY_FILE: {error}") from None
