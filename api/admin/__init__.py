"""The Admin API, ours, under /v1.0: pods, bindings, routings, jobs."""

from activities.wiring import Services
from api.admin import bindings, jobs, pods, routings
from api.admin.versions import PUBLIC
from api.auth import Tokens
from api.http import Routes
from api.policy import Policy
from api.service import ServiceApp

PREFIX = "/"


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    for module in (pods, bindings, routings, jobs):
        routes.include(module.ROUTES)
    return routes


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    return ServiceApp("admin", "v1.0", services, tokens, policy, routes=declared(), public=PUBLIC)
