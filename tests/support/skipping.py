"""Workflows alone: Temporal's server for tests, which skips time, and doubles of all activities.

No pod, no database, no process of ours: what activities do is told by the test. A day of retries
passes as fast as the server can count them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.network.routers.work import Begun, Ended, RouterInPod, Settled
from activities.upkeep import Outcome, Task
from models import work
from tests.support.processes import PROGRAMS
from tests.support.temporal import DYNAMIC
from workflows.attributes import POD, PROJECT, REQUEST, ROUTER
from workflows.network.router import Offered, Router, RouterInput
from workflows.network.router_operations import OPERATIONS, OperationInput
from workflows.sandbox import RUNNER
from workflows.upkeep import UPKEEP, UpkeepInput
from workflows.worker import WORKFLOWS

# A timer is looked at when it is due, not up to a second later.
_PROMPT = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="1ms"',
    'history.timerProcessorMaxPollInterval="20ms"',
)
_ENDS = {
    f"activity_task_{how}_event_attributes"
    for how in ("completed", "failed", "timed_out", "canceled")
}
_BEAT = timedelta(milliseconds=50)


@asynccontextmanager
async def skipping(*more: str) -> AsyncIterator[Client]:
    """A client of a server of its own that skips time; ``more`` is dynamic configuration."""
    values = [word for value in (*DYNAMIC, *_PROMPT, *more) for word in _value(value)]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(PROGRAMS / "temporal"),
        dev_server_log_level="never",
        dev_server_extra_args=values,
        search_attributes=(PROJECT, ROUTER, REQUEST, POD),
    ) as environment:
        yield environment.client


def _value(value: str) -> tuple[str, str]:
    return "--dynamic-config-value", value


class Held:
    """What an activity does until it is let go: nothing. ``begun`` tells that it does it."""

    def __init__(self, answer: Any = None) -> None:
        self.begun, self._free = asyncio.Event(), asyncio.Event()
        self._answer = answer

    def let_go(self) -> None:
        """Let it end."""
        self._free.set()

    async def __call__(self, _: Any) -> Any:
        """Do it; a cancellation ends it, as heartbeats bring it."""
        self.begun.set()
        while not self._free.is_set():
            activity.heartbeat()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._free.wait(), _BEAT.total_seconds())
        return self._answer


Deed = BaseException | Callable[[Any], Awaitable[Any]] | Any


class Doubles:
    """The activities, by the names of ours: what was asked of them, in order."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._told: dict[tuple[str, str], list[Deed]] = defaultdict(list)

    def tell(self, name: str, *deeds: Deed, pod: str = "") -> None:
        """Have the next calls of an activity, in one pod perhaps, fail, wait or answer so."""
        self._told[name, pod] += deeds

    def of(self, name: str) -> list[Any]:
        """With what an activity was called."""
        return [argument for asked, argument in self.asked if asked == name]

    async def _do(self, name: str, argument: Any, usual: Any = None) -> Any:
        self.asked.append((name, argument))
        pod = getattr(argument, "pod", "")
        told = self._told[name, pod] or self._told[name, ""]
        deed = told.pop(0) if told else usual
        if isinstance(deed, BaseException):
            raise deed
        return await deed(argument) if callable(deed) else deed

    @activity.defn
    async def begin_router_operation(self, operation_id: str) -> Begun:
        begun: Begun = await self._do("begin_router_operation", operation_id, Begun(["Pod1"]))
        return begun

    @activity.defn
    async def converge_router_copy(self, copy: RouterInPod) -> None:
        await self._do("converge_router_copy", copy)

    @activity.defn
    async def pods_with_wrong_routes(self, router_id: str) -> list[str]:
        pods: list[str] = await self._do("pods_with_wrong_routes", router_id, [])
        return pods

    @activity.defn
    async def converge_extra_routes(self, copy: RouterInPod) -> None:
        await self._do("converge_extra_routes", copy)

    @activity.defn
    async def end_router_operation(self, ended: Ended) -> list[str]:
        pods: list[str] = await self._do("end_router_operation", ended, [])
        return pods

    @activity.defn
    async def settle_router(self, settled: Settled) -> None:
        await self._do("settle_router", settled)

    @activity.defn
    async def begin_upkeep(self, operation_ids: list[str]) -> list[str]:
        begun: list[str] = await self._do("begin_upkeep", operation_ids, operation_ids)
        return begun

    @activity.defn
    async def do_upkeep(self, task: Task) -> None:
        await self._do("do_upkeep", task)

    @activity.defn
    async def end_upkeep(self, outcome: Outcome) -> None:
        await self._do("end_upkeep", outcome)


