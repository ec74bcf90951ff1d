"""The network API's tables: what clients may say of each, with Neutron's own defaults.

Defaults are those of the API reference v2.0 and of ML2/OVN.
"""

from sqlalchemy import Table

from models.database.tables.network.address_groups import ADDRESS_GROUPS, AddressGroup
from models.database.tables.network.allocations import (
    AutoAllocatedTopology,
    Bridge,
    BridgeAddress,
    IPAllocation,
)
from models.database.tables.network.floatingips import FLOATINGIPS, FloatingIP
from models.database.tables.network.networks import NETWORKS, Network
from models.database.tables.network.ports import PORTS, Port
from models.database.tables.network.rbac_policies import RBAC_POLICIES, RbacPolicy
from models.database.tables.network.routers import ROUTERS, Router
from models.database.tables.network.security_groups import (
    SECURITY_GROUP_RULES,
    SECURITY_GROUPS,
    SecurityGroup,
    SecurityGroupRule,
)
from models.database.tables.network.subnetpools import (
    ADDRESS_SCOPES,
    SUBNETPOOLS,
    AddressScope,
    SubnetPool,
)
from models.database.tables.network.subnets import SUBNETS, Subnet
from models.resource import Kind

KINDS: tuple[Kind, ...] = (
    NETWORKS,
    SUBNETS,
    PORTS,
    ROUTERS,
    FLOATINGIPS,
    SECURITY_GROUPS,
    SECURITY_GROUP_RULES,
    SUBNETPOOLS,
    ADDRESS_SCOPES,
    ADDRESS_GROUPS,
    RBAC_POLICIES,
)
TABLES: dict[str, Table] = {kind.collection: kind.table for kind in KINDS}
auto_allocated_topologies = AutoAllocatedTopology.table
bridge_addresses = BridgeAddress.table
bridges = Bridge.table
ip_allocations = IPAllocation.table

__all__ = [
    "KINDS",
    "TABLES",
    "AddressGroup",
    "AddressScope",
    "AutoAllocatedTopology",
    "Bridge",
    "BridgeAddress",
    "FloatingIP",
    "IPAllocation",
    "Network",
    "Port",
    "RbacPolicy",
    "Router",
    "SecurityGroup",
    "SecurityGroupRule",
    "Subnet",
    "SubnetPool",
    "auto_allocated_topologies",
    "bridge_addresses",
    "bridges",
    "ip_allocations",
]
