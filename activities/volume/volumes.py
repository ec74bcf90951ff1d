"""Volumes: placed in a pod, and shown in the words of the user's region."""

from collections.abc import Mapping
from typing import Any

from activities.volume.group_type_copies import GroupTypeCopies
from activities.volume.type_copies import TypeCopies
from models.errors import BadRequest, NotFound
from models.places import Home
from models.pods import PodDirectory
from models.values import Caller, Pod
from models.volume.group_types import GroupTypes
from models.volume.objects import VolumeObjects
from models.volume.types import VolumeTypes

_HINTS = "OS-SCH-HNT:scheduler_hints"
# Hints that name what the volume is to be near to, or far from.
_NEAR = {"same_host": "volume", "local_to_instance": "server"}
_FAR = "different_host"


class Volumes:
    """What the gateway does about volumes; everything else is their pod's."""

    def __init__(
        self,
        pods: PodDirectory,
        objects: VolumeObjects,
        types: VolumeTypes,
        type_copies: TypeCopies,
        group_types: GroupTypes,
        group_type_copies: GroupTypeCopies,
    ) -> None:
        self._pods = pods
        self._objects = objects
        self._types = types
        self._type_copies = type_copies
        self._group_types = group_types
        self._group_type_copies = group_type_copies

    async def candidates(self, caller: Caller, body: Mapping[str, Any]) -> list[Pod]:
        """Return the pods for a new volume, best first: its sources', or those of its zone."""
        volume = body["volume"]
        homes = await self._objects.homes(caller, volume)
        homes += await self._hinted(caller, body)
        zone = volume.get("availability_zone")
        if zone is not None and not isinstance(zone, str):
            raise BadRequest(
                f"Invalid input for field/attribute availability_zone. Value: {zone}."
            )
        if zone and not await self._pods.among(await self._pods.in_zone(zone), "volume"):
            raise BadRequest(f"Availability zone '{zone}' is invalid.")
        return await self._objects.candidates(caller, zone or "", homes)

    async def in_pod(self, caller: Caller, body: Mapping[str, Any], pod: Pod) -> dict[str, Any]:
        """Return the body of a new volume as the pod is to get it."""
        volume = dict(body["volume"])
        volume.pop("availability_zone", None)
        if pod.pod_az_name:
            volume["availability_zone"] = pod.pod_az_name
        wanted = volume.get("volume_type")
        if isinstance(wanted, str) and wanted:
            row = await self._types.named(caller, wanted)
            volume["volume_type"] = await self._type_copies.materialise(row, pod)
        inner = dict(body) | {"volume": volume}
        hints = body.get(_HINTS)
        if isinstance(hints, dict) and hints.get(_FAR):
            # A volume in another pod is far away already, and not known in this one.
            far = [id_ for id_ in _texts(hints[_FAR]) if await self._is_in(caller, id_, pod)]
            kept = {key: value for key, value in hints.items() if key != _FAR}
            inner[_HINTS] = kept | ({_FAR: far} if far else {})
        return inner

    async def disks_in_pod(
        self, caller: Caller, server: Mapping[str, Any], pod: Pod
    ) -> dict[str, Any]:
        """Return the body of a new server with the volume types of its disks as the pod has them.

        ``BadRequest``, as Nova puts it, for a type that is none.
        """
        body = dict(server)
        disks = body.get("block_device_mapping_v2")
        if not isinstance(disks, list):
            return body
        body["block_device_mapping_v2"] = [
            await self._disk_in_pod(caller, disk, pod) if isinstance(disk, dict) else disk
            for disk in disks
        ]
        return body

    async def view(self, pod: Pod, volumes: list[dict[str, Any]]) -> None:
        """Change what a pod says of its volumes (or backups), in place."""
        for volume in volumes:
            if volume.get("availability_zone"):
                volume["availability_zone"] = pod.az_name
            if volume.get("volume_type_id"):
                known = await self._type_copies.top_id(pod, volume["volume_type_id"])
                volume["volume_type_id"] = known

    async def group_in_pod(
        self, caller: Caller, group: Mapping[str, Any], pod: Pod
    ) -> dict[str, Any]:
        """Return the body of a new group as the pod is to get it."""
        body = dict(group)
        body.pop("availability_zone", None)
        if pod.pod_az_name:
            body["availability_zone"] = pod.pod_az_name
        if isinstance(body.get("group_type"), str):
            row = await self._group_types.get(caller, body["group_type"])
            body["group_type"] = await self._group_type_copies.materialise(row, pod)
        wanted = body.get("volume_types")
        if isinstance(wanted, list):
            rows = [await self._types.named(caller, str(type_)) for type_ in wanted]
            body["volume_types"] = [await self._type_copies.materialise(row, pod) for row in rows]
        return body

    async def group_view(self, pod: Pod, groups: list[dict[str, Any]]) -> None:
        """Change what a pod says of its groups, or of their snapshots, in place."""
        for group in groups:
            if group.get("availability_zone"):
                group["availability_zone"] = pod.az_name
            for key in ("group_type", "group_type_id"):
                if group.get(key):
                    group[key] = await self._group_type_copies.top_id(pod, group[key])
            if "volume_types" in group:
                types = group["volume_types"]
                group["volume_types"] = [await self._type_copies.top_id(pod, t) for t in types]

    async def _disk_in_pod(self, caller: Caller, disk: dict[str, Any], pod: Pod) -> dict[str, Any]:
        wanted = disk.get("volume_type")
        if not isinstance(wanted, str) or not wanted:
            return disk
        try:
            row = await self._types.named(caller, wanted)
        except NotFound as error:
            raise BadRequest(error.message) from None
        return disk | {"volume_type": await self._type_copies.materialise(row, pod)}

    async def _hinted(self, caller: Caller, body: Mapping[str, Any]) -> list[Home]:
        hints = body.get(_HINTS)
        if not isinstance(hints, dict):
            return []
        named = [(type_, id_) for key, type_ in _NEAR.items() for id_ in _texts(hints.get(key))]
        homes = []
        for type_, id_ in named:
            homes += await self._objects.homes_of(caller, type_, id_)
        return homes

    async def _is_in(self, caller: Caller, id_: str, pod: Pod) -> bool:
        homes = await self._objects.homes_of(caller, "volume", id_)
        return all(home == pod for _, home in homes)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and one]
