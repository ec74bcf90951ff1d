"""Pods as an operator keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from models.admin.bindings import Bindings
from models.admin.pods import PodRegistry
from models.database.store import Store
from models.database.tables.compute import Aggregate
from models.errors import BadRequest, Conflict, GatewayError, NotFound
from models.pods import PodDirectory
from models.values import PodState
from tests.unit.network.wiring import Made

ONE = "id-of-pod-1"


async def test_pod_gets_an_aggregate_that_follows_it(
    registry: PodRegistry, store: Store, directory: PodDirectory
) -> None:
    assert await directory.named("pod-4") is None
    made = await registry.create({"pod_name": "pod-4", "az_name": "az-9", "pod_az_name": "nova"})
    assert made["state"] == PodState.ACTIVE
    assert (await registry.get(made["pod_id"]))["pod_az_name"] == "nova"
    mine = Aggregate.select().where(Aggregate.pod_id == made["pod_id"])

    async def aggregate() -> tuple[str, Any] | None:
        async with store.read() as tx:
            row = await tx.one(mine)
            return row and (row["name"], row["availability_zone"])

    assert await aggregate() == ("ag_pod-4", "az-9")
    await registry.update(made["pod_id"], {"az_name": "az-8", "state": "draining"})
    assert await aggregate() == ("ag_pod-4", "az-8")
    assert [pod.state for pod in await directory.in_zone("az-8")] == [PodState.DRAINING]
    await registry.delete(made["pod_id"])
    assert await aggregate() is None
    assert await directory.named("pod-4") is None


async def test_top_region_is_no_pod_that_is_asked(
    registry: PodRegistry, directory: PodDirectory
) -> None:
    top = await registry.create({"pod_name": "RegionOne"})
    assert top["az_name"] == ""
    assert "RegionOne" not in [pod.pod_name for pod in await directory.all()]
    with pytest.raises(Conflict, match="top region RegionOne is registered already"):
        await registry.create({"pod_name": "pod-5"})
    with pytest.raises(BadRequest, match="no zone, pod_az_name or state"):
        await registry.update(top["pod_id"], {"state": "disabled"})
    assert (await registry.update(top["pod_id"], {"dc_name": "here"}))["dc_name"] == "here"


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ({}, BadRequest, "pod_name"),
        ({"pod_name": "pod-4", "colour": "red"}, BadRequest, "colour"),
        ({"pod_name": 4, "az_name": "z"}, BadRequest, "pod_name"),
        ({"pod_name": "pod-4", "az_name": "a:b"}, BadRequest, "':' separates"),
        ({"pod_name": "pod-4", "pod_az_name": "nova"}, BadRequest, "needs an az_name"),
        ({"pod_name": "pod-4"}, BadRequest, "would be the top region"),
        ({"pod_name": "RegionOne", "az_name": "z"}, BadRequest, "cannot be a bottom pod"),
        ({"pod_name": "moon", "az_name": "z"}, BadRequest, "Keystone has no region moon"),
        ({"pod_name": "pod-1", "az_name": "z"}, Conflict, "registered already"),
    ],
)
async def test_pod_refused(
    registry: PodRegistry, body: dict[str, Any], error: type[GatewayError], says: str
) -> None:
    with pytest.raises(error, match=says):
        await registry.create(body)
    assert len((await registry.list([])).rows) == 3


@pytest.mark.parametrize(
    ("id_", "body", "error", "says"),
    [
        ("none", {"dc_name": "x"}, NotFound, "could not be found"),
        (ONE, {"pod_name": "x"}, BadRequest, "pod_name"),
        (ONE, {"state": "asleep"}, BadRequest, "one of active, draining, disabled"),
        (ONE, {"az_name": ""}, BadRequest, "needs an az_name"),
        (ONE, {"az_name": "a:b"}, BadRequest, "':' separates"),
    ],
)
async def test_pod_change_refused(
    registry: PodRegistry, id_: str, body: dict[str, Any], error: type[GatewayError], says: str
) -> None:
    with pytest.raises(error, match=says):
        await registry.update(id_, body)


async def test_pod_in_use_stays_where_it_is(
    registry: PodRegistry, bindings: Bindings, store: Store, directory: PodDirectory
) -> None:
    await bindings.create({"tenant_id": "a" * 32, "pod_id": ONE})
    await Made(store).network("some", await directory.get(ONE))
    uses = r"routings of type network: 1; bindings: 1"
    with pytest.raises(Conflict, match=uses):
        await registry.delete(ONE)
    with pytest.raises(Conflict, match=uses):
        await registry.update(ONE, {"az_name": "az-7"})
    assert [pod.pod_id for pod in await directory.in_zone("az-1")] == [ONE, "id-of-pod-3"]


async def test_lists_of_pods(registry: PodRegistry) -> None:
    async def names(*params: tuple[str, str]) -> list[str]:
        return [row["pod_name"] for row in (await registry.list(params)).rows]

    assert await names() == ["pod-1", "pod-2", "pod-3"]
    assert await names(("az_name", "az-1")) == ["pod-1", "pod-3"]
    assert await names(("limit", "2")) == ["pod-1", "pod-2"]
    assert await names(("limit", "2"), ("marker", "id-of-pod-2")) == ["pod-3"]
    for wrong in (("colour", "red"), ("limit", "few"), ("marker", "nobody")):
        with pytest.raises(BadRequest):
            await names(wrong)
