"""The model of a project made from what the project sees, to be compared with the pods."""

from __future__ import annotations

from collections.abc import Iterable

from tests.model.neutron import EVERY, Floating, Model, Network, Port, Router, Server, Subnet
from tests.support.client import Json, User

_INTERFACE = "network:router_interface"


def model_of(user: User, homes: dict[str, str]) -> Model:
    """What the user has; ``homes`` are the pods of networks and servers that lie somewhere."""
    model, mine = Model(), user.project_id
    for row in _own(user.network.list("/networks"), mine):
        home = homes.get(row["id"])
        model.networks[row["id"]] = Network(row["id"], (home,) if home else EVERY)
    for row in _own(user.network.list("/subnets"), mine):
        subnet = Subnet(row["id"], row["network_id"], row["cidr"], row["gateway_ip"])
        model.subnets[subnet.id] = subnet
    for row in user.compute.list("/servers", "servers"):
        model.servers[row["id"]] = Server(row["id"], homes.get(row["id"], ""))
    for row in _own(user.network.list("/routers"), mine):
        info = row["external_gateway_info"] or {}
        model.routers[row["id"]] = Router(row["id"], info.get("network_id", ""))
    for row in _own(user.network.list("/ports"), mine):
        if row["network_id"] in model.networks:
            port = _port(row)
            model.ports[port.id] = port
            if row["device_owner"] == _INTERFACE:
                model.routers[port.device].interfaces.append(port.id)
    for row in _own(user.network.list("/floatingips"), mine):
        where = (row["id"], row["floating_network_id"], row["floating_ip_address"])
        floating = Floating(*where, row["port_id"] or "", row["router_id"] or "")
        model.floating[floating.id] = floating
    return model


def _port(row: Json) -> Port:
    at = row["fixed_ips"][0] if row["fixed_ips"] else {"subnet_id": "", "ip_address": ""}
    where = (row["id"], row["network_id"], at["subnet_id"], at["ip_address"])
    return Port(*where, row["device_id"])


def _own(rows: Iterable[Json], project_id: str) -> list[Json]:
    return [row for row in rows if row["project_id"] == project_id]
