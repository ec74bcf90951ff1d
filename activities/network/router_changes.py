"""RouterChanges: how a change of a router's pieces is accepted."""

from activities.network.topology import Topology
from activities.operations import Operations
from activities.store import Transaction
from models.tables.network import TABLES

routers = TABLES["routers"]


class RouterChanges:
    """Works in the transaction of the request that wants the change."""

    def __init__(self, operations: Operations, topology: Topology) -> None:
        self._operations = operations
        self._topology = topology

    async def accept(
        self,
        tx: Transaction,
        type_: str,
        piece: tuple[str, str],
        *,
        router_id: str,
        project_id: str,
        request_id: str,
        workflow_id: str,
    ) -> str:
        """Write the operation, and all the VLANs and addresses between pods that it will need.

        ``piece`` is its type and id. ``OverQuota`` naming the pool when one is used up: the
        client is told instead of finding the router in ERROR. A network that has no pod yet may
        still need one later.
        """
        await tx.run(routers.update().where(routers.c.id == router_id).values(status="ALLOCATING"))
        await self._topology.allocate(tx, router_id)
        return await self._operations.add(
            tx,
            type_,
            *piece,
            router_id=router_id,
            project_id=project_id,
            request_id=request_id,
            workflow_id=workflow_id,
        )
