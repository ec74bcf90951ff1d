"""Release: flavors and keypairs leave a pod with the last server there."""

from sqlalchemy import select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.creation import Creation
from models.database.tables.routing import Routing, routings
from models.operations import Operations

_KINDS = ("flavor", "keypair")


async def release(tx: Transaction, operations: Operations, pod_id: str) -> list[str]:
    """Write the operations that empty a pod without servers; return them to announce."""
    if await _needed(tx, pod_id):
        return []
    copies = Routing.select().where(Routing.pod_id == pod_id, Routing.type.in_(_KINDS))
    return [
        await operations.add(tx, work.CleanUp(copy.type).on(copy.top_id))
        for copy in await tx.all(copies)
    ]


async def released(store: Store, copy: Row) -> bool:
    """Tell whether nothing in the pod can need the copy; if so, nobody finds it any more.

    A boot that begins now makes it again, when the one who removes it has let it go.
    """
    async with store.write() as tx:
        if await _needed(tx, copy["pod_id"]):
            return False
        mine = routings.update().where(Routing.id == copy["id"])
        return await tx.run(mine.values(bottom_id=None)) == 1


async def _needed(tx: Transaction, pod_id: str) -> bool:
    servers = select(Routing.id).where(Routing.pod_id == pod_id, Routing.type == "server")
    coming = select(Creation.id).where(Creation.pod_id == pod_id, Creation.type == "server")
    return bool(await tx.one(servers.limit(1)) or await tx.one(coming.limit(1)))
