"""One protocol for all copies: what it asks of a pod, and what it remembers, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from activities.copies import Copies, CopyKind
from models.database.record import METADATA
from models.database.store import Row, Store, Transaction
from models.database.tables.network import Network
from models.database.tables.pod import pods
from models.errors import NotFound, PodFault, PodUnavailable
from models.pods import PodDirectory
from models.routings import Made, Routings
from models.values import Pod
from models.volume.type_copies import TypeCopyRows

POD = Pod("pod-1", "Pod1", "az1")
THING: Row = {"id": "top", "name": "thing", "size": 1}


class Things(CopyKind):
    """Things in one pod: by id, their name and size. ``trouble`` is raised by the next call."""

    type = "thing"

    def __init__(self) -> None:
        self.there: dict[str, dict[str, Any]] = {}
        self.at_top: Row | None = THING
        self.calls: list[str] = []
        self.trouble: dict[str, Exception] = {}

    def desired(self, row: Row) -> Any:
        return {"size": row["size"]}

    def replaced(self, row: Row, copy: Row) -> bool:
        return bool(row.get("replaced"))

    async def row(self, id_: str) -> Row | None:
        return self.at_top

    async def find(self, row: Row, pod: Pod) -> str | None:
        self._call("find")
        return next((id_ for id_, one in self.there.items() if one["name"] == row["name"]), None)

    async def create(self, row: Row, pod: Pod) -> Made:
        id_ = f"bottom-{len(self.calls)}"
        self.there[id_] = {"name": row["name"], "size": row["size"]}
        self._call("create")
        return Made(id_, self.desired(row))

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        self._call("update")
        if bottom not in self.there:
            raise PodFault(pod.pod_name, 404, b"", "gone")
        self.there[bottom]["size"] = row["size"]

    async def delete(self, copy: Row, pod: Pod) -> None:
        self._call("delete")
        if self.there.pop(copy["bottom_id"], None) is None:
            raise PodFault(pod.pod_name, 404, b"", "gone")

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.trouble:
            raise self.trouble.pop(name)


class FoundThings(Things):
    """Things that pods have of their own."""

    found_in_pods = True


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(f"sqlite+aiosqlite:///{tmp_path}/rows.sqlite")
    async with opened.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    async with opened.write() as tx:
        row = {"pod_id": "pod-1", "pod_name": "Pod1", "az_name": "az1"}
        await tx.insert(pods, row)
    yield opened
    await opened.close()


def _copies(store: Store, things: Things) -> Copies:
    rows = TypeCopyRows(store) if things.found_in_pods else Routings(store)
    return Copies(rows, PodDirectory(store), things)


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_a_copy_is_made_once(store: Store, kind: type[Things]) -> None:
    things = kind()
    copies = _copies(store, things)
    first = await copies.materialise(THING, POD)
    assert await copies.materialise(THING, POD) == first
    assert things.calls.count("create") == 1
    assert [row["bottom_id"] for row in await copies.of("top")] == [first]


async def test_a_new_copy_is_not_looked_for(store: Store) -> None:
    things = Things()
    await _copies(store, things).materialise(THING, POD)
    assert things.calls == ["create"]


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_a_copy_whose_answer_was_lost_is_found(store: Store, kind: type[Things]) -> None:
    things = kind()
    copies = _copies(store, things)
    things.trouble["create"] = PodUnavailable("Pod1", "lost")
    with pytest.raises(PodUnavailable):
        await copies.materialise(THING, POD)
    assert await copies.materialise(THING, POD) in things.there
    assert len(things.there) == 1
    # What is set on one that was found is not known.
    assert things.calls[-1] == "update"


async def test_a_refusal_leaves_no_row(store: Store) -> None:
    things = Things()
    copies = _copies(store, things)
    things.trouble["create"] = PodFault("Pod1", 400, b"", "no")
    with pytest.raises(PodFault):
        await copies.materialise(THING, POD)
    assert await copies.of("top") == []


async def test_what_is_there_already_becomes_the_copy(store: Store) -> None:
    things = FoundThings()
    things.there["own"] = {"name": "thing", "size": 7}
    assert await _copies(store, things).materialise(THING, POD) == "own"
    assert things.there["own"]["size"] == 1


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_only_what_changed_is_applied(store: Store, kind: type[Things]) -> None:
    things = kind()
    copies = _copies(store, things)
    bottom = await copies.materialise(THING, POD)
    things.at_top = THING | {"size": 2}
    await copies.update("top")
    await copies.update("top")
    assert things.there[bottom]["size"] == 2
    assert things.calls.count("update") == 1


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_a_copy_that_the_pod_lost_is_made_again(store: Store, kind: type[Things]) -> None:
    things = kind()
    copies = _copies(store, things)
    await copies.materialise(THING, POD)
    things.there.clear()
    things.at_top = THING | {"size": 2}
    bottom = await copies.materialise(things.at_top, POD)
    assert things.there == {bottom: {"name": "thing", "size": 2}}


async def test_the_copy_of_an_earlier_object_goes_first(store: Store) -> None:
    things = Things()
    copies = _copies(store, things)
    first = await copies.materialise(THING, POD)
    second = await copies.materialise(THING | {"replaced": True}, POD)
    assert list(things.there) == [second]
    assert first != second


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_clean_up_removes_the_copies_of_what_is_gone(
    store: Store, kind: type[Things]
) -> None:
    things = kind()
    copies = _copies(store, things)
    await copies.materialise(THING, POD)
    await copies.clean_up("top")
    assert len(things.there) == 1
    things.at_top = None
    await copies.clean_up("top")
    assert things.there == {}
    assert await copies.of("top") == []


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_a_copy_that_is_gone_already_is_removed(store: Store, kind: type[Things]) -> None:
    things = kind()
    copies = _copies(store, things)
    await copies.materialise(THING, POD)
    things.there.clear()
    assert await copies.remove_all("top") == []
    assert await copies.of("top") == []


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_a_silent_pod_keeps_the_row(store: Store, kind: type[Things]) -> None:
    things = kind()
    copies = _copies(store, things)
    await copies.materialise(THING, POD)
    things.at_top = None
    things.trouble["delete"] = PodUnavailable("Pod1", "away")
    with pytest.raises(PodUnavailable):
        await copies.clean_up("top")
    assert len(await copies.of("top")) == 1
    await copies.clean_up("top")
    assert await copies.of("top") == []


@pytest.mark.parametrize("kind", [Things, FoundThings])
async def test_a_copy_in_use_stays_known(store: Store, kind: type[Things]) -> None:
    things = kind()
    copies = _copies(store, things)
    bottom = await copies.materialise(THING, POD)
    things.trouble["delete"] = PodFault("Pod1", 409, b"", "in use")
    with pytest.raises(PodFault):
        await copies.remove_all("top")
    assert [row["bottom_id"] for row in await copies.of("top")] == [bottom]


class Plain(Things):
    """Things of which nothing that was set is remembered; what goes with a copy is noted."""

    remembered = False

    def __init__(self) -> None:
        super().__init__()
        self.followed: list[str] = []

    async def release(self, copy: Row, pod: Pod) -> None:
        self.followed.append(f"release {copy['top_id']} in {pod.pod_id}")

    async def forget(self, tx: Transaction, copy: Row) -> None:
        self.followed.append(f"forget {copy['top_id']} in {copy['pod_id']}")


async def test_without_memory_all_is_set_by_every_update_and_nothing_when_made(
    store: Store,
) -> None:
    things = Plain()
    copies = _copies(store, things)
    bottom = await copies.materialise(THING, POD)
    await copies.materialise(THING | {"size": 2}, POD)
    assert things.calls == ["create"]
    things.at_top = THING | {"size": 3}
    await copies.update("top")
    await copies.update("top")
    assert things.calls == ["create", "update", "update"]
    assert things.there[bottom]["size"] == 3


class Slow(Plain):
    """Plain things whose making waits for a word."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def create(self, row: Row, pod: Pod) -> Made:
        self.asked.set()
        await self.may.wait()
        return await super().create(row, pod)


