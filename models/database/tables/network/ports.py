"""Ports: what servers, routers and services plug into networks."""

from typing import Any

from sqlalchemy import UniqueConstraint

from models.database.record import Field, Unstored, attribute, fixed, unstored
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import (
    BOOLEAN,
    DESCRIPTION,
    DHCP_OPTS,
    DICTIONARY,
    FIXED_IPS,
    GROUPS,
    HOST,
    MAC,
    MOST_FIXED_IPS,
    MOST_PAIRS,
    NAME,
    PAIRS,
    TAGS,
    TEXT,
    UUID,
    VNIC,
)
from models.resource import REQUIRED, Kind


class Port(Owned, table="ports", parts=(UniqueConstraint("network_id", "mac_address"),)):
    """A port."""

    name: Field[str] = attribute(NAME, default="", copied=True)
    description: Field[str] = attribute(DESCRIPTION, default="")
    admin_state_up: Field[bool] = attribute(BOOLEAN, default=True, copied=True)
    network_id: Field[str] = attribute(UUID, default=REQUIRED, put=False, index=True)
    mac_address: Field[str] = attribute(MAC, index=True)
    fixed_ips: Field[list[dict[str, str]]] = attribute(FIXED_IPS, most=MOST_FIXED_IPS)
    device_id: Field[str] = attribute(TEXT, default="", index=True)
    device_owner: Field[str] = attribute(TEXT, default="")
    security_groups: Field[list[str]] = attribute(GROUPS)
    allowed_address_pairs: Field[list[dict[str, str]]] = attribute(
        PAIRS, default=[], copied=True, most=MOST_PAIRS
    )
    extra_dhcp_opts: Field[list[dict[str, Any]]] = attribute(DHCP_OPTS, default=[], copied=True)
    port_security_enabled: Field[bool] = attribute(BOOLEAN, default=True, copied=True)
    binding_vnic_type: Field[str] = attribute(
        VNIC, default="normal", name="binding:vnic_type", copied=True
    )
    binding_host_id: Field[str] = attribute(HOST, default="", name="binding:host_id", admin=True)
    binding_profile: Field[dict[str, Any]] = attribute(
        DICTIONARY, default={}, name="binding:profile", admin=True, service_sets=True
    )
    binding_vif_type: Unstored[str] = unstored(TEXT, default="unbound", name="binding:vif_type")
    binding_vif_details: Unstored[dict[str, Any]] = unstored(
        DICTIONARY, default={}, name="binding:vif_details"
    )
    status: Field[str] = fixed(TEXT, default="DOWN")
    tags: Field[list[str]] = fixed(TAGS, default=[])


PORTS = Kind(Port, "port", "ports", "/ports", "PortNotFound")
