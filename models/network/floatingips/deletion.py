"""FloatingIPDeletion: floating IPs go, and give their addresses back."""

from sqlalchemy import func, select

from models.database.store import Row, Transaction
from models.database.tables.network import TABLES, FloatingIP, Port
from models.database.tables.routing import Routing
from models.network import addresses, holders
from models.network.floatingips.associations import Associations
from models.network.ports.deletion import PortDeletion
from models.network.ports.owners import DeviceOwner

floatingips = TABLES["floatingips"]


class FloatingIPDeletion:
    """Works in the transaction of the request; the operations returned are to be announced."""

    def __init__(self, associations: Associations, port_deletion: PortDeletion) -> None:
        self._associations = associations
        self._ports = port_deletion

    async def delete(self, tx: Transaction, row: Row, request_id: str) -> list[str]:
        """Delete the floating IP; its address is free again when the pods have let go of it."""
        id_ = row["id"]
        waiting: list[str] = []
        if row["port_id"]:
            row, waiting = await self._associations.lead_nowhere(tx, row, request_id)
        await tx.run(floatingips.delete().where(FloatingIP.id == id_))
        holder = select(Port.id).where(
            Port.device_id == id_, Port.device_owner == DeviceOwner.FLOATINGIP
        )
        held = [r["id"] for r in await tx.all(holder)]
        copied = select(func.count()).where(Routing.type == "floatingip", Routing.top_id == id_)
        if await tx.value(copied):
            for port_id in held:
                await addresses.hand_over(tx, holders.port(port_id), holders.floatingip(id_))
        await self._ports.delete(tx, held)
        return waiting

    async def delete_idle(self, tx: Transaction, network_id: str, request_id: str) -> list[str]:
        """Delete the network's floating IPs that lead nowhere: they are no reason to keep it."""
        waiting: list[str] = []
        idle = FloatingIP.select().where(
            FloatingIP.floating_network_id == network_id, FloatingIP.port_id.is_(None)
        )
        for row in await tx.all_locked(idle.order_by(FloatingIP.id)):
            waiting += await self.delete(tx, row, request_id)
        return waiting
