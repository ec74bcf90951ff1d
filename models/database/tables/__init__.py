"""The database: one ``METADATA``; importing this package registers every table."""

from models.database.tables.base import METADATA
from models.database.tables.compute import (
    aggregate_hosts,
    aggregates,
    flavors,
    keypairs,
    pod_numbers,
    server_groups,
)
from models.database.tables.creation import creations, server_ports
from models.database.tables.network import TABLES as NETWORK_TABLES
from models.database.tables.network import bridge_addresses, bridges, ip_allocations
from models.database.tables.operation import operations
from models.database.tables.pod import bindings, pods
from models.database.tables.quota import (
    quota_classes,
    quota_figures,
    quota_limits,
    quota_reservations,
)
from models.database.tables.routing import leases, routings
from models.database.tables.volume import (
    default_types,
    group_types,
    qos_specs,
    type_copies,
    volume_types,
)

__all__ = [
    "METADATA",
    "NETWORK_TABLES",
    "aggregate_hosts",
    "aggregates",
    "bindings",
    "bridge_addresses",
    "bridges",
    "creations",
    "default_types",
    "flavors",
    "group_types",
    "ip_allocations",
    "keypairs",
    "leases",
    "operations",
    "pod_numbers",
    "pods",
    "qos_specs",
    "quota_classes",
    "quota_figures",
    "quota_limits",
    "quota_reservations",
    "routings",
    "server_groups",
    "server_ports",
    "type_copies",
    "volume_types",
]
