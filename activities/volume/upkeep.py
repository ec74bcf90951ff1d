"""VolumeUpkeep: rows of what lives in one pod's Cinder, brought in line with what the pod says."""

from typing import Any
from urllib.parse import quote

from activities.creations import GROUPED
from activities.pods.region import Regions
from models.database.store import Store
from models.database.tables.base import now
from models.database.tables.routing import Routing, routings
from models.departures import still_to_go
from models.errors import NotFound, PodBusy, PodFault, PodUnavailable
from models.failures import lacking
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Pod

_GOING = {"deleting", "unmanaging", "error_managing_deleting"}
_OWNERS = ("os-vol-tenant-attr:tenant_id", "os-extended-snapshot-attributes:project_id")


class VolumeUpkeep:
    """Forgets what is gone from its pod; writes anew whose a volume that changed hands is."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory, rows: Routings) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._routings = rows

    async def clean_up(self, type_: str, id_: str) -> None:
        """Forget an object that its pod no longer has, and what went with it.

        ``PodBusy`` while it is being deleted, or its pod may still begin to.
        """
        row = await self._routings.where_is(type_, id_)
        if row is None:
            return
        at = now()
        pod = await self._pods.get(row["pod_id"])
        shown = await self.shown(pod, type_, id_)
        if shown is None:
            owned = Routing.owner_id == id_, Routing.pod_id == pod.pod_id
            for inner in await self._routings.rows(*owned):
                await self.clean_up(inner.type, inner.top_id)
            await self._routings.forget(type_, id_, pod)
        elif shown["status"] in _GOING:
            raise PodBusy(f"Pod {pod.pod_name} is still deleting {type_} {id_}")
        elif still_to_go(row["late_until"], at):
            raise PodBusy(f"Pod {pod.pod_name} may still delete {type_} {id_}", soon=False)

    async def given(self, volume_id: str) -> None:
        """Write anew whose a volume and its snapshots are, as their pod says."""
        row = await self._routings.where_is("volume", volume_id)
        if row is None:
            return
        pod = await self._pods.get(row["pod_id"])
        owned = Routing.owner_id == volume_id, Routing.pod_id == pod.pod_id
        for routing in [row, *await self._routings.rows(*owned)]:
            shown = await self.shown(pod, routing["type"], routing["top_id"]) or {}
            project = next((shown[key] for key in _OWNERS if key in shown), None)
            if project and project != routing["project_id"]:
                mine = Routing.id == routing["id"]
                async with self._store.write() as tx:
                    await tx.run(routings.update().where(mine).values(project_id=project))

    async def offered(self, transfer_id: str) -> tuple[Pod, str]:
        """Return the pod of a transfer, whosever it is, and its volume; ``NotFound``."""
        silent: list[PodUnavailable] = []
        for pod in await self._pods.serving("volume"):
            path = f"/os-volume-transfer/{quote(transfer_id, safe='')}"
            try:
                found = await self._regions.admin(pod, "volume", "GET", path)
                # A strange id may have led to something else, a list for one.
                if "transfer" in found:
                    return pod, str(found["transfer"]["volume_id"])
            except PodUnavailable as error:
                silent.append(error)
            except PodFault as fault:
                if fault.status != 404:
                    raise
        if silent:
            raise lacking(silent, "no other pod knows this transfer")
        raise NotFound(f"Transfer {transfer_id} could not be found.")

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
