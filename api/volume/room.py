"""Room under a project's quota for volumes and snapshots: of all types, and of theirs."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from api import quotas
from api.http import Call
from api.volume.proxy import PROXY
from models.errors import NotFound
from models.quotas.reservations import Held
from models.values import Pod

# What a new volume may be made from, and where that is found.
_SOURCES = {
    "source_volid": ("volume", "/volumes/"),
    "snapshot_id": ("snapshot", "/snapshots/"),
    "backup_id": ("backup", "/backups/"),
}
_OF_IMAGE = "cinder_img_volume_type"
Type = Callable[[], Awaitable[str]]


@asynccontextmanager
async def room(
    call: Call, each: Mapping[str, int], type_: Type, *, retyped: bool = False
) -> AsyncIterator[Held]:
    """Hold room for an object of a type; ``retyped``: it is there, and of another type so far."""
    typed = await call.services.type_limits.amounts(call.caller.project_id, each, type_)
    wanted = typed if retyped else {**each, **typed}
    async with quotas.room(call, PROXY, "volume", wanted) as held:
        yield held


@asynccontextmanager
async def room_for_all(
    call: Call, members: Sequence[tuple[str, Mapping[str, int]]]
) -> AsyncIterator[Held]:
    """Hold room for objects that a pod makes together: each with its type and its amounts."""
    total: dict[str, int] = {}
    for type_, each in members:
        typed = await call.services.type_limits.amounts(
            call.caller.project_id, each, type_named(call, type_)
        )
        for name, amount in {**each, **typed}.items():
            total[name] = total.get(name, 0) + amount
    async with quotas.room(call, PROXY, "volume", total) as held:
        yield held


async def size_of_new(call: Call, pod: Pod, wanted: Mapping[str, Any]) -> int:
    """Return the gigabytes of a volume to be: its own, or else its source's."""
    size = quotas.size_of(wanted)
    if size or wanted.get("size") is not None:
        return size
    for key, (member, path) in _SOURCES.items():
        if isinstance(wanted.get(key), str):
            return int((await shown(call, pod, member, f"{path}{wanted[key]}")).get("size", 0))
    return 0


def type_of_new(call: Call, pod: Pod, wanted: Mapping[str, Any]) -> Type:
    """Return what finds the type of a volume to be, in the order in which Cinder looks for it."""

    async def find() -> str:
        if isinstance(wanted.get("volume_type"), str) and wanted["volume_type"]:
            return await _named(call, wanted["volume_type"])
        if isinstance(wanted.get("source_volid"), str):
            return await type_of(call, pod, wanted["source_volid"])()
        if isinstance(wanted.get("snapshot_id"), str):
            path = f"/snapshots/{wanted['snapshot_id']}"
            snapshot = await shown(call, pod, "snapshot", path)
            return await type_of(call, pod, str(snapshot.get("volume_id")))()
        if isinstance(wanted.get("imageRef"), str):
            named = await _of_image(call, pod, wanted["imageRef"])
            if named:
                return await _named(call, named)
        return str((await shown(call, pod, "volume_type", "/types/default")).get("name"))

    return find


def type_of(call: Call, pod: Pod, volume_id: str) -> Type:
    """Return what finds the type of a volume in the pod."""

    async def find() -> str:
        volume = await shown(call, pod, "volume", f"/volumes/{volume_id}")
        return str(volume.get("volume_type"))

    return find


def type_named(call: Call, wanted: str) -> Type:
    """Return what finds the name of a type that is given by name or id."""

    async def find() -> str:
        return await _named(call, wanted)

    return find


async def shown(call: Call, pod: Pod, member: str, path: str) -> dict[str, Any]:
    """Return an object of the pod; empty where the pod does not show it, and will refuse too."""
    answer = await PROXY.send(call, pod, method="GET", path=path)
    found: dict[str, Any] = answer.json()[member] if answer.status == 200 else {}
    return found


async def _named(call: Call, wanted: str) -> str:
    try:
        return str((await call.services.volume_types.named(call.caller, wanted))["name"])
    except NotFound:
        # It is refused where it is used.
        return ""


async def _of_image(call: Call, pod: Pod, image_id: str) -> str:
    path = f"/images/{quote(image_id.rsplit('/', 1)[-1], safe='')}"
    headers = {"X-Auth-Token": call.caller.token}
    answer = await call.services.regions.forward(pod, "image", "GET", path, headers=headers)
    return str(answer.json().get(_OF_IMAGE) or "") if answer.status == 200 else ""
