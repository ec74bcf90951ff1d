"""What admins define at the top for block storage: types of volumes and groups, QoS specs."""

from __future__ import annotations

from typing import Any

import pytest

from models.creations import Creations
from models.database.store import Store
from models.database.tables.creation import Creation
from models.database.tables.pod import PodRow
from models.errors import BadRequest, Conflict, GatewayError, NotFound
from models.operations import Operations
from models.placement import Placement
from models.places import Places
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller
from models.volume import checks
from models.volume.group_types import GroupTypes, no_spec, parsed
from models.volume.objects import VolumeObjects
from models.volume.qos_specs import QosSpecs
from models.volume.types import VolumeTypes
from tests.unit.network.wiring import Offered

ONE, TWO = "id-of-pod-1", "id-of-pod-2"
PUBLIC = "os-volume-type-access:is_public"


class Learnt:
    """Pods that have no types of their own."""

    def __init__(self) -> None:
        self.times = 0

    async def fresh(self, seconds: float = 0.0) -> None:
        self.times += 1


@pytest.fixture
def learnt() -> Learnt:
    return Learnt()


@pytest.fixture
def types(store: Store, learnt: Learnt) -> VolumeTypes:
    return VolumeTypes(store, learnt)


async def names(types: VolumeTypes, caller: Caller, **asked: str) -> list[str]:
    rows, _ = await types.page(caller, list(asked.items()))
    return sorted(row["name"] for row in rows)


async def test_type_from_its_making_to_its_end(
    types: VolumeTypes, member: Caller, learnt: Learnt
) -> None:
    made = await types.create({"name": " fast ", "description": "d", "extra_specs": {"a": "b"}})
    assert (made["name"], made["is_public"], made["extra_specs"]) == (" fast ", True, {"a": "b"})
    for wanted in (made["id"], " fast "):
        assert (await types.named(member, wanted))["id"] == made["id"]
    with pytest.raises(Conflict, match=" fast  already exists"):
        await types.refuse_taken(" fast ", "another")
    await types.refuse_taken(" fast ", made["id"])
    assert (await types.set(made["id"], {"name": "slow"}))["name"] == "slow"
    assert not await types.is_default(made["id"])
    await types.set_default(member.project_id, made["id"])
    assert await types.is_default(made["id"])
    assert ((await types.default(member.project_id)) or {})["name"] == "slow"
    assert [row.project_id for row in await types.defaults()] == [member.project_id]
    await types.set_default(member.project_id, None)
    assert await types.default(member.project_id) is None
    await types.forget(made["id"])
    before = learnt.times
    with pytest.raises(NotFound, match=f"Volume type {made['id']}"):
        await types.get(member, made["id"])
    # A pod may have got it a moment ago.
    assert learnt.times == before + 1
    with pytest.raises(NotFound, match="with name slow"):
        await types.named(member, "slow")
    with pytest.raises(NotFound, match=f"Volume type {made['id']}"):
        await types.named(member, made["id"])


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ({}, BadRequest, "'name' is a required"),
        ({"name": "x", "colour": "red", "size": 1}, BadRequest, "'colour', 'size' were"),
        ({"name": "  "}, BadRequest, "too short"),
        ({"name": "x" * 256}, BadRequest, "too long"),
        ({"name": 5}, BadRequest, "not of type 'string'"),
        ({"name": "x", PUBLIC: "perhaps"}, BadRequest, "is not one of"),
        ({"name": "x", "extra_specs": []}, BadRequest, "not of type 'object'"),
        ({"name": "x", "extra_specs": {"a*": "b"}}, BadRequest, "does not match"),
        ({"name": "x", "extra_specs": {"a": 5}}, BadRequest, "'string', 'null'"),
        ({"name": "x", "extra_specs": {"a": "b" * 256}}, BadRequest, "too long"),
        ({"name": "taken"}, Conflict, "taken already exists"),
    ],
)
async def test_type_refused(
    types: VolumeTypes, member: Caller, body: dict[str, Any], error: type[GatewayError], says: str
) -> None:
    await types.create({"name": "taken"})
    with pytest.raises(error, match=says):
        await types.create(body)
    assert await names(types, member) == ["taken"]


async def test_private_type_is_for_those_with_access(
    types: VolumeTypes, member: Caller, admin: Caller
) -> None:
    made = await types.create({"name": "p", PUBLIC: False})
    with pytest.raises(NotFound):
        await types.get(member, made["id"])
    assert await names(types, member) == []
    await types.set(made["id"], {"access": [member.project_id]})
    assert (await types.get(member, made["id"]))["name"] == "p"
    assert await names(types, member) == ["p"]
    assert await names(types, admin) == []
    assert await names(types, admin, is_public="none") == ["p"]
    assert await names(types, admin, is_public="false") == ["p"]


