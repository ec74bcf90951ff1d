"""VolumeObjects: what lives in one pod's Cinder: its routing, from its making to its end."""

from collections.abc import Mapping
from typing import Any, Literal

from models import work
from models.creations import Creations
from models.database.store import Store
from models.errors import BadRequest
from models.operations import Operations
from models.places import Home, Places
from models.values import Caller, Pod

ObjectType = Literal["volume", "snapshot", "backup", "group", "group_snapshot"]
# In what a volume, or a backup, is made from; and what that is.
SOURCES = {
    "source_volid": "volume",
    "snapshot_id": "snapshot",
    "backup_id": "backup",
    "volume_id": "volume",
    "group_id": "group",
    "group_snapshot_id": "group_snapshot",
    "source_group_id": "group",
}


class VolumeObjects:
    """Volumes, snapshots, backups, groups: rows of where they are."""

    def __init__(
        self,
        store: Store,
        operations: Operations,
        places: Places,
        creations: Creations,
    ) -> None:
        self._store = store
        self._operations = operations
        self._places = places
        self.creations = creations

    async def homes(self, caller: Caller, body: Mapping[str, Any]) -> list[Home]:
        """Return where the sources that a body names are; ``NotFound`` for one that is not."""
        return [
            await self._places.of(caller, type_, str(body[key]))
            for key, type_ in SOURCES.items()
            if body.get(key)
        ]

    async def homes_of(self, caller: Caller, type_: str, id_: str) -> list[Home]:
        """Return where one object is; nowhere, if the caller has no such: its pod will judge."""
        pod = await self._places.pod_of(caller, type_, id_)
        return [(f"{type_} {id_}", pod)] if pod else []

    async def candidates(self, caller: Caller, zone: str, homes: list[Home]) -> list[Pod]:
        """Return the pods for an object made from the homes, best first."""
        return await self._places.candidates(caller, zone, homes, ("volume",))

    async def recorded(
        self, creation: str, type_: str, pod: Pod, caller: Caller, id_: str, owner_id: str = ""
    ) -> None:
        """Record an object that the pod has made."""
        async with self._store.write() as tx:
            await self._places.record(tx, type_, id_, pod, caller.project_id, owner_id)
            await self.creations.settle(tx, creation)

    async def refused(self, creation: str) -> None:
        """Record that the pod has made nothing."""
        async with self._store.write() as tx:
            await self.creations.settle(tx, creation)

    async def together(self, caller: Caller, here: Home, type_: str, id_: str) -> None:
        """Return if another object is in the same pod; ``BadRequest`` naming both."""
        what, pod = here
        for other, home in await self.homes_of(caller, type_, id_):
            if home != pod:
                raise BadRequest(
                    f"{what} is in availability zone {pod.az_name} (pod {pod.pod_name}), "
                    f"but {other} is in {home.az_name} (pod {home.pod_name}): they cannot be "
                    "used together."
                )

    async def giving(self, caller: Caller, volume_id: str) -> str:
        """Write that a volume is about to change hands; return the operation."""
        async with self._store.write() as tx:
            return await self._operations.add(
                tx, work.UpdateCopies.VOLUME.on(volume_id), caller=caller
            )

    async def found(self, type_: str, pod: Pod, caller: Caller, owners: dict[str, str]) -> None:
        """Record objects that a pod has made beside another: their ids, and whose they are."""
        async with self._store.write() as tx:
            for id_, owner_id in owners.items():
                await self._places.record(tx, type_, id_, pod, caller.project_id, owner_id)
