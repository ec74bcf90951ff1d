"""Device owners: what kind of thing a port is plugged into, in Neutron's words."""

from enum import StrEnum

# What the owners of servers' and of services' ports begin with.
SERVER, SERVICE = "compute:", "network:"


class DeviceOwner(StrEnum):
    """The services that have ports; a server's port has ``compute:`` and its zone instead."""

    ROUTER_INTERFACE = "network:router_interface"
    ROUTER_INTERFACE_DISTRIBUTED = "network:router_interface_distributed"
    ROUTER_INTERFACE_REPLICATED = "network:ha_router_replicated_interface"
    ROUTER_GATEWAY = "network:router_gateway"
    ROUTER_SNAT = "network:router_centralized_snat"
    FLOATINGIP = "network:floatingip"
    DHCP = "network:dhcp"
    METADATA = "network:distributed"


# Ports that routers and floating IPs make; they come and go with them.
OF_ROUTERS = (
    DeviceOwner.ROUTER_INTERFACE,
    DeviceOwner.ROUTER_INTERFACE_DISTRIBUTED,
    DeviceOwner.ROUTER_GATEWAY,
    DeviceOwner.ROUTER_SNAT,
    DeviceOwner.ROUTER_INTERFACE_REPLICATED,
)
OF_SERVICES = (*OF_ROUTERS, DeviceOwner.FLOATINGIP)
# The ports that a router of ours has at the top.
ROUTER_PORTS = (DeviceOwner.ROUTER_INTERFACE, DeviceOwner.ROUTER_GATEWAY)
# Ports on external networks that lead to others.
OUTWARD = (DeviceOwner.ROUTER_GATEWAY, DeviceOwner.FLOATINGIP)
# Ports that a pod's DHCP or metadata service makes by itself; they go with their network.
AUTOMATIC = (DeviceOwner.DHCP, DeviceOwner.METADATA)
