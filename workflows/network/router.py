"""router/<id>: the entity that runs a router's operations and brings its extra routes up once.

Operations run as child executions, and so do the extra routes of each pod. Calls on one router
copy are serialised by the lease of that copy, so a dead pod holds up only what needs it. It ends
when nothing is left to do.
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

from activities.network.routers.work import Ended, RouterInPod, RouterWork, Settled
from activities.upkeep import Outcome, Upkeep
from models.work import EXTRA_ROUTES, State, Type
from workflows.attributes import attributes
from workflows.network.router_operations import OPERATIONS, ExtraRoutes, OperationInput
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


@workflow.defn(name=Type.ROUTER)
class Router:
    """Runs what is offered; knows nothing that the database does not know better."""

    @workflow.init
    def __init__(self, router: RouterInput) -> None:
        self._router_id = router.router_id
        self._waiting = list(router.waiting)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._begun: dict[str, str] = {}
        # Looking at the routes, or telling that all is done; and, by pod, setting them.
        self._look: asyncio.Task[None] | None = None
        self._routes: dict[str, asyncio.Task[None]] = {}
        self._stale: set[str] = set()
        self._routes_asked: list[str] = []
        self._routes_begun: list[str] = []
        self._errors: list[str] = []
        self._dirty = False
        self._unsettled = False

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
            self._reap()
            if not workflow.info().is_continue_as_new_suggested():
                self._start_children()
            self._start_look()
            if not self._running and not self._routes and self._look is None:
                if self._waiting:
                    workflow.continue_as_new(RouterInput(self._router_id, self._waiting))
                return
            await workflow.wait_condition(self._something_to_do)

    def _something_to_do(self) -> bool:
        tasks = [*self._running.values(), *self._routes.values()]
        return (
            any(task.done() for task in tasks)
            or (self._look is not None and self._look.done())
            or (
                any(o.workflow_id not in self._running for o in self._waiting)
                and not workflow.info().is_continue_as_new_suggested()
            )
        )

    def _reap(self) -> None:
        for id_ in [id_ for id_, task in self._running.items() if task.done()]:
            del self._running[id_], self._begun[id_]
            self._dirty = True
        for pod in [pod for pod, task in self._routes.items() if task.done()]:
            del self._routes[pod]
            self._dirty = self._dirty or pod in self._stale
            self._stale.discard(pod)
        if self._look is not None and self._look.done():
            self._look = None

    def _start_children(self) -> None:
        idle, started = not self._running, 0
        for operation in list(self._waiting):
            if operation.type == EXTRA_ROUTES.type:
                self._routes_asked.append(operation.operation_id)
                self._dirty = True
            elif operation.workflow_id in self._running:
                continue
            else:
                self._begun[operation.workflow_id] = operation.operation_id
                self._running[operation.workflow_id] = asyncio.create_task(self._child(operation))
                started += 1
            self._waiting.remove(operation)
        # Pods that are joined already can have their routes meanwhile. In a burst they wait, and
        # one update is made out of many.
        self._dirty = self._dirty or (idle and started == 1)

    def _start_look(self) -> None:
        if self._look is not None:
            return
        if self._dirty:
            self._dirty, self._unsettled = False, True
            self._look = asyncio.create_task(self._look_at_routes())
        elif self._unsettled and not self._routes and (self._routes_begun or not self._running):
            self._unsettled = False
            self._look = asyncio.create_task(self._settle())

    async def _child(self, operation: Offered) -> None:
        try:
            await workflow.execute_child_workflow(
                OPERATIONS[Type(operation.type)].run,
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
                state = (
                    State.CANCELLED if isinstance(error.cause, CancelledError) else State.FAILED
                )
                ended = Ended(operation.operation_id, state, str(error.cause))
                await workflow.execute_activity_method(
                    RouterWork.end_router_operation, ended, **STORE
                )

    async def _look_at_routes(self) -> None:
        asked, self._routes_asked = self._routes_asked, []
        if asked:
            await workflow.execute_activity_method(Upkeep.begin_upkeep, asked, **STORE)
            self._routes_begun += asked
        try:
            pods = await workflow.execute_activity_method(
                RouterWork.pods_with_wrong_routes, self._router_id, **STORE
            )
        except ActivityError as failure:
            self._errors.append(reason(failure))
            return
        for pod in pods:
            if pod in self._routes:
                # It may have looked before what is wrong now: look again when it has ended.
                self._stale.add(pod)
            else:
                self._routes[pod] = asyncio.create_task(self._set_routes(pod))

    async def _set_routes(self, pod: str) -> None:
        """Set them in one pod: another that is out holds up nobody but itself."""
        try:
            await workflow.execute_child_workflow(
                ExtraRoutes.run,
                RouterInPod(self._router_id, pod),
                id=EXTRA_ROUTES.execution_in(self._router_id, pod),
                static_summary=f"extra routes of router {self._router_id} in pod {pod}",
                search_attributes=attributes("", self._router_id, ""),
                parent_close_policy=ParentClosePolicy.ABANDON,
            )
        except WorkflowAlreadyStartedError:
            # Somebody reset it by hand: once that has ended it is run again, for what is new.
            await workflow.sleep(1)
            self._dirty = True
        except ChildWorkflowError as failure:
            self._errors.append(reason(failure))

    async def _settle(self) -> None:
        asked, self._routes_begun = self._routes_begun, []
        error = "; ".join(self._errors)
        self._errors = []
        if asked:
            await workflow.execute_activity_method(
                Upkeep.end_upkeep, Outcome(asked, error), **STORE
            )
        settled = Settled(self._router_id, "" if asked else error)
        await workflow.execute_activity_method(RouterWork.settle_router, settled, **STORE)
