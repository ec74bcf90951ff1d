"""Predecessors: subnets gone at the top, but in their pod still in the way of new ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from activities.store import Store
from models.errors import PodBusy, PodFault
from models.tables.network import TABLES
from models.tables.routing import routings
from models.values import Pod

subnets = TABLES["subnets"]


@asynccontextmanager
async def awaited(store: Store, network_id: str, pod: Pod) -> AsyncIterator[None]:
    """Raise ``PodBusy`` for a range that the pod refuses while a deleted subnet has its copy.

    At the top the old range is free from its deletion on; in the pod once that was cleaned up.
    """
    left = select(routings.c.id).where(
        routings.c.type == "subnet",
        routings.c.owner_id == network_id,
        routings.c.pod_id == pod.pod_id,
        routings.c.top_id.not_in(select(subnets.c.id).where(subnets.c.network_id == network_id)),
    )
    async with store.read() as tx:
        before = await tx.value(left)
    try:
        yield
    except PodFault as fault:
        # Looked at before: it may have gone in the very moment of the refusal.
        if fault.status == 400 and before is not None:
            raise PodBusy(fault.message) from fault
        raise
