"""Copies: the one protocol by which objects of the gateway get copies in pods, keep and lose them.

A kind of object says only what is special about its copies: what is desired of them, and how one
is found, made, updated and deleted in a pod. Around that, for every kind alike, stand the lease,
the row that is written before anything is made, the look for a copy whose answer was lost, and
what was applied last.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import Table

from activities.pods.region import Regions
from activities.pods.together import all_of
from models.database.store import Row, Store, Transaction
from models.errors import NotFound, PodBusy, PodFault, PodUnavailable
from models.pods import PodDirectory
from models.resource import Kind
from models.routings import Create, Find, Ledger, Made, Stays, mark
from models.values import Pod


class CopyKind(ABC):
    """What is special about the copies of one kind of object."""

    # As the rows of copies name the kind.
    type: ClassVar[str]
    # Pods have such objects of their own: one that is there already becomes the copy.
    found_in_pods: ClassVar[bool] = False
    # What was set last is remembered, and only what differs is set; else an update sets all.
    remembered: ClassVar[bool] = True
    # With the objects at the top: of one that was deleted meanwhile no copy is made.
    table: ClassVar[Table | None] = None

    def key(self, row: Row) -> str:
        """Return the id under which the copies of the object are noted."""
        return str(row["id"])

    def project(self, row: Row) -> str:
        """Return the project that the copies are noted for."""
        return ""

    def owner(self, row: Row) -> str:
        """Return the id of the object to which the copies belong, at the top."""
        return ""

    def desired(self, row: Row) -> Any:
        """Return what is to be set on a copy; None where a copy is never updated."""
        return None

    def converged(self, row: Row, applied: Any) -> bool:
        """Tell whether nothing is left to set on a copy on which this was applied last."""
        return bool(applied == self.desired(row))

    def replaced(self, row: Row, copy: Row) -> bool:
        """Tell whether the copy is one of an earlier object with the same id: it has to go."""
        return False

    async def stays(self, id_: str, copy: Row) -> bool:
        """Tell whether the copy is needed further, when it is cleaned up."""
        return await self.row(id_) is not None

    @abstractmethod
    async def row(self, id_: str) -> Row | None:
        """Return the object at the top, or None."""

    @abstractmethod
    async def find(self, row: Row, pod: Pod) -> str | None:
        """Return the id of the copy that the pod may have, by its mark."""

    @abstractmethod
    async def create(self, row: Row, pod: Pod) -> Made:
        """Make a copy; return its id, and what of the desired is set on it by that."""

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        """Set what is desired; ``applied`` is what was set last, None: read it from the pod."""
        return

    @abstractmethod
    async def delete(self, copy: Row, pod: Pod) -> None:
        """Delete the copy; one without an id is looked for by its mark."""

    async def lose(self, tx: Transaction, copy: Row) -> None:
        """Note of what goes with the copy that nobody knows whether the pod has it."""
        return

    async def release(self, copy: Row, pod: Pod) -> None:
        """Remove from the pod what only the copy needed; it is gone, its row is not yet."""
        return

    async def forget(self, tx: Transaction, copy: Row) -> None:
        """Delete the rows that go with the copy's, in the same transaction."""
        return


