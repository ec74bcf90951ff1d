"""What an operator keeps: pods, bindings, and a look at routings and jobs."""

from __future__ import annotations

from typing import Any

import pytest

from models import work
from models.admin.bindings import Bindings
from models.admin.jobs import Jobs
from models.admin.pods import PodRegistry
from models.admin.routings import RoutingView
from models.database.store import Store
from models.database.tables.compute import Aggregate
from models.errors import BadRequest, Conflict, GatewayError, NotFound
from models.operations import Operations
from models.placement import Placement
from models.pods import PodDirectory
from models.settings import Settings
from models.values import Caller, PodState
from models.work import State
from tests.unit.network.wiring import Made, Offered

ONE = "id-of-pod-1"


class Keystone:
    """A Keystone with three regions and one project."""

    async def has_region(self, name: str) -> bool:
        return name in ("pod-4", "RegionOne", "pod-5")

    async def has_project(self, id_: str) -> bool:
        return id_ == "a" * 32


@pytest.fixture
def directory(store: Store) -> PodDirectory:
    return PodDirectory(store)


@pytest.fixture
def registry(store: Store, directory: PodDirectory) -> PodRegistry:
    return PodRegistry(Settings(), store, Keystone(), directory)


@pytest.fixture
def bindings(store: Store) -> Bindings:
    return Bindings(store, Keystone())


@pytest.fixture
def outbox() -> Offered:
    return Offered()


@pytest.fixture
def operations(store: Store, outbox: Offered) -> Operations:
    return Operations(store, outbox)


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


