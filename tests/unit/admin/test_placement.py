"""Which pod gets what is new, and why."""

from __future__ import annotations

import pytest

from models.admin.pods import PodRegistry
from models.database.store import Store
from models.errors import BadRequest, GatewayError, NotFound
from models.placement import Placement
from models.pods import PodDirectory
from tests.unit.gates import Gates

ONE = "id-of-pod-1"


async def test_candidates_are_bound_pods_then_those_of_fewest_projects(
    store: Store, directory: PodDirectory
) -> None:
    placement = Placement(store, directory, Gates())

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
    placement = Placement(store, directory, Gates())
    with pytest.raises(GatewayError, match="no active pod"):
        await placement.candidates("p", "az-2")
    assert [choice.rank for choice in await placement.explain("p", "az-2")] == [0]
    with pytest.raises(NotFound):
        await directory.get("none")


async def test_a_pod_that_answers_nothing_comes_last_and_says_why(
    store: Store, directory: PodDirectory
) -> None:
    gates = Gates()
    placement = Placement(store, directory, gates)
    one = await directory.get(ONE)
    await placement.bind("p", one)
    why = "it has not answered since 2026-11-29T07:00:00Z"
    for service in ("compute", "network"):
        gates.silent = {("pod-1", service): why}
        ranked = await placement.explain("p")
        assert [choice.pod.pod_name for choice in ranked] == ["pod-2", "pod-3", "pod-1"]
        assert f"lately: {service}: {why}" in ranked[-1].reasons
    gates.silent = {("pod-1", "volume"): why}
    assert next(choice.pod for choice in await placement.explain("p")) == one
