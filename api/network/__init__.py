"""The network API under /network."""

from activities.wiring import Services
from api import versions
from api.auth import Tokens
from api.http import Answer, Call, Routes
from api.network import (
    address_groups,
    agents,
    auto_allocated_topology,
    availability_zones,
    dhcp_agents,
    extensions,
    network_ip_availabilities,
    networks,
    ports,
    quotas,
    routers,
    security_group_rules,
    security_groups,
    subnetpools,
    subnets,
)
from api.network.collection import serve
from api.network.tags import serve_tags
from api.policy import Policy
from api.service import ServiceApp
from models.resources.network import (
    ADDRESS_SCOPES,
    FLOATINGIPS,
    NETWORK,
    RBAC_POLICIES,
    ROUTERS,
    SECURITY_GROUPS,
)

PREFIX = "/network"
_COLLECTIONS = (
    networks,
    subnets,
    ports,
    routers,
    security_groups,
    security_group_rules,
    subnetpools,
    address_groups,
)
_OTHERS = (
    agents,
    auto_allocated_topology,
    availability_zones,
    dhcp_agents,
    extensions,
    network_ip_availabilities,
    quotas,
)


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    return ServiceApp(
        "network", "v2.0", services, tokens, policy, routes=declared(), public=versions.network()
    )


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    for module in _COLLECTIONS:
        routes.include(module.routes)
    routes.include(serve(ROUTERS, lambda s: s.network.routers))
    routes.include(serve(FLOATINGIPS, lambda s: s.network.floatingips))
    routes.include(serve(ADDRESS_SCOPES, lambda s: s.network.address_scopes))
    routes.include(serve(RBAC_POLICIES, lambda s: s.network.rbac_policies))
    routes.include(serve_tags(ROUTERS, lambda s: s.network.routers))
    routes.include(serve_tags(FLOATINGIPS, lambda s: s.network.floatingips))
    routes.include(serve_tags(SECURITY_GROUPS, lambda s: s.network.security_groups))
    for module in _OTHERS:
        routes.include(module.routes)
    routes.route("GET", "/trunks")(_trunks)
    routes.route("GET", "/")(_resources)
    return routes


async def _trunks(call: Call) -> Answer:
    """List no trunks: nobody can make one here, and clients ask without looking first."""
    return Answer(200, {"trunks": []})


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
