"""The port a region with a metadata service makes for itself on every network.

Off unless switched on. It takes its address from the pool of each subnet with DHCP, which is
why whoever chooses addresses elsewhere must leave the region a few of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.simulator.network import addresses
from deploy.simulator.network.state import Row

if TYPE_CHECKING:
    from deploy.simulator.network.service import NetworkService

OWNER = "network:distributed"


def add_port(service: NetworkService, network: Row) -> None:
    """Give a new network its port, without an address yet."""
    if service.state.settings.metadata_ports:
        values = {
            "project_id": network["project_id"],
            "name": "",
            "device_id": f"ovnmeta-{network['id']}",
            "device_owner": OWNER,
        }
        service.ports.build(network, values, [])


def add_address(service: NetworkService, subnet: Row) -> None:
    """Give the port its address on a subnet that has DHCP (now)."""
    if not subnet["enable_dhcp"]:
        return
    for port in ports_of(service, subnet["network_id"]):
        if any(item["subnet_id"] == subnet["id"] for item in port["fixed_ips"]):
            continue
        address = (
            addresses.eui64(subnet["cidr"], port["mac_address"])
            if addresses.is_automatic(subnet)
            else addresses.choose(service.state, subnet)
        )
        if address is not None:
            item = {"subnet_id": subnet["id"], "ip_address": address}
            addresses.take(service.state, port, [item])
            port["fixed_ips"].append(item)


def ports_of(service: NetworkService, network_id: str) -> list[Row]:
    """The region's own ports on a network."""
    ports = service.state.ports_of_network[network_id].values()
    return [port for port in ports if port["device_owner"] == OWNER]
