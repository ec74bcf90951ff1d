"""Creations: objects being made in a pod, so that none is lost between its answer and our row.

What is made carries the creation's id, in its metadata: only what carries it is ever deleted. What
a pod gives no metadata (groups, restored volumes) does not, and becomes its project's when found.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from models import work
from models.database.leases import clock
from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.base import now
from models.database.tables.creation import Creation, creations
from models.database.tables.operation import Operation
from models.database.tables.routing import Lease, Routing
from models.errors import PodUnavailable
from models.logs import failed
from models.operations import Operations
from models.values import Pod

LOG = logging.getLogger(__name__)
# The key of the metadata by which an object in a pod tells which creation made it.
MARK = "trio2o:creation"
# So many items of metadata the pods take, ours among them.
_ITEMS = 128
_LOOK_SECONDS = 10.0
# A clean-up that failed is begun again after so long.
_AGAIN = timedelta(minutes=10)


def can_carry(given: Mapping[str, Any], *, null: bool = True) -> bool:
    """Tell whether what is made of a body has room for a creation's id.

    ``null``: the pod takes that for no metadata. What it refuses is left to it.
    """
    metadata = given.get("metadata", {})
    if metadata is None:
        return null
    return isinstance(metadata, dict) and len(metadata) < _ITEMS


def carrying(given: Mapping[str, Any], creation: str) -> dict[str, Any]:
    """Return the body of a new object that carries the creation's id."""
    return {**given, "metadata": {**(given.get("metadata") or {}), MARK: creation}}


def unmarked(items: Sequence[dict[str, Any]]) -> None:
    """Take the creations' ids from what pods show, in place: users have not set them."""
    for item in items:
        metadata = item.get("metadata")
        if isinstance(metadata, dict):
            metadata.pop(MARK, None)


class Creations:
    """The rows of what is being made; and the clean-up of those that nobody finishes.

    ``late_seconds``: so long after it was given up a pod may still do what it was asked.
    """

    def __init__(self, store: Store, operations: Operations, late_seconds: float) -> None:
        self._store = store
        self._operations = operations
        self._late = timedelta(seconds=late_seconds)
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def tracked(
        self, type_: str, pod: Pod, project_id: str, name: object, *, marked: bool
    ) -> AsyncIterator[str]:
        """Give the id of a creation that lasts as long as the block.

        The block calls ``settle`` once it knows what became of it. If it fails before, or the
        process dies, a clean-up looks into the pod for what was made, or is only to come.
        ``marked``: it carries the id.
        """
        id_ = new_id()
        row = {
            "id": id_,
            "type": type_,
            "pod_id": pod.pod_id,
            "project_id": project_id,
            "name": str(name)[:255] if name else None,
            "marked": marked,
        }
        async with self._store.hold(_lease(id_)):
            async with self._store.write() as tx:
                await tx.insert(creations, row)
            try:
                yield id_
            except BaseException as error:
                await self._failed(id_, project_id, error)
                raise

    async def settle(self, tx: Transaction, id_: str) -> None:
        """Forget the creation: what it made is recorded, or nothing was made."""
        await tx.run(creations.delete().where(Creation.id == id_))

    @asynccontextmanager
    async def unfinished(self, id_: str) -> AsyncIterator[Creation | None]:
        """Give an abandoned creation, None if it was finished; then forget it."""
        async with self._store.hold(_lease(id_)):
            async with self._store.read() as tx:
                row = await tx.one(Creation.select().where(Creation.id == id_))
            yield row
            if row is not None:
                async with self._store.write() as tx:
                    await self.settle(tx, id_)

    async def made(self, id_: str, made_id: str) -> None:
        """Note what the pod was found to have made for an abandoned creation."""
        mine = creations.update().where(Creation.id == id_)
        async with self._store.write() as tx:
            await tx.run(mine.values(made_id=made_id))

    async def open(self, ids: Collection[str]) -> set[str]:
        """Return those of the ids that are of creations under way."""
        async with self._store.read() as tx:
            rows = await tx.all(select(Creation.id).where(Creation.id.in_(ids)))
        return {str(row["id"]) for row in rows}

    async def unrouted(self, pod: Pod, ids: Sequence[str]) -> list[str]:
        """Return those of a pod's objects that have no routing there."""
        known = select(Routing.bottom_id).where(
            Routing.pod_id == pod.pod_id, Routing.bottom_id.in_(ids)
        )
        async with self._store.read() as tx:
            ours = {found["bottom_id"] for found in await tx.all(known)}
        return [id_ for id_ in ids if id_ not in ours]

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

    async def _failed(self, id_: str, project_id: str, error: BaseException) -> None:
        silent = error if isinstance(error, PodUnavailable) else None
        if silent and not silent.asked:
            async with self._store.write() as tx:
                await self.settle(tx, id_)
            return
        over = silent is not None and silent.over
        await self._abandoned(id_, project_id, timedelta(0) if over else self._late)

    async def _abandoned(self, id_: str, project_id: str, late: timedelta) -> None:
        mine = creations.update().where(Creation.id == id_)
        until = func.coalesce(Creation.until, now() + late)
        async with self._store.write() as tx:
            if not await tx.run(mine.values(until=until)):
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
                    await self._abandoned(row["id"], row["project_id"], self._late)
            except Exception as error:
                # The task has to outlive a database that is away for a while.
                failed(LOG, "Abandoned creations were not looked for", error)

    async def _orphans(self) -> list[Row]:
        """Return the creations that nobody holds and nobody cleans up, or lately did in vain."""
        old = Creation.select().where(Creation.created_at < now() - timedelta(seconds=5))
        async with self._store.read() as tx:
            rows = await tx.all(old)
            if not rows:
                return []
            current = select(Lease.name).where(Lease.expires > clock(tx))
            held = {lease["name"] for lease in await tx.all(current)}
            kind = work.CleanUp.CREATION
            cleaned = select(Operation.resource_id).where(
                Operation.type == kind.type,
                Operation.resource_type == kind.resource_type,
                Operation.resource_id.in_([row.id for row in rows]),
                or_(Operation.state.in_(work.OPEN), Operation.finished_at > now() - _AGAIN),
            )
            busy = {row["resource_id"] for row in await tx.all(cleaned)}
        return [row for row in rows if _lease(row.id) not in held and row.id not in busy]


def _lease(id_: str) -> str:
    return f"creation/{id_}"
