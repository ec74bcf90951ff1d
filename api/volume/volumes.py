"""/volumes: create and delete; the rest is the generic engine's."""

import orjson

from api.http import Answer, Call, Routes
from api.quotas import room, size_of
from api.volume.proxy import PROXY
from models.errors import BadRequest

routes = Routes()


@routes.route("POST", "/volumes")
async def create(call: Call) -> Answer:
    """Create a volume where its source is, or in the best pod of its zone."""
    body = await call.json()
    wanted = body.get("volume")
    if not isinstance(wanted, dict):
        raise BadRequest("Missing required element 'volume' in request body.")
    volumes = call.services.volumes
    pod = await volumes.place(call.caller, wanted)
    headers = await PROXY.headers(call)
    inner = await volumes.in_pod(wanted, pod, headers, call.caller.project_id)
    sent = orjson.dumps(body | {"volume": inner})
    name = wanted.get("name", wanted.get("display_name"))
    project = call.caller.project_id
    async with (
        room(call, PROXY, "volume", {"volumes": 1, "gigabytes": size_of(wanted)}) as held,
        volumes.creations.tracked("volume", pod, project, name) as creation,
    ):
        answer = await PROXY.send(call, pod, sent)
        if answer.status < 300:
            held.commit()
            await volumes.recorded(creation, pod, call.caller, answer.json()["volume"]["id"])
        else:
            await volumes.refused(creation)
    return await PROXY.answer(call, answer)


@routes.route("GET", "/volumes/{id}")
async def show(call: Call) -> Answer:
    """Show one volume; one that its pod has deleted meanwhile is forgotten."""
    pod = await PROXY.pod_of(call, "volume", call.args["id"])
    answer = await PROXY.relay(call, pod)
    if answer.status == 404:
        await call.services.volumes.clean_up(call.args["id"])
    return answer


@routes.route("DELETE", "/volumes/{id}")
async def delete(call: Call) -> Answer:
    """Delete a volume; its routing goes when the pod no longer has it."""
    pod = await PROXY.pod_of(call, "volume", call.args["id"])
    operation = await call.services.volumes.deleting(call.caller, call.args["id"])
    try:
        return await PROXY.relay(call, pod)
    finally:
        call.services.operations.announce(operation)
