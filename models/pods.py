"""PodDirectory: the pods as the rest of the gateway reads them; kept for a second.

A pod need not have every service. It has no part in one that it lacks, which is another thing
than being silent: nobody is to miss its answer.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import select

from models.database.store import Store
from models.database.tables.pod import PodRow
from models.errors import NotFound
from models.values import Pod, PodState

_SECONDS = 1.0


class Catalogue(Protocol):
    """Which services the regions have."""

    async def without(self, regions: Iterable[str], service: str) -> set[str]:
        """Return those of the regions that are known to have no such service."""
        ...


class PodDirectory:
    """The bottom pods by id, name and availability zone; the top region is not among them.

    Without a catalogue every pod has every service.
    """

    def __init__(self, store: Store, catalogue: Catalogue | None = None) -> None:
        self._store = store
        self._catalogue = catalogue
        self._pods: list[Pod] = []
        self._by_id: dict[str, Pod] = {}
        self._until = 0.0
        self._changes = 0
        self._reading = asyncio.Lock()

    async def all(self) -> list[Pod]:
        """Return every bottom pod, ordered by name."""
        if time.monotonic() > self._until:
            # One of those who find it too old reads it for all of them.
            async with self._reading:
                if time.monotonic() > self._until:
                    await self._read()
        return self._pods

    async def _read(self) -> None:
        statement = select(
            PodRow.pod_id,
            PodRow.pod_name,
            PodRow.az_name,
            PodRow.pod_az_name,
            PodRow.dc_name,
            PodRow.state,
        ).where(PodRow.az_name != "")
        changes = self._changes
        async with self._store.read() as tx:
            rows = await tx.all(statement.order_by(PodRow.pod_name))
        self._pods = [Pod(**row) for row in rows]
        self._by_id = {pod.pod_id: pod for pod in self._pods}
        if changes == self._changes:
            self._until = time.monotonic() + _SECONDS

    def changed(self) -> None:
        """Forget what is kept, after a change in this process."""
        self._until = 0.0
        self._changes += 1

    async def having(self, service: str) -> list[Pod]:
        """Return the pods that have the service, in any state."""
        return await self.among(await self.all(), service)

    async def lacking(self, service: str) -> list[Pod]:
        """Return the pods that have no such service, in any state."""
        pods = await self.all()
        there = await self.among(pods, service)
        return [] if len(there) == len(pods) else [pod for pod in pods if pod not in there]

    async def among(self, pods: list[Pod], *services: str) -> list[Pod]:
        """Return those of the pods that have all the services."""
        if self._catalogue is None:
            return pods
        for service in services:
            gaps = await self._catalogue.without((pod.pod_name for pod in pods), service)
            if gaps:
                pods = [pod for pod in pods if pod.pod_name not in gaps]
        return pods

    async def serving(self, service: str) -> list[Pod]:
        """Return the pods that may be asked for it: all with the service but the disabled."""
        return [pod for pod in await self.having(service) if pod.state != PodState.DISABLED]

    async def get(self, pod_id: str) -> Pod:
        """Return the pod with this id; ``NotFound``."""
        await self.all()
        pod = self._by_id.get(pod_id)
        if pod is not None:
            return pod
        raise NotFound(f"Pod {pod_id} could not be found.", "PodNotFound")

    async def named(self, name: str) -> Pod | None:
        """Return the pod with this name, or None."""
        return next((pod for pod in await self.all() if pod.pod_name == name), None)

    async def in_zone(self, zone: str) -> list[Pod]:
        """Return the pods of an availability zone, in any state."""
        return [pod for pod in await self.all() if pod.az_name == zone]

    async def hinted(self, hints: Sequence[str]) -> list[Pod]:
        """Return the pods that hints name, by their zones or their own names.

        ``AvailabilityZoneNotFound`` for a hint that is neither.
        """
        pods = await self.all()
        meant: list[Pod] = []
        for hint in hints:
            named = [pod for pod in pods if hint in (pod.az_name, pod.pod_name)]
            if not named:
                raise NotFound(
                    f"AvailabilityZone {hint} could not be found.", "AvailabilityZoneNotFound"
                )
            meant += [pod for pod in named if pod not in meant]
        return meant
