"""Associations: which port a floating IP leads to, and the operations that make it true."""

from collections.abc import Sequence

from models.database.store import Row, Transaction
from models.database.tables.network import TABLES, FloatingIP
from models.network.collections.collection import revise
from models.network.routers.changes import RouterChanges
from models.work import RouterChange

floatingips = TABLES["floatingips"]
_NOWHERE = {"port_id": None, "fixed_ip_address": None, "router_id": None, "status": "DOWN"}


class Associations:
    """Works in the transaction of the request; the operations returned are to be announced."""

    def __init__(self, changes: RouterChanges) -> None:
        self._changes = changes

    async def lead(
        self,
        tx: Transaction,
        row: Row,
        port_id: str,
        fixed_ip_address: str,
        router_id: str,
        request_id: str,
    ) -> tuple[Row, list[str]]:
        """Lead the floating IP to the port's address by the router; return its row and work.

        One that leads there already stays as it is; after an error it is led there once more.
        """
        there = row["port_id"], row["fixed_ip_address"], row["router_id"]
        if there == (port_id, fixed_ip_address, router_id) and row["status"] != "ERROR":
            return await revise(tx, floatingips, row, {}), []
        waiting = []
        if row["router_id"] and row["router_id"] != router_id:
            waiting.append(
                await self._accept(
                    tx, RouterChange.DISASSOCIATE_FLOATINGIP, row, row["router_id"], request_id
                )
            )
        changes = {
            "port_id": port_id,
            "fixed_ip_address": fixed_ip_address,
            "router_id": router_id,
            "status": "DOWN",
        }
        row = await revise(tx, floatingips, row, changes)
        waiting.append(
            await self._accept(tx, RouterChange.ASSOCIATE_FLOATINGIP, row, router_id, request_id)
        )
        return row, waiting

    async def lead_nowhere(
        self, tx: Transaction, row: Row, request_id: str
    ) -> tuple[Row, list[str]]:
        """Take the floating IP from its port; return its row and work."""
        router_id = row["router_id"]
        row = await revise(tx, floatingips, row, _NOWHERE)
        if not router_id:
            return row, []
        return row, [
            await self._accept(
                tx, RouterChange.DISASSOCIATE_FLOATINGIP, row, router_id, request_id
            )
        ]

    async def ports_go(
        self, tx: Transaction, port_ids: Sequence[str], request_id: str
    ) -> list[str]:
        """Take the floating IPs of ports that are about to be deleted from them; return work."""
        waiting: list[str] = []
        led = FloatingIP.select().where(FloatingIP.port_id.in_(port_ids))
        for row in await tx.all_locked(led.order_by(FloatingIP.id)):
            waiting += (await self.lead_nowhere(tx, row, request_id))[1]
        return waiting

    async def _accept(
        self, tx: Transaction, change: RouterChange, row: Row, router_id: str, request_id: str
    ) -> str:
        return await self._changes.accept(
            tx, change, router_id, row["id"], project_id=row["project_id"], request_id=request_id
        )
