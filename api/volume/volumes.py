"""/volumes: create, actions and the summary; the rest is the generic engine's."""

from typing import Any

import orjson

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.volume.proxy import PROXY, ending, members, volume_size
from models.creations import unmarked
from models.failures import lacking
from models.resources.volume import VOLUME_ENCRYPTION, VOLUME_METADATA, VOLUMES
from models.values import Pod
from models.volume import bodies
from models.volume.checks import size_of

routes = Routes()
# After these the pod may no longer have the volume.
_ENDS = {"os-force_delete", "os-unmanage"}


@routes.route("POST", "/volumes")
async def create(call: Call) -> Answer:
    """Create a volume where its source is, or in the best pod of its zone that takes it."""
    body = await call.json("", bodies.volume(VOLUME.of(call)))
    query = f"?{call.query}" if call.query else ""
    creation = call.services.volume.creation
    answer = await creation.create(PROXY.as_user(call), body, call.path + query)
    return await PROXY.answer(call, answer)


@routes.route("GET", "/volumes/summary")
async def summary(call: Call) -> Answer:
    """Add up the volumes of all pods; 503 while one does not answer."""
    query = f"?{call.query}" if call.query else ""
    path = PROXY.pod_path(call, f"/volumes/summary{query}")
    answers, missing = await call.services.fanout.ask("volume", path, await PROXY.headers(call))
    if missing or not answers:
        raise lacking(missing, "its share of the sum is unknown")
    total: dict[str, Any] = {}
    for answer in answers:
        if answer.status >= 400:
            raise answer.refusal("summary")
        found = answer.json()["volume-summary"]
        unmarked([found])
        for key, value in found.items():
            total[key] = _united(total[key], value) if key in total else value
    return Answer(200, {"volume-summary": total})


@routes.route("POST", "/volumes/{id}/action")
async def action(call: Call) -> Answer:
    """Do something to a volume in its pod."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "volume", id_)
    body = await call.json()
    name = next(iter(body), "")
    inner = body.get(name)
    if name in _ENDS:
        return await ending(call, "volume", pod, orjson.dumps(body))
    if isinstance(inner, dict):
        if name == "os-extend":
            bodies.EXTEND(body, "body")
            return await _extend(call, pod, body, inner)
        if name == "os-retype":
            bodies.RETYPE(body, "body")
            return await _retype(call, pod, inner)
        body = await _translated(call, pod, name, inner) or body
    answer = await PROXY.send(call, pod, orjson.dumps(body))
    if name == "os-volume_upload_image" and answer.status < 300:
        return await _uploading(call, pod, answer.json())
    return await PROXY.answer(call, answer)


routes.include(members("/volumes", "volume"))
routes.include(PROXY.routes([VOLUMES, VOLUME_METADATA, VOLUME_ENCRYPTION]))


async def _extend(call: Call, pod: Pod, body: dict[str, Any], inner: dict[str, Any]) -> Answer:
    """Make a volume larger, if its project's quota has room for the difference."""
    now = await volume_size(call, pod, call.args["id"])
    more = max(0, size_of({"size": inner.get("new_size")}) - now)
    user, reservations = PROXY.as_user(call), call.services.volume.reservations
    type_ = reservations.type_of(user, pod, call.args["id"])
    async with reservations.hold(user, {"gigabytes": more}, type_) as held:
        answer = await PROXY.send(call, pod, orjson.dumps(body))
        if answer.status < 300:
            held.commit(answer.pod)
    return await PROXY.answer(call, answer)


async def _retype(call: Call, pod: Pod, inner: dict[str, Any]) -> Answer:
    """Make a volume one of another type, if there is room for it, and its snapshots, in that."""
    row = await call.services.volume.types.named(call.caller, inner["new_type"])
    bottom = await call.services.volume.type_copies.materialise(row, pod)
    body = {"os-retype": inner | {"new_type": bottom}}
    id_ = call.args["id"]
    sizes = [snapshot["size"] for snapshot in await _snapshots(call, pod, id_)]
    each = {
        "volumes": 1,
        "snapshots": len(sizes),
        "gigabytes": await volume_size(call, pod, id_) + sum(sizes),
    }
    reservations = call.services.volume.reservations
    type_ = reservations.type_named(call.caller, row["id"])
    async with reservations.hold(PROXY.as_user(call), each, type_, retyped=True) as held:
        answer = await PROXY.send(call, pod, orjson.dumps(body))
        if answer.status < 300:
            held.commit(answer.pod)
    return await PROXY.answer(call, answer)


async def _snapshots(call: Call, pod: Pod, volume_id: str) -> list[dict[str, Any]]:
    query = "&all_tenants=1" if call.caller.admin else ""
    path = f"/snapshots/detail?volume_id={volume_id}{query}"
    answer = await PROXY.send(call, pod, method="GET", path=path)
    return list(answer.json()["snapshots"]) if answer.status == 200 else []


async def _translated(
    call: Call, pod: Pod, name: str, inner: dict[str, Any]
) -> dict[str, Any] | None:
    """Return the action as the pod has to get it, where that is not as the user says it."""
    if name == "os-reimage" and isinstance(inner.get("image_id"), str):
        await call.services.image.copies.ensure(call.caller, inner["image_id"], pod)
    if name == "os-attach" and isinstance(inner.get("instance_uuid"), str):
        here = (f"volume {call.args['id']}", pod)
        await call.services.volume.objects.together(
            call.caller, here, "server", inner["instance_uuid"]
        )
    return None


async def _uploading(call: Call, pod: Pod, body: dict[str, Any]) -> Answer:
    """Answer what becomes an image, with its type as the user knows it."""
    type_ = body["os-volume_upload_image"].get("volume_type")
    if isinstance(type_, dict) and "id" in type_:
        type_["id"] = await call.services.volume.type_copies.top_id(pod, type_["id"])
        type_["qos_specs_id"] = await call.services.volume.qos_copies.top_id(
            pod, type_.get("qos_specs_id")
        )
    return Answer(202, body)


def _united(one: Any, other: Any) -> Any:
    """Return the sum of two pods' figures; of metadata, every value of every key."""
    if not isinstance(one, dict):
        return one + other
    keys = sorted(set(one) | set(other))
    return {key: sorted({*one.get(key, ()), *other.get(key, ())}) for key in keys}
