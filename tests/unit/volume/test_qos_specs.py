"""QoS specs: what is kept, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from models.database.store import Store
from models.errors import BadRequest, Conflict, NotFound
from models.volume.qos_specs import QosSpecs
from models.volume.types import VolumeTypes
from tests.unit.volume.conftest import Learnt


@pytest.fixture
def specs(store: Store, learnt: Learnt) -> QosSpecs:
    return QosSpecs(store, learnt)


async def test_keys_come_and_go(specs: QosSpecs) -> None:
    made = await specs.create({"name": "q", "a": "1"})
    assert (made["consumer"], made["specs"]) == ("back-end", {"a": "1"})
    await specs.update(made["id"], {"b": "2", "consumer": "both"})
    row = await specs.get(made["id"])
    assert (row["consumer"], row["specs"]) == ("both", {"a": "1", "b": "2"})
    assert (await specs.unset(made["id"], ["a"]))["specs"] == {"b": "2"}
    with pytest.raises(NotFound, match="no spec with key a"):
        await specs.unset(made["id"], ["b", "a"])
    assert (await specs.get(made["id"]))["specs"] == {"b": "2"}
    await specs.forget(made["id"])
    with pytest.raises(NotFound, match="No such QoS spec"):
        await specs.get(made["id"])
    with pytest.raises(NotFound, match="No such QoS spec"):
        await specs.update(made["id"], {})
    with pytest.raises(NotFound, match="No such QoS spec"):
        await specs.unset("none", [])


async def test_types_have_specs(specs: QosSpecs, store: Store, learnt: Learnt) -> None:
    types = VolumeTypes(store, learnt)
    made, of = await specs.create({"name": "q"}), await types.create({"name": "t"})
    await types.set(of["id"], {"qos_specs_id": made["id"]})
    assert ((await types.qos(made["id"])) or {})["name"] == "q"
    assert [row.name for row in await types.of_specs(made["id"])] == ["t"]


async def test_a_name_is_taken_once_and_lists_are_filtered(specs: QosSpecs) -> None:
    await specs.create({"name": "q"})
    await specs.create({"name": "r", "consumer": "front-end"})
    with pytest.raises(Conflict, match="QoS Specs q already exists"):
        await specs.create({"name": "q"})
    rows, _ = await specs.page([("consumer", "front-end")])
    assert [row["name"] for row in rows] == ["r"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "'name' is a required property"),
        ({"name": ""}, "is too short"),
        ({"name": "q", "consumer": "red"}, "Valid consumer of QoS specs"),
        ({"name": "q", "a": 1}, "is not of type 'string', 'null'"),
        ({"name": "q", "a?": "1"}, "does not match any of the regexes"),
    ],
)
async def test_a_wrong_body_is_refused(specs: QosSpecs, body: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await specs.create(body)
