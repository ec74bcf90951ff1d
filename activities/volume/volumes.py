"""Volumes: placed in a pod, removed from it, and shown in the words of the user's region."""

import re
from collections.abc import Mapping
from typing import Any

from activities.admin.pods import PodDirectory
from activities.creations import Creations
from activities.fanout import Fanout
from activities.operations import Operations
from activities.places import Places
from activities.region import Regions
from activities.routings import Routings
from activities.store import Store
from models.errors import BadRequest, NotFound, PodBusy, PodFault
from models.values import Caller, Pod

_SOURCES = {"source_volid": "volume", "snapshot_id": "snapshot", "backup_id": "backup"}
_GOING = {"deleting"}
_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Volumes:
    """What the gateway does about volumes; everything else is their pod's."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        rows: Routings,
        places: Places,
        fanout: Fanout,
        creations: Creations,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._routings = rows
        self._places = places
        self._fanout = fanout
        self.creations = creations

    async def place(self, caller: Caller, volume: Mapping[str, Any]) -> Pod:
        """Return the pod for a new volume: its source's, or the best of its zone."""
        homes = []
        for key, type_ in _SOURCES.items():
            if volume.get(key):
                homes.append(await self._places.of(caller, type_, str(volume[key])))
        zone = volume.get("availability_zone")
        if zone is not None and not isinstance(zone, str):
            raise BadRequest(
                f"Invalid input for field/attribute availability_zone. Value: {zone}."
            )
        if zone and not await self._pods.in_zone(zone):
            raise BadRequest(f"Availability zone '{zone}' is invalid.")
        return (await self._places.candidates(caller, zone or "", homes))[0]

    async def in_pod(
        self, volume: Mapping[str, Any], pod: Pod, headers: Mapping[str, str], project: str
    ) -> dict[str, Any]:
        """Return the body of a new volume as the pod is to get it."""
        body = dict(volume)
        body.pop("availability_zone", None)
        if pod.pod_az_name:
            body["availability_zone"] = pod.pod_az_name
        wanted = body.get("volume_type")
        if isinstance(wanted, str) and _ID.match(wanted):
            body["volume_type"] = await self._type_name(wanted, headers, project)
        return body

    async def recorded(self, creation: str, pod: Pod, caller: Caller, id_: str) -> None:
        """Record a volume that the pod has made."""
        async with self._store.write() as tx:
            await self._places.record(tx, "volume", id_, pod, caller.project_id)
            await self.creations.settle(tx, creation)

    async def refused(self, creation: str) -> None:
        """Record that the pod has made nothing."""
        async with self._store.write() as tx:
            await self.creations.settle(tx, creation)

    async def deleting(self, caller: Caller, id_: str) -> str:
        """Write the clean-up of a volume that is about to be deleted; return its operation."""
        async with self._store.write() as tx:
            return await self._operations.add(
                tx,
                "clean-up",
                "volume",
                id_,
                project_id=caller.project_id,
                request_id=caller.request_id,
                workflow_id=f"clean-up/volume/{id_}",
            )

    async def clean_up(self, id_: str) -> None:
        """Forget a volume that its pod no longer has; ``PodBusy`` while it is being deleted."""
        row = await self._routings.where_is("volume", id_)
        if row is None:
            return
        pod = await self._pods.get(row["pod_id"])
        try:
            volume = (await self._regions.admin(pod, "volume", "GET", f"/volumes/{id_}"))["volume"]
        except PodFault as fault:
            if fault.status != 404:
                raise
            await self._routings.forget("volume", id_, pod)
            return
        if volume["status"] in _GOING:
            raise PodBusy(f"Pod {pod.pod_name} is still deleting volume {id_}")

    def view(self, pod: Pod, volumes: list[dict[str, Any]]) -> None:
        """Change what a pod says of its volumes, in place."""
        for volume in volumes:
            if "availability_zone" in volume:
                volume["availability_zone"] = pod.az_name

    async def _type_name(self, id_: str, headers: Mapping[str, str], project: str) -> str:
        """Return the name by which every pod knows a type that one of them gave the id."""
        answers, _ = await self._fanout.ask("volume", f"/{project}/types/{id_}", headers)
        for answer in answers:
            if answer.status == 200:
                return str(answer.json()["volume_type"]["name"])
        raise NotFound(f"Volume type {id_} could not be found.", "VolumeTypeNotFound")
