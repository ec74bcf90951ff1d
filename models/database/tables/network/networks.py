"""Networks: L2 networks whose truth is the gateway's."""

from sqlalchemy import ForeignKey, Index, String

from models.database.record import Field, Unstored, attribute, column, fixed, unstored
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import (
    BOOLEAN,
    DESCRIPTION,
    INTEGER_IF_SET,
    MTU,
    NAME,
    TAGS,
    TEXT,
    TEXT_IF_SET,
    TEXT_LIST,
    TEXT_OR_NONE,
    UUID_LIST,
    ZONE_HINTS,
)
from models.resource import Kind


class Network(
    Owned,
    table="networks",
    parts=(
        # Why a network is seen that is not the project's own.
        Index("ix_networks_shared", "shared", "created_at", "id"),
        Index("ix_networks_external", "router_external", "created_at", "id"),
    ),
):
    """A network; ``pod_id`` is the pod that it lives in, where it lives in one only."""

    name: Field[str] = attribute(NAME, default="", copied=True)
    description: Field[str] = attribute(DESCRIPTION, default="")
    admin_state_up: Field[bool] = attribute(BOOLEAN, default=True, copied=True)
    shared: Field[bool] = attribute(BOOLEAN, default=False, admin_sets=True)
    router_external: Field[bool] = attribute(
        BOOLEAN, default=False, name="router:external", admin_sets=True
    )
    availability_zone_hints: Field[list[str]] = attribute(ZONE_HINTS, default=[], put=False)
    mtu: Field[int] = attribute(MTU)
    port_security_enabled: Field[bool] = attribute(BOOLEAN, default=True, copied=True)
    is_default: Field[bool] = attribute(BOOLEAN, default=False, admin_sets=True)
    provider_network_type: Field[str | None] = attribute(
        TEXT_IF_SET, name="provider:network_type", put=False, admin=True
    )
    provider_physical_network: Field[str | None] = attribute(
        TEXT_IF_SET, name="provider:physical_network", put=False, admin=True
    )
    provider_segmentation_id: Field[int | None] = attribute(
        INTEGER_IF_SET, name="provider:segmentation_id", put=False, admin=True
    )
    status: Field[str] = fixed(TEXT, default="ACTIVE")
    subnets: Unstored[list[str]] = unstored(UUID_LIST, default=[])
    availability_zones: Unstored[list[str]] = unstored(TEXT_LIST)
    ipv4_address_scope: Unstored[str | None] = unstored(TEXT_OR_NONE)
    ipv6_address_scope: Unstored[str | None] = unstored(TEXT_OR_NONE)
    l2_adjacency: Unstored[bool] = unstored(BOOLEAN, default=True)
    tags: Field[list[str]] = fixed(TAGS, default=[])
    pod_id: Field[str | None] = column(String(36), ForeignKey("pods.pod_id"), null=True)


NETWORKS = Kind(Network, "network", "networks", "/networks", "NetworkNotFound")
