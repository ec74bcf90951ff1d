"""Departures: objects that their pod was asked to delete, until it is known what came of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from models import work
from models.database.store import Store, Transaction
from models.database.tables.base import now
from models.database.tables.routing import Routing, routings
from models.errors import PodUnavailable
from models.operations import Operations
from models.values import Caller


class _Answered(Protocol):
    @property
    def status(self) -> int: ...


A = TypeVar("A", bound=_Answered)


class Departure:
    """One request to delete something."""

    def __init__(self) -> None:
        self.refused = False

    def answered(self, answer: A) -> A:
        """Note what the pod answered; return it."""
        self.refused = answer.status >= 300
        return answer


class Departures:
    """The time until which a pod may still delete what it was asked to.

    A clean-up that finds the object where it was looks again until then. ``call_seconds``: so long
    a call takes at most; ``late_seconds``: so long after it was given up a pod may still act.
    """

    def __init__(
        self, store: Store, operations: Operations, call_seconds: float, late_seconds: float
    ) -> None:
        self._store = store
        self._operations = operations
        self._call = timedelta(seconds=call_seconds)
        self._late = timedelta(seconds=late_seconds)

    @asynccontextmanager
    async def asked(
        self, caller: Caller, kind: work.CleanUp, *ids: str
    ) -> AsyncIterator[Departure]:
        """Have objects of one kind cleaned up after the block, in which their pod is asked.

        The block tells what was answered. Where it does not live to tell, the pod may have been
        asked at the last moment.
        """
        departure = Departure()
        of = (Routing.type == kind.resource_type, Routing.top_id.in_(ids))
        longest = now() + self._call + self._late
        async with self._store.write() as tx:
            rows = await tx.all_locked(Routing.select().where(*of).order_by(Routing.id))
            await tx.run(routings.update().where(*of).values(late_until=longest))
            waiting = [await self._operations.add(tx, kind.on(id_), caller=caller) for id_ in ids]
        before = {row.id: row.late_until for row in rows}
        try:
            yield departure
            if departure.refused:
                await self._set(longest, before)
        except PodUnavailable as error:
            late = now() + self._late
            await self._set(longest, before if error.over else dict.fromkeys(before, late))
            raise
        except BaseException:
            await self._set(longest, dict.fromkeys(before, now() + self._late))
            raise
        finally:
            # After a refusal too: there may be one that was not refused.
            self._operations.announce(*waiting)

    async def expect(self, tx: Transaction, *conditions: Any) -> None:
        """Note that the pod may be about to delete the objects whose routings match."""
        late = now() + self._late
        await tx.run(routings.update().where(*conditions).values(late_until=late))

    async def _set(self, longest: datetime, until: dict[int, datetime | None]) -> None:
        async with self._store.write() as tx:
            for id_, moment in until.items():
                mine = Routing.id == id_, Routing.late_until == longest
                await tx.run(routings.update().where(*mine).values(late_until=moment))


def still_to_go(late_until: datetime | None, at: datetime) -> bool:
    """Tell whether the pod, looked at at a time, may delete the object of a routing after it."""
    return late_until is not None and late_until > at
