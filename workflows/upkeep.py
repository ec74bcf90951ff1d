"""clean-up/..., update-copies/..., security-group-sync/...: work on one object at a time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.upkeep import Outcome, Task, Upkeep
from models.work import InPod, Type
from workflows.policies import POD, STORE, TRANSFER, completed, reason


@dataclass(frozen=True)
class UpkeepInput:
    """What to do and to which object."""

    type: str
    resource_type: str
    resource_id: str
    waiting: list[str] = field(default_factory=list)


class OnOneObject:
    """Does the work once for all operations that wait when it begins, until none is left."""

    def __init__(self, work: UpkeepInput) -> None:
        self.waiting = list(work.waiting)

    @workflow.signal
    def offer(self, operation_id: str) -> None:
        """Take an operation."""
        self.waiting.append(operation_id)

    async def work(self, work: UpkeepInput) -> None:
        """Run until no operation waits; fail with the reason of the last failure."""
        task = Task(work.type, work.resource_type, work.resource_id)
        policy = TRANSFER if work.resource_type == InPod.IMAGE.resource_type else POD
        error = ""
        while self.waiting:
            asked, self.waiting = self.waiting, []
            outcome = Outcome(asked)
            try:
                # Cancelled under way, it would still mark them running when their end is told.
                begun: list[str] = await completed(
                    workflow.execute_activity_method(Upkeep.begin_upkeep, asked, **STORE)
                )
                if not begun:
                    continue
                outcome = Outcome(begun)
                await workflow.execute_activity_method(Upkeep.do_upkeep, task, **policy)
            except (ActivityError, asyncio.CancelledError) as failure:
                cancelled = is_cancelled_exception(failure)
                outcome = replace(outcome, error=reason(failure), cancelled=cancelled)
            with suppress(asyncio.CancelledError):
                await completed(
                    workflow.execute_activity_method(Upkeep.end_upkeep, outcome, **STORE)
                )
            error = outcome.error
        if error:
            raise ApplicationError(error, type="failed", non_retryable=True)


@workflow.defn(name=Type.CLEAN_UP)
class CleanUp(OnOneObject):
    """The copies of a deleted object are gone from every pod."""

    @workflow.init
    def __init__(self, work: UpkeepInput) -> None:
        super().__init__(work)

    @workflow.run
    async def run(self, work: UpkeepInput) -> None:
        """Do the work."""
        await self.work(work)


@workflow.defn(name=Type.UPDATE_COPIES)
class UpdateCopies(OnOneObject):
    """The copies of an object show what the object shows."""

    @workflow.init
    def __init__(self, work: UpkeepInput) -> None:
        super().__init__(work)

    @workflow.run
    async def run(self, work: UpkeepInput) -> None:
        """Do the work."""
        await self.work(work)


@workflow.defn(name=Type.SECURITY_GROUP_SYNC)
class SyncSecurityGroup(OnOneObject):
    """Rules and members of a security group are the same in every pod that has it."""

    @workflow.init
    def __init__(self, work: UpkeepInput) -> None:
        super().__init__(work)

    @workflow.run
    async def run(self, work: UpkeepInput) -> None:
        """Do the work."""
        await self.work(work)


UPKEEP: dict[Type, type[CleanUp | UpdateCopies | SyncSecurityGroup]] = {
    Type.CLEAN_UP: CleanUp,
    Type.UPDATE_COPIES: UpdateCopies,
    Type.SECURITY_GROUP_SYNC: SyncSecurityGroup,
}
