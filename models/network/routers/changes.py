"""RouterChanges: how a change of a router's pieces is accepted."""

from models.database.store import Transaction
from models.network.routers.plan import Topology
from models.operations import Operations
from models.work import RouterChange


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
        something away is never refused: what still waits for an address is another's matter.
        """
        if change.needs_bridge_addresses:
            await self._topology.allocate(tx, router_id)
        work = change.on(router_id, piece_id)
        return await self._operations.add(tx, work, project_id=project_id, request_id=request_id)
