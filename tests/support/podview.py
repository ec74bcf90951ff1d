"""One router as the pods have it: what the topology asks for, read from a pod's inventory."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from tests.support.client import Json
from tests.support.simulator import PODS, Simulator

EAST_WEST = ipaddress.ip_network("100.64.0.0/11")
NORTH_SOUTH = ipaddress.ip_network("100.96.0.0/11")


@dataclass
class RouterCopy:
    """The copy of a router in one pod, by the addresses that tell what is what.

    ``inside`` are interfaces on tenant subnets, ``east_west`` and ``north_south`` those on
    bridges. ``floating`` maps floating to fixed addresses.
    """

    inside: set[str] = field(default_factory=set)
    east_west: str = ""
    north_south: str = ""
    routes: dict[str, str] = field(default_factory=dict)
    gateway: str = ""
    floating: dict[str, str] = field(default_factory=dict)
    vlans: dict[str, int] = field(default_factory=dict)


def copies(simulator: Simulator, router: str) -> dict[str, RouterCopy]:
    """The copies of a router, by pod."""
    found = {}
    for pod in PODS:
        inventory = simulator.inventory(pod)
        rows = [row for row in inventory["routers"] if router in row["description"]]
        assert len(rows) < 2, f"{pod} has {len(rows)} copies of router {router}"
        if rows:
            found[pod] = _copy(inventory, rows[0])
    return found


def _copy(inventory: dict[str, list[Json]], row: Json) -> RouterCopy:
    networks = {network["id"]: network for network in inventory["networks"]}
    copy = RouterCopy(routes={r["destination"]: r["nexthop"] for r in row["routes"]})
    for port in inventory["ports"]:
        if port["device_id"] != row["id"]:
            continue
        address = port["fixed_ips"][0]["ip_address"]
        if port["device_owner"] == "network:router_gateway":
            assert not copy.gateway, "two gateways"
            copy.gateway = address
            continue
        vlan = networks[port["network_id"]].get("provider:segmentation_id")
        if ipaddress.ip_address(address) in EAST_WEST:
            assert not copy.east_west, "two east-west bridges"
            copy.east_west, copy.vlans["ew"] = address, vlan
        elif ipaddress.ip_address(address) in NORTH_SOUTH:
            assert not copy.north_south, "two north-south bridges"
            copy.north_south, copy.vlans["ns"] = address, vlan
        else:
            copy.inside.add(address)
    copy.floating = {
        floating["floating_ip_address"]: floating["fixed_ip_address"]
        for floating in inventory["floatingips"]
        if floating["router_id"] == row["id"]
    }
    return copy
