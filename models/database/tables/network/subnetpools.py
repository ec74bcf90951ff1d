"""Subnet pools, and the address scopes in which their addresses differ."""

from models.database.record import Field, attribute, fixed
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import (
    BOOLEAN,
    DESCRIPTION,
    IP_VERSION,
    NAME,
    NAME_OF_POOL,
    NATURAL_IF_SET,
    POOL_PREFIXES,
    TAGS,
    UUID_OR_NONE,
)
from models.resource import REQUIRED, Kind


class SubnetPool(Owned, table="subnetpools"):
    """A subnet pool."""

    name: Field[str] = attribute(NAME_OF_POOL, default=REQUIRED)
    description: Field[str] = attribute(DESCRIPTION, default="")
    prefixes: Field[list[str]] = attribute(POOL_PREFIXES, default=REQUIRED)
    default_quota: Field[int | None] = attribute(NATURAL_IF_SET)
    min_prefixlen: Field[int | None] = attribute(NATURAL_IF_SET)
    max_prefixlen: Field[int | None] = attribute(NATURAL_IF_SET)
    default_prefixlen: Field[int | None] = attribute(NATURAL_IF_SET)
    address_scope_id: Field[str | None] = attribute(UUID_OR_NONE, index=True)
    is_default: Field[bool] = attribute(BOOLEAN, default=False, admin_sets=True)
    shared: Field[bool] = attribute(BOOLEAN, default=False, put=False, admin_sets=True)
    ip_version: Field[int] = fixed(IP_VERSION)
    tags: Field[list[str]] = fixed(TAGS, default=[])


class AddressScope(Owned, table="address_scopes"):
    """An address scope."""

    name: Field[str] = attribute(NAME, default="")
    ip_version: Field[int] = attribute(IP_VERSION, default=REQUIRED, put=False)
    shared: Field[bool] = attribute(BOOLEAN, default=False, admin_sets=True)


SUBNETPOOLS = Kind(
    SubnetPool,
    "subnetpool",
    "subnetpools",
    "/subnetpools",
    "SubnetPoolNotFound",
    noun="Subnet pool",
)
ADDRESS_SCOPES = Kind(
    AddressScope,
    "address_scope",
    "address_scopes",
    "/address-scopes",
    "AddressScopeNotFound",
    noun="Address scope",
)
