"""The database: one ``METADATA``; importing this package registers every table."""

from models.tables.base import METADATA
from models.tables.compute import aggregates, flavors, keypairs
from models.tables.creation import creations, server_ports
from models.tables.network import TABLES as NETWORK_TABLES
from models.tables.network import bridge_addresses, bridges, ip_allocations
from models.tables.operation import operations
from models.tables.pod import bindings, pods
from models.tables.routing import leases, routings

__all__ = [
    "METADATA",
    "NETWORK_TABLES",
    "aggregates",
    "bindings",
    "bridge_addresses",
    "bridges",
    "creations",
    "flavors",
    "ip_allocations",
    "keypairs",
    "leases",
    "operations",
    "pods",
    "routings",
    "server_ports",
]
