"""Routings: where copies lie, and the one idempotent way in which they are made and removed."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from models.database.store import Row, Store, Transaction
from models.database.tables.routing import Routing, routings
from models.errors import NotFound, PodFault
from models.values import Pod

_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What users know by its id at the top, and pods by another.
_NAMED = ("network", "subnet", "port", "router", "floatingip", "security_group")
Find = Callable[[], Awaitable[str | None]]
Delete = Callable[[str], Awaitable[Any]]
Stays = Callable[[Row], Awaitable[bool]]
Then = Callable[[], Awaitable[Any]]
Along = Callable[[Transaction], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was made just now, and what is set on it."""

    bottom_id: str
    applied: Any


Create = Callable[[], Awaitable[str | Made]]


def mark(type_: str, top_id: str) -> str:
    """Return the description by which a copy is found again in its pod."""
    return f"trio2o {type_} {top_id}"


class Ledger(ABC):
    """Rows ``(type, top_id, pod)`` of copies: a copy is made and removed around its row."""

    @abstractmethod
    async def row(self, type_: str, top_id: str, pod: Pod) -> Row | None:
        """Return the row, with ``bottom_id`` and ``applied``, whether its copy is there or not."""

    @abstractmethod
    async def of(self, type_: str, top_id: str) -> Sequence[Row]:
        """Return the rows of all copies of an object."""

    @abstractmethod
    async def reserve(
        self,
        type_: str,
        top_id: str,
        pod: Pod,
        project_id: str = "",
        owner_id: str = "",
        of: Table | None = None,
    ) -> bool:
        """Write the row of a copy that is about to be made; tell whether it is new.

        ``of``: ``NotFound`` when the object is no longer in this table.
        """

    @abstractmethod
    async def update(self, type_: str, top_id: str, pod: Pod, **values: Any) -> None:
        """Set columns of the row (``bottom_id``, ``applied``)."""

    @abstractmethod
    async def lose(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Note that nobody knows any more whether the copy is there; and what goes ``along``."""

    @abstractmethod
    async def forget(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Delete the row, whatever it stands for; and what goes ``along`` in one transaction."""

    @abstractmethod
    def held(self, type_: str, top_id: str, pod: Pod) -> AbstractAsyncContextManager[None]:
        """Hold the copy against every other process that would change it."""

    async def bottom_id(self, type_: str, top_id: str, pod: Pod) -> str | None:
        """Return the id of the copy in the pod, or None when there is none yet."""
        row = await self.row(type_, top_id, pod)
        return row["bottom_id"] if row else None

    async def materialise(
        self,
        type_: str,
        top_id: str,
        pod: Pod,
        *,
        find: Find,
        create: Create,
        project_id: str = "",
        owner_id: str = "",
        applied: Any = None,
        of: Table | None = None,
        looks: bool = False,
    ) -> str:
        """Return the id of the copy in the pod, making it when it is not there.

        The row is written before anything is made. A second caller waits; after a crash or a lost
        answer the next caller looks for the copy (``find``, by its mark) before it makes one. A
        refusal by the pod leaves no row. ``applied``, or what ``create`` says, is remembered with
        a copy made here, not with one that was found: what is set on that one is not known.
        ``of``: the table with the object at the top; ``NotFound`` when it was deleted meanwhile,
        as whoever cleaned up behind it may have looked already. ``looks``: the pod may have the
        object though nobody asked for a copy.
        """
        known = await self.bottom_id(type_, top_id, pod)
        if known:
            return known
        async with self.held(type_, top_id, pod):
            fresh = await self.reserve(type_, top_id, pod, project_id, owner_id, of)
            known = None if fresh else await self.bottom_id(type_, top_id, pod)
            if known:
                return known
            bottom = None if fresh and not looks else await find()
            if bottom is not None:
                await self.update(type_, top_id, pod, bottom_id=bottom)
                return bottom
            try:
                made = await create()
            except PodFault as fault:
                # What a call that was given up for lost has made meanwhile may be in the way.
                late = await find() if fault.status == 409 and not fresh else None
                if late is None:
                    await self.forget(type_, top_id, pod)
                    raise
                await self.update(type_, top_id, pod, bottom_id=late)
                return late
            if isinstance(made, str):
                made = Made(made, applied)
            await self.update(type_, top_id, pod, bottom_id=made.bottom_id, applied=made.applied)
            return made.bottom_id

    async def remove(
        self,
        type_: str,
        top_id: str,
        pod: Pod,
        delete: Delete,
        *,
        stays: Stays | None = None,
        lost: Along | None = None,
        then: Then | None = None,
        along: Along | None = None,
    ) -> None:
        """Delete the copy in the pod, then its row; a copy that is gone already is fine.

        A row without a copy id may stand for a copy whose creation, or deletion, lost its answer:
        ``delete`` is called with an empty id then, and has to look for the mark itself.

        ``stays`` is asked about the row when nobody else can change the copy any more. Of what
        goes with the copy in its pod, ``lost`` notes beforehand that nobody knows it. What only
        the copy needed goes with it: ``then`` in calls, before the row goes, since without the
        row nobody would try again; ``along`` in the transaction in which it goes.
        """
        async with self.held(type_, top_id, pod):
            row = await self.row(type_, top_id, pod)
            if row is None or (stays is not None and await stays(row)):
                return
            bottom = row["bottom_id"] or ""
            # When the answer is lost nobody knows: the next one to need the copy looks for it.
            await self.lose(type_, top_id, pod, lost)
            try:
                await delete(bottom)
            except PodFault as fault:
                if fault.status != 404:
                    if fault.status < 500:
                        await self.update(type_, top_id, pod, bottom_id=bottom or None)
                    raise
            if then is not None:
                await then()
            await self.forget(type_, top_id, pod, along)


class Routings(Ledger):
    """The rows ``(type, top_id, pod)`` and what they stand for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def row(self, type_: str, top_id: str, pod: Pod) -> Row | None:
        """Return the routing row, whether its copy is there yet or not."""
        async with self._store.read() as tx:
            return await tx.one(Routing.select().where(*_key(type_, top_id, pod)))

    async def rows(self, *conditions: Any) -> list[Routing]:
        """Return the routing rows that match the conditions, oldest first."""
        async with self._store.read() as tx:
            return await tx.all(Routing.select().where(*conditions).order_by(Routing.id))

    async def of(self, type_: str, top_id: str) -> Sequence[Row]:
        """Return the rows of all copies of an object, oldest first."""
        return await self.rows(Routing.type == type_, Routing.top_id == top_id)

    @asynccontextmanager
    async def unknown(self, row: Row, pod: Pod, **values: Any) -> AsyncIterator[None]:
        """Have columns of the copy's row say that nobody knows, while a pod is asked for a change.

        Who dies meanwhile leaves them so. A refusal is an answer: they are as before then.
        """
        before = {name: row[name] for name in values}
        await self.update(row["type"], row["top_id"], pod, **values)
        try:
            yield
        except PodFault:
            await self.update(row["type"], row["top_id"], pod, **before)
            raise

    async def where_is(self, type_: str, top_id: str) -> Row | None:
        """Return the routing of an object that lives in one pod (server, volume)."""
        async with self._store.read() as tx:
            return await tx.one(
                Routing.select().where(Routing.type == type_, Routing.top_id == top_id)
            )

    async def named(self, pod: Pod, told: bytes) -> bytes:
        """Return what a pod tells with the ids of its copies as they are at the top."""
        ids = {id_.decode() for id_ in _UUID.findall(told)}
        if not ids:
            return told
        copies = await self.rows(
            Routing.pod_id == pod.pod_id, Routing.type.in_(_NAMED), Routing.bottom_id.in_(ids)
        )
        for copy in copies:
            told = told.replace(str(copy.bottom_id).encode(), copy.top_id.encode())
        return told

    async def record(
        self, type_: str, top_id: str, pod: Pod, *, project_id: str, bottom_id: str = ""
    ) -> None:
        """Note an object whose id in the pod is its id at the top, unless another is given."""
        row = {
            "type": type_,
            "top_id": top_id,
            "pod_id": pod.pod_id,
            "bottom_id": bottom_id or top_id,
            "project_id": project_id,
        }
        async with self._store.write() as tx:
            await tx.insert_new(routings, row)

    async def reserve(
        self,
        type_: str,
        top_id: str,
        pod: Pod,
        project_id: str = "",
        owner_id: str = "",
        of: Table | None = None,
    ) -> bool:
        """Write the row of a copy that is about to be made; tell whether it is new.

        ``of``: ``NotFound`` when the object is no longer in this table.
        """
        row = {
            "type": type_,
            "top_id": top_id,
            "pod_id": pod.pod_id,
            "project_id": project_id,
            "owner_id": owner_id,
        }
        async with self._store.write() as tx:
            fresh = await tx.insert_new(routings, row)
            if fresh and of is not None:
                await _still_there(tx, of, type_, top_id)
        return fresh

    def held(self, type_: str, top_id: str, pod: Pod) -> AbstractAsyncContextManager[None]:
        """Hold the copy against every other process that would change it."""
        return self._store.hold(f"{type_}/{top_id}/{pod.pod_id}")

    async def update(self, type_: str, top_id: str, pod: Pod, **values: Any) -> None:
        """Set columns of the row (``bottom_id``, ``applied``)."""
        async with self._store.write() as tx:
            await tx.run(routings.update().where(*_key(type_, top_id, pod)).values(**values))

    async def lose(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Note that from now on nobody knows whether the copy is there: who needs it looks."""
        async with self._store.write() as tx:
            await tx.run(routings.update().where(*_key(type_, top_id, pod)).values(bottom_id=None))
            if along is not None:
                await along(tx)

    async def forget(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Delete the row, whatever it stands for; and what goes ``along`` in one transaction."""
        async with self._store.write() as tx:
            await tx.run(routings.delete().where(*_key(type_, top_id, pod)))
            if along is not None:
                await along(tx)


class Unrecorded(Ledger):
    """Copies of which no rows are kept: their pod is asked whether it has one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def row(self, type_: str, top_id: str, pod: Pod) -> Row | None:
        """Return None."""
        return None

    async def of(self, type_: str, top_id: str) -> Sequence[Row]:
        """Return nothing."""
        return []

    async def reserve(
        self,
        type_: str,
        top_id: str,
        pod: Pod,
        project_id: str = "",
        owner_id: str = "",
        of: Table | None = None,
    ) -> bool:
        """Tell that the copy may be there: it is looked for before it is made."""
        return False

    async def update(self, type_: str, top_id: str, pod: Pod, **values: Any) -> None:
        """Keep nothing."""

    async def lose(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Keep nothing."""

    async def forget(self, type_: str, top_id: str, pod: Pod, along: Along | None = None) -> None:
        """Keep nothing."""

    def held(self, type_: str, top_id: str, pod: Pod) -> AbstractAsyncContextManager[None]:
        """Hold the copy against every other process that would change it."""
        return self._store.hold(f"{type_}/{top_id}/{pod.pod_id}")


async def _still_there(tx: Transaction, of: Table, type_: str, top_id: str) -> None:
    here = select(of.c.id).where(of.c.id == top_id).with_for_update(read=True)
    if await tx.value(here) is None:
        raise NotFound(f"{type_.capitalize()} {top_id} could not be found.")


def _key(type_: str, top_id: str, pod: Pod) -> tuple[Any, ...]:
    return (
        Routing.type == type_,
        Routing.top_id == top_id,
        Routing.pod_id == pod.pod_id,
    )
