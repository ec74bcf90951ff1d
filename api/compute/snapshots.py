"""/os-snapshots: snapshots of volumes as Nova showed them until 2.35; they are Cinder's."""

import orjson

from api.compute.proxy import PROXY
from api.compute.until import all_until, until
from api.compute.volumes import volume_shown
from api.http import Answer, Call, Route, Routes
from api.quotas import room
from models.compute import bodies
from models.errors import Forbidden, NotFound, OverLimit
from models.resources.compute import OS_SNAPSHOTS
from models.work import CleanUp

routes = Routes()
_LAST = (2, 35)


async def _create(call: Call) -> Answer:
    """Take a snapshot of a volume in its pod."""
    wanted = await call.json("snapshot", bodies.SNAPSHOT)
    volume_id = wanted["volume_id"]
    objects, caller = call.services.volume.objects, call.caller
    homes = await objects.homes(caller, {"volume_id": volume_id})
    if not homes:
        raise NotFound(f"Volume {volume_id} could not be found.")
    pod = (await objects.candidates(caller, "", homes))[0]
    name = wanted.get("display_name")
    size, type_ = await volume_shown(call, pod, volume_id)

    async def type_name() -> str:
        return type_

    each = {"snapshots": 1, "gigabytes": size}
    each |= await call.services.type_limits.amounts(caller.project_id, each, type_name)
    try:
        async with (
            room(call, PROXY, "volume", each) as held,
            # Nova gives it no metadata.
            objects.creations.tracked(
                "snapshot", pod, caller.project_id, name, marked=False
            ) as creation,
        ):
            answer = await PROXY.send(call, pod, orjson.dumps({"snapshot": wanted}))
            if answer.status < 300:
                id_ = answer.json()["snapshot"]["id"]
                await objects.recorded(creation, "snapshot", pod, caller, id_, volume_id)
                held.commit(pod)
            else:
                await objects.refused(creation)
    except OverLimit as error:
        raise Forbidden(error.message) from None
    return await PROXY.answer(call, answer)


async def _delete(call: Call) -> Answer:
    """Delete a snapshot; its routing goes when the pod no longer has it."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "snapshot", id_)
    async with call.services.departures.asked(call.caller, CleanUp.SNAPSHOT, id_) as departure:
        return departure.answered(await PROXY.relay(call, pod))


routes.add(Route("POST", "/os-snapshots", until(_LAST, _create)))
routes.add(Route("DELETE", "/os-snapshots/{id}", until(_LAST, _delete)))
routes.include(all_until(_LAST, PROXY.routes([OS_SNAPSHOTS])))
