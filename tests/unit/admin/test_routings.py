"""A look at where copies lie."""

from __future__ import annotations

from models.admin.routings import RoutingView
from models.database.store import Store
from models.pods import PodDirectory
from tests.unit.network.wiring import Made

ONE = "id-of-pod-1"


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
