"""AggregateCopies: an admin's aggregate in each pod that has hosts of it."""

from typing import Any

from sqlalchemy import select

from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.compute import aggregate_hosts, aggregates
from models.database.tables.routing import routings
from models.errors import Conflict, PodFault
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Pod

# In a copy's metadata: who made it. Aggregates have no description.
MARKER = "trio2o:aggregate"
_PATH = "/os-aggregates"


class AggregateCopies:
    """Copies of aggregates: name, metadata and the pod's own hosts; a zone if it is an inner one.

    Another is made up of whole pods, whose names for it are their own.
    """

    def __init__(
        self, store: Store, regions: Regions, pods: PodDirectory, copies: Routings
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._copies = copies

    async def align(self, id_: str) -> None:
        """Bring the aggregate's copies in line with its row and its hosts."""
        async with self._store.read() as tx:
            row = await tx.one(select(aggregates).where(aggregates.c.id == int(id_)))
            hosts = await tx.all(
                select(aggregate_hosts).where(aggregate_hosts.c.aggregate_id == int(id_))
            )
        wanted: dict[str, set[str]] = {}
        for host in hosts:
            wanted.setdefault(host["pod_id"], set()).add(host["host"])
        of = (routings.c.type == "aggregate", routings.c.top_id == id_)
        for pod_id in {copy["pod_id"] for copy in await self._copies.rows(*of)} | set(wanted):
            pod = await self._pods.get(pod_id)
            if row is None or pod_id not in wanted:
                await self._remove(id_, pod)
            else:
                await self._bring(row, pod, wanted[pod_id])

    async def cache_images(self, id_: str, body: Any, version: str) -> None:
        """Have the hosts of every copy fetch images beforehand."""
        of = (routings.c.type == "aggregate", routings.c.top_id == id_)
        for copy in await self._copies.rows(*of):
            pod = await self._pods.get(copy["pod_id"])
            path = f"{_PATH}/{copy['bottom_id']}/images"
            await self._regions.admin(pod, "compute", "POST", path, body, microversion=version)

    async def _bring(self, row: Row, pod: Pod, hosts: set[str]) -> None:
        id_ = str(row["id"])

        async def find() -> str | None:
            return await self._found(row, pod)

        async def create() -> str:
            made = await self._admin(pod, "POST", _PATH, {"aggregate": {"name": row["name"]}})
            return str(made["aggregate"]["id"])

        bottom = await self._copies.materialise("aggregate", id_, pod, find=find, create=create)
        async with self._copies.held("aggregate", id_, pod):
            path = f"{_PATH}/{bottom}"
            there = (await self._admin(pod, "GET", path))["aggregate"]
            if there["name"] != row["name"]:
                await self._admin(pod, "PUT", path, {"aggregate": {"name": row["name"]}})
            metadata = row["metadata"] | {MARKER: id_}
            zone = row["availability_zone"]
            if zone and not await self._pods.in_zone(zone):
                metadata["availability_zone"] = zone
            changed: dict[str, str | None] = dict.fromkeys(set(there["metadata"]) - set(metadata))
            changed |= {k: v for k, v in metadata.items() if there["metadata"].get(k) != v}
            if changed:
                await self._act(pod, path, "set_metadata", metadata=changed)
            for host in set(there["hosts"]) - hosts:
                await self._act(pod, path, "remove_host", host=host)
            for host in hosts - set(there["hosts"]):
                await self._act(pod, path, "add_host", host=host)

    async def _found(self, row: Row, pod: Pod) -> str | None:
        for there in (await self._admin(pod, "GET", _PATH))["aggregates"]:
            if there["metadata"].get(MARKER) == str(row["id"]):
                return str(there["id"])
            # One that lost its creation's answer has no marker yet, and nothing in it.
            if there["name"] == row["name"]:
                if there["metadata"] or there["hosts"]:
                    raise Conflict(
                        f"Pod {pod.pod_name} has another aggregate named {row['name']}."
                    )
                return str(there["id"])
        return None

    async def _remove(self, id_: str, pod: Pod) -> None:
        async def delete(bottom: str) -> None:
            for there in (await self._admin(pod, "GET", _PATH))["aggregates"]:
                mine = there["metadata"].get(MARKER) == id_
                if not (mine or (bottom and str(there["id"]) == bottom)):
                    continue
                path = f"{_PATH}/{there['id']}"
                for host in there["hosts"]:
                    await self._act(pod, path, "remove_host", host=host)
                await self._admin(pod, "DELETE", path)

        await self._copies.remove("aggregate", id_, pod, delete)

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
