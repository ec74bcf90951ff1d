"""Creations: objects being made in a pod, so that none is lost between its answer and our row."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from activities.pods.region import Regions
from models import work
from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.base import now
from models.database.tables.creation import creations
from models.database.tables.routing import leases, routings
from models.errors import PodBusy, PodFault
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Pod

LOG = logging.getLogger(__name__)
_SERVICES = {"server": "compute"} | dict.fromkeys(
    ("volume", "snapshot", "backup", "group", "group_snapshot"), "volume"
)
# From where on Cinder has these.
GROUPED = {"group": "3.13", "group_snapshot": "3.14"}
# What a pod is making or deleting it may refuse to delete until it is done.
_PASSING = {"build", "creating", "deleting", "downloading", "updating"}
_LOOK_SECONDS = 10.0
# How far a pod's clock may be from ours.
_SKEW = timedelta(seconds=60)


class Creations:
    """The rows of what is being made; and what becomes of those that nobody finishes."""

    def __init__(
        self, store: Store, regions: Regions, pods: PodDirectory, operations: Operations
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def tracked(
        self, type_: str, pod: Pod, project_id: str, name: object
    ) -> AsyncIterator[str]:
        """Give the id of a creation that lasts as long as the block.

        The block calls ``settle`` once it knows what became of it. If it fails before, or the
        process dies, a clean-up looks into the pod for what may have been made.
        """
        id_ = new_id()
        row = {
            "id": id_,
            "type": type_,
            "pod_id": pod.pod_id,
            "project_id": project_id,
            "name": str(name)[:255] if name else None,
        }
        async with self._store.hold(_lease(id_)):
            async with self._store.write() as tx:
                await tx.insert(creations, row)
            try:
                yield id_
            except BaseException:
                await self._abandoned(id_, project_id)
                raise

    async def settle(self, tx: Transaction, id_: str) -> None:
        """Forget the creation: what it made is recorded, or nothing was made."""
        await tx.run(creations.delete().where(creations.c.id == id_))

    def start(self) -> None:
        """Begin to look for creations of processes that died."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @asynccontextmanager
    async def unfinished(self, id_: str) -> AsyncIterator[tuple[Row, Pod, list[str]] | None]:
        """Give an abandoned creation, its pod and what it may have made there; then forget it."""
        async with self._store.hold(_lease(id_)):
            async with self._store.read() as tx:
                row = await tx.one(select(creations).where(creations.c.id == id_))
            if row is None:
                yield None
                return
            pod = await self._pods.get(row["pod_id"])
            yield row, pod, await self._strays(row, pod)
            async with self._store.write() as tx:
                await self.settle(tx, id_)

    async def delete(self, pod: Pod, type_: str, id_: str) -> None:
        """Delete an object that has no routing from its pod.

        ``PodBusy`` where the pod refuses that because it is not done with the object yet, and
        while it is being deleted.
        """
        method, path, body = "DELETE", f"/{type_}s/{id_}", None
        if type_ == "group":
            method, path, body = "POST", f"{path}/action", {"delete": {"delete-volumes": True}}
        version = GROUPED.get(type_, "")
        refusal: PodFault | None = None
        try:
            await self._regions.admin(
                pod, _SERVICES[type_], method, path, body, microversion=version
            )
        except PodFault as fault:
            if fault.status == 404:
                return
            refusal = fault
        status = await self._status(pod, type_, id_)
        if status in _PASSING:
            raise PodBusy(f"{type_} {id_} in pod {pod.pod_name} is {status}") from refusal
        if status and refusal:
            raise refusal

    async def _status(self, pod: Pod, type_: str, id_: str) -> str:
        """Return the status of an object in lower case, '' when there is none."""
        version = GROUPED.get(type_, "")
        try:
            shown = await self._regions.admin(
                pod, _SERVICES[type_], "GET", f"/{type_}s/{id_}", microversion=version
            )
        except PodFault as fault:
            if fault.status == 404:
                return ""
            raise
        return str(shown[type_]["status"]).lower()

    async def _strays(self, row: Row, pod: Pod) -> list[str]:
        """Return the ids of objects like the one wanted that the gateway does not know."""
        service, plural = _SERVICES[row["type"]], f"{row['type']}s"
        query = {"all_tenants": "1", "project_id": row["project_id"]}
        path = f"/{plural}/detail?{urlencode(query)}"
        version = GROUPED.get(row["type"], "")
        listed = await self._regions.admin(pod, service, "GET", path, microversion=version)
        since = (row["created_at"] - _SKEW).isoformat()
        alike = [
            str(item["id"])
            for item in listed[plural]
            if (item.get("name") or None) == row["name"]
            and str(item.get("created_at") or item.get("created")) >= since
        ]
        known = select(routings.c.bottom_id).where(
            routings.c.pod_id == pod.pod_id, routings.c.bottom_id.in_(alike)
        )
        async with self._store.read() as tx:
            ours = {found["bottom_id"] for found in await tx.all(known)}
        return [id_ for id_ in alike if id_ not in ours]

    async def _abandoned(self, id_: str, project_id: str) -> None:
        there = select(creations.c.id).where(creations.c.id == id_)
        async with self._store.write() as tx:
            if not await tx.one(there):
                return
            operation = await self._operations.add(
                tx, work.CleanUp.CREATION.on(id_), project_id=project_id
            )
        self._operations.announce(operation)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                for row in await self._orphans():
                    await self._abandoned(row["id"], row["project_id"])
            except Exception:
                # The task has to outlive a database that is away for a while.
                LOG.exception("Abandoned creations were not looked for")

    async def _orphans(self) -> list[Row]:
        old = select(creations).where(creations.c.created_at < now() - timedelta(seconds=5))
        async with self._store.read() as tx:
            rows = await tx.all(old)
            held: set[Any] = set()
            if rows:
                current = select(leases.c.name).where(leases.c.expires > time.time())
                held = {lease["name"] for lease in await tx.all(current)}
        return [row for row in rows if _lease(row["id"]) not in held]


def _lease(id_: str) -> str:
    return f"creation/{id_}"