class MarkedKind(CopyKind):
    """What is special about objects of the network API: their copies' descriptions have marks."""

    kind: ClassVar[Kind]

    def __init__(self, store: Store, regions: Regions) -> None:
        self._store = store
        self._regions = regions

    def project(self, row: Row) -> str:
        """Return the object's project."""
        return str(row["project_id"])

    async def row(self, id_: str) -> Row | None:
        """Return the object at the top, or None."""
        table = self.kind.table
        async with self._store.read() as tx:
            return await tx.one(self.kind.record.select().where(table.c.id == id_))

    async def existing(self, id_: str) -> Row:
        """Return the object at the top; ``NotFound`` when it is not there."""
        row = await self.row(id_)
        if row is None:
            noun = self.kind.member.capitalize()
            raise NotFound(f"{noun} {id_} could not be found.", self.kind.not_found)
        return row

    async def find(self, row: Row, pod: Pod) -> str | None:
        """Return the id of the copy that carries the mark."""
        return await self._marked(self.key(row), pod)

    async def delete(self, copy: Row, pod: Pod) -> None:
        """Delete the copy; ``PodBusy`` while something in it is just being deleted."""
        bottom = copy["bottom_id"] or await self._marked(copy["top_id"], pod)
        if not bottom:
            return
        path = f"{self.kind.path}/{bottom}"
        try:
            await self._regions.admin(pod, "network", "DELETE", path, retry_conflict=True)
        except PodFault as fault:
            if fault.status == 404 and fault.kind not in (self.kind.not_found, "PodFault"):
                # Not the copy is gone but something in it, at the same moment: a network's
                # deletion ends so when one of its subnets is just being deleted.
                raise PodBusy(fault.message) from fault
            raise

    async def post(self, pod: Pod, body: Row) -> Row:
        """Make an object in the pod; return it."""
        # 409: what another operation is giving back at this moment.
        answer = await self._regions.admin(
            pod, "network", "POST", self.kind.path, {self.kind.member: body}, retry_conflict=True
        )
        made: Row = answer[self.kind.member]
        return made

    async def put(self, pod: Pod, bottom: str, body: Row, *, retry_conflict: bool = False) -> None:
        """Change an object in the pod."""
        path, sent = f"{self.kind.path}/{bottom}", {self.kind.member: body}
        await self._regions.admin(pod, "network", "PUT", path, sent, retry_conflict=retry_conflict)

    async def get(self, pod: Pod, bottom: str) -> Row:
        """Return an object of the pod."""
        path = f"{self.kind.path}/{bottom}"
        found: Row = (await self._regions.admin(pod, "network", "GET", path))[self.kind.member]
        return found

    def copied(self, row: Row) -> Row:
        """Return what goes into a copy as it is in the row, by the names the API uses."""
        return {a.name: row[a.column] for a in self.kind.copied}

    async def _marked(self, id_: str, pod: Pod) -> str | None:
        return await self._regions.marked(pod, self.kind.path, mark(self.type, id_))


