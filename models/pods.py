"""PodDirectory: the pods as the rest of the gateway reads them; kept for a second."""

import asyncio
import time
from collections.abc import Sequence

from sqlalchemy import select

from models.database.store import Store
from models.database.tables.pod import PodRow
from models.errors import NotFound
from models.values import Pod, PodState

_SECONDS = 1.0


class PodDirectory:
    """The bottom pods by id, name and availability zone; the top region is not among them."""

    def __init__(self, store: Store) -> None:
        self._store = store
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

    async def serving(self) -> list[Pod]:
        """Return the pods that may be asked: all but the disabled ones."""
        return [pod for pod in await self.all() if pod.state != PodState.DISABLED]

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
