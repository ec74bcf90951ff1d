"""Upkeep: the activities of work that no router serialises: clean-up, updates, groups."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from temporalio import activity

from activities.heartbeat import beating
from models import work
from models.database.store import Store
from models.operations import Operations
from models.work import State

Worker = Callable[[str], Awaitable[None]]
Workers = Mapping[work.Upkeep, Worker]


@dataclass(frozen=True)
class Task:
    """One piece of upkeep: what to do, and to which object at the top."""

    type: str
    resource_type: str
    resource_id: str


@dataclass(frozen=True)
class Outcome:
    """How the operations that asked for a piece of upkeep ended."""

    operation_ids: list[str]
    error: str = ""
    cancelled: bool = False


class Upkeep:
    """Does each kind of work on one object; every worker may be repeated."""

    def __init__(self, store: Store, operations: Operations, workers: Workers) -> None:
        if missing := set(work.UPKEEP) - workers.keys():
            raise ValueError(f"Nobody does {sorted(map(str, missing))}")
        self._store = store
        self._operations = operations
        self._workers = workers

    @activity.defn
    async def begin_upkeep(self, operation_ids: list[str]) -> list[str]:
        """Mark the operations running; return those that were not cancelled."""
        begun = await asyncio.gather(*(self._operations.begin(id_) for id_ in operation_ids))
        return [id_ for id_, row in zip(operation_ids, begun, strict=True) if row is not None]

    @activity.defn
    async def do_upkeep(self, task: Task) -> None:
        """Do the work, as the desired state of now asks for it."""
        worker = self._workers[work.upkeep_of(task.type, task.resource_type)]
        async with beating():
            await worker(task.resource_id)

    @activity.defn
    async def end_upkeep(self, outcome: Outcome) -> None:
        """Record the outcome."""
        state = State.FAILED if outcome.error else State.SUCCEEDED
        if outcome.cancelled:
            state = State.CANCELLED
        async with self._store.write() as tx:
            for id_ in outcome.operation_ids:
                await self._operations.finish(tx, id_, state, outcome.error)
