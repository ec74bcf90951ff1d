"""Subnets: the address ranges of networks."""

from models.database.record import Field, Unstored, attribute, fixed, unstored
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import (
    BOOLEAN,
    CIDR,
    DESCRIPTION,
    INTEGER_IF_SET,
    IP_LIST,
    IP_OR_NONE,
    IP_VERSION,
    IPV6_MODE,
    MOST_HOST_ROUTES,
    MOST_NAMESERVERS,
    NAME,
    POOLS,
    ROUTES,
    SERVICE_TYPES,
    TAGS,
    UUID,
    UUID_OR_NONE,
)
from models.resource import REQUIRED, Kind


class Subnet(Owned, table="subnets"):
    """A subnet."""

    name: Field[str] = attribute(NAME, default="", copied=True)
    description: Field[str] = attribute(DESCRIPTION, default="")
    network_id: Field[str] = attribute(UUID, default=REQUIRED, put=False, index=True)
    ip_version: Field[int] = attribute(IP_VERSION, default=REQUIRED, put=False)
    cidr: Field[str] = attribute(CIDR, put=False)
    gateway_ip: Field[str | None] = attribute(IP_OR_NONE)
    enable_dhcp: Field[bool] = attribute(BOOLEAN, default=True, copied=True)
    allocation_pools: Field[list[dict[str, str]]] = attribute(POOLS)
    dns_nameservers: Field[list[str]] = attribute(
        IP_LIST, default=[], copied=True, most=MOST_NAMESERVERS
    )
    host_routes: Field[list[dict[str, str]]] = attribute(
        ROUTES, default=[], copied=True, most=MOST_HOST_ROUTES
    )
    ipv6_ra_mode: Field[str | None] = attribute(IPV6_MODE, put=False, copied=True)
    ipv6_address_mode: Field[str | None] = attribute(IPV6_MODE, put=False, copied=True)
    service_types: Field[list[str]] = attribute(SERVICE_TYPES, default=[])
    subnetpool_id: Field[str | None] = attribute(UUID_OR_NONE, put=False, index=True)
    use_default_subnetpool: Unstored[bool] = unstored(BOOLEAN, default=False, post=True)
    prefixlen: Unstored[int | None] = unstored(INTEGER_IF_SET, post=True)
    tags: Field[list[str]] = fixed(TAGS, default=[])


SUBNETS = Kind(Subnet, "subnet", "subnets", "/subnets", "SubnetNotFound")
