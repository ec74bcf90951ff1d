"""Strays: what a pod made, or is still to make, for creations that nobody finished."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from activities.pods.region import Regions
from models.compute.servers.volumes import ServerVolumes
from models.creations import MARK, Creations
from models.database.store import Store, Transaction
from models.database.tables.base import now
from models.database.tables.creation import Creation
from models.errors import PodBusy, PodFault
from models.places import Places
from models.pods import PodDirectory
from models.values import Pod

_SERVICES = {"server": "compute"} | dict.fromkeys(
    ("volume", "snapshot", "backup", "group", "group_snapshot"), "volume"
)
# From where on Cinder has these.
GROUPED = {"group": "3.13", "group_snapshot": "3.14"}
# From where on it shows their metadata, or tells the members of a group.
_LISTED = GROUPED | {"backup": "3.43"}
_MEMBERS = {
    "group": ("volume", "group_id", "3.23"),
    "group_snapshot": ("snapshot", "group_snapshot_id", "3.29"),
}
# What a deleted server is for as long as its pod shows it.
_GONE = {"", "deleted", "soft_deleted"}
# What time may mend: it is not done with the object yet.
_PASSING = (400, 409)
# How far a pod's clock may be from ours.
_SKEW = timedelta(seconds=60)


@dataclass(frozen=True)
class Left:
    """An abandoned creation of which nothing is in its pod, nor is to come."""

    pod: Pod
    # What the pod had made, and has deleted.
    made_id: str | None


class Strays:
    """Objects in pods that an abandoned creation made."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        rows: Creations,
        places: Places,
        volumes: ServerVolumes,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._creations = rows
        self._places = places
        self._volumes = volumes

    @asynccontextmanager
    async def unfinished(self, id_: str) -> AsyncIterator[Left | None]:
        """Give what an abandoned creation left, None if it was finished; then forget it.

        What carries its id is deleted first. ``PodBusy`` until that is gone, and for as long as
        the pod may still make it.
        """
        async with self._creations.unfinished(id_) as row:
            if row is None:
                yield None
                return
            pod = await self._pods.get(row.pod_id)
            # Looked at the clock before the pod: what comes in between is not missed.
            over = row.until is None or row.until <= now()
            made_id = await (self._emptied if row.marked else self._given)(row, pod)
            if made_id is None and not over:
                raise PodBusy(
                    f"Pod {pod.pod_name} may still make the {row.type} of creation {id_}",
                    soon=False,
                )
            yield Left(pod, made_id)

    async def _emptied(self, row: Creation, pod: Pod) -> str | None:
        """Delete what carries the creation's id; return the id of what did."""
        made_id = row.made_id
        while True:
            if made_id:
                await self._delete(pod, row.type, made_id)
            there = [
                item
                for item in await self._unknown(row, pod)
                if (item.get("metadata") or {}).get(MARK) == row.id
            ]
            if not there:
                return made_id
            made_id = str(there[0]["id"])
            # While it is being deleted it may not be listed.
            await self._creations.made(row.id, made_id)
            if row.type == "server":
                await self._volumes.seen(pod, there)

    async def _given(self, row: Creation, pod: Pod) -> str | None:
        """Give the project what may be what it asked for; return the id of such.

        What another creation under way has made is not.
        """
        alike = [
            item
            for item in await self._unknown(row, pod)
            if row.type != "server" and (item.get("name") or None) == row.name
        ]
        others = await self._creations.open(
            [mark for item in alike if (mark := (item.get("metadata") or {}).get(MARK))]
        )
        given = None
        for item in alike:
            if (item.get("metadata") or {}).get(MARK) in others:
                continue
            given = str(item["id"])
            members = await self._members(pod, row.type, given)
            async with self._store.write() as tx:
                await self._record(tx, row, pod, row.type, item)
                for type_, member in members:
                    await self._record(tx, row, pod, type_, member)
        return given

    async def _record(
        self, tx: Transaction, row: Creation, pod: Pod, type_: str, item: dict[str, Any]
    ) -> None:
        owner = str(item["volume_id"]) if type_ == "snapshot" else ""
        await self._places.record(tx, type_, str(item["id"]), pod, row.project_id, owner)

    async def _members(self, pod: Pod, type_: str, id_: str) -> list[tuple[str, dict[str, Any]]]:
        """Return what came with a group, or with a snapshot of one."""
        if type_ not in _MEMBERS:
            return []
        inner, key, version = _MEMBERS[type_]
        path = f"/{inner}s/detail?{urlencode({'all_tenants': '1', key: id_})}"
        listed = await self._regions.admin(pod, "volume", "GET", path, microversion=version)
        return [(inner, item) for item in listed[f"{inner}s"]]

    async def _delete(self, pod: Pod, type_: str, id_: str) -> None:
        """Delete an object from its pod; ``PodBusy`` until it is gone."""
        try:
            await self._regions.admin(pod, _SERVICES[type_], "DELETE", f"/{type_}s/{id_}")
        except PodFault as fault:
            if fault.status == 404:
                return
            if fault.status not in _PASSING:
                raise
            raise PodBusy(fault.message, soon=False) from fault
        if (status := await self._status(pod, type_, id_)) not in _GONE:
            raise PodBusy(f"{type_} {id_} in pod {pod.pod_name} is {status}", soon=False)

    async def _status(self, pod: Pod, type_: str, id_: str) -> str:
        """Return the status of an object in lower case, '' when there is none."""
        try:
            shown = await self._regions.admin(pod, _SERVICES[type_], "GET", f"/{type_}s/{id_}")
        except PodFault as fault:
            if fault.status == 404:
                return ""
            raise
        return str(shown[type_]["status"]).lower()

    async def _unknown(self, row: Creation, pod: Pod) -> list[dict[str, Any]]:
        """Return the project's objects made since, that the gateway does not know."""
        service, plural = _SERVICES[row.type], f"{row.type}s"
        version = _LISTED.get(row.type, "")
        since = (row.created_at - _SKEW).isoformat()
        query = {"all_tenants": "1", "project_id": row.project_id}
        found: dict[str, dict[str, Any]] = {}
        while True:
            path = f"/{plural}/detail?{urlencode(query)}"
            listed = await self._regions.admin(pod, service, "GET", path, microversion=version)
            page = {str(item["id"]): item for item in listed[plural]}
            new = {id_: item for id_, item in page.items() if _created(item) >= since}
            more = any(key.endswith("_links") for key in listed)
            # Newest first: what follows is older still.
            if not more or len(new) < len(page) or not new.keys() - found.keys():
                found |= new
                break
            found |= new
            query["marker"] = next(reversed(page))
        unknown = await self._creations.unrouted(pod, list(found))
        return [found[id_] for id_ in unknown]


def _created(item: dict[str, Any]) -> str:
    return str(item.get("created_at") or item.get("created"))
