"""The operations on a router, each an execution with a readable id.

They differ in name only: what each has to do is the difference between what the router should be
and what it is, in every pod. That makes any order, any repetition and any crash end the same.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.network.routers.work import Begun, Ended, RouterInPod, RouterWork, Settled
from models.work import State, Type
from workflows.attributes import POD as POD_ATTRIBUTE
from workflows.policies import POD, STORE, UNDO, completed, reason


@dataclass(frozen=True)
class OperationInput:
    """Ids only: what is right is read when the work is done."""

    operation_id: str
    router_id: str


async def operate(operation: OperationInput) -> str:
    """Run one operation to its end, or undo it and fail with the reason."""
    try:
        # Cancelled under way, it would still mark the operation running when its end is told.
        begun: Begun = await completed(
            workflow.execute_activity_method(
                RouterWork.begin_router_operation, operation.operation_id, **STORE
            )
        )
        if begun.cancelled:
            return "cancelled before it began"
        if begun.pods:
            workflow.upsert_search_attributes([POD_ATTRIBUTE.value_set(begun.pods)])
        await _converge(operation.router_id, begun.pods, begun.about)
    except (ActivityError, asyncio.CancelledError) as error:
        state = State.CANCELLED if is_cancelled_exception(error) else State.FAILED
        with suppress(asyncio.CancelledError):
            await completed(_undo(operation, Ended(operation.operation_id, state, reason(error))))
        raise ApplicationError(reason(error), type=state, non_retryable=True) from error
    settled = Settled(operation.router_id)
    if begun.again:
        # Reset by hand: no router entity waits for this run to bring the routes up.
        try:
            await _converge_routes(operation.router_id)
        except (ActivityError, asyncio.CancelledError) as error:
            settled = replace(settled, error=reason(error))
    # All is done: a cancellation comes too late, and must not keep anybody from telling so.
    with suppress(asyncio.CancelledError):
        await completed(_succeed(operation, settled if begun.again else None))
    return f"changed in {len(begun.pods)} pods" if begun.pods else "nothing to change"


async def _succeed(operation: OperationInput, settled: Settled | None) -> None:
    await workflow.execute_activity_method(
        RouterWork.end_router_operation, Ended(operation.operation_id, State.SUCCEEDED), **STORE
    )
    if settled:
        await workflow.execute_activity_method(RouterWork.settle_router, settled, **STORE)


async def _converge_routes(router_id: str) -> None:
    pods: list[str] = await workflow.execute_activity_method(
        RouterWork.pods_with_wrong_routes, router_id, **STORE
    )
    await asyncio.gather(*(_set_routes(RouterInPod(router_id, pod)) for pod in pods))


async def _set_routes(copy: RouterInPod) -> None:
    await workflow.execute_activity_method(
        RouterWork.converge_extra_routes,
        copy,
        summary=f"extra routes in pod {copy.pod}",
        **POD,
    )


async def _converge(router_id: str, pods: list[str], about: str) -> None:
    results = await asyncio.gather(
        *(
            workflow.execute_activity_method(
                RouterWork.converge_router_copy,
                RouterInPod(router_id, pod, about),
                summary=f"router copy in pod {pod}",
                # What is to be undone is known when the call under way has ended.
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                **POD,
            )
            for pod in pods
        ),
        return_exceptions=True,
    )
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _undo(operation: OperationInput, ended: Ended) -> None:
    pods: list[str] = await workflow.execute_activity_method(
        RouterWork.end_router_operation, ended, **STORE
    )
    await asyncio.gather(
        *(
            workflow.execute_activity_method(
                RouterWork.converge_router_copy,
                RouterInPod(operation.router_id, pod),
                summary=f"undo in pod {pod}",
                **UNDO,
            )
            for pod in pods
        ),
        return_exceptions=True,
    )


@workflow.defn(name=Type.ROUTER_INTERFACE_ADD)
class AddRouterInterface:
    """A subnet gets its interface on the router, in its pod."""

    @workflow.run
    async def run(self, operation: OperationInput) -> str:
        """Run the operation."""
        return await operate(operation)


@workflow.defn(name=Type.ROUTER_INTERFACE_REMOVE)
class RemoveRouterInterface:
    """A subnet's interface is taken off the router."""

    @workflow.run
    async def run(self, operation: OperationInput) -> str:
        """Run the operation."""
        return await operate(operation)


@workflow.defn(name=Type.ROUTER_GATEWAY_SET)
class SetRouterGateway:
    """The router gets its gateway on an external network, in every pod it is in."""

    @workflow.run
    async def run(self, operation: OperationInput) -> str:
        """Run the operation."""
        return await operate(operation)


@workflow.defn(name=Type.ROUTER_GATEWAY_CLEAR)
class ClearRouterGateway:
    """The router's gateway is taken back, in every pod."""

    @workflow.run
    async def run(self, operation: OperationInput) -> str:
        """Run the operation."""
        return await operate(operation)


@workflow.defn(name=Type.FLOATINGIP_ASSOCIATE)
class AssociateFloatingIP:
    """A floating IP leads to its port, wherever that is."""

    @workflow.run
    async def run(self, operation: OperationInput) -> str:
        """Run the operation."""
        return await operate(operation)


@workflow.defn(name=Type.FLOATINGIP_DISASSOCIATE)
class DisassociateFloatingIP:
    """A floating IP leads nowhere any more."""

    @workflow.run
    async def run(self, operation: OperationInput) -> str:
        """Run the operation."""
        return await operate(operation)


@workflow.defn(name=Type.EXTRA_ROUTES)
class ExtraRoutes:
    """The router's extra routes are right in the pod: to the other pods, and the user's own."""

    @workflow.run
    async def run(self, copy: RouterInPod) -> None:
        """Set them as they should be when it is done."""
        await _set_routes(copy)


Operation = (
    AddRouterInterface
    | RemoveRouterInterface
    | SetRouterGateway
    | ClearRouterGateway
    | AssociateFloatingIP
    | DisassociateFloatingIP
)
OPERATIONS: dict[Type, type[Operation]] = {
    Type.ROUTER_INTERFACE_ADD: AddRouterInterface,
    Type.ROUTER_INTERFACE_REMOVE: RemoveRouterInterface,
    Type.ROUTER_GATEWAY_SET: SetRouterGateway,
    Type.ROUTER_GATEWAY_CLEAR: ClearRouterGateway,
    Type.FLOATINGIP_ASSOCIATE: AssociateFloatingIP,
    Type.FLOATINGIP_DISASSOCIATE: DisassociateFloatingIP,
}
