"""TypeCopyRows: where pods have volume types, QoS specs and group types.

They are no routings: pods have types of their own, which are no use that we make of a pod.
"""

from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import Table, select

from models.cache import Cache
from models.database.store import Row, Store
from models.database.tables.volume import TypeCopy, type_copies
from models.routings import Along, Ledger
from models.values import Pod

_KEPT = 10_000


class TypeCopyRows(Ledger):
    """The rows, by kind (``type``, ``qos``, ``group``); one is written once its copy is there.

    Names are unique in a pod: a copy whose answer was lost is found by its name.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tops: Cache[tuple[str, str, str], str] = Cache(_KEPT)

    async def row(self, type_: str, top_id: str, pod: Pod) -> Row | None:
        """Return the row, if the pod is known to have the type."""
        async with self._store.read() as tx:
            return await tx.one(TypeCopy.select().where(*_key(type_, top_id, pod)))

    async def of(self, type_: str, top_id: str) -> list[TypeCopy]:
        """Return the rows of all copies of a type."""
        mine = TypeCopy.kind == type_, TypeCopy.top_id == top_id
        async with self._store.read() as tx:
            return await tx.all(TypeCopy.select().where(*mine).order_by(TypeCopy.pod_id))

    async def reserve(
        self,
        type_: str,
        top_id: str,
        pod: Pod,
        project_id: str = "",
        owner_id: str = "",
        of: Table | None = None,
    ) -> bool:
        """Tell whether there is no row yet; it is the copy itself that lets it be written."""
        return await self.row(type_, top_id, pod) is None

    async def update(self, type_: str, top_id: str, pod: Pod, **values: Any) -> None:
        """Set columns of the row; with a ``bottom_id`` it is written where there is none."""
        row = {"kind": type_, "top_id": top_id, "pod_id": pod.pod_id, **values}
        async with self._store.write() as tx:
            if not values.get("bottom_id") or not await tx.insert_new(type_copies, row):
                mine = type_copies.update().where(*_key(type_, top_id, pod))
                await tx.run(mine.values(**values))

    async def lose(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Note nothing: who needs the copy again is told by its pod that it is gone."""

    async def forget(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Delete the row."""
        async with self._store.write() as tx:
            await tx.run(type_copies.delete().where(*_key(type_, top_id, pod)))
            if along is not None:
                await along(tx)

    def held(self, type_: str, top_id: str, pod: Pod) -> AbstractAsyncContextManager[None]:
        """Hold the copy against every other process that would change it."""
        return self._store.hold(f"type-copy/{type_}/{top_id}/{pod.pod_id}")

    async def top_id(self, type_: str, pod: Pod, bottom_id: str | None) -> str | None:
        """Return the id at the top of what a pod has, or None while it is not known."""
        if bottom_id is None:
            return None
        key = (type_, pod.pod_id, bottom_id)
        known = self._tops.get(key)
        if known is None:
            wanted = select(TypeCopy.top_id).where(
                TypeCopy.kind == type_,
                TypeCopy.pod_id == pod.pod_id,
                TypeCopy.bottom_id == bottom_id,
            )
            async with self._store.read() as tx:
                known = await tx.value(wanted)
            if known is not None:
                self._tops[key] = known
        return known


def _key(type_: str, top_id: str, pod: Pod) -> tuple[Any, ...]:
    return (
        TypeCopy.kind == type_,
        TypeCopy.top_id == top_id,
        TypeCopy.pod_id == pod.pod_id,
    )
