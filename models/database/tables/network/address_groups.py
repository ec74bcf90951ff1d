"""Address groups: prefixes that rules of security groups name together."""

from models.database.record import Field, attribute
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import LONG_DESCRIPTION, NAME, PREFIXES
from models.resource import Kind


class AddressGroup(Owned, table="address_groups"):
    """An address group."""

    name: Field[str] = attribute(NAME, default="")
    description: Field[str] = attribute(LONG_DESCRIPTION, default="")
    addresses: Field[list[str]] = attribute(PREFIXES, default=[], put=False)


ADDRESS_GROUPS = Kind(
    AddressGroup,
    "address_group",
    "address_groups",
    "/address-groups",
    "AddressGroupNotFound",
    noun="Address group",
)
