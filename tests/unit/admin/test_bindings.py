"""Bindings as an operator edits them."""

from __future__ import annotations

from typing import Any

import pytest

from models.admin.bindings import Bindings
from models.admin.pods import PodRegistry
from models.errors import BadRequest, Conflict, NotFound

PROJECT = "a" * 32


async def test_a_binding_is_made_listed_and_removed(bindings: Bindings) -> None:
    made = await bindings.create({"tenant_id": PROJECT, "pod_id": "id-of-pod-1"})
    assert made["reason"] == "an administrator"
    assert await bindings.get(made["id"]) == made
    assert (await bindings.list([("tenant_id", PROJECT)])).rows == [made]
    assert (await bindings.list([("tenant_id", "q")])).rows == []
    assert (await bindings.list([("pod_id", "id-of-pod-1")])).rows == [made]
    assert (await bindings.list([("pod_id", "other")])).rows == []
    with pytest.raises(Conflict, match="bound to pod id-of-pod-1 already"):
        await bindings.create({"tenant_id": PROJECT, "pod_id": "id-of-pod-1"})
    await bindings.delete(made["id"])
    with pytest.raises(NotFound, match="Binding"):
        await bindings.delete(made["id"])


async def test_pages_go_on_after_their_marker(bindings: Bindings) -> None:
    for pod in ("pod-1", "pod-2"):
        await bindings.create({"tenant_id": PROJECT, "pod_id": f"id-of-{pod}"})
    first = await bindings.list([("limit", "1")])
    second = await bindings.list([("limit", "1"), ("marker", first.marker)])
    # Bindings of the same second are in the order of their ids.
    assert [*first.rows, *second.rows] == (await bindings.list([])).rows
    assert len(second.rows) == 1
    assert second.marker == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"tenant_id": PROJECT}, "'pod_id' is missing"),
        ({"pod_id": "id-of-pod-1"}, "'tenant_id' is missing"),
        ({"tenant_id": PROJECT, "pod_id": "id-of-pod-1", "reason": "x"}, "reason"),
        ({"tenant_id": PROJECT, "pod_id": 1}, "'pod_id' is not a string"),
        ({"tenant_id": " ", "pod_id": "x"}, "'tenant_id' is empty"),
        ({"tenant_id": PROJECT * 256, "pod_id": "x"}, "longer than 255"),
        ({"tenant_id": PROJECT, "pod_id": "x", "red": 1}, "Unknown or read-only: red"),
        ({"tenant_id": PROJECT, "pod_id": "x"}, "Pod x could not be found"),
        ({"tenant_id": "q", "pod_id": "id-of-pod-1"}, "Keystone has no project q"),
    ],
)
async def test_a_wrong_body_is_refused(
    bindings: Bindings, body: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        await bindings.create(body)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("limit", "x", "Invalid limit 'x'"),
        ("marker", "x", "The marker x is no binding"),
        ("red", "x", "Unknown filter 'red'"),
    ],
)
async def test_a_wrong_query_is_refused(
    bindings: Bindings, name: str, value: str, words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        await bindings.list([(name, value)])


async def test_top_region_cannot_be_bound(bindings: Bindings, registry: PodRegistry) -> None:
    top = await registry.create({"pod_name": "RegionOne"})
    with pytest.raises(BadRequest, match="only pods can be bound"):
        await bindings.create({"tenant_id": PROJECT, "pod_id": top["pod_id"]})
