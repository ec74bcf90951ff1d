"""Routers: what joins subnets, in however many pods they lie."""

from typing import Any

from models.database.record import Field, Unstored, attribute, fixed, unstored
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import (
    BOOLEAN,
    BOOLEAN_OR_NONE,
    DESCRIPTION,
    GATEWAY_INFO,
    MOST_FIXED_IPS,
    MOST_ROUTES,
    NAME,
    ROUTES,
    TAGS,
    TEXT,
    TEXT_LIST,
    ZONE_HINTS,
)
from models.resource import Kind


class Router(Owned, table="routers"):
    """A router."""

    name: Field[str] = attribute(NAME, default="", copied=True)
    description: Field[str] = attribute(DESCRIPTION, default="")
    admin_state_up: Field[bool] = attribute(BOOLEAN, default=True, copied=True)
    external_gateway_info: Field[dict[str, Any] | None] = attribute(
        GATEWAY_INFO, most=MOST_FIXED_IPS
    )
    availability_zone_hints: Field[list[str]] = attribute(ZONE_HINTS, default=[], put=False)
    routes: Field[list[dict[str, str]]] = attribute(
        ROUTES, default=[], post=False, most=MOST_ROUTES
    )
    # Taken from an admin, and without effect, as by a Neutron with OVN.
    ha: Unstored[bool | None] = unstored(BOOLEAN_OR_NONE, post=True, put=True, admin=True)
    distributed: Unstored[bool | None] = unstored(BOOLEAN_OR_NONE, post=True, put=True, admin=True)
    availability_zones: Unstored[list[str]] = unstored(TEXT_LIST)
    status: Field[str] = fixed(TEXT, default="ACTIVE")
    tags: Field[list[str]] = fixed(TAGS, default=[])


ROUTERS = Kind(Router, "router", "routers", "/routers", "RouterNotFound")
