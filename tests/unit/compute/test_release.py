"""What leaves a pod with its last server."""

from __future__ import annotations

from models.compute.release import release, released
from models.database.store import Store
from models.database.tables.routing import Routing
from models.operations import Operations
from models.pods import PodDirectory
from tests.unit.network.wiring import Made

ONE = "id-of-pod-1"


async def test_definitions_leave_with_the_last_server(
    store: Store, pods: PodDirectory, operations: Operations
) -> None:
    made, one = Made(store), await pods.get(ONE)
    await made.make("flavor", "f", one)
    await made.make("server", "s", one)
    mine = Routing.select().where(Routing.type == "flavor")
    async with store.write() as tx:
        assert await release(tx, operations, ONE) == []
        copy = await tx.one(mine)
    assert copy is not None
    assert not await released(store, copy)
    async with store.write() as tx:
        await tx.run(Routing.table.delete().where(Routing.type == "server"))
        assert len(await release(tx, operations, ONE)) == 1
    assert await released(store, copy)
    async with store.read() as tx:
        left = await tx.one(mine)
    assert left is not None
    assert left.bottom_id is None
