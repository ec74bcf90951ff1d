"""RouterChanges: how a change of a router's pieces is accepted, and how it is written."""

from dataclasses import dataclass

from models.database.store import Transaction
from models.database.tables.network import TABLES
from models.network.routers.plan import Topology
from models.operations import Operations

routers = TABLES["routers"]
# What may need a place on a bridge that is not there yet.
NEEDS_PLACES = ("router-interface-add", "router-gateway-set", "floatingip-associate")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done (the workflow's type), with which piece, of which router and project."""

    type: str
    piece: tuple[str, str]
    router_id: str
    project_id: str
    workflow_id: str

    async def write(self, tx: Transaction, operations: Operations, request_id: str = "") -> str:
        """Write the operation; announce the returned id after the commit."""
        return await operations.add(
            tx,
            self.type,
            *self.piece,
            router_id=self.router_id,
            project_id=self.project_id,
            request_id=request_id,
            workflow_id=self.workflow_id,
        )


def interface(verb: str, port_id: str, router_id: str, project_id: str) -> Change:
    """Return the change of an interface: ``add`` (also: bring up to date) or ``remove``."""
    name = f"router-interface-{verb}"
    return Change(name, ("port", port_id), router_id, project_id, f"{name}/{router_id}/{port_id}")


def gateway(verb: str, port_id: str, router_id: str, project_id: str) -> Change:
    """Return the change of a gateway: ``set`` or ``clear``."""
    name = f"router-gateway-{verb}"
    return Change(name, ("port", port_id), router_id, project_id, f"{name}/{router_id}")


def floatingip(verb: str, id_: str, router_id: str, project_id: str) -> Change:
    """Return the change of a floating IP: ``associate`` or ``disassociate``."""
    name = f"floatingip-{verb}"
    return Change(name, ("floatingip", id_), router_id, project_id, f"{name}/{id_}")


async def shows_work(tx: Transaction, router_id: str) -> None:
    """Show that the router is being changed until its last operation has ended."""
    await tx.run(routers.update().where(routers.c.id == router_id).values(status="ALLOCATING"))


class RouterChanges:
    """Works in the transaction of the request that wants the change."""

    def __init__(self, operations: Operations, topology: Topology) -> None:
        self._operations = operations
        self._topology = topology

    async def accept(self, tx: Transaction, change: Change, request_id: str) -> str:
        """Write the operation, and all the VLANs and addresses between pods that it will need.

        ``OverQuota`` naming the pool when one is used up: the client is told instead of finding
        the router in ERROR. A network that has no pod yet may still need one later. What takes
        something away is never refused: what still waits for a place is another's matter.
        """
        await shows_work(tx, change.router_id)
        if change.type in NEEDS_PLACES:
            await self._topology.allocate(tx, change.router_id)
        return await change.write(tx, self._operations, request_id)
