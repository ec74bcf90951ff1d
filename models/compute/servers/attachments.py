"""Attachments: which ports servers, and servers to be, have; and what becomes of them then."""

from typing import Any

from sqlalchemy import Select, select

from models.compute.servers.boot_plan import Link
from models.database.store import Row, Transaction
from models.database.tables.creation import ServerPort, server_ports
from models.database.tables.network import TABLES, Port
from models.errors import Conflict, Forbidden, OverQuota
from models.network.ports.deletion import PortDeletion
from models.network.ports.owners import SERVER
from models.network.ports.rows import Ports
from models.values import Caller, Pod

ports = TABLES["ports"]
_REVISED = {"revision_number": Port.revision_number + 1}
# What a port is once its pod has plugged it.
PLUGGED = {"status": "ACTIVE", **_REVISED}
_FREE = {"device_id": "", "device_owner": "", "status": "DOWN", **_REVISED}


def of(owner: str) -> Select[Any]:
    """Return in SQL the ids of the ports that the owner, a server or a creation, has.

    ``device_id`` of a port does not say so: everybody writes there what they like.
    """
    return select(ServerPort.port_id).where(ServerPort.server_id == owner)


class Attachments:
    """The rows of servers' ports. A port that was made for a server goes with it."""

    def __init__(self, port_rows: Ports, deletion: PortDeletion) -> None:
        self._ports = port_rows
        self._deletion = deletion

    async def reserve(
        self,
        tx: Transaction,
        link: Link,
        pod: Pod,
        *,
        owner: str,
        caller: Caller,
        security_groups: list[str] | None = None,
    ) -> str:
        """Write that the owner, a server or a creation, has the link's port; return its id.

        The port is made where the user has none, if the user may have it: ``Forbidden``
        otherwise. ``Conflict`` when another server has it.
        """
        device_owner = f"{SERVER}{pod.az_name}"
        if link.port:
            id_ = str(link.port["id"])
            free = ports.update().where(Port.id == id_, Port.device_id == "")
            plugged = {"device_id": owner, "device_owner": device_owner, **_REVISED}
            if not await tx.run(free.values(**plugged)):
                raise Conflict(f"Port {id_} is still in use.", "PortInUse")
        else:
            fixed_ips: list[Row] | None = None
            if link.nic.fixed_ip:
                fixed_ips = [{"ip_address": link.nic.fixed_ip}]
            try:
                row = await self._ports.insert_for(
                    tx,
                    caller,
                    network_id=link.network["id"],
                    device_id=owner,
                    device_owner=device_owner,
                    fixed_ips=fixed_ips,
                    security_groups=security_groups,
                )
            except OverQuota:
                raise Forbidden("Maximum number of ports exceeded") from None
            id_ = str(row["id"])
        made = link.port is None
        await tx.insert(server_ports, {"port_id": id_, "server_id": owner, "made": made})
        return id_

    async def hand_over(self, tx: Transaction, creation: str, server_id: str) -> None:
        """Write that the server has what the creation had."""
        mine = ServerPort.server_id == creation
        await tx.run(server_ports.update().where(mine).values(server_id=server_id))
        held = ports.update().where(Port.id.in_(of(server_id)))
        await tx.run(held.values(device_id=server_id, **_REVISED))

    async def networks(self, tx: Transaction, owner: str) -> set[str]:
        """Return the networks of the owner's ports."""
        held = await tx.all(select(Port.network_id).where(Port.id.in_(of(owner))))
        return {port["network_id"] for port in held}

    async def release(self, tx: Transaction, owner: str) -> list[str]:
        """Delete the ports that were made for the owner, free its others.

        Return the operations to announce.
        """
        mine = ServerPort.server_id == owner
        held = await tx.all(ServerPort.select().where(mine))
        made = [row.port_id for row in held if row.made]
        waiting = await self._deletion.delete(tx, made) if made else []
        free = ports.update().where(Port.id.in_(of(owner)))
        await tx.run(free.values(**_FREE))
        await tx.run(server_ports.delete().where(mine))
        return waiting

    async def release_port(self, tx: Transaction, port_id: str) -> list[str]:
        """Delete the port if it was made for its server, else free it; as ``release`` does."""
        mine = ServerPort.port_id == port_id
        held = await tx.one(ServerPort.select().where(mine))
        waiting = []
        if held and held.made:
            waiting = await self._deletion.delete(tx, [port_id])
        else:
            free = ports.update().where(Port.id == port_id)
            await tx.run(free.values(**_FREE))
        await tx.run(server_ports.delete().where(mine))
        return waiting
