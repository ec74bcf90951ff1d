"""Volume types: what is kept, who sees it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from models.database.store import Store
from models.errors import BadRequest, Conflict, GatewayError, NotFound
from models.values import Caller
from models.volume.types import VolumeTypes
from tests.unit.volume.conftest import Learnt

PUBLIC = "os-volume-type-access:is_public"


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