async def test_lists_of_types(types: VolumeTypes, member: Caller, admin: Caller) -> None:
    await types.create({"name": "a", "extra_specs": {"multiattach": "<is> True", "x": "1"}})
    await types.create({"name": "b"})
    assert await names(types, admin, name="a") == ["a"]
    assert await names(types, member, name="a") == ["a", "b"]
    assert await names(types, member, extra_specs="{'multiattach': '<is> True'}") == ["a"]
    assert await names(types, member, extra_specs="{'x': '1'}") == []
    assert await names(types, admin, extra_specs="{'x': '1'}") == ["a"]
    rows, full = await types.page(member, [("sort_key", "name"), ("limit", "1")])
    assert ([row["name"] for row in rows], full) == (["b"], True)
    rows, _ = await types.page(member, [("sort", "name:asc"), ("marker", rows[0]["id"])])
    assert rows == []
    rows, _ = await types.page(member, [("sort", "name:asc"), ("offset", "1")])
    assert [row["name"] for row in rows] == ["b"]
    for wrong in ({"extra_specs": "{"}, {"limit": "few"}):
        with pytest.raises(BadRequest):
            await names(types, member, **wrong)
    with pytest.raises(NotFound):
        await names(types, member, marker="nobody")


async def test_qos_specs(store: Store, types: VolumeTypes, learnt: Learnt) -> None:
    specs = QosSpecs(store, learnt)
    made = await specs.create({"name": "q", "consumer": "both", "iops": "100"})
    assert (made["consumer"], made["specs"]) == ("both", {"iops": "100"})
    with pytest.raises(Conflict, match="q already exists"):
        await specs.create({"name": "q"})
    assert (await specs.create({"name": "r"}))["consumer"] == "back-end"
    changed = await specs.update(made["id"], {"iops": "5", "burst": "9"})
    assert changed["specs"] == {"iops": "5", "burst": "9"}
    assert (await specs.unset(made["id"], ["burst"]))["specs"] == {"iops": "5"}
    with pytest.raises(NotFound, match="no spec with key burst"):
        await specs.unset(made["id"], ["iops", "burst"])
    assert (await specs.get(made["id"]))["specs"] == {"iops": "5"}
    rows, _ = await specs.page([("consumer", "both")])
    assert [row["name"] for row in rows] == ["q"]
    assert ((await types.qos(made["id"])) or {})["name"] == "q"
    of = await types.create({"name": "t"})
    await types.set(of["id"], {"qos_specs_id": made["id"]})
    assert [row.name for row in await types.of_specs(made["id"])] == ["t"]
    for wrong in (
        {"name": "s", "consumer": "nobody"},
        {"consumer": "both"},
        {"name": "s", "a": 5},
    ):
        with pytest.raises(BadRequest):
            await specs.create(wrong)
    await specs.forget(made["id"])
    for gone in (specs.get(made["id"]), specs.update(made["id"], {}), specs.unset("none", [])):
        with pytest.raises(NotFound, match="No such QoS spec"):
            await gone


async def test_group_types(store: Store, learnt: Learnt, member: Caller, admin: Caller) -> None:
    kinds = GroupTypes(store, learnt)
    made = await kinds.create({"name": "g", "group_specs": {"a": "b"}})
    hidden = await kinds.create({"name": "h", "is_public": "no"})
    assert (await kinds.get(member, "g"))["group_specs"] == {"a": "b"}
    for caller, params, found in (
        (member, [], ["g"]),
        (member, [("is_public", "none")], ["g"]),
        (admin, [("is_public", "none")], ["g", "h"]),
        (admin, [("is_public", "false")], ["h"]),
    ):
        rows, _ = await kinds.page(caller, params)
        assert sorted(row["name"] for row in rows) == found
    with pytest.raises(NotFound):
        await kinds.get(member, hidden["id"])
    with pytest.raises(Conflict):
        await kinds.create({"name": "h"})
    with pytest.raises(Conflict):
        await kinds.change(made["id"], lambda row: {"name": "h"})
    changed = await kinds.change(made["id"], lambda row: parsed({"name": "i", "is_public": True}))
    assert changed["name"] == "i"
    assert "no extra spec with key x" in no_spec(changed, "x").message
    for wrong in ({}, {"colour": "red"}, {"name": ""}, {"is_public": "perhaps"}):
        with pytest.raises(BadRequest):
            parsed(wrong)
    assert parsed({"description": ""}) == {"description": ""}
    await kinds.forget(made["id"])
    for gone in (kinds.get(admin, "i"), kinds.change(made["id"], lambda row: {})):
        with pytest.raises(NotFound):
            await gone


@pytest.mark.parametrize(
    ("size", "counted"),
    [(3, 3), ("4", 4), (-1, 0), (None, 0), (True, 0), ("big", 0), ("9" * 12, 0)],
)
def test_size_that_is_counted(size: Any, counted: int) -> None:
    assert checks.size_of({"size": size}) == counted


def test_envelope_and_numbers() -> None:
    assert checks.envelope({"volume": {"a": 1}}, "volume") == {"a": 1}
    for body in ({}, {"volume": 3}, {"volume": {}, "more": {}}):
        with pytest.raises(BadRequest):
            checks.envelope(body, "volume")
    with pytest.raises(BadRequest, match="a b"):
        checks.specs({"a b": "c"}, "metadata", spaces=False)


# What lives in one pod's Cinder.


@pytest.fixture
def pods(store: Store) -> PodDirectory:
    return PodDirectory(store)


@pytest.fixture
def objects(store: Store, pods: PodDirectory) -> VolumeObjects:
    operations = Operations(store, Offered())
    places = Places(Placement(store, pods), pods, Routings(store))
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
    assert await objects.deleting(member, "volume", "vol") != await objects.giving(member, "vol")


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