async def test_binding_is_shown_listed_and_deleted(bindings: Bindings) -> None:
    made = await bindings.create({"tenant_id": "a" * 32, "pod_id": ONE})
    assert made["reason"] == "an administrator"
    assert await bindings.get(made["id"]) == made
    assert (await bindings.list([("pod_id", ONE)])).rows == [made]
    assert (await bindings.list([("pod_id", "other")])).rows == []
    with pytest.raises(Conflict, match="bound to pod id-of-pod-1 already"):
        await bindings.create({"tenant_id": "a" * 32, "pod_id": ONE})
    await bindings.delete(made["id"])
    with pytest.raises(NotFound):
        await bindings.delete(made["id"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"pod_id": ONE}, "tenant_id"),
        ({"tenant_id": "a" * 32}, "pod_id"),
        ({"tenant_id": "b" * 32, "pod_id": ONE}, "Keystone has no project"),
        ({"tenant_id": "a" * 32, "pod_id": "none"}, "Pod none could not be found"),
        ({"tenant_id": "a" * 32, "pod_id": ONE, "reason": "x"}, "reason"),
    ],
)
async def test_binding_refused(bindings: Bindings, body: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        await bindings.create(body)


async def test_top_region_cannot_be_bound(bindings: Bindings, registry: PodRegistry) -> None:
    top = await registry.create({"pod_name": "RegionOne"})
    with pytest.raises(BadRequest, match="only pods can be bound"):
        await bindings.create({"tenant_id": "a" * 32, "pod_id": top["pod_id"]})


async def test_routings_newest_first(store: Store, directory: PodDirectory) -> None:
    made = Made(store)
    for name in ("net-1", "net-2"):
        await made.network(name, await directory.get(ONE))
    await made.subnet("sub", await directory.get("id-of-pod-2"))
    view = RoutingView(store)

    async def ids(*params: tuple[str, str]) -> list[str]:
        return [row["top_id"] for row in (await view.list(params)).rows]

    assert await ids() == ["sub", "net-2", "net-1"]
    assert await ids(("resource_type", "network")) == ["net-2", "net-1"]
    assert await ids(("pod_id", "id-of-pod-2")) == ["sub"]


async def test_job_from_its_writing_to_its_end(
    store: Store, operations: Operations, outbox: Offered, member: Caller
) -> None:
    jobs = Jobs(Settings(), store, operations)
    async with store.write() as tx:
        id_ = await operations.add(tx, work.CleanUp.NETWORK.on("net"), caller=member)
        same = await operations.add(tx, work.CleanUp.NETWORK.on("net"), caller=member)
    assert same == id_
    shown = await jobs.get(id_)
    assert shown["state"] == State.ACCEPTED
    assert (shown["project_id"], shown["request_id"]) == (member.project_id, "req-1")
    assert shown["workflow_id"] in shown["links"][0]["href"].replace("%2F", "/")
    with pytest.raises(Conflict, match="nothing to redo"):
        await jobs.redo(id_)
    assert await operations.begin(id_) is not None
    assert (await jobs.get(id_))["attempts"] == 1
    assert await operations.asked_by(shown["workflow_id"]) == "req-1"
    outbox.running.add(id_)
    await jobs.cancel(id_)
    assert [row["id"] for row in outbox.stopped] == [id_]
    async with store.write() as tx:
        assert await operations.finish(tx, id_, State.FAILED, "why")
    assert jobs.brief(dict(await operations.get(id_) or {}))["error"] == "why"
    with pytest.raises(Conflict, match="nothing to cancel"):
        await jobs.cancel(id_)
    assert (await jobs.redo(id_))["state"] == State.ACCEPTED
    assert [row["id"] for row in (await jobs.list([("state", "accepted")])).rows] == [id_]


async def test_job_cancelled_before_it_begins_never_begins(
    store: Store, operations: Operations
) -> None:
    async with store.write() as tx:
        id_ = await operations.add(tx, work.CleanUp.PORT.on("port"))
    await operations.cancel(id_)
    assert await operations.begin(id_) is None


async def test_sweep_offers_what_nobody_has_begun(
    store: Store, operations: Operations, outbox: Offered
) -> None:
    async with store.write() as tx:
        waiting = await operations.add(tx, work.CleanUp.PORT.on("one"))
        begun = await operations.add(tx, work.CleanUp.PORT.on("two"))
    await operations.begin(begun)
    assert await operations.sweep(0) == 1
    assert [row["id"] for row in outbox.operations] == [waiting]
    assert await operations.sweep(3600) == 0


async def test_lost_execution_is_accepted_again(
    store: Store, operations: Operations, outbox: Offered
) -> None:
    async with store.write() as tx:
        lost = await operations.add(tx, work.CleanUp.PORT.on("one"))
        running = await operations.add(tx, work.CleanUp.PORT.on("two"))
    for id_ in (lost, running):
        await operations.begin(id_)
    outbox.running.add(running)
    assert await operations.revive(0) == 1
    states = [dict(await operations.get(id_) or {})["state"] for id_ in (lost, running)]
    assert states == [State.ACCEPTED, State.RUNNING]


async def test_candidates_are_bound_pods_then_those_of_fewest_projects(
    store: Store, directory: PodDirectory
) -> None:
    placement = Placement(store, directory)

    async def names(project: str, zone: str = "") -> list[str]:
        return [pod.pod_name for pod in await placement.candidates(project, zone)]

    assert await names("p") == ["pod-1", "pod-2", "pod-3"]
    await placement.bind("other", await directory.get(ONE))
    assert await names("p") == ["pod-2", "pod-3", "pod-1"]
    assert await names("p", "az-1") == ["pod-3", "pod-1"]
    third = await directory.get("id-of-pod-3")
    await placement.bind("p", third)
    assert await names("p") == ["pod-3", "pod-2", "pod-1"]
    assert placement.why("p", third).startswith("bound to the project since")
    placement.note(third, "full")
    ranked = await placement.explain("p")
    assert [choice.pod.pod_name for choice in ranked] == ["pod-2", "pod-1", "pod-3"]
    assert "lately: full" in ranked[-1].reasons
    assert placement.willing([third, await directory.get(ONE)])[-1] == third
    with pytest.raises(BadRequest, match="not available"):
        await names("p", "nowhere")


async def test_no_candidate_where_no_pod_is_active(
    store: Store, directory: PodDirectory, registry: PodRegistry
) -> None:
    await registry.update("id-of-pod-2", {"state": "draining"})
    placement = Placement(store, directory)
    with pytest.raises(GatewayError, match="no active pod"):
        await placement.candidates("p", "az-2")
    assert [choice.rank for choice in await placement.explain("p", "az-2")] == [0]
    with pytest.raises(NotFound):
        await directory.get("none")
