"""TemporalOutbox: hands accepted operations to Temporal, and stops running ones."""

import asyncio
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from models import work
from models.errors import Conflict, PodUnavailable
from models.operations import Outbox
from models.settings import Settings
from workflows.attributes import attributes
from workflows.network.router import Offered, Router, RouterInput
from workflows.upkeep import UPKEEP, UpkeepInput

_CONNECT_SECONDS = 5.0


class TemporalOutbox(Outbox):
    """A Temporal client that connects when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    async def client(self) -> Client:
        """Return the connected client."""
        async with self._lock:
            if self._client is None:
                connecting = Client.connect(
                    self._settings.temporal_address,
                    namespace=self._settings.temporal_namespace,
                )
                self._client = await asyncio.wait_for(connecting, _CONNECT_SECONDS)
        return self._client

    async def offer(self, operation: dict[str, Any]) -> None:
        """Start the workflow that runs the operation, or tell the running one of it."""
        client = await self.client()
        kind = work.kind_of(operation["type"], operation["resource_type"])
        if isinstance(kind, work.OfRouter):
            await self._offer_router(client, operation)
        else:
            await self._offer_upkeep(client, kind, operation)

    async def stop(self, operation: dict[str, Any]) -> None:
        """Ask the operation's running workflow to cancel itself.

        ``Conflict`` where it runs others too, as a router does that brings its routes up.
        """
        if operation["type"] == work.EXTRA_ROUTES.type:
            raise Conflict(
                f"Job {operation['id']} brings up the routes that router "
                f"{operation['router_id']} has now; change them instead."
            )
        await (await self._handle(operation["workflow_id"])).cancel()

    async def runs(self, operation: dict[str, Any]) -> bool:
        """Tell whether the operation's workflow has not ended yet."""
        handle = await self._handle(operation["workflow_id"])
        try:
            description = await handle.describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise PodUnavailable("Temporal", error.message) from error
        return description.status == WorkflowExecutionStatus.RUNNING

    async def _handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        try:
            client = await self.client()
        except (RuntimeError, TimeoutError) as error:
            raise PodUnavailable("Temporal", "no connection") from error
        return client.get_workflow_handle(workflow_id)

    async def _offer_router(self, client: Client, operation: dict[str, Any]) -> None:
        router_id = operation["router_id"]
        offered = Offered(
            operation["id"],
            operation["type"],
            operation["workflow_id"],
            operation["project_id"],
            operation["request_id"],
            f"{operation['type']} of router {router_id}",
        )
        await client.start_workflow(
            Router.run,
            RouterInput(router_id),
            id=work.router_execution(router_id),
            task_queue=self._settings.task_queue,
            start_signal="offer",
            start_signal_args=[offered],
            static_summary=f"router {router_id}",
            search_attributes=attributes(operation["project_id"], router_id, ""),
        )

    async def _offer_upkeep(
        self, client: Client, kind: work.Upkeep, operation: dict[str, Any]
    ) -> None:
        task = UpkeepInput(kind.type, kind.resource_type, operation["resource_id"])
        await client.start_workflow(
            UPKEEP[kind.type].run,
            task,
            id=operation["workflow_id"],
            task_queue=self._settings.task_queue,
            start_signal="offer",
            start_signal_args=[operation["id"]],
            static_summary=f"{task.type} of {task.resource_type} {task.resource_id}",
            search_attributes=attributes(
                operation["project_id"], operation["router_id"], operation["request_id"]
            ),
        )