class Copies:
    """The copies of one kind of object."""

    def __init__(self, ledger: Ledger, pods: PodDirectory, kind: CopyKind) -> None:
        self._ledger = ledger
        self._pods = pods
        self._kind = kind

    async def materialise(self, row: Row, pod: Pod, *, ahead: bool = False) -> str:
        """Return the id of the copy in the pod, made and brought up to date as needed.

        ``ahead``: the row says what is only about to be.
        """
        kind = self._kind
        if not kind.remembered:
            return await self._made_as_it_is_now(row, pod)
        copy = await self._ledger.row(kind.type, kind.key(row), pod)
        if copy and copy["bottom_id"]:
            if kind.replaced(row, copy):
                await self.remove(copy)
            elif kind.converged(row, copy["applied"]):
                return str(copy["bottom_id"])
        bottom = await self._made(row, pod)
        if not ahead:
            # Who changed it before there was a row of the copy has left that to its maker.
            row = {**row, **(await kind.row(kind.key(row)) or {})}
        try:
            await self._converge(row, pod, bottom)
        except PodFault as fault:
            if fault.status != 404 or await kind.find(row, pod) == bottom:
                raise
            # It was deleted in the pod behind our back.
            await self._ledger.forget(kind.type, kind.key(row), pod)
            bottom = await self._made(row, pod)
            await self._converge(row, pod, bottom)
        return bottom

    async def update(self, id_: str) -> None:
        """Bring every copy of an object up to date; no pod waits for another."""
        row = await self._kind.row(id_)
        if row:
            copies = await self.of(id_)
            await all_of(*(self._update(id_, row, copy) for copy in copies))

    async def _update(self, id_: str, row: Row, copy: Row) -> None:
        pod = await self._pods.get(copy["pod_id"])
        if self._kind.remembered:
            await self.materialise(row, pod)
        else:
            await self._set(id_, copy, pod)

    async def clean_up(self, id_: str) -> None:
        """Remove the copies that are no longer needed; ``PodUnavailable`` if a pod is silent."""
        silent = await self.remove_all(id_, partial(self._kind.stays, id_))
        if silent:
            raise silent[0]

    async def remove_all(self, id_: str, stays: Stays | None = None) -> list[PodUnavailable]:
        """Remove every copy, or those that do not stay; return why some could not be."""

        async def removed(copy: Row) -> PodUnavailable | None:
            try:
                await self.remove(copy, stays)
            except PodUnavailable as error:
                return error
            return None

        ended = await all_of(*(removed(copy) for copy in await self.of(id_)))
        return [error for error in ended if error is not None]

    async def remove(self, copy: Row, stays: Stays | None = None) -> None:
        """Delete a copy in its pod, then its row; ``stays`` is asked when the copy is held."""
        kind, pod = self._kind, await self._pods.get(copy["pod_id"])

        async def delete(bottom: str) -> None:
            await kind.delete(copy | {"bottom_id": bottom}, pod)

        async def lose(tx: Transaction) -> None:
            await kind.lose(tx, copy)

        async def forget(tx: Transaction) -> None:
            await kind.forget(tx, copy)

        await self._ledger.remove(
            kind.type,
            copy["top_id"],
            pod,
            delete,
            stays=stays,
            lost=lose,
            then=partial(kind.release, copy, pod),
            along=forget,
        )

    async def remove_in(self, id_: str, pod: Pod) -> None:
        """Remove the object's copy in one pod, if it has or may have one there."""
        copy = await self._ledger.row(self._kind.type, id_, pod)
        if copy is not None:
            await self.remove(copy)

    async def of(self, id_: str) -> Sequence[Row]:
        """Return the rows of an object's copies."""
        return await self._ledger.of(self._kind.type, id_)

    async def pods(self, id_: str) -> list[Pod]:
        """Return the pods that have, or may have, a copy of the object."""
        return [await self._pods.get(copy["pod_id"]) for copy in await self.of(id_)]

    async def _set(self, id_: str, copy: Row, pod: Pod) -> None:
        """Set all that is desired on a copy of which nothing is remembered, if it is there.

        One without an id is waited for: it is being made, from the row as its maker read it.
        """
        kind, bottom = self._kind, copy["bottom_id"]
        if not bottom:
            async with self._ledger.held(kind.type, id_, pod):
                bottom = await self._ledger.bottom_id(kind.type, id_, pod)
        row = await kind.row(id_)
        # Without an id even now its answer was lost: whoever finds it sets all there is.
        if bottom and row is not None:
            await kind.update(row, pod, bottom, None)

    async def _made_as_it_is_now(self, row: Row, pod: Pod) -> str:
        """Return the id of a copy of which nothing is remembered, made and found ones set.

        Who changed the object before there was a row of the copy has left the copy to its maker;
        and what is set on one that is found, nobody knows.
        """
        kind, key = self._kind, self._kind.key(row)
        late: list[Row] = []

        async def find() -> str | None:
            found = await kind.find(row, pod)
            if found is not None:
                late.append(row)
            return found

        async def create() -> Made:
            fresh = await kind.row(key)
            if fresh is not None and any(
                row[name] != fresh[name] for name in fresh.keys() & row.keys()
            ):
                late.append(fresh)
            return await kind.create(row, pod)

        bottom = await self._made(row, pod, find, create)
        if late:
            try:
                await kind.update(await kind.row(key) or row, pod, bottom, None)
            except BaseException:
                # The next one to need it finds it, and sets it.
                await self._ledger.lose(kind.type, key, pod)
                raise
        return bottom

    async def _made(
        self, row: Row, pod: Pod, find: Find | None = None, create: Create | None = None
    ) -> str:
        kind = self._kind
        return await self._ledger.materialise(
            kind.type,
            kind.key(row),
            pod,
            find=find or partial(kind.find, row, pod),
            create=create or partial(kind.create, row, pod),
            project_id=kind.project(row),
            owner_id=kind.owner(row),
            of=kind.table,
            looks=kind.found_in_pods,
        )

    async def _converge(self, row: Row, pod: Pod, bottom: str) -> None:
        kind, key = self._kind, self._kind.key(row)
        if kind.converged(row, await self._applied(key, pod)):
            return
        async with self._ledger.held(kind.type, key, pod):
            applied = await self._applied(key, pod)
            if not kind.converged(row, applied):
                await kind.update(row, pod, bottom, applied)
                desired = kind.desired(row)
                if desired is not None:
                    await self._ledger.update(kind.type, key, pod, applied=desired)

    async def _applied(self, key: str, pod: Pod) -> Any:
        copy = await self._ledger.row(self._kind.type, key, pod)
        return copy["applied"] if copy else None
