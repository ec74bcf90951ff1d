"""The worker process: runs workflows and activities, and sweeps what Temporal has not seen."""

import asyncio
import logging
import signal
from contextlib import suppress

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.worker import Worker

from activities.wiring import Services, open_services
from models import logs
from models.logs import failed
from models.settings import Settings
from workflows.attributes import NAMES
from workflows.network.router import Router
from workflows.network.router_operations import OPERATIONS, ExtraRoutes
from workflows.outbox import TemporalOutbox
from workflows.requests import RequestIds
from workflows.sandbox import RUNNER
from workflows.upkeep import UPKEEP

LOG = logging.getLogger(__name__)
# So many sweeps may an execution be unknown to Temporal before its operation is offered again.
_PATIENCE = 4
WORKFLOWS = [Router, ExtraRoutes, *OPERATIONS.values(), *UPKEEP.values()]
_TYPES = {
    "keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "keyword_list": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
}


def create_worker(client: Client, settings: Settings, services: Services) -> Worker:
    """Return a worker that runs everything there is."""
    work, upkeep = services.network.router_work, services.upkeep
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=[
            work.begin_router_operation,
            work.converge_router_copy,
            work.pods_with_wrong_routes,
            work.converge_extra_routes,
            work.end_router_operation,
            work.settle_router,
            upkeep.begin_upkeep,
            upkeep.do_upkeep,
            upkeep.end_upkeep,
        ],
        workflow_runner=RUNNER,
        max_concurrent_activities=settings.worker_activities,
        interceptors=[RequestIds(services.operations)],
    )


async def register_search_attributes(client: Client) -> None:
    """Make the namespace know our search attributes; those it knows stay."""
    operator = client.operator_service
    listed = await operator.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {n: _TYPES[t] for n, t in NAMES.items() if n not in listed.custom_attributes}
    if missing:
        await operator.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )


async def sweep(client: Client, services: Services, seconds: float) -> None:
    """Offer again, for ever, what Temporal could not take, or what it lost."""
    while True:
        await asyncio.sleep(seconds)
        try:
            # A Temporal that lost everything lost these too, and would take nothing.
            await register_search_attributes(client)
            await services.operations.revive(seconds * _PATIENCE)
            await services.operations.sweep(seconds)
        except Exception as error:
            failed(LOG, "The sweep failed and is tried again", error)


async def work(settings: Settings) -> None:
    """Work until a signal says stop; waits for Temporal while it is not there, or not well."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    outbox = TemporalOutbox(settings)
    async with open_services(settings, outbox) as services:
        while not stop.is_set():
            try:
                await _work(await outbox.client(), settings, services, stop)
            except Exception as error:
                LOG.warning("Temporal is not there yet: %s", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1)


async def _work(
    client: Client, settings: Settings, services: Services, stop: asyncio.Event
) -> None:
    await register_search_attributes(client)
    async with create_worker(client, settings, services):
        LOG.info("Working on task queue %s", settings.task_queue)
        sweeping = asyncio.create_task(sweep(client, services, settings.sweep_seconds))
        try:
            await stop.wait()
        finally:
            sweeping.cancel()


def run() -> None:
    """Start the worker: the console script ``gateway-worker``."""
    logs.set_up()
    asyncio.run(work(Settings()))
