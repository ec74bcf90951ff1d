"""/os-volumes: the volumes as Nova showed them until 2.35; they are Cinder's, in their pod."""

from typing import Any

import orjson

from api.compute.proxy import PROXY
from api.compute.until import all_until, until
from api.http import Answer, Call, Route, Routes
from api.quotas import room
from models.compute import bodies
from models.creations import can_carry, carrying
from models.database.store import Row
from models.errors import BadRequest, Forbidden, NotFound, OverLimit
from models.resources.compute import OS_VOLUMES
from models.values import Pod
from models.volume.checks import size_of
from models.work import CleanUp

routes = Routes()
_LAST = (2, 35)


async def _create(call: Call) -> Answer:
    """Create a volume in the best pod of its zone."""
    wanted = await call.json("volume", bodies.VOLUME)
    volumes = call.services.compute.volumes
    pod = await volumes.place(call.caller, wanted)
    inner = {key: value for key, value in wanted.items() if key != "availability_zone"}
    if pod.pod_az_name:
        inner["availability_zone"] = pod.pod_az_name
    type_ = await _type(call, wanted)
    if type_:
        inner["volume_type"] = await call.services.volume.type_copies.materialise(type_, pod)
    size, source_type = await _source(call, pod, wanted)

    async def type_name() -> str:
        return str(type_["name"]) if type_ else source_type or await _default_type(call, pod)

    each = {"volumes": 1, "gigabytes": size}
    each |= await call.services.type_limits.amounts(call.caller.project_id, each, type_name)
    marked = can_carry(inner, null=False)
    name, project = wanted.get("display_name"), call.caller.project_id
    try:
        async with (
            room(call, PROXY, "volume", each) as held,
            volumes.creations.tracked("volume", pod, project, name, marked=marked) as creation,
        ):
            if marked:
                inner = carrying(inner, creation)
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


async def _type(call: Call, wanted: dict[str, Any]) -> Row | None:
    """Return the type that is named or, for what is made of nothing, is the project's default."""
    types = call.services.volume.types
    if wanted.get("volume_type") and isinstance(wanted["volume_type"], str):
        try:
            return await types.named(call.caller, wanted["volume_type"])
        except NotFound as error:
            raise BadRequest(error.message) from None
    return None if wanted.get("snapshot_id") else await types.default(call.caller.project_id)


async def _source(call: Call, pod: Pod, wanted: dict[str, Any]) -> tuple[int, str]:
    """Return the size of the new volume, its own or its snapshot's; and the snapshot's type."""
    id_ = wanted.get("snapshot_id")
    if not isinstance(id_, str) or not id_:
        return size_of(wanted), ""
    answer = await PROXY.send(call, pod, method="GET", path=f"/os-snapshots/{id_}")
    if answer.status != 200:
        return size_of(wanted), ""
    snapshot = answer.json()["snapshot"]
    _, type_ = await volume_shown(call, pod, snapshot["volumeId"])
    return size_of(wanted) or int(snapshot["size"]), type_


async def volume_shown(call: Call, pod: Pod, id_: str) -> tuple[int, str]:
    """Return size and type of a volume; nothing where its pod does not tell, and will refuse."""
    answer = await PROXY.send(call, pod, method="GET", path=f"/os-volumes/{id_}")
    if answer.status != 200:
        return 0, ""
    volume = answer.json()["volume"]
    return int(volume["size"]), str(volume["volumeType"])


async def _default_type(call: Call, pod: Pod) -> str:
    headers = {"X-Auth-Token": call.caller.token}
    answer = await call.services.regions.forward(
        pod, "volume", "GET", "/types/default", headers=headers
    )
    told = answer.judged().status == 200
    return str(answer.json()["volume_type"]["name"]) if told else ""


async def _delete(call: Call) -> Answer:
    """Delete a volume; its routing goes when the pod no longer has it."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "volume", id_)
    async with call.services.departures.asked(call.caller, CleanUp.VOLUME, id_) as departure:
        return departure.answered(await PROXY.relay(call, pod))


routes.add(Route("POST", "/os-volumes", until(_LAST, _create)))
routes.add(Route("DELETE", "/os-volumes/{id}", until(_LAST, _delete)))
routes.include(all_until(_LAST, PROXY.routes([OS_VOLUMES])))
