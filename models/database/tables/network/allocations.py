"""What the top allocates of its own: addresses, bridges, a project's first topology."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, UniqueConstraint

from models.database.record import Field, Record, column
from models.database.tables.base import now


class IPAllocation(
    Record, table="ip_allocations", parts=(UniqueConstraint("subnet_id", "ip_address"),)
):
    """An address of a subnet that somebody has."""

    id: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    subnet_id: Field[str] = column(String(36))
    ip_address: Field[str] = column(String(64))
    # port:<id>, floatingip:<id> or pod:<id> (set aside for the pod's own ports).
    holder: Field[str] = column(String(64), index=True)


class AutoAllocatedTopology(Record, table="auto_allocated_topologies"):
    """The network and router that a project was given when it had none."""

    project_id: Field[str] = column(String(64), primary_key=True)
    network_id: Field[str] = column(String(36))
    router_id: Field[str] = column(String(36))


class Bridge(
    Record,
    table="bridges",
    parts=(UniqueConstraint("kind", "owner_id"), UniqueConstraint("physical_network", "vlan")),
):
    """A bridge network between pods."""

    id: Field[str] = column(String(36), primary_key=True)
    # ew: one for a project; ns: one for a router, whose gateway its subnet's gateway is.
    kind: Field[str] = column(String(2))
    owner_id: Field[str] = column(String(64))
    project_id: Field[str] = column(String(64))
    physical_network: Field[str] = column(String(64))
    vlan: Field[int] = column(Integer())
    cidr: Field[str] = column(String(64), unique=True)
    created_at: Field[datetime] = column(DateTime(), default=now)


class BridgeAddress(
    Record,
    table="bridge_addresses",
    parts=(
        UniqueConstraint("bridge_id", "ip_address"),
        UniqueConstraint("bridge_id", "purpose"),
        Index("ix_bridge_addresses_purpose", "purpose"),
    ),
):
    """An address on a bridge."""

    id: Field[str] = column(String(36), primary_key=True)
    bridge_id: Field[str] = column(String(36), ForeignKey("bridges.id"))
    ip_address: Field[str] = column(String(64))
    # interface:<router>:<pod>, gateway:<router>:<pod>, gateway-interface:<router>,
    # floatingip:<id>
    purpose: Field[str] = column(String(128))
