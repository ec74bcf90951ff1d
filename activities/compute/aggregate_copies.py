"""AggregateCopies: an admin's aggregate in each pod that has hosts of it."""

import re
from typing import Any

from activities.copies import Copies, CopyKind
from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.compute import Aggregate, AggregateHost
from models.errors import Conflict, PodFault
from models.pods import PodDirectory
from models.routings import Made, Routings
from models.values import Pod

# In a copy's metadata: who made it. Aggregates have no description.
MARKER = "trio2o:aggregate"
_PATH = "/os-aggregates"


class _Aggregates(CopyKind):
    """Found by a key of their metadata. A row tells by ``hosts`` those in the pod.

    Hosts come and go in the pod: nothing that was applied is relied on.
    """

    type = "aggregate"

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods

    def converged(self, row: Row, applied: Any) -> bool:
        return False

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(Aggregate.select().where(Aggregate.id == int(id_)))

    async def find(self, row: Row, pod: Pod) -> str | None:
        for there in (await self._admin(pod, "GET", _PATH))["aggregates"]:
            if there["metadata"].get(MARKER) == str(row["id"]):
                return str(there["id"])
            # One that lost its creation's answer has no mark yet, and nothing in it.
            if there["name"] == row["name"]:
                if there["metadata"] or there["hosts"]:
                    raise Conflict(
                        f"Pod {pod.pod_name} has another aggregate named {row['name']}."
                    )
                return str(there["id"])
        return None

    async def create(self, row: Row, pod: Pod) -> Made:
        made = await self._admin(pod, "POST", _PATH, {"aggregate": {"name": row["name"]}})
        return Made(str(made["aggregate"]["id"]), None)

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        path = f"{_PATH}/{bottom}"
        there = (await self._admin(pod, "GET", path))["aggregate"]
        if there["name"] != row["name"]:
            await self._admin(pod, "PUT", path, {"aggregate": {"name": row["name"]}})
        metadata = row["metadata"] | {MARKER: str(row["id"])}
        zone = row["availability_zone"]
        if zone and not await self._pods.in_zone(zone):
            metadata["availability_zone"] = zone
        changed: dict[str, str | None] = dict.fromkeys(set(there["metadata"]) - set(metadata))
        changed |= {k: v for k, v in metadata.items() if there["metadata"].get(k) != v}
        if changed:
            await self._act(pod, path, "set_metadata", metadata=changed)
        try:
            for host in set(there["hosts"]) - row["hosts"]:
                await self._act(pod, path, "remove_host", host=host)
            for host in row["hosts"] - set(there["hosts"]):
                await self._act(pod, path, "add_host", host=host)
        except PodFault as fault:
            fault.body = _named(fault.body, bottom, str(row["id"]))
            raise

    async def delete(self, copy: Row, pod: Pod) -> None:
        for there in (await self._admin(pod, "GET", _PATH))["aggregates"]:
            mine = there["metadata"].get(MARKER) == copy["top_id"]
            if not (mine or (copy["bottom_id"] and str(there["id"]) == copy["bottom_id"])):
                continue
            path = f"{_PATH}/{there['id']}"
            for host in there["hosts"]:
                await self._act(pod, path, "remove_host", host=host)
            await self._admin(pod, "DELETE", path)

    async def _act(self, pod: Pod, path: str, action: str, **inner: Any) -> None:
        try:
            await self._admin(pod, "POST", f"{path}/action", {action: inner})
        except PodFault as fault:
            # Another process, or a lost answer, was first.
            done = (action, fault.status) in (("add_host", 409), ("remove_host", 404))
            there = (await self._admin(pod, "GET", path))["aggregate"]["hosts"]
            if not done or (inner["host"] in there) != (action == "add_host"):
                raise

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "compute", method, path, body)


def _named(told: bytes, bottom: str, top: str) -> bytes:
    """Return a pod's refusal with the aggregate's id at the top, which is the client's word."""
    return re.sub(rf"(?i)(aggregate) {bottom}\b".encode(), rb"\1 " + top.encode(), told)


class AggregateCopies:
    """Copies of aggregates: name, metadata and the pod's own hosts; a zone if it is an inner one.

    Another is made up of whole pods, whose names for it are their own.
    """

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory, rows: Routings) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._kind = _Aggregates(store, regions, pods)
        self._copies = Copies(rows, pods, self._kind)

    async def converge(self, id_: str) -> None:
        """Bring the aggregate's copies in line with its row and its hosts."""
        row = await self._kind.row(id_)
        async with self._store.read() as tx:
            hosts = await tx.all(
                AggregateHost.select().where(AggregateHost.aggregate_id == int(id_))
            )
        inside: dict[str, set[str]] = {}
        for host in hosts if row else ():
            inside.setdefault(host.pod_id, set()).add(host.host)
        for copy in await self._copies.of(id_):
            if copy["pod_id"] not in inside:
                await self._copies.remove(copy)
        for pod_id, names in inside.items():
            pod = await self._pods.get(pod_id)
            await self._copies.materialise((row or {}) | {"hosts": names}, pod)

    async def cache_images(self, id_: str, body: Any, version: str) -> None:
        """Have the hosts of every copy fetch images beforehand."""
        for copy in await self._copies.of(id_):
            pod = await self._pods.get(copy["pod_id"])
            path = f"{_PATH}/{copy['bottom_id']}/images"
            await self._regions.admin(pod, "compute", "POST", path, body, microversion=version)
