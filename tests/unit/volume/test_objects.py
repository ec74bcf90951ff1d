"""Volumes and what is made of them: each lives in one pod's Cinder."""

from __future__ import annotations

import pytest

from models.creations import Creations
from models.database.store import Store
from models.database.tables.creation import Creation
from models.database.tables.pod import PodRow
from models.errors import BadRequest, NotFound
from models.operations import Operations
from models.placement import Placement
from models.places import Places
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller
from models.volume.objects import VolumeObjects
from tests.unit.gates import Gates
from tests.unit.network.wiring import Offered

ONE, TWO = "id-of-pod-1", "id-of-pod-2"


@pytest.fixture
def pods(store: Store) -> PodDirectory:
    return PodDirectory(store)


@pytest.fixture
def objects(store: Store, pods: PodDirectory) -> VolumeObjects:
    operations = Operations(store, Offered())
    places = Places(Placement(store, pods, Gates()), pods, Routings(store))
    return VolumeObjects(store, operations, places, Creations(store, operations, 60.0))


async def creations(store: Store) -> int:
    async with store.read() as tx:
        return len(await tx.all(Creation.select()))


async def test_object_is_where_its_pod_has_made_it(
    objects: VolumeObjects, pods: PodDirectory, store: Store, member: Caller, other: Caller
) -> None:
    one, two = await pods.get(ONE), await pods.get(TWO)
    async with objects.creations.tracked(
        "volume", one, member.project_id, "v", marked=True
    ) as creation:
        assert await creations(store) == 1
        await objects.recorded(creation, "volume", one, member, "vol")
    assert await creations(store) == 0
    assert await objects.homes(member, {"source_volid": "vol"}) == [("volume vol", one)]
    assert await objects.homes_of(other, "volume", "vol") == []
    with pytest.raises(NotFound, match="Volume vol could not be found"):
        await objects.homes(other, {"source_volid": "vol"})
    homes = await objects.homes_of(member, "volume", "vol")
    assert await objects.candidates(member, "", homes) == [one]
    with pytest.raises(BadRequest, match="asked for is az-2, but volume vol is in az-1"):
        await objects.candidates(member, "az-2", homes)
    with pytest.raises(BadRequest, match="cannot be used together"):
        await objects.candidates(member, "", [*homes, ("snapshot s", two)])
    await objects.together(member, ("volume other", one), "volume", "vol")
    with pytest.raises(BadRequest, match="but volume vol is in az-1"):
        await objects.together(member, ("group g", two), "volume", "vol")
    await objects.found("snapshot", one, member, {"snap": "vol"})
    assert await objects.homes_of(member, "snapshot", "snap") == [("snapshot snap", one)]
    assert await objects.giving(member, "vol")


async def test_creation_that_fails_is_looked_for(
    objects: VolumeObjects, pods: PodDirectory, store: Store, member: Caller
) -> None:
    one = await pods.get(ONE)
    with pytest.raises(ZeroDivisionError):
        async with objects.creations.tracked(
            "volume", one, member.project_id, None, marked=True
        ) as creation:
            raise ZeroDivisionError
    async with objects.creations.unfinished(creation) as row:
        assert row is not None
        assert row["type"] == "volume"
    async with objects.creations.unfinished(creation) as row:
        assert row is None
    async with objects.creations.tracked(
        "volume", one, member.project_id, "v", marked=True
    ) as creation:
        await objects.refused(creation)
    assert await creations(store) == 0
    await objects.found("volume", one, member, {"known": ""})
    assert await objects.creations.unrouted(one, ["known", "new"]) == ["new"]


async def test_pod_that_takes_nothing_new_keeps_what_it_has(
    objects: VolumeObjects, pods: PodDirectory, store: Store, member: Caller
) -> None:
    await objects.found("volume", await pods.get(ONE), member, {"vol": ""})
    async with store.write() as tx:
        await tx.run(PodRow.table.update().where(PodRow.pod_id == ONE).values(state="draining"))
    pods.changed()
    with pytest.raises(BadRequest, match="where volume vol is, takes no new objects"):
        await objects.candidates(member, "", await objects.homes_of(member, "volume", "vol"))