class Play:
    """A worker with doubles, and what is started on it."""

    def __init__(self, client: Client) -> None:
        self.client, self.doubles, self.queue = client, Doubles(), str(uuid4())
        self.router_id = str(uuid4())

    @asynccontextmanager
    async def on_stage(self) -> AsyncIterator[Play]:
        """Work, as long as the block lasts, with the sandbox of the real worker."""
        doubles = self.doubles
        async with Worker(
            self.client,
            task_queue=self.queue,
            workflows=WORKFLOWS,
            activities=[
                doubles.begin_router_operation,
                doubles.converge_router_copy,
                doubles.pods_with_wrong_routes,
                doubles.converge_extra_routes,
                doubles.end_router_operation,
                doubles.settle_router,
                doubles.begin_upkeep,
                doubles.do_upkeep,
                doubles.end_upkeep,
            ],
            workflow_runner=RUNNER,
            max_heartbeat_throttle_interval=_BEAT,
        ):
            yield self

    def offered(self, change: work.RouterChange, piece: str) -> Offered:
        """An operation on the router, as the outbox offers it."""
        piece_of_work = change.on(self.router_id, f"{piece}-{self.router_id}")
        return Offered(f"operation-{piece}", change.type, piece_of_work.workflow_id, "project")

    def routes(self, id_: str) -> Offered:
        """A job that brings up the router's extra routes."""
        piece_of_work = work.EXTRA_ROUTES.on(self.router_id)
        return Offered(id_, work.EXTRA_ROUTES.type, piece_of_work.workflow_id)

    async def offer(self, *operations: Offered) -> WorkflowHandle[Router, None]:
        """Offer them to the router's workflow, which is started if it does not run."""
        for operation in operations:
            handle = await self.client.start_workflow(
                Router.run,
                RouterInput(self.router_id),
                id=work.router_execution(self.router_id),
                task_queue=self.queue,
                start_signal="offer",
                start_signal_args=[operation],
            )
        return handle

    async def operate(self, operation: Offered) -> WorkflowHandle[Any, str]:
        """Start an operation by itself, as somebody does who resets it by hand."""
        return await self.client.start_workflow(
            OPERATIONS[work.Type(operation.type)].run,
            OperationInput(operation.operation_id, self.router_id),
            id=operation.workflow_id,
            task_queue=self.queue,
        )

    async def upkeep(self, kind: work.Upkeep, *ids: str) -> WorkflowHandle[Any, None]:
        """Offer operations to the workflow that does such work on one object."""
        for id_ in ids:
            handle = await self.client.start_workflow(
                UPKEEP[kind.type].run,
                UpkeepInput(kind.type, kind.resource_type, "object"),
                id=f"{kind.type}/{kind.resource_type}/{self.queue}",
                task_queue=self.queue,
                start_signal="offer",
                start_signal_args=[id_],
            )
        return handle

    async def taken_in(self, running: WorkflowHandle[Any, Any], name: str, times: int = 1) -> None:
        """Wait until the execution has gone on after so many outcomes of an activity."""
        ended = 0
        async for what, activity_name in _history(running):
            ended += (what, activity_name) == ("ended", name)
            if what == "went on" and ended >= times:
                return

    async def went_on(self, running: WorkflowHandle[Any, Any], after: str) -> None:
        """Wait until the execution has gone on after something happened to it."""
        happened = False
        async for what, _ in _history(running):
            happened = happened or what == after
            if happened and what == "went on":
                return

    async def order(self, ended: WorkflowHandle[Any, Any]) -> list[tuple[str, str]]:
        """When an execution asked for its activities, and got their outcomes."""
        return [step async for step in _history(ended) if step[1]]

    def operation(self, operation: Offered) -> WorkflowHandle[Any, Any]:
        """The execution of an operation."""
        return self.client.get_workflow_handle(operation.workflow_id)


async def _history(execution: WorkflowHandle[Any, Any]) -> AsyncIterator[tuple[str, str]]:
    """``asked``, ``ended`` of activities by name; ``cancelled``, ``went on``; to its end."""
    names: dict[int, str] = {}
    async for event in execution.fetch_history_events(wait_new_event=True):
        kind = event.WhichOneof("attributes")
        if kind == "activity_task_scheduled_event_attributes":
            names[event.event_id] = (
                event.activity_task_scheduled_event_attributes.activity_type.name
            )
            yield "asked", names[event.event_id]
        elif kind in _ENDS:
            yield "ended", names[getattr(event, kind).scheduled_event_id]
        elif kind == "workflow_execution_cancel_requested_event_attributes":
            yield "cancelled", ""
        elif kind == "workflow_task_completed_event_attributes":
            yield "went on", ""
