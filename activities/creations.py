"""Strays: what a pod made for creations that nobody finished."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlencode

from activities.pods.region import Regions
from models.creations import Creations
from models.database.store import Row
from models.errors import PodBusy, PodFault
from models.pods import PodDirectory
from models.values import Pod

_SERVICES = {"server": "compute"} | dict.fromkeys(
    ("volume", "snapshot", "backup", "group", "group_snapshot"), "volume"
)
# From where on Cinder has these.
GROUPED = {"group": "3.13", "group_snapshot": "3.14"}
# What a pod is making or deleting it may refuse to delete until it is done.
_PASSING = {"build", "creating", "deleting", "downloading", "updating"}
# How far a pod's clock may be from ours.
_SKEW = timedelta(seconds=60)


class Strays:
    """Objects in pods that may be what an abandoned creation was to be."""

    def __init__(self, regions: Regions, pods: PodDirectory, rows: Creations) -> None:
        self._regions = regions
        self._pods = pods
        self._creations = rows

    @asynccontextmanager
    async def unfinished(self, id_: str) -> AsyncIterator[tuple[Row, Pod, list[str]] | None]:
        """Give an abandoned creation, its pod and what it may have made there; then forget it."""
        async with self._creations.unfinished(id_) as row:
            if row is None:
                yield None
                return
            pod = await self._pods.get(row["pod_id"])
            yield row, pod, await self._of(row, pod)

    async def delete(self, pod: Pod, type_: str, id_: str) -> None:
        """Delete an object that has no routing from its pod.

        ``PodBusy`` where the pod refuses that because it is not done with the object yet, and
        while it is being deleted.
        """
        method, path, body = "DELETE", f"/{type_}s/{id_}", None
        if type_ == "group":
            method, path, body = "POST", f"{path}/action", {"delete": {"delete-volumes": True}}
        version = GROUPED.get(type_, "")
        refusal: PodFault | None = None
        try:
            await self._regions.admin(
                pod, _SERVICES[type_], method, path, body, microversion=version
            )
        except PodFault as fault:
            if fault.status == 404:
                return
            refusal = fault
        status = await self._status(pod, type_, id_)
        if status in _PASSING:
            raise PodBusy(f"{type_} {id_} in pod {pod.pod_name} is {status}") from refusal
        if status and refusal:
            raise refusal

    async def _status(self, pod: Pod, type_: str, id_: str) -> str:
        """Return the status of an object in lower case, '' when there is none."""
        version = GROUPED.get(type_, "")
        try:
            shown = await self._regions.admin(
                pod, _SERVICES[type_], "GET", f"/{type_}s/{id_}", microversion=version
            )
        except PodFault as fault:
            if fault.status == 404:
                return ""
            raise
        return str(shown[type_]["status"]).lower()

    async def _of(self, row: Row, pod: Pod) -> list[str]:
        """Return the ids of objects like the one wanted that the gateway does not know."""
        service, plural = _SERVICES[row["type"]], f"{row['type']}s"
        query = {"all_tenants": "1", "project_id": row["project_id"]}
        path = f"/{plural}/detail?{urlencode(query)}"
        version = GROUPED.get(row["type"], "")
        listed = await self._regions.admin(pod, service, "GET", path, microversion=version)
        since = (row["created_at"] - _SKEW).isoformat()
        alike = [
            str(item["id"])
            for item in listed[plural]
            if (item.get("name") or None) == row["name"]
            and str(item.get("created_at") or item.get("created")) >= since
        ]
        return await self._creations.unrouted(pod, alike)
