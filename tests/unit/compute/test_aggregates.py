"""Aggregates: their hosts, each in one pod, and the zones that they make inside pods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from models.compute.aggregates import Aggregates
from models.compute.inner_zones import InnerZones
from models.database.store import Store
from models.database.tables.compute import Aggregate, aggregates
from models.errors import BadRequest, Conflict, GatewayError, NotFound, PodFault, PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Pod

ONE, TWO = "id-of-pod-1", "id-of-pod-2"


class Pods:
    """Pods with one compute host each, and what they were told of aggregates."""

    def __init__(self) -> None:
        self.hosts = {"host-1": {ONE}, "host-2": {TWO}, "twin": {ONE, TWO}}
        self.silent: set[str] = set()
        self.refusal: GatewayError | None = None
        self.converged: list[str] = []

    async def converge(self, id_: str) -> None:
        self.converged.append(id_)
        if self.refusal:
            raise self.refusal

    async def with_host(self, pods: Iterable[Pod], name: str) -> list[Pod]:
        asked = list(pods)
        for pod in asked:
            if pod.pod_id in self.silent:
                raise PodUnavailable(pod.pod_name, "no answer")
        return [pod for pod in asked if pod.pod_id in self.hosts.get(name, ())]


@pytest.fixture
def bottom() -> Pods:
    return Pods()


@pytest.fixture
def rows(store: Store, pods: PodDirectory, operations: Operations, bottom: Pods) -> Aggregates:
    return Aggregates(store, pods, operations, bottom, bottom)


async def test_aggregate_and_its_hosts(rows: Aggregates, bottom: Pods) -> None:
    made = await rows.create({"name": "fast", "availability_zone": "inner"})
    id_ = str(made["id"])
    assert (await rows.add_host(id_, "host-1"))["hosts"] == ["host-1"]
    with pytest.raises(Conflict, match="already has host host-1"):
        await rows.add_host(id_, "host-1")
    with pytest.raises(BadRequest, match="is not empty"):
        await rows.delete(id_)
    changed = await rows.set_metadata(id_, {"ssd": "true", "availability_zone": None})
    assert (changed["metadata"], changed["availability_zone"]) == ({"ssd": "true"}, None)
    assert (await rows.set_metadata(id_, {"ssd": None}))["metadata"] == {}
    assert (await rows.update(id_, {"name": "slow"}))["name"] == "slow"
    assert [(row["name"], row["hosts"]) for row in await rows.list()] == [("slow", ["host-1"])]
    assert (await rows.remove_host(id_, "host-1"))["hosts"] == []
    with pytest.raises(NotFound, match="Cannot remove host host-1"):
        await rows.remove_host(id_, "host-1")
    await rows.delete(id_)
    assert await rows.list() == []
    assert set(bottom.converged) == {id_}


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ({}, BadRequest, "'name' is a required"),
        ({"name": "x", "hosts": []}, BadRequest, "hosts"),
        ({"name": "x", "availability_zone": "a:b"}, BadRequest, "no ':'"),
        ({"name": "taken"}, Conflict, "taken already exists"),
    ],
)
async def test_aggregate_refused(
    rows: Aggregates, body: dict[str, Any], error: type[GatewayError], says: str
) -> None:
    await rows.create({"name": "taken"})
    with pytest.raises(error, match=says):
        await rows.create(body)


async def test_changes_of_aggregates_that_are_refused(rows: Aggregates) -> None:
    first = str((await rows.create({"name": "first"}))["id"])
    await rows.create({"name": "second"})
    for id_, body, error in (
        ("one", {"name": "x"}, BadRequest),
        ("99", {"name": "x"}, NotFound),
        ("9" * 18, {"name": "x"}, NotFound),
        (first, {}, BadRequest),
        (first, {"name": "second"}, Conflict),
        (first, {"colour": "red"}, BadRequest),
    ):
        with pytest.raises(error):
            await rows.update(id_, body)
    for metadata in ("text", {"key": {}}):
        with pytest.raises(BadRequest):
            await rows.set_metadata(first, metadata)


async def test_hosts_that_cannot_be_had(rows: Aggregates, bottom: Pods) -> None:
    id_ = str((await rows.create({"name": "x"}))["id"])
    with pytest.raises(NotFound, match="Compute host moon"):
        await rows.add_host(id_, "moon")
    with pytest.raises(Conflict, match="Several pods have a compute host twin"):
        await rows.add_host(id_, "twin")
    bottom.silent.add(TWO)
    with pytest.raises(PodUnavailable):
        await rows.add_host(id_, "host-2")
    assert (await rows.get(id_))["hosts"] == []


async def test_what_a_pod_refuses_is_as_it_was(rows: Aggregates, bottom: Pods) -> None:
    id_ = str((await rows.create({"name": "x"}))["id"])
    bottom.refusal = PodFault("pod-1", 409, b"{}", "no")
    with pytest.raises(PodFault):
        await rows.add_host(id_, "host-1")
    with pytest.raises(PodFault):
        await rows.update(id_, {"name": "y"})
    row = await rows.get(id_)
    assert (row["name"], row["hosts"]) == ("x", [])
    bottom.refusal = PodUnavailable("pod-1", "away")
    assert (await rows.update(id_, {"name": "z"}))["name"] == "z"


async def test_host_is_in_one_zone(rows: Aggregates, pods: PodDirectory) -> None:
    inner = str((await rows.create({"name": "a", "availability_zone": "inner"}))["id"])
    await rows.add_host(inner, "host-1")
    elsewhere = str((await rows.create({"name": "b", "availability_zone": "az-2"}))["id"])
    with pytest.raises(Conflict, match="already in availability zone"):
        await rows.add_host(elsewhere, "host-1")
    with pytest.raises(BadRequest, match="already in availability zone"):
        await rows.update(inner, {"availability_zone": "az-2"})
    await rows.forget_host(await pods.get(ONE), "host-1")
    assert (await rows.get(inner))["hosts"] == []


async def test_aggregate_of_a_pod_goes_with_it(rows: Aggregates, store: Store) -> None:
    row = {"uuid": "u", "name": "ag_pod-1", "availability_zone": "az-1", "pod_id": ONE}
    async with store.write() as tx:
        await tx.insert(aggregates, row)
        id_ = str(await tx.value(Aggregate.select().with_only_columns(Aggregate.id)))
    for change in (rows.update(id_, {"name": "x"}), rows.delete(id_), rows.add_host(id_, "h")):
        with pytest.raises(Conflict, match="stands for a pod"):
            await change


async def test_inner_zone_is_in_the_pods_of_its_hosts(
    rows: Aggregates, store: Store, pods: PodDirectory
) -> None:
    zones, one, two = InnerZones(store, pods), await pods.get(ONE), await pods.get(TWO)
    assert await zones.all() == {}
    assert await zones.asked(one, "az-1") == ""
    id_ = str((await rows.create({"name": "a", "availability_zone": "inner"}))["id"])
    await rows.add_host(id_, "host-1")
    assert await zones.all() == {"inner": [one]}
    assert await zones.pods("inner") == [one]
    assert await zones.pods("az-1") == []
    assert await zones.shown(one, "inner") == "inner"
    assert await zones.shown(two, "inner") == "az-2"
    assert await zones.shown(one, "") == "az-1"
    assert await zones.asked(one, "inner") == "inner"
    assert await zones.asked(one, "az-1") == "nova"
    assert await zones.asked(two, "az-2") == ""
