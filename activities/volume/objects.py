"""VolumeObjects: what lives in one pod's Cinder: its routing, from its making to its end."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from activities.creations import GROUPED
from activities.pods.region import Regions
from models import work
from models.creations import Creations
from models.database.store import Store
from models.database.tables.routing import routings
from models.errors import BadRequest, NotFound, PodBusy, PodFault, PodUnavailable
from models.operations import Operations
from models.places import Home, Places
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller, Pod

ObjectType = Literal["volume", "snapshot", "backup", "group", "group_snapshot"]
_GOING = {"deleting", "unmanaging", "error_managing_deleting"}
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
_OWNERS = ("os-vol-tenant-attr:tenant_id", "os-extended-snapshot-attributes:project_id")


class VolumeObjects:
    """Volumes, snapshots, backups, groups: rows of where they are."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        rows: Routings,
        places: Places,
        creations: Creations,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._routings = rows
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
        return await self._places.candidates(caller, zone, homes)

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

    async def deleting(self, caller: Caller, type_: ObjectType, id_: str) -> str:
        """Write the clean-up of an object that is about to be deleted; return its operation."""
        async with self._store.write() as tx:
            return await self._operations.add(tx, work.CleanUp(type_).on(id_), caller=caller)

    async def clean_up(self, type_: str, id_: str) -> None:
        """Forget an object that its pod no longer has, and what went with it.

        ``PodBusy`` while it is being deleted.
        """
        row = await self._routings.where_is(type_, id_)
        if row is None:
            return
        pod = await self._pods.get(row["pod_id"])
        shown = await self.shown(pod, type_, id_)
        if shown is None:
            owned = routings.c.owner_id == id_, routings.c.pod_id == pod.pod_id
            for inner in await self._routings.rows(*owned):
                await self.clean_up(inner["type"], inner["top_id"])
            await self._routings.forget(type_, id_, pod)
        elif shown["status"] in _GOING:
            raise PodBusy(f"Pod {pod.pod_name} is still deleting {type_} {id_}")

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

    async def offered(self, transfer_id: str) -> tuple[Pod, str]:
        """Return the pod of a transfer, whosever it is, and its volume; ``NotFound``."""
        silent = []
        for pod in await self._pods.serving():
            path = f"/os-volume-transfer/{quote(transfer_id, safe='')}"
            try:
                found = await self._regions.admin(pod, "volume", "GET", path)
                # A strange id may have led to something else, a list for one.
                if "transfer" in found:
                    return pod, str(found["transfer"]["volume_id"])
            except PodUnavailable:
                silent.append(pod.pod_name)
            except PodFault as fault:
                if fault.status != 404:
                    raise
        if silent:
            raise PodUnavailable(", ".join(silent), "no other pod knows this transfer")
        raise NotFound(f"Transfer {transfer_id} could not be found.")

    async def giving(self, caller: Caller, volume_id: str) -> str:
        """Write that a volume is about to change hands; return the operation."""
        async with self._store.write() as tx:
            return await self._operations.add(
                tx, work.UpdateCopies.VOLUME.on(volume_id), caller=caller
            )

    async def given(self, volume_id: str) -> None:
        """Write anew whose a volume and its snapshots are, as their pod says."""
        row = await self._routings.where_is("volume", volume_id)
        if row is None:
            return
        pod = await self._pods.get(row["pod_id"])
        owned = routings.c.owner_id == volume_id, routings.c.pod_id == pod.pod_id
        for routing in [row, *await self._routings.rows(*owned)]:
            shown = await self.shown(pod, routing["type"], routing["top_id"]) or {}
            project = next((shown[key] for key in _OWNERS if key in shown), None)
            if project and project != routing["project_id"]:
                mine = routings.c.id == routing["id"]
                async with self._store.write() as tx:
                    await tx.run(routings.update().where(mine).values(project_id=project))

    async def found(self, type_: str, pod: Pod, caller: Caller, owners: dict[str, str]) -> None:
        """Record objects that a pod has made beside another: their ids, and whose they are."""
        async with self._store.write() as tx:
            for id_, owner_id in owners.items():
                await self._places.record(tx, type_, id_, pod, caller.project_id, owner_id)

    async def shown(self, pod: Pod, type_: str, id_: str) -> dict[str, Any] | None:
        """Return an object as its pod shows it to an admin; None when it has none such."""
        try:
            version = GROUPED.get(type_, "")
            answer = await self._regions.admin(
                pod, "volume", "GET", f"/{type_}s/{id_}", microversion=version
            )
        except PodFault as fault:
            if fault.status == 404:
                return None
            raise
        shown: dict[str, Any] = answer[type_]
        return shown
