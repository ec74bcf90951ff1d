"""Predecessors: what is gone at the top, but in its pod still in the way of something new."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.network import Network, Port, Subnet
from models.database.tables.routing import Routing
from models.errors import PodBusy, PodFault
from models.resources.network import NETWORKS
from models.routings import mark
from models.values import Pod

_TAKEN = ("VlanIdInUse", "FlatNetworkInUse", "TunnelIdInUse")
_SEGMENT = ("network_type", "physical_network", "segmentation_id")


# For a client who is waiting; a clean-up that nothing delays takes a tenth of a second.
_PATIENCE, _LONGEST_PAUSE = 10.0, 1.0


async def patiently(make: Callable[[], Awaitable[str]]) -> str:
    """Return what is made; tried again for some seconds while ``PodBusy``."""
    until = time.monotonic() + _PATIENCE
    pause = 0.1
    while True:
        try:
            return await make()
        except PodBusy:
            if time.monotonic() + pause > until:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


class Predecessors:
    """Tells a refusal that only lasts until a pod was cleaned up from one that stays.

    At the top a segment or a range is free from the deletion on; in the pod once that was cleaned
    up. Whoever it is refused to meanwhile gets ``PodBusy``, and is to try again.
    """

    def __init__(self, store: Store, regions: Regions) -> None:
        self._store = store
        self._regions = regions

    @asynccontextmanager
    async def of_subnet(self, network_id: str, pod: Pod) -> AsyncIterator[None]:
        """Raise ``PodBusy`` for a range that the pod refuses while a deleted subnet is in it."""
        left = select(Routing.id).where(
            Routing.type == "subnet",
            Routing.owner_id == network_id,
            Routing.pod_id == pod.pod_id,
            Routing.top_id.not_in(select(Subnet.id).where(Subnet.network_id == network_id)),
        )
        async with self._store.read() as tx:
            before = await tx.value(left)
        try:
            yield
        except PodFault as fault:
            # Looked at before: it may have gone in the very moment of the refusal.
            if fault.status == 400 and before is not None:
                raise PodBusy(fault.message) from fault
            raise

    @asynccontextmanager
    async def of_port(self, network_id: str, pod: Pod) -> AsyncIterator[None]:
        """Raise ``PodBusy`` for a MAC that the pod refuses while deleted ports are in it."""
        left = select(Routing.id).where(
            Routing.type == "port",
            Routing.owner_id == network_id,
            Routing.pod_id == pod.pod_id,
            Routing.top_id.not_in(select(Port.id).where(Port.network_id == network_id)),
        )
        try:
            yield
        except PodFault as fault:
            if fault.kind != "MacAddressInUse":
                raise
            # Looked at afterwards only: nearly every port has a MAC that no other one had.
            async with self._store.read() as tx:
                busy = await tx.value(left.limit(1))
            if busy is not None:
                raise PodBusy(fault.message) from fault
            raise

    @asynccontextmanager
    async def of_network(self, body: Row, pod: Pod) -> AsyncIterator[None]:
        """Raise ``PodBusy`` for a segment that the pod refuses while a deleted network has it."""
        left = select(Routing.top_id).where(
            Routing.type == "network",
            Routing.pod_id == pod.pod_id,
            Routing.top_id.not_in(select(Network.id)),
        )
        before: list[Row] = []
        if body.get("provider:network_type"):
            async with self._store.read() as tx:
                before = await tx.all(left)
        try:
            yield
        except PodFault as fault:
            if fault.kind not in _TAKEN:
                raise
            for row in before:
                if await self._has(row["top_id"], body, pod):
                    raise PodBusy(fault.message) from fault
            raise

    async def _has(self, top_id: str, body: Row, pod: Pod) -> bool:
        """Tell whether the deleted network has the segment in the pod, or had it until now."""
        query = f"?description={quote(mark(NETWORKS.member, top_id))}"
        answer = await self._regions.admin(pod, "network", "GET", NETWORKS.path + query)
        found: list[dict[str, Any]] = answer[NETWORKS.collection]
        names = [f"provider:{name}" for name in _SEGMENT]
        return not found or all(found[0][name] == body.get(name) for name in names)
