"""Leases: one holder at a time, whatever clocks say, and none who has lost it writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from models.database.leases import certain
from models.database.store import Store
from models.database.tables.pod import PodRow
from models.database.tables.routing import leases
from models.errors import PodBusy
from tests.unit.databases import fresh

SECONDS = 0.3


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Store]:
    await fresh(tmp_path / "unit.db").close()
    async for store in _gateway(tmp_path):
        yield store


@pytest.fixture
async def other(tmp_path: Path, one: Store) -> AsyncIterator[Store]:
    async for store in _gateway(tmp_path):
        yield store


async def _gateway(folder: Path) -> AsyncIterator[Store]:
    store = Store(f"sqlite+aiosqlite:///{folder / 'unit.db'}", lease_seconds=SECONDS)
    yield store
    await store.close()


async def _is_free(store: Store) -> bool:
    try:
        async with store.hold("it", wait=0.05):
            return True
    except PodBusy:
        return False


async def _lose(store: Store) -> None:
    """Let somebody else have taken it over."""
    async with store._write() as tx:
        await tx.run(leases.update().values(owner="somebody"))


async def _until_it_ends(store: Store, held: asyncio.Event) -> None:
    async with store.hold("it"):
        held.set()
        await asyncio.sleep(60)


async def test_a_renewed_lease_has_one_holder(one: Store, other: Store) -> None:
    async with one.hold("it"):
        await asyncio.sleep(SECONDS * 2)
        assert not await _is_free(other)
    assert await _is_free(other)


async def test_a_clock_that_is_ahead_takes_no_lease(
    one: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with one.hold("it"):
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 3600)
        assert not await _is_free(other)


async def test_a_lease_of_the_dead_is_taken_over(one: Store, other: Store) -> None:
    async with one._write() as tx:
        await tx.insert(leases, {"name": "it", "owner": "dead", "expires": 0.0})
    assert await _is_free(other)


async def test_a_lease_that_is_lost_ends_what_it_was_for(one: Store) -> None:
    held = asyncio.Event()
    working = asyncio.create_task(_until_it_ends(one, held))
    await held.wait()
    await _lose(one)
    with pytest.raises(PodBusy, match="could not be renewed"):
        await working


async def test_a_lease_that_cannot_be_renewed_ends_in_time(one: Store, other: Store) -> None:
    """Nobody can write while another does."""
    held = asyncio.Event()
    working = asyncio.create_task(_until_it_ends(one, held))
    await held.wait()
    async with other._write() as tx:
        await tx.run(delete(leases).where(leases.c.name == "another"))
        await asyncio.wait([working], timeout=0.8)
    with pytest.raises(PodBusy, match="could not be renewed"):
        await working


async def test_who_has_lost_a_lease_writes_nothing(one: Store) -> None:
    async def write() -> None:
        async with one.hold("it"):
            await _lose(one)
            async with one.write() as tx:
                await tx.run(delete(PodRow.table))

    with pytest.raises(PodBusy, match="could not be renewed"):
        await write()
    async with one.read() as tx:
        assert await tx.all(select(PodRow.pod_id))


async def test_who_was_stopped_for_too_long_calls_no_pod(one: Store) -> None:
    async def work() -> None:
        async with one.hold("it"):
            certain()
            # As a process that was stopped, and goes on where it was.
            time.sleep(SECONDS * 1.1)  # noqa: ASYNC251
            certain()

    with pytest.raises(PodBusy, match="could not be renewed"):
        await work()


async def test_a_timeout_of_the_work_itself_is_told_as_that(one: Store) -> None:
    with pytest.raises(TimeoutError):
        async with one.hold("it"), asyncio.timeout(0):
            await asyncio.sleep(1)
    assert await _is_free(one)
