"""ComputeVolumes: volumes made and deleted through the compute API, until 2.35."""

from collections.abc import Mapping
from typing import Any

from models.creations import Creations
from models.database.store import Store
from models.places import Places
from models.values import Caller, Pod


class ComputeVolumes:
    """What the gateway does about them beside passing the calls on."""

    def __init__(self, store: Store, places: Places, creations: Creations) -> None:
        self._store = store
        self._places = places
        self.creations = creations

    async def place(self, caller: Caller, wanted: Mapping[str, Any]) -> Pod:
        """Return the pod for a new volume: its snapshot's, or the best of its zone."""
        zone, snapshot = wanted.get("availability_zone"), wanted.get("snapshot_id")
        homes = []
        if isinstance(snapshot, str) and snapshot:
            homes.append(await self._places.of(caller, "snapshot", snapshot))
        zone = zone if isinstance(zone, str) else ""
        # Nova passes the call on to its Cinder.
        needs = ("compute", "volume")
        pods = await self._places.candidates(caller, zone, homes, needs)
        return pods[0]

    async def recorded(self, creation: str, pod: Pod, caller: Caller, id_: str) -> None:
        """Record a volume that the pod has made."""
        async with self._store.write() as tx:
            await self._places.record(tx, "volume", id_, pod, caller.project_id)
            await self.creations.settle(tx, creation)

    async def refused(self, creation: str) -> None:
        """Record that the pod has made nothing."""
        async with self._store.write() as tx:
            await self.creations.settle(tx, creation)
