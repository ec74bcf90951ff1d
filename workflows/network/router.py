"""router/<id>: the entity that runs a router's operations and brings its extra routes up once.

Operations run as child executions. Calls on one router copy are serialised by the lease of that
copy, so a dead pod holds up only the operations that need it. It ends when nothing is left to do.
"""

import asyncio
from dataclasses import dataclass, field

from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    WorkflowAlreadyStartedError,
)
from temporalio.workflow import ParentClosePolicy

from activities.network.router_work import Ended, RouterWork, Settled
from activities.upkeep import Outcome, Upkeep
from workflows.attributes import attributes
from workflows.network.router_operations import ExtraRoutes, OperationInput
from workflows.policies import STORE, reason


@dataclass(frozen=True)
class Offered:
    """An accepted operation on the router."""

    operation_id: str
    type: str
    workflow_id: str
    project_id: str = ""
    request_id: str = ""
    summary: str = ""


@dataclass(frozen=True)
class RouterInput:
    """The router, and what a continued run takes along."""

    router_id: str
    waiting: list[Offered] = field(default_factory=list)


@workflow.defn(name="router")
class Router:
    """Runs what is offered; knows nothing that the database does not know better."""

    @workflow.init
    def __init__(self, router: RouterInput) -> None:
        self._router_id = router.router_id
        self._waiting = list(router.waiting)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._begun: dict[str, str] = {}
        self._routes: asyncio.Task[None] | None = None
        self._routes_asked: list[str] = []
        self._dirty = False

    @workflow.signal
    def offer(self, operation: Offered) -> None:
        """Take an operation; the same one twice is one."""
        known = {o.operation_id for o in self._waiting} | set(self._begun.values())
        if operation.operation_id not in known:
            self._waiting.append(operation)

    @workflow.run
    async def run(self, router: RouterInput) -> None:
        """Run until nothing is waiting, running or to be brought up."""
        while True:
            if not workflow.info().is_continue_as_new_suggested():
                self._start_children()
            self._start_routes()
            if not self._running and self._routes is None:
                if self._waiting:
                    workflow.continue_as_new(RouterInput(self._router_id, self._waiting))
                return
            await workflow.wait_condition(self._something_to_do)

    def _something_to_do(self) -> bool:
        idle = self._routes is None
        return (
            any(task.done() for task in self._running.values())
            or (self._routes is not None and self._routes.done())
            or (self._dirty and idle)
            or any(o.workflow_id not in self._running for o in self._waiting)
            or (not self._running and idle)
        )

    def _start_children(self) -> None:
        self._reap()
        for operation in list(self._waiting):
            if operation.type == "extra-routes":
                self._routes_asked.append(operation.operation_id)
                self._dirty = True
            elif operation.workflow_id in self._running:
                continue
            else:
                self._begun[operation.workflow_id] = operation.operation_id
                self._running[operation.workflow_id] = asyncio.create_task(self._child(operation))
            self._waiting.remove(operation)

    def _reap(self) -> None:
        for id_ in [id_ for id_, task in self._running.items() if task.done()]:
            del self._running[id_], self._begun[id_]
            self._dirty = True

    def _start_routes(self) -> None:
        self._reap()
        if self._routes is not None and self._routes.done():
            self._routes = None
        # With operations still starting up a moment's wait makes one update out of many.
        if self._dirty and self._routes is None:
            self._dirty = False
            self._routes = asyncio.create_task(self._bring_up())

    async def _child(self, operation: Offered) -> None:
        try:
            await workflow.execute_child_workflow(
                operation.type,
                OperationInput(operation.operation_id, self._router_id),
                id=operation.workflow_id,
                static_summary=operation.summary,
                search_attributes=attributes(
                    operation.project_id, self._router_id, operation.request_id
                ),
                parent_close_policy=ParentClosePolicy.ABANDON,
            )
        except WorkflowAlreadyStartedError:
            # Somebody reset or reran it by hand: the sweep offers the operation again if need be.
            workflow.logger.info("%s runs already", operation.workflow_id)
        except ChildWorkflowError as error:
            workflow.logger.warning("%s failed: %s", operation.workflow_id, error.cause)
            if not isinstance(error.cause, ApplicationError):
                # Terminated, or cancelled before it could note it: nobody else tells the end.
                state = "cancelled" if isinstance(error.cause, CancelledError) else "failed"
                ended = Ended(operation.operation_id, state, str(error.cause))
                await workflow.execute_activity_method(
                    RouterWork.end_router_operation, ended, **STORE
                )

    async def _bring_up(self) -> None:
        asked, self._routes_asked = self._routes_asked, []
        error = ""
        if asked:
            await workflow.execute_activity_method(Upkeep.begin_upkeep, asked, **STORE)
        try:
            if await self._routes_are_wrong():
                await workflow.execute_child_workflow(
                    ExtraRoutes.run,
                    self._router_id,
                    id=f"extra-routes/{self._router_id}",
                    static_summary=f"extra routes of router {self._router_id}",
                    search_attributes=attributes("", self._router_id, ""),
                    parent_close_policy=ParentClosePolicy.ABANDON,
                )
        except WorkflowAlreadyStartedError:
            # Somebody reset it by hand: once that has ended it is run again, for what is new.
            await workflow.sleep(1)
            self._routes_asked += asked
            self._dirty = True
            return
        except (ChildWorkflowError, ActivityError) as failure:
            error = reason(failure)
        if asked:
            await workflow.execute_activity_method(
                Upkeep.end_upkeep, Outcome(asked, error), **STORE
            )
        settled = Settled(self._router_id, "" if asked else error)
        await workflow.execute_activity_method(RouterWork.settle_router, settled, **STORE)

    async def _routes_are_wrong(self) -> bool:
        # Mostly they are right: an execution that finds nothing to change costs ten times as much.
        if not workflow.patched("routes-are-looked-at"):
            return True
        return bool(
            await workflow.execute_activity_method(
                RouterWork.pods_with_wrong_routes, self._router_id, **STORE
            )
        )
