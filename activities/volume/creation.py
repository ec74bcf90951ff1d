"""VolumeCreation: the way of a new volume, or of what is made of one, into a pod."""

from typing import Any

import orjson

from activities.image.copies import ImageCopies
from activities.pods.region import PodAnswer
from activities.pods.user import AsUser
from activities.pods.versions import Version
from activities.volume.reservations import VolumeReservations
from activities.volume.volumes import Volumes
from models.creations import can_carry, carrying
from models.errors import PodUnavailable
from models.values import Pod
from models.volume.objects import VolumeObjects
from models.volume.types import VolumeTypes

# What has metadata.
_CARRIERS = ("volume", "snapshot", "backup")
_TYPED = ("source_volid", "snapshot_id", "backup_id")


class VolumeCreation:
    """Has pods make objects, under a reservation, and records them."""

    def __init__(
        self,
        objects: VolumeObjects,
        volumes: Volumes,
        types: VolumeTypes,
        images: ImageCopies,
        reservations: VolumeReservations,
    ) -> None:
        self._objects = objects
        self._volumes = volumes
        self._types = types
        self._images = images
        self._reservations = reservations

    async def create(self, user: AsUser, body: dict[str, Any], path: str) -> PodAnswer:
        """Create a volume where its source is, or in the best pod of its zone that takes it.

        Return what that pod answered at ``path``.
        """
        request = body["volume"]
        body = await self.with_default_type(user, body)
        pods = await self._volumes.candidates(user.caller, body)
        reservations = self._reservations
        size = await reservations.size_of_new(user, pods[0], request)
        type_ = reservations.type_of_new(user, pods[0], body["volume"])
        async with reservations.hold(user, {"volumes": 1, "gigabytes": size}, type_) as held:
            for pod in pods:
                last = pod == pods[-1]
                sent = await self._volumes.in_pod(user.caller, body, pod)
                try:
                    if isinstance(request.get("imageRef"), str):
                        await self._images.ensure(user.caller, request["imageRef"], pod)
                    answer = await self.made(user, "volume", pod, sent, path)
                except PodUnavailable:
                    if last:
                        raise
                    continue
                # What one pod has no room for, another of the zone may take.
                if answer.status != 413 or last:
                    break
            if answer.status < 300:
                held.commit(answer.pod)
        return answer

    async def made(
        self,
        user: AsUser,
        type_: str,
        pod: Pod,
        body: dict[str, Any],
        path: str,
        *,
        owner_id: str = "",
        version: Version | None = None,
        carries: bool = True,
    ) -> PodAnswer:
        """Have the pod make an object, and record it; return what the pod answered.

        ``carries``: what is made so has metadata, and may carry the creation's id.
        """
        objects, caller = self._objects, user.caller
        inner = next((one for one in body.values() if isinstance(one, dict)), {})
        name = inner.get("name", inner.get("display_name"))
        marked = carries and type_ in _CARRIERS and type_ in body and can_carry(inner)
        async with objects.creations.tracked(
            type_, pod, caller.project_id, name, marked=marked
        ) as creation:
            if marked:
                body = body | {type_: carrying(inner, creation)}
            answer = await user.send(pod, "POST", path, orjson.dumps(body), version)
            if answer.status < 300:
                id_ = next(iter(answer.json().values()))["id"]
                await objects.recorded(creation, type_, pod, caller, id_, owner_id)
            else:
                await objects.refused(creation)
        return answer

    async def with_default_type(self, user: AsUser, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body with the type that is the project's default, where it names none."""
        volume = body["volume"]
        if volume.get("volume_type") or any(volume.get(key) for key in _TYPED):
            return body
        default = await self._types.default(user.caller.project_id)
        return body | {"volume": volume | {"volume_type": default["id"]}} if default else body
