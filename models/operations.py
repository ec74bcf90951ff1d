"""Operations: accepted work, written with the desired state and finished by a workflow."""

import asyncio
import logging
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, or_, select

from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.base import now
from models.database.tables.operation import Operation, operations
from models.errors import Conflict
from models.logs import REQUEST_ID
from models.values import Caller
from models.work import DONE, OPEN, State, Work

LOG = logging.getLogger(__name__)
# What was accepted for the request that is being served; None where none is.
ACCEPTED: ContextVar[list[str] | None] = ContextVar("accepted", default=None)
# How many times longer the sweep waits for what Temporal has taken already.
_PATIENCE = 4
_LONGEST = timedelta(minutes=1)


class Outbox(Protocol):
    """The way to Temporal, which may be away for a while."""

    async def offer(self, operation: Row) -> None:
        """Start the workflow that runs the operation, or tell the running one of it."""
        ...

    async def stop(self, operation: Row) -> None:
        """Ask the operation's running workflow to cancel itself."""
        ...

    async def runs(self, operation: Row) -> bool:
        """Tell whether the operation's workflow has not ended yet."""
        ...


class Operations:
    """The operation rows; what cannot be offered at once, the sweep offers again."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._offering: set[asyncio.Task[None]] = set()

    async def add(
        self,
        tx: Transaction,
        work: Work,
        *,
        caller: Caller | None = None,
        project_id: str | None = None,
        request_id: str | None = None,
    ) -> str:
        """Write an accepted operation in the caller's transaction; return its id.

        It is told to be of the given project and request, else of the caller's, else of the
        request that is being served, whose answer names it. Call ``announce`` with the id after
        the commit. An operation that has not started yet and does the same is not written twice:
        whoever runs it reads the desired state of that moment.
        """
        id_ = await self._add(tx, work, caller, project_id, request_id)
        accepted = ACCEPTED.get()
        if accepted is not None and id_ not in accepted:
            accepted.append(id_)
        return id_

    async def _add(
        self,
        tx: Transaction,
        work: Work,
        caller: Caller | None,
        project_id: str | None,
        request_id: str | None,
    ) -> str:
        if project_id is None:
            project_id = caller.project_id if caller else ""
        if request_id is None:
            request_id = caller.request_id if caller else REQUEST_ID.get()
        same = (
            Operation.state == State.ACCEPTED,
            Operation.started_at.is_(None),
            Operation.workflow_id == work.workflow_id,
        )
        # Held: who begins it waits, and reads the desired state as this transaction leaves it.
        waiting = await tx.locked(select(Operation.id).where(*same))
        if waiting:
            return str(waiting["id"])
        sequence = await tx.value(select(func.max(Operation.sequence)))
        row = {
            "id": new_id(),
            "sequence": (sequence or 0) + 1,
            "type": work.kind.type,
            "resource_type": work.kind.resource_type,
            "resource_id": work.resource_id,
            "workflow_id": work.workflow_id,
            "router_id": work.router_id,
            "project_id": project_id,
            "request_id": request_id,
        }
        await tx.insert(operations, row)
        return str(row["id"])

    def announce(self, *ids: str) -> None:
        """Offer operations to Temporal without waiting for it."""
        for id_ in ids:
            task = asyncio.get_running_loop().create_task(self._offer(id_))
            self._offering.add(task)
            task.add_done_callback(self._offering.discard)

    async def _offer(self, id_: str) -> None:
        operation = await self.get(id_)
        if operation is None:
            return
        try:
            await self._outbox.offer(operation)
        except Exception as error:
            LOG.warning("Temporal did not take %s: %s", operation["workflow_id"], error)
            return
        async with self._store.write() as tx:
            await tx.run(operations.update().where(Operation.id == id_).values(offered_at=now()))

    async def sweep(self, older_than: float) -> int:
        """Offer again what was accepted and not begun for so many seconds; return how many.

        What Temporal has taken is left to it for longer, each time twice as long: it may only be
        busy, and with everything offered to it again and again it would be for good.
        """
        at = now()
        before = at - timedelta(seconds=older_than)
        taken = at - timedelta(seconds=older_than * _PATIENCE)
        accepted = Operation.select().where(
            Operation.state == State.ACCEPTED,
            Operation.created_at <= before,
            or_(Operation.offered_at.is_(None), Operation.offered_at <= taken),
        )
        async with self._store.read() as tx:
            rows = await tx.all(accepted.order_by(Operation.sequence))
        ids = [row.id for row in rows if _is_due(row, at)]
        for id_ in ids:
            await self._offer(id_)
        return len(ids)

    async def revive(self, older_than: float) -> int:
        """Accept again what runs in the rows but not in Temporal; return how many.

        Their executions were terminated, or went with a Temporal that was lost. Only those begun
        more than so many seconds ago are looked at.
        """
        before = now() - timedelta(seconds=older_than)
        begun = Operation.select().where(
            Operation.state == State.RUNNING, Operation.started_at <= before
        )
        async with self._store.read() as tx:
            rows = await tx.all(begun.order_by(Operation.sequence))
        # Asked before the row is read again: an execution ends after its row does.
        lost = [row.id for row in rows if not await self._outbox.runs(row)]
        fresh = {"state": State.ACCEPTED, "started_at": None, "offered_at": None}
        revived = operations.update().where(
            Operation.id.in_(lost),
            Operation.state == State.RUNNING,
            Operation.started_at <= before,
        )
        async with self._store.write() as tx:
            return await tx.run(revived.values(**fresh)) if lost else 0

    async def get(self, id_: str) -> Row | None:
        """Return one operation."""
        async with self._store.read() as tx:
            return await tx.one(Operation.select().where(Operation.id == id_))

    async def asked_by(self, workflow_id: str, router_id: str = "") -> str:
        """Return the id of the request whose work an execution does, '' when there is none.

        Of several the last; of what follows for a router by itself, that of its last operation.
        """
        last = select(Operation.request_id).order_by(Operation.sequence.desc()).limit(1)
        mine = last.where(Operation.state.in_(OPEN), Operation.workflow_id == workflow_id)
        async with self._store.read() as tx:
            found = await tx.value(mine)
            if found is None and router_id:
                found = await tx.value(last.where(Operation.router_id == router_id))
        return found or ""

    async def begin(self, id_: str) -> Row | None:
        """Mark the operation running and return it as it was; None when it was cancelled.

        A finished one may be begun again: that is what a reset of its workflow does, and as work
        follows the desired state of now, it changes nothing where nothing is missing.
        """
        async with self._store.write() as tx:
            was = await tx.locked(Operation.select().where(Operation.id == id_))
            if was is None or was.state == State.CANCELLED:
                return None
            values = {"state": State.RUNNING, "started_at": now(), "attempts": was.attempts + 1}
            await tx.run(operations.update().where(Operation.id == id_).values(**values))
            return was

    async def finish(
        self, tx: Transaction, id_: str, state: State, error: str = "", *, unbegun: bool = False
    ) -> bool:
        """Record how the operation ended: ``succeeded``, ``failed`` or ``cancelled``.

        False: it was accepted again in the meantime (a redo), and how the run before it ended is
        of no interest any more. ``unbegun``: end also what nobody has begun.
        """
        values = {"state": state, "error": error or None, "finished_at": now()}
        ended = operations.update().where(Operation.id == id_)
        if not unbegun:
            ended = ended.where(Operation.state != State.ACCEPTED)
        return bool(await tx.run(ended.values(**values)))

    async def redo(self, id_: str) -> None:
        """Accept a finished operation again and offer it; ``Conflict`` while it is open.

        One whose execution somebody terminated was never recorded as finished, but is.
        """
        fresh = {"state": State.ACCEPTED, "error": None}
        times = {"offered_at": None, "started_at": None, "finished_at": None}
        states = (*DONE, State.RUNNING) if await self._was_terminated(id_) else DONE
        done = operations.update().where(Operation.id == id_, Operation.state.in_(states))
        async with self._store.write() as tx:
            if not await tx.run(done.values(**fresh, **times)):
                raise Conflict(f"Job {id_} is not finished; there is nothing to redo.")
        self.announce(id_)

    async def cancel(self, id_: str) -> None:
        """Cancel an operation: at once if it has not begun, through Temporal if it runs."""
        waiting = (Operation.id == id_, Operation.state == State.ACCEPTED)
        ended = {"state": State.CANCELLED, "finished_at": now()}
        async with self._store.write() as tx:
            if await tx.run(operations.update().where(*waiting).values(**ended)):
                return
        operation = await self.get(id_)
        if operation is None or operation["state"] != State.RUNNING:
            raise Conflict(f"Job {id_} is finished; there is nothing to cancel.")
        await self._outbox.stop(operation)

    async def _was_terminated(self, id_: str) -> bool:
        operation = await self.get(id_)
        if operation is None or operation["state"] != State.RUNNING:
            return False
        return not await self._outbox.runs(operation)


def _is_due(row: Row, at: datetime) -> bool:
    """Tell whether the operation has waited as long since its last offer as before that.

    One accepted anew is old already: longer than so it never waits.
    """
    offered: datetime | None = row["offered_at"]
    if offered is None:
        return True
    before: timedelta = offered - row["created_at"]
    return at - offered >= min(before, _LONGEST)
