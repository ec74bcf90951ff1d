"""/os-volumes: the volumes as Nova showed them until 2.35; they are Cinder's, in their pod."""

import orjson

from api.compute.proxies import until
from api.compute.proxy import PROXY
from api.http import Answer, Call, Route, Routes
from api.quotas import room, size_of
from models.errors import BadRequest, Forbidden, NotFound, OverLimit
from models.resources.compute import OS_VOLUMES

routes = Routes()
_LAST = (2, 35)


async def _create(call: Call) -> Answer:
    """Create a volume in the best pod of its zone."""
    wanted = await call.json("volume")
    volumes = call.services.compute_volumes
    pod = await volumes.place(call.caller, wanted)
    inner = {key: value for key, value in wanted.items() if key != "availability_zone"}
    if pod.pod_az_name:
        inner["availability_zone"] = pod.pod_az_name
    if isinstance(wanted.get("volume_type"), str) and wanted["volume_type"]:
        try:
            type_ = await call.services.volume_types.named(call.caller, wanted["volume_type"])
        except NotFound as error:
            raise BadRequest(error.message) from None
        inner["volume_type"] = await call.services.type_copies.in_pod(type_, pod)
    name, project = wanted.get("display_name"), call.caller.project_id
    try:
        async with (
            room(call, PROXY, "volume", {"volumes": 1, "gigabytes": size_of(wanted)}) as held,
            volumes.creations.tracked("volume", pod, project, name) as creation,
        ):
            answer = await PROXY.send(call, pod, orjson.dumps({"volume": inner}))
            if answer.status < 300:
                await volumes.recorded(creation, pod, call.caller, answer.json()["volume"]["id"])
                held.commit(pod)
            else:
                await volumes.refused(creation)
    except OverLimit as error:
        # Nova's word for what Cinder says with 413.
        raise Forbidden(error.message) from None
    return await PROXY.answer(call, answer)


async def _delete(call: Call) -> Answer:
    """Delete a volume; its routing goes when the pod no longer has it."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "volume", id_)
    operation = await call.services.compute_volumes.deleting(call.caller, id_)
    try:
        return await PROXY.relay(call, pod)
    finally:
        call.services.operations.announce(operation)


routes.add(Route("POST", "/os-volumes", until(_LAST, _create)))
routes.add(Route("DELETE", "/os-volumes/{id}", until(_LAST, _delete)))
for route in PROXY.routes([OS_VOLUMES]).declared:
    routes.add(Route(route.method, route.path, until(_LAST, route.handler)))
