"""Group types: what is kept, who sees it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from models.database.store import Store
from models.errors import BadRequest, Conflict, NotFound
from models.values import Caller
from models.volume.group_types import GroupTypes, no_spec, parsed
from tests.unit.volume.conftest import Learnt


@pytest.fixture
def types(store: Store, learnt: Learnt) -> GroupTypes:
    return GroupTypes(store, learnt)


async def test_a_type_is_found_by_id_and_by_name(types: GroupTypes, member: Caller) -> None:
    made = await types.create({"name": "t", "group_specs": {"k": "v"}})
    for wanted in (made["id"], "t"):
        assert (await types.get(member, wanted))["group_specs"] == {"k": "v"}
    rows, _ = await types.page(member, [])
    assert [row["name"] for row in rows] == ["t"]
    await types.forget(made["id"])
    with pytest.raises(NotFound, match="could not be found"):
        await types.get(member, "t")


async def test_a_private_type_is_the_admins(
    types: GroupTypes, member: Caller, admin: Caller
) -> None:
    made = await types.create({"name": "t", "is_public": False})
    with pytest.raises(NotFound):
        await types.get(member, made["id"])
    await types.create({"name": "u", "is_public": "yes"})
    for caller, asked, found in (
        (member, "none", ["u"]),
        (admin, "none", ["t", "u"]),
        (admin, "false", ["t"]),
    ):
        rows, _ = await types.page(caller, [("is_public", asked)])
        assert sorted(row["name"] for row in rows) == found


async def test_a_name_is_taken_once(types: GroupTypes) -> None:
    await types.create({"name": "t"})
    other = await types.create({"name": "u"})
    with pytest.raises(Conflict, match="Group Type t already exists"):
        await types.create({"name": "t"})
    with pytest.raises(Conflict, match="Group Type t already exists"):
        await types.change(other["id"], lambda row: {"name": "t"})
    with pytest.raises(NotFound):
        await types.change("nobody", lambda row: {})
    assert (await types.change(other["id"], lambda row: {"name": "w"}))["name"] == "w"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "'name' is a required property"),
        ({"name": " "}, "is too short"),
        ({"name": "t", "red": 1}, "'red' was unexpected"),
        ({"name": "t", "group_specs": 1}, "is not of type 'object'"),
        ({"name": "t", "group_specs": {"k": 1}}, "is not of type 'string', 'null'"),
        ({"name": "t", "is_public": "x"}, "is not one of"),
    ],
)
async def test_a_wrong_body_is_refused(
    types: GroupTypes, body: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        await types.create(body)


def test_a_change_says_something() -> None:
    assert parsed({"name": " n ", "description": ""}) == {"name": " n ", "description": ""}
    for nothing in ({}, {"name": None}):
        with pytest.raises(BadRequest, match="Specify group type name"):
            parsed(nothing)


def test_a_spec_that_is_not_there_is_named() -> None:
    assert "no extra spec with key x" in no_spec({"id": "1"}, "x").message
