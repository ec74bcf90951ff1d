"""The network API under /network."""

from activities.wiring import Services
from api import versions
from api.auth import Tokens
from api.http import Answer, Call, Routes
from api.network import (
    availability_zones,
    extensions,
    networks,
    ports,
    quotas,
    routers,
    security_group_rules,
    security_groups,
    subnets,
)
from api.network.collection import serve
from api.network.tags import serve_tags
from api.policy import Policy
from api.service import ServiceApp
from models.resources.network import FLOATINGIPS, NETWORK, ROUTERS, SECURITY_GROUPS

PREFIX = "/network"


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    return ServiceApp(
        "network", "v2.0", services, tokens, policy, routes=declared(), public=versions.network()
    )


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    for module in (networks, subnets, ports, routers, security_groups, security_group_rules):
        routes.include(module.routes)
    routes.include(serve(ROUTERS, lambda s: s.routers))
    routes.include(serve(FLOATINGIPS, lambda s: s.floatingips))
    routes.include(serve_tags(ROUTERS, lambda s: s.routers))
    routes.include(serve_tags(FLOATINGIPS, lambda s: s.floatingips))
    routes.include(serve_tags(SECURITY_GROUPS, lambda s: s.security_groups))
    for module in (extensions, availability_zones, quotas):
        routes.include(module.routes)
    routes.route("GET", "/")(_resources)
    return routes


async def _resources(call: Call) -> Answer:
    """List the collections, as Neutron does below its version."""
    resources = [
        {
            "name": kind.member,
            "collection": kind.collection,
            "links": [{"rel": "self", "href": f"{call.base}/v2.0{kind.path}"}],
        }
        for kind in NETWORK
    ]
    return Answer(200, {"resources": resources})
