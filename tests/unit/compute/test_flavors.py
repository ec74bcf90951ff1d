"""Flavors: what is kept, who sees it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from models.compute.flavors import Flavors, aside_name, shown_name
from models.database.store import Store
from models.database.tables.operation import Operation
from models.errors import BadRequest, Conflict, NotFound
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Caller
from tests.unit.network.wiring import Made

_PUBLIC = "os-flavor-access:is_public"


@pytest.fixture
def flavors(store: Store, operations: Operations) -> Flavors:
    return Flavors(store, operations)


def _body(**fields: Any) -> dict[str, Any]:
    return {"name": "small", "ram": 512, "vcpus": 1, "disk": 1, "id": "1"} | fields


async def test_a_flavor_is_kept_as_it_was_made(flavors: Flavors, member: Caller) -> None:
    made = await flavors.create(_body(id=1, ram="512", description="d"), describable=True)
    assert (made["id"], made["ram"], made["swap"]) == ("1", 512, 0)
    assert (made["is_public"], made["description"]) == (True, "d")
    assert await flavors.get(member, "1") == made
    assert (await flavors.describe("1", None))["description"] is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ram": 0}, "less than the minimum of 1"),
        ({"vcpus": True}, "is not of type 'integer'"),
        ({"vcpus": "many"}, "vcpus"),
        ({"disk": -1}, "disk"),
        ({"colour": "red"}, "colour"),
        ({"id": True}, "is not of type 'string'"),
        ({"name": " x"}, "start or end with whitespace"),
        ({"id": "a/b"}, "does not match"),
        ({"id": []}, "is not of type 'string'"),
        ({"rxtx_factor": "x"}, "It is not a number"),
        ({"rxtx_factor": 0}, "greater than 0"),
        ({_PUBLIC: "perhaps"}, "is not one of"),
        ({"description": "d"}, "'description' was unexpected"),
    ],
)
async def test_a_wrong_field_is_refused(
    flavors: Flavors, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        await flavors.create(_body(**fields), describable=False)


async def test_sizes_are_required(flavors: Flavors, admin: Caller) -> None:
    with pytest.raises(BadRequest, match="'ram' is a required property"):
        await flavors.create({"name": "x"}, describable=False)
    assert await flavors.list(admin, []) == []


async def test_id_and_name_are_taken_once(flavors: Flavors) -> None:
    await flavors.create(_body(), describable=False)
    with pytest.raises(Conflict, match="with ID 1 already exists"):
        await flavors.create(_body(name="other"), describable=False)
    with pytest.raises(Conflict, match="with name small already exists"):
        await flavors.create(_body(id="auto"), describable=False)


async def test_a_private_flavor_is_for_whom_it_is_granted(
    flavors: Flavors, member: Caller, admin: Caller
) -> None:
    await flavors.create(_body(**{_PUBLIC: False}), describable=False)
    with pytest.raises(NotFound, match="Flavor 1 could not be found"):
        await flavors.get(member, "1")
    assert await flavors.list(member, []) == []
    await flavors.grant("1", member.project_id)
    assert (await flavors.get(member, "1"))["access"] == [member.project_id]
    with pytest.raises(Conflict, match="access already exists"):
        await flavors.grant("1", member.project_id)
    await flavors.revoke("1", member.project_id)
    with pytest.raises(NotFound, match="access not found"):
        await flavors.revoke("1", member.project_id)
    assert [row.id for row in await flavors.list(admin, [("is_public", "none")])] == ["1"]


async def test_extra_specs_come_and_go(flavors: Flavors) -> None:
    await flavors.create(_body(), describable=False)
    await flavors.set_specs("1", {"a": "1", "b": "2"})
    assert (await flavors.set_specs("1", {"a": "3"}))["extra_specs"] == {"a": "3", "b": "2"}
    await flavors.unset_spec("1", "a")
    with pytest.raises(NotFound, match="no extra specs with key a"):
        await flavors.unset_spec("1", "a")


async def test_a_deleted_flavor_is_gone(flavors: Flavors, admin: Caller) -> None:
    await flavors.create(_body(), describable=False)
    await flavors.delete("1")
    with pytest.raises(NotFound):
        await flavors.get(admin, "1")
    with pytest.raises(NotFound):
        await flavors.delete("1")


async def test_one_with_a_copy_is_cleaned_up(
    flavors: Flavors, store: Store, pods: PodDirectory
) -> None:
    await flavors.create(_body(), describable=False)
    await Made(store).make("flavor", "1", await pods.get("id-of-pod-1"))
    await flavors.delete("1")
    async with store.read() as tx:
        (operation,) = await tx.all(Operation.select())
    assert (operation.type, operation.resource_id) == ("clean-up", "1")


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ([], ["1", "2"]),
        ([("sort_key", "memory_mb"), ("sort_dir", "desc")], ["2", "1"]),
        ([("minRam", "600")], ["2"]),
        ([("minDisk", "2")], []),
        ([("sort_key", "description")], ["1", "2"]),
        ([("limit", "1"), ("marker", "1")], ["2"]),
        ([("limit", "1")], ["1"]),
        ([("marker", "1")], ["2"]),
    ],
)
async def test_lists(
    flavors: Flavors, member: Caller, params: list[tuple[str, str]], ids: list[str]
) -> None:
    await flavors.create(_body(), describable=False)
    await flavors.create(_body(id="2", name="big", ram=1024), describable=False)
    assert [row.id for row in await flavors.list(member, params)] == ids


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sort_key", "red", "sort_key"),
        ("sort_dir", "up", "sort_dir"),
        ("minRam", "x", "Invalid minRam filter"),
        ("limit", "-1", "parameters limit"),
        ("marker", "9", r"marker \[9\] not found"),
        ("is_public", "x", "Invalid is_public filter"),
    ],
)
async def test_a_wrong_query_is_refused(
    flavors: Flavors, admin: Caller, name: str, value: str, words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        await flavors.list(admin, [(name, value)])


def test_a_copy_set_aside_is_shown_by_its_name_at_the_top() -> None:
    aside = aside_name({"id": "1", "name": "small"})
    assert aside == "small trio2o-1"
    assert shown_name(aside) == "small"
