"""The Admin API, ours, under /v1.0: pods, bindings, routings, jobs, the topology page."""

from activities.wiring import Services
from api.admin import adoptable, audit, bindings, jobs, placement, pods, routings, topology
from api.admin.versions import PUBLIC
from api.auth import Tokens
from api.http import Answer, Call, Routes
from api.policy import Policy
from api.service import ServiceApp

PREFIX = "/"


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    for module in (pods, bindings, placement, routings, adoptable, audit, jobs, topology):
        routes.include(module.ROUTES)
    return routes


class AdminApp(ServiceApp):
    """Shows a browser that has no token the page that asks for one."""

    async def _handle(self, call: Call) -> Answer:
        return topology.welcome(call) or await super()._handle(call)


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    return AdminApp("admin", "v1.0", services, tokens, policy, routes=declared(), public=PUBLIC)
