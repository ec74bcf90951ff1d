"""The compute API under /compute."""

from activities.wiring import Services
from api import versions
from api.auth import Tokens
from api.compute import (
    aggregates,
    availability_zones,
    flavors,
    interfaces,
    ips,
    keypairs,
    limits,
    quota_sets,
    server_actions,
    servers,
    volume_attachments,
)
from api.compute.proxy import PROXY
from api.http import Routes
from api.microversions import COMPUTE as VERSIONS
from api.policy import Policy
from api.service import ServiceApp
from models.resources.compute import COMPUTE

PREFIX = "/compute"
_MODULES = (
    flavors,
    keypairs,
    aggregates,
    availability_zones,
    limits,
    quota_sets,
    servers,
    server_actions,
    interfaces,
    volume_attachments,
    ips,
)


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    for module in _MODULES:
        routes.include(module.routes)
    routes.include(PROXY.routes(COMPUTE))
    return routes


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    services.versions.start()
    services.creations.start()
    return ServiceApp(
        "compute",
        "v2.1",
        services,
        tokens,
        policy,
        routes=VERSIONS.guard(declared()),
        public=versions.compute(),
        finish=VERSIONS.finish,
    )
