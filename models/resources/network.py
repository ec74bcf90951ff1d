"""The network API's resources: the gateway's own, and what it asks the pods for."""

from models.database.tables.network import KINDS
from models.database.tables.network.address_groups import ADDRESS_GROUPS
from models.database.tables.network.floatingips import FLOATINGIPS
from models.database.tables.network.networks import NETWORKS
from models.database.tables.network.ports import PORTS
from models.database.tables.network.rbac_policies import RBAC_POLICIES
from models.database.tables.network.routers import ROUTERS
from models.database.tables.network.security_groups import SECURITY_GROUP_RULES, SECURITY_GROUPS
from models.database.tables.network.subnetpools import ADDRESS_SCOPES, SUBNETPOOLS
from models.database.tables.network.subnets import SUBNETS
from models.resource import Home, Resource

NETWORK = KINDS
AGENTS = Resource("/agents", Home.ALL_PODS, admin=True)
SERVICE_PROVIDERS = Resource("/service-providers", Home.ALL_PODS, verbs=("list",), merge_by="name")

__all__ = [
    "ADDRESS_GROUPS",
    "ADDRESS_SCOPES",
    "AGENTS",
    "FLOATINGIPS",
    "NETWORK",
    "NETWORKS",
    "PORTS",
    "RBAC_POLICIES",
    "ROUTERS",
    "SECURITY_GROUPS",
    "SECURITY_GROUP_RULES",
    "SERVICE_PROVIDERS",
    "SUBNETPOOLS",
    "SUBNETS",
]
