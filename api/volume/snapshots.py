"""/snapshots: made where their volume is; the rest is the generic engine's."""

from collections.abc import Mapping
from typing import Any

import orjson

from api.http import Answer, Call, Routes
from api.volume.proxy import PROXY, ending, made, members, volume_size
from models.errors import NotFound
from models.resources.volume import SNAPSHOT_METADATA, SNAPSHOTS
from models.values import Pod
from models.volume import bodies, checks

routes = Routes()


async def beside(call: Call, wanted: Mapping[str, Any]) -> tuple[Pod, str, dict[str, int]]:
    """Return the pod of the volume that a snapshot is to be of, its id, and the room it takes."""
    volume_id = checks.required(wanted, "volume_id", "snapshot")
    if volume_id is None:
        raise NotFound("Volume None could not be found.")
    objects = call.services.volume.objects
    homes = await objects.homes(call.caller, {"volume_id": volume_id})
    pod = (await objects.candidates(call.caller, "", homes))[0]
    return pod, volume_id, {"snapshots": 1, "gigabytes": await volume_size(call, pod, volume_id)}


@routes.route("POST", "/snapshots")
async def create(call: Call) -> Answer:
    """Take a snapshot of a volume."""
    body = await call.json("", bodies.SNAPSHOT)
    pod, volume_id, each = await beside(call, body["snapshot"])
    user, reservations = PROXY.as_user(call), call.services.volume.reservations
    type_ = reservations.type_of(user, pod, volume_id)
    async with reservations.hold(user, each, type_) as held:
        answer = await made(call, "snapshot", pod, body, owner_id=volume_id)
        if answer.status < 300:
            held.commit(answer.pod)
    return await PROXY.answer(call, answer)


@routes.route("POST", "/snapshots/{id}/action")
async def action(call: Call) -> Answer:
    """Do something to a snapshot in its pod."""
    pod = await PROXY.pod_of(call, "snapshot", call.args["id"])
    body = await call.json()
    if {"os-force_delete", "os-unmanage"} & set(body):
        return await ending(call, "snapshot", pod, orjson.dumps(body))
    return await PROXY.relay(call, pod, orjson.dumps(body))


routes.include(members("/snapshots", "snapshot"))
routes.include(PROXY.routes([SNAPSHOTS, SNAPSHOT_METADATA]))