async def test_without_memory_a_copy_that_is_being_made_is_waited_for(store: Store) -> None:
    things = Slow()
    copies = _copies(store, things)
    making = asyncio.create_task(copies.materialise(THING, POD))
    await things.asked.wait()
    things.at_top = THING | {"size": 2}
    updating = asyncio.create_task(copies.update("top"))
    things.may.set()
    bottom = await making
    await updating
    assert things.there[bottom]["size"] == 2


@pytest.mark.parametrize("kind", [Things, FoundThings, Plain])
async def test_what_changed_before_its_maker_wrote_a_row_is_set(
    store: Store, kind: type[Things]
) -> None:
    things = kind()
    things.at_top = THING | {"size": 2}
    bottom = await _copies(store, things).materialise(THING, POD)
    assert things.there[bottom]["size"] == 2


async def test_without_memory_one_that_is_found_is_set(store: Store) -> None:
    things = Plain()
    copies = _copies(store, things)
    things.trouble["create"] = PodUnavailable("Pod1", "lost")
    with pytest.raises(PodUnavailable):
        await copies.materialise(THING, POD)
    things.at_top = THING | {"size": 2}
    await copies.update("top")
    things.trouble["update"] = PodUnavailable("Pod1", "away")
    with pytest.raises(PodUnavailable):
        await copies.materialise(things.at_top, POD)
    bottom = await copies.materialise(things.at_top, POD)
    assert things.there == {bottom: {"name": "thing", "size": 2}}


async def test_what_only_the_copy_needed_goes_with_it(store: Store) -> None:
    things = Plain()
    copies = _copies(store, things)
    await copies.materialise(THING, POD)
    things.trouble["delete"] = PodUnavailable("Pod1", "away")
    with pytest.raises(PodUnavailable):
        await copies.remove_in("top", POD)
    assert things.followed == []
    await copies.remove_in("top", POD)
    assert things.followed == ["release top in pod-1", "forget top in pod-1"]
    await copies.remove_in("top", POD)
    assert len(things.followed) == 2


async def test_of_what_is_gone_at_the_top_no_copy_is_made(store: Store) -> None:
    class Kept(Things):
        table = Network.table

    things = Kept()
    with pytest.raises(NotFound):
        await _copies(store, things).materialise(THING, POD)
    assert things.calls == []
