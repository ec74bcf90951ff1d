"""Jobs: accepted operations, as an operator sees them and as they go on."""

from __future__ import annotations

import pytest

from models import work
from models.admin.jobs import Jobs
from models.database.store import Store
from models.errors import Conflict
from models.operations import Operations
from models.settings import Settings
from models.values import Caller
from models.work import State
from tests.unit.network.wiring import Offered


@pytest.fixture
def outbox() -> Offered:
    return Offered()


@pytest.fixture
def operations(store: Store, outbox: Offered) -> Operations:
    return Operations(store, outbox)


async def test_job_from_its_writing_to_its_end(
    store: Store, operations: Operations, outbox: Offered, member: Caller
) -> None:
    jobs = Jobs(Settings(), store, operations)
    async with store.write() as tx:
        id_ = await operations.add(tx, work.CleanUp.NETWORK.on("net"), caller=member)
        same = await operations.add(tx, work.CleanUp.NETWORK.on("net"), caller=member)
    assert same == id_
    shown = await jobs.get(id_)
    assert shown["state"] == State.ACCEPTED
    assert (shown["project_id"], shown["request_id"]) == (member.project_id, "req-1")
    assert shown["workflow_id"] in shown["links"][0]["href"].replace("%2F", "/")
    with pytest.raises(Conflict, match="nothing to redo"):
        await jobs.redo(id_)
    assert await operations.begin(id_) is not None
    assert (await jobs.get(id_))["attempts"] == 1
    assert await operations.asked_by(shown["workflow_id"]) == "req-1"
    outbox.running.add(id_)
    await jobs.cancel(id_)
    assert [row["id"] for row in outbox.stopped] == [id_]
    async with store.write() as tx:
        assert await operations.finish(tx, id_, State.FAILED, "why")
    assert jobs.brief(dict(await operations.get(id_) or {}))["error"] == "why"
    with pytest.raises(Conflict, match="nothing to cancel"):
        await jobs.cancel(id_)
    assert (await jobs.redo(id_))["state"] == State.ACCEPTED
    assert [row["id"] for row in (await jobs.list([("state", "accepted")])).rows] == [id_]


async def test_job_cancelled_before_it_begins_never_begins(
    store: Store, operations: Operations
) -> None:
    async with store.write() as tx:
        id_ = await operations.add(tx, work.CleanUp.PORT.on("port"))
    await operations.cancel(id_)
    assert await operations.begin(id_) is None


async def test_sweep_offers_what_nobody_has_begun(
    store: Store, operations: Operations, outbox: Offered
) -> None:
    async with store.write() as tx:
        waiting = await operations.add(tx, work.CleanUp.PORT.on("one"))
        begun = await operations.add(tx, work.CleanUp.PORT.on("two"))
    await operations.begin(begun)
    assert await operations.sweep(0) == 1
    assert [row["id"] for row in outbox.operations] == [waiting]
    assert await operations.sweep(3600) == 0


async def test_lost_execution_is_accepted_again(
    store: Store, operations: Operations, outbox: Offered
) -> None:
    async with store.write() as tx:
        lost = await operations.add(tx, work.CleanUp.PORT.on("one"))
        running = await operations.add(tx, work.CleanUp.PORT.on("two"))
    for id_ in (lost, running):
        await operations.begin(id_)
    outbox.running.add(running)
    assert await operations.revive(0) == 1
    states = [dict(await operations.get(id_) or {})["state"] for id_ in (lost, running)]
    assert states == [State.ACCEPTED, State.RUNNING]
