"""VolumeReservations: quota for volumes and snapshots, of all types and of theirs."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

from activities.pods.user import AsUser
from models.errors import NotFound
from models.quotas.reservations import Held, Reservations
from models.quotas.type_limits import TypeLimits
from models.values import Caller, Pod
from models.volume.checks import size_of
from models.volume.types import VolumeTypes

# In which pods tell of every quota of volumes.
_QUOTAS = (3, 0)
# What a new volume may be made from, and where that is found.
_SOURCES = {
    "source_volid": ("volume", "/volumes/"),
    "snapshot_id": ("snapshot", "/snapshots/"),
    "backup_id": ("backup", "/backups/"),
}
_OF_IMAGE = "cinder_img_volume_type"
# Finds the name of a type; it is asked only where limits of types are set at all.
Type = Callable[[], Awaitable[str]]


class VolumeReservations:
    """Takes quota for what is about to be made, and finds out in a pod how much that is."""

    def __init__(self, reservations: Reservations, limits: TypeLimits, types: VolumeTypes) -> None:
        self._reservations = reservations
        self._limits = limits
        self._types = types

    @asynccontextmanager
    async def hold(
        self, user: AsUser, each: Mapping[str, int], type_: Type, *, retyped: bool = False
    ) -> AsyncIterator[Held]:
        """Hold quota for an object of a type; ``OverLimit``.

        ``retyped``: it is there, and of another type so far.
        """
        typed = await self._limits.amounts(user.caller.project_id, each, type_)
        amounts = typed if retyped else {**each, **typed}
        async with self._reservations.hold(user.asker(_QUOTAS), user.caller, amounts) as held:
            yield held

    @asynccontextmanager
    async def hold_all(
        self, user: AsUser, members: Sequence[tuple[str, Mapping[str, int]]]
    ) -> AsyncIterator[Held]:
        """Hold quota for objects that a pod makes together: each with its type and amounts."""
        total: dict[str, int] = {}
        for type_, each in members:
            named = self.type_named(user.caller, type_)
            typed = await self._limits.amounts(user.caller.project_id, each, named)
            for name, amount in {**each, **typed}.items():
                total[name] = total.get(name, 0) + amount
        async with self._reservations.hold(user.asker(_QUOTAS), user.caller, total) as held:
            yield held

    async def size_of_new(self, user: AsUser, pod: Pod, volume: Mapping[str, Any]) -> int:
        """Return the gigabytes of a volume to be: its own, or else its source's."""
        size = size_of(volume)
        if size or volume.get("size") is not None:
            return size
        for key, (member, path) in _SOURCES.items():
            if isinstance(volume.get(key), str):
                source = await self.shown(user, pod, member, f"{path}{volume[key]}")
                return int(source.get("size", 0))
        return 0

    def type_of_new(self, user: AsUser, pod: Pod, volume: Mapping[str, Any]) -> Type:
        """Return what finds the type of a volume to be, in Cinder's order of looking for it."""

        async def find() -> str:
            if isinstance(volume.get("volume_type"), str) and volume["volume_type"]:
                return await self._named(user.caller, volume["volume_type"])
            if isinstance(volume.get("source_volid"), str):
                return await self._of(user, pod, volume["source_volid"])
            if isinstance(volume.get("snapshot_id"), str):
                path = f"/snapshots/{volume['snapshot_id']}"
                snapshot = await self.shown(user, pod, "snapshot", path)
                return await self._of(user, pod, str(snapshot.get("volume_id")))
            if isinstance(volume.get("imageRef"), str):
                named = await _of_image(user, pod, volume["imageRef"])
                if named:
                    return await self._named(user.caller, named)
            return str((await self.shown(user, pod, "volume_type", "/types/default")).get("name"))

        return find

    def type_of(self, user: AsUser, pod: Pod, volume_id: str) -> Type:
        """Return what finds the type of a volume in the pod."""
        return partial(self._of, user, pod, volume_id)

    def type_named(self, caller: Caller, type_: str) -> Type:
        """Return what finds the name of a type that is given by name or id."""
        return partial(self._named, caller, type_)

    async def shown(self, user: AsUser, pod: Pod, member: str, path: str) -> dict[str, Any]:
        """Return an object of the pod; empty if the pod does not show it, and will refuse too."""
        answer = await user.send(pod, "GET", path)
        found: dict[str, Any] = answer.json()[member] if answer.status == 200 else {}
        return found

    async def _of(self, user: AsUser, pod: Pod, volume_id: str) -> str:
        volume = await self.shown(user, pod, "volume", f"/volumes/{volume_id}")
        return str(volume.get("volume_type"))

    async def _named(self, caller: Caller, type_: str) -> str:
        try:
            return str((await self._types.named(caller, type_))["name"])
        except NotFound:
            # It is refused where it is used.
            return ""


async def _of_image(user: AsUser, pod: Pod, image_id: str) -> str:
    path = f"/images/{quote(image_id.rsplit('/', 1)[-1], safe='')}"
    headers = {"X-Auth-Token": user.caller.token}
    answer = await user.regions.forward(pod, "image", "GET", path, headers=headers)
    return str(answer.json().get(_OF_IMAGE) or "") if answer.judged().status == 200 else ""
