"""PostgreSQL under gateway and worker: away for a while, and with several who write at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import update

from models import work
from models.database.record import METADATA
from models.database.store import Store
from models.database.tables.operation import Operation
from models.database.tables.routing import leases
from models.errors import BadRequest, DatabaseUnavailable, PodBusy
from models.operations import Operations
from models.work import State
from tests.support import postgresql
from tests.support.client import until
from tests.support.postgresql import Server
from tests.support.stack import Stack

pytestmark = pytest.mark.skipif(
    bool(postgresql.missing()), reason=f"PostgreSQL: {postgresql.missing()}"
)
LEASE_SECONDS = 0.6


class _Nowhere:
    """Takes no work: it is in the rows only."""

    async def offer(self, operation: object) -> None:
        return

    async def runs(self, operation: object) -> bool:
        return False

    async def stop(self, operation: object) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql.server() as made:
        yield made


@pytest.fixture
async def store(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    name = f"t{abs(hash(request.node.name)) % 10**8}"
    store = Store(server.database(name), lease_seconds=LEASE_SECONDS)
    async with store.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield store
    await store.close()


async def test_work_is_not_merged_into_what_has_begun(store: Store) -> None:
    operations = Operations(store, _Nowhere())
    task = work.CleanUp.NETWORK.on("n")
    async with store.write() as tx:
        first = await operations.add(tx, task)
    async with store.write() as tx:
        assert await operations.add(tx, task) == first
        begun = asyncio.create_task(operations.begin(first))
        # It has to wait: what this transaction writes is what it shall do.
        await asyncio.wait([begun], timeout=0.3)
        assert not begun.done()
    assert await begun
    async with store.write() as tx:
        assert await operations.add(tx, task) != first


async def test_a_server_that_is_away_is_told_as_that(store: Store, server: Server) -> None:
    async with store.read() as tx:
        await tx.all(Operation.select())
    server.stop()
    try:
        with pytest.raises(DatabaseUnavailable):
            await _touch(store)
    finally:
        server.start()
    await _touch(store)


async def test_what_was_read_stays_so_when_the_connection_breaks(
    store: Store, server: Server
) -> None:
    async with store.read() as tx:
        assert await tx.all(Operation.select()) == []
        server.stop()
        server.start()
    await _touch(store)


async def test_a_lease_ends_while_the_server_is_away(store: Store, server: Server) -> None:
    held = asyncio.Event()

    async def hold() -> None:
        async with store.hold("it"):
            held.set()
            await asyncio.sleep(60)

    holding = asyncio.create_task(hold())
    await held.wait()
    server.stop()
    try:
        with pytest.raises(PodBusy, match="could not be renewed"):
            await holding
    finally:
        server.start()
    async with store.hold("it"):
        await _touch(store)


async def test_who_waits_for_each_other_is_told_to_try_again(store: Store) -> None:
    operations = Operations(store, _Nowhere())
    async with store.write() as tx:
        ids = [await operations.add(tx, work.CleanUp.NETWORK.on(name)) for name in "ab"]
    met = asyncio.Barrier(2)

    async def take(order: list[str]) -> None:
        async with store.write() as tx:
            for id_ in order:
                mine = update(Operation.table).where(Operation.id == id_)
                await tx.run(mine.values(state=State.RUNNING))
                if id_ == order[0]:
                    await met.wait()

    ends = await asyncio.gather(take(ids), take(ids[::-1]), return_exceptions=True)
    assert sorted(type(end) for end in ends if end is not None) == [DatabaseUnavailable]


async def test_what_no_column_holds_is_bad_input(store: Store) -> None:
    async def write() -> None:
        async with store.write() as tx:
            await tx.insert(leases, {"name": "x" * 300, "owner": "me", "expires": 0.0})

    with pytest.raises(BadRequest, match="too long or too large"):
        await write()


def test_a_gateway_outlives_its_database(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Stack(tmp_path_factory.mktemp("away"), server.database("away")) as stack:
        network = stack.admin.network
        made = network.make("/networks", name="before")
        server.stop()
        try:
            answer = network("GET", "/networks")
            assert answer.status == 503, answer.body
            assert answer.headers["retry-after"]
            assert network("POST", "/networks", {"network": {"name": "away"}}).status == 503
        finally:
            server.start()
        assert network.get(f"/networks/{made['id']}")["name"] == "before"
        network.delete(f"/networks/{made['id']}")
        until(lambda: not stack.jobs(state="accepted"), "what was accepted is done")
        text = stack.gateway.text() + stack.worker.text()
        assert "Traceback" not in text


async def _touch(store: Store) -> None:
    async with store.write() as tx:
        await tx.run(update(Operation.table).values(state=State.SUCCEEDED))
