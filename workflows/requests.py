"""RequestIds: activities that know the request whose accepted work they do."""

from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from models.logs import REQUEST_ID
from models.operations import Operations


class RequestIds(Interceptor):
    """Looks it up in the operations: histories and inputs need not carry it."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Wrap an activity."""
        return _Named(next, self._operations)


class _Named(ActivityInboundInterceptor):
    def __init__(self, next_: ActivityInboundInterceptor, operations: Operations) -> None:
        super().__init__(next_)
        self._operations = operations

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """Run the activity in the name of the request; an activity has a context of its own."""
        about = input.args[0] if input.args else None
        router_id = getattr(about, "router_id", "")
        workflow_id = activity.info().workflow_id or ""
        REQUEST_ID.set(await self._operations.asked_by(workflow_id, router_id))
        return await super().execute_activity(input)
