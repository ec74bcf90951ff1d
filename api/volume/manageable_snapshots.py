"""/os-snapshot-manage and /manageable_snapshots: what lies on a host becomes a snapshot."""

import orjson

from activities.volume import checks
from api.http import Answer, Call
from api.volume import manageable
from api.volume.proxy import PROXY, volume_size
from api.volume.room import room, type_of

_OLD, _NEW = "/os-snapshot-manage", "/manageable_snapshots"

routes = manageable.lists(_OLD, _NEW, "manageable-snapshots")


@routes.route("POST", _OLD, admin=True)
async def manage(call: Call) -> Answer:
    """Make a snapshot of what lies beside a volume, in the pod of the volume."""
    body = await call.json()
    wanted = checks.envelope(body, "snapshot")
    checks.required(wanted, "ref", "snapshot")
    volume_id = checks.required(wanted, "volume_id", "snapshot")
    if not isinstance(volume_id, str) or not checks.is_id(volume_id):
        raise checks.refuse("volume_id", volume_id, f"{volume_id!r} is not a 'uuid'")
    objects = call.services.volume_objects
    homes = await objects.homes(call.caller, {"volume_id": volume_id})
    pod = (await objects.candidates(call.caller, "", homes))[0]
    each = {"snapshots": 1, "gigabytes": await volume_size(call, pod, volume_id)}
    async with room(call, each, type_of(call, pod, volume_id)) as held:
        answer = await PROXY.send(call, pod, orjson.dumps(body))
        if answer.status < 300:
            # As with volumes: nothing that a clean-up may delete.
            id_ = answer.json()["snapshot"]["id"]
            await objects.found("snapshot", pod, call.caller, {id_: volume_id})
            held.commit(pod)
    return await PROXY.answer(call, answer)


@routes.route("POST", _NEW, admin=True)
async def manage_newer(call: Call) -> Answer:
    """The same, by its newer path."""
    manageable.newer(call)
    return await manage(call)
