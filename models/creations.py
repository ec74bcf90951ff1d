"""Creations: objects being made in a pod, so that none is lost between its answer and our row."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models import work
from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.base import now
from models.database.tables.creation import Creation, creations
from models.database.tables.routing import Lease, Routing
from models.logs import failed
from models.operations import Operations
from models.values import Pod

LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 10.0


class Creations:
    """The rows of what is being made; and the clean-up of those that nobody finishes."""

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
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
        await tx.run(creations.delete().where(Creation.id == id_))

    @asynccontextmanager
    async def unfinished(self, id_: str) -> AsyncIterator[Row | None]:
        """Give an abandoned creation, None if it was finished; then forget it."""
        async with self._store.hold(_lease(id_)):
            async with self._store.read() as tx:
                row = await tx.one(Creation.select().where(Creation.id == id_))
            yield row
            if row is not None:
                async with self._store.write() as tx:
                    await self.settle(tx, id_)

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

    async def _abandoned(self, id_: str, project_id: str) -> None:
        there = select(Creation.id).where(Creation.id == id_)
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
            except Exception as error:
                # The task has to outlive a database that is away for a while.
                failed(LOG, "Abandoned creations were not looked for", error)

    async def _orphans(self) -> list[Row]:
        old = Creation.select().where(Creation.created_at < now() - timedelta(seconds=5))
        async with self._store.read() as tx:
            rows = await tx.all(old)
            held: set[Any] = set()
            if rows:
                current = select(Lease.name).where(Lease.expires > time.time())
                held = {lease["name"] for lease in await tx.all(current)}
        return [row for row in rows if _lease(row.id) not in held]


def _lease(id_: str) -> str:
    return f"creation/{id_}"
