"""The block storage API under /volume."""

from activities.wiring import Services
from api import versions
from api.auth import Tokens
from api.http import Routes
from api.microversions import VOLUME as VERSIONS
from api.policy import Policy
from api.service import ServiceApp
from api.volume import availability_zones, limits, quota_sets, volumes
from api.volume.proxy import PROXY
from models.resources.volume import VOLUME

PREFIX = "/volume"


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    for own in (volumes.routes, availability_zones.routes, limits.routes, quota_sets.routes):
        routes.include(own)
    routes.include(PROXY.routes(VOLUME))
    return routes


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    services.versions.start()
    services.creations.start()
    return ServiceApp(
        "volume",
        "v3",
        services,
        tokens,
        policy,
        routes=VERSIONS.guard(declared()),
        public=versions.volume(),
        finish=VERSIONS.finish,
    )
