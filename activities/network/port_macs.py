"""PortMacs: another MAC for a port, which is an admin's to give while no server has the port."""

import random
from typing import Any

from sqlalchemy import select

from activities.pods.region import Regions
from models.database.store import Row, Transaction
from models.database.tables.network import TABLES
from models.errors import Conflict, PodFault
from models.network.collections.checks import mac
from models.network.subnets.checks import is_automatic
from models.pods import PodDirectory
from models.resources.network import PORTS
from models.routings import Routings

networks, ports, subnets = TABLES["networks"], TABLES["ports"], TABLES["subnets"]
_UNPLUGGED = ("unbound", "binding_failed")


class PortMacs:
    """Asks the pods which ports are plugged in."""

    def __init__(self, regions: Regions, pods: PodDirectory, routings: Routings) -> None:
        self._regions = regions
        self._pods = pods
        self._routings = routings

    async def refuse_bound(self, port: Row, wanted: Any) -> None:
        """Refuse another MAC to a port that is bound in its pod: 409 ``PortBound``.

        The pod's own MAC is never refused: the row takes it over where it says something else.
        What is no MAC is refused elsewhere.
        """
        try:
            address = mac(wanted)
        except ValueError:
            return
        if address == port["mac_address"]:
            return
        place = await self._routings.where_is("port", port["id"])
        if place is None or not place["bottom_id"]:
            return
        pod = await self._pods.get(place["pod_id"])
        path = f"{PORTS.path}/{place['bottom_id']}"
        try:
            answer = await self._regions.admin(pod, "network", "GET", path)
        except PodFault as fault:
            if fault.status == 404:
                return
            raise
        there = answer[PORTS.member]
        if there["binding:vif_type"] in _UNPLUGGED or there["mac_address"] == address:
            return
        raise Conflict(
            f"Unable to complete operation on port {port['id']}, port is already bound, port "
            f"type: {there['binding:vif_type']}, old_mac {there['mac_address']}, new_mac "
            f"{address}.",
            "PortBound",
        )


def generated() -> str:
    """Return a MAC as Neutron makes them."""
    return f"fa:16:3e:{random.randbytes(3).hex(':')}"


async def change(tx: Transaction, port: Row, changes: Row) -> list[Row]:
    """Return which of the port's addresses can stay; Neutron's refusal of the MAC otherwise.

    Addresses that hosts make from their MAC change with it: the changes say so afterwards.
    """
    owner = changes.get("device_owner") or port["device_owner"]
    if owner.startswith("network:"):
        raise Conflict(
            f"Operation mac address update is not supported for device_owner {owner} on port "
            f"{port['id']}.",
            "UnsupportedPortDeviceOwner",
        )
    # No port is made there meanwhile.
    mine = networks.c.id == port["network_id"]
    await tx.one(select(networks.c.id).where(mine).with_for_update())
    wanted = changes["mac_address"]
    same = ports.c.network_id == port["network_id"], ports.c.mac_address == wanted
    if await tx.value(select(ports.c.id).where(*same)):
        raise taken(port["network_id"], wanted)
    own = await tx.all(select(subnets).where(subnets.c.network_id == port["network_id"]))
    automatic = {subnet["id"] for subnet in own if is_automatic(subnet)}
    lasting = [ip for ip in port["fixed_ips"] if ip["subnet_id"] not in automatic]
    wishes: list[Row] = (changes if "fixed_ips" in changes else port)["fixed_ips"]
    if lasting != port["fixed_ips"]:
        changes["fixed_ips"] = [
            {"subnet_id": wish["subnet_id"]} if wish.get("subnet_id") in automatic else wish
            for wish in wishes
        ]
    return lasting


def taken(network_id: str, mac_address: str) -> Conflict:
    """Return Neutron's refusal of a MAC that is another port's on the network."""
    return Conflict(
        f"Unable to complete operation for network {network_id}. The mac address {mac_address} "
        "is in use.",
        "MacAddressInUse",
    )
