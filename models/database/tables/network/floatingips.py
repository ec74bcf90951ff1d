"""Floating IPs: addresses of external networks for ports of project networks."""

from typing import Any

from models.database.record import Field, Unstored, attribute, fixed, unstored
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import (
    DESCRIPTION,
    DICTIONARY_OR_NONE,
    IP_OR_NONE,
    TAGS,
    TEXT,
    TEXT_OR_NONE,
    UUID,
    UUID_OR_NONE,
)
from models.resource import REQUIRED, Kind


class FloatingIP(Owned, table="floatingips"):
    """A floating IP."""

    description: Field[str] = attribute(DESCRIPTION, default="")
    floating_network_id: Field[str] = attribute(UUID, default=REQUIRED, put=False, index=True)
    floating_ip_address: Field[str | None] = attribute(IP_OR_NONE, put=False, index=True)
    subnet_id: Unstored[str | None] = unstored(UUID_OR_NONE, post=True)
    port_id: Field[str | None] = attribute(UUID_OR_NONE, index=True)
    fixed_ip_address: Field[str | None] = attribute(IP_OR_NONE)
    router_id: Field[str | None] = fixed(TEXT_OR_NONE, index=True)
    status: Field[str] = fixed(TEXT, default="DOWN")
    port_details: Unstored[dict[str, Any] | None] = unstored(DICTIONARY_OR_NONE)
    tags: Field[list[str]] = fixed(TAGS, default=[])


FLOATINGIPS = Kind(
    FloatingIP,
    "floatingip",
    "floatingips",
    "/floatingips",
    "FloatingIPNotFound",
    noun="Floating IP",
)
