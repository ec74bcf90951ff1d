"""The network API's tables, made from the declarations, and what the top allocates."""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from models.database.tables.base import METADATA, now
from models.resource import Attribute, Kind
from models.resources.network import NETWORK

_BOOLEAN = {"bool"}
_INTEGER = {"int", "int_or_none", "mtu", "ip_version", "prefixlen", "quota_or_none"}
_JSON = {
    "text_list", "uuid_list", "ip_list", "tags", "pools", "routes", "fixed_ips", "pairs",
    "dhcp_opts", "dict", "list", "gateway_info", "prefixes",
}  # fmt: skip
_INDEXED = {
    "network_id",
    "device_id",
    "mac_address",
    "port_id",
    "floating_network_id",
    "floating_ip_address",
    "router_id",
    "security_group_id",
    "remote_group_id",
    "subnetpool_id",
    "address_scope_id",
    "object_id",
    "target_tenant",
}

# Columns that no client sees: where a network lives, whose default group a group is; and what
# Neutron's own database keeps unique.
_OWN: dict[str, tuple[Column[Any] | Index | UniqueConstraint, ...]] = {
    "networks": (
        Column("pod_id", String(36), ForeignKey("pods.pod_id")),
        # Why a network is seen that is not the project's own.
        Index("ix_networks_shared", "shared", "created_at", "id"),
        Index("ix_networks_external", "router_external", "created_at", "id"),
    ),
    "ports": (UniqueConstraint("network_id", "mac_address"),),
    "security_groups": (Column("default_of", String(64), unique=True),),
    "rbac_policies": (UniqueConstraint("object_id", "action", "target_tenant"),),
}


def _type(attribute: Attribute) -> TypeEngine[Any]:
    if attribute.kind in _BOOLEAN:
        return Boolean()
    if attribute.kind in _INTEGER:
        return Integer()
    if attribute.kind in _JSON:
        return JSON()
    return String(255)


def _names(kind: Kind) -> list[Index]:
    """Return the index by which clients' look-ups by name are served."""
    if "name" not in kind.by_name:
        return []
    return [Index(f"ix_{kind.table}_name", "project_id", "name")]


def _table(kind: Kind) -> Table:
    columns = [
        Column(a.column, _type(a), index=a.column in _INDEXED) for a in kind.attributes if a.stored
    ]
    return Table(
        kind.table,
        METADATA,
        Column("id", String(36), primary_key=True),
        Column("project_id", String(64), nullable=False, default=""),
        *columns,
        Column("created_at", DateTime, nullable=False, default=now),
        Column("updated_at", DateTime, nullable=False, default=now, onupdate=now),
        Column("revision_number", Integer, nullable=False, default=0),
        Index(f"ix_{kind.table}_page", "project_id", "created_at", "id"),
        Index(f"ix_{kind.table}_all", "created_at", "id"),
        *_names(kind),
        *_OWN.get(kind.collection, ()),
    )


TABLES: dict[str, Table] = {kind.collection: _table(kind) for kind in NETWORK}

ip_allocations = Table(
    "ip_allocations",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subnet_id", String(36), nullable=False),
    Column("ip_address", String(64), nullable=False),
    # port:<id>, floatingip:<id> or pod:<id> (set aside for the pod's own ports).
    Column("holder", String(64), nullable=False, index=True),
    UniqueConstraint("subnet_id", "ip_address"),
)

auto_allocated_topologies = Table(
    "auto_allocated_topologies",
    METADATA,
    Column("project_id", String(64), primary_key=True),
    Column("network_id", String(36), nullable=False),
    Column("router_id", String(36), nullable=False),
)

bridges = Table(
    "bridges",
    METADATA,
    Column("id", String(36), primary_key=True),
    # ew: one for a project; ns: one for a router, whose gateway its subnet's gateway is.
    Column("kind", String(2), nullable=False),
    Column("owner_id", String(64), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("physical_network", String(64), nullable=False),
    Column("vlan", Integer, nullable=False),
    Column("cidr", String(64), nullable=False, unique=True),
    Column("created_at", DateTime, nullable=False, default=now),
    UniqueConstraint("kind", "owner_id"),
    UniqueConstraint("physical_network", "vlan"),
)

bridge_addresses = Table(
    "bridge_addresses",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("bridge_id", String(36), ForeignKey("bridges.id"), nullable=False),
    Column("ip_address", String(64), nullable=False),
    # interface:<router>:<pod>, gateway:<router>:<pod>, gateway-interface:<router>,
    # floatingip:<id>
    Column("purpose", String(128), nullable=False),
    UniqueConstraint("bridge_id", "ip_address"),
    UniqueConstraint("bridge_id", "purpose"),
    Index("ix_bridge_addresses_purpose", "purpose"),
)
