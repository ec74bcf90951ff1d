"""MACs of ports: made as Neutron makes them, changed by an admin while no server has the port."""

import random
from typing import Any, Protocol

from sqlalchemy import select

from models.database.store import Row, Transaction
from models.database.tables.network import Network, Port, Subnet
from models.errors import Conflict
from models.network.ports.owners import SERVICE
from models.network.subnets.checks import is_automatic


class PluggedPorts(Protocol):
    """What the pods know of ports that are plugged in there."""

    async def refuse_bound(self, port: Row, wanted: Any) -> None:
        """Refuse another MAC to a port that is bound in its pod: 409 ``PortBound``."""
        ...


def generated() -> str:
    """Return a MAC as Neutron makes them."""
    return f"fa:16:3e:{random.randbytes(3).hex(':')}"


async def change(tx: Transaction, port: Row, changes: Row) -> list[Row]:
    """Return which of the port's addresses can stay; Neutron's refusal of the MAC otherwise.

    Addresses that hosts make from their MAC change with it: the changes say so afterwards.
    """
    owner = changes.get("device_owner") or port["device_owner"]
    if owner.startswith(SERVICE):
        raise Conflict(
            f"Operation mac address update is not supported for device_owner {owner} on port "
            f"{port['id']}.",
            "UnsupportedPortDeviceOwner",
        )
    # No port is made there meanwhile.
    mine = Network.id == port["network_id"]
    await tx.locked(select(Network.id).where(mine))
    wanted = changes["mac_address"]
    same = Port.network_id == port["network_id"], Port.mac_address == wanted
    if await tx.value(select(Port.id).where(*same)):
        raise taken(port["network_id"], wanted)
    own = await tx.all(Subnet.select().where(Subnet.network_id == port["network_id"]))
    automatic = {subnet.id for subnet in own if is_automatic(subnet)}
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
