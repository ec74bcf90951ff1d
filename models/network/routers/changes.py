"""RouterChanges: how a change of a router's pieces is accepted."""

from models.database.store import Transaction
from models.database.tables.network import TABLES, Router
from models.network.routers.plan import Topology
from models.operations import Operations
from models.work import RouterChange

routers = TABLES["routers"]


async def shows_work(tx: Transaction, router_id: str) -> None:
    """Show that the router is being changed until its last operation has ended."""
    await tx.run(routers.update().where(Router.id == router_id).values(status="ALLOCATING"))


class RouterChanges:
    """Works in the transaction of the request that wants the change."""

    def __init__(self, operations: Operations, topology: Topology) -> None:
        self._operations = operations
        self._topology = topology

    async def accept(
        self,
        tx: Transaction,
        change: RouterChange,
        router_id: str,
        piece_id: str,
        *,
        project_id: str,
        request_id: str,
    ) -> str:
        """Write the operation, and all the VLANs and addresses between pods that it will need.

        ``OverQuota`` naming the pool when one is used up: the client is told instead of finding
        the router in ERROR. A network that has no pod yet may still need one later. What takes
        something away is never refused: what still waits for a place is another's matter.
        """
        await shows_work(tx, router_id)
        if change.needs_places:
            await self._topology.allocate(tx, router_id)
        work = change.on(router_id, piece_id)
        return await self._operations.add(tx, work, project_id=project_id, request_id=request_id)
