"""/volume-transfers: a volume goes to another project in its pod."""

import orjson

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.volume.proxy import PROXY
from models.resource import Resource
from models.resources.volume import VOLUME_TRANSFERS
from models.volume import bodies


def serve(resource: Resource) -> Routes:
    """Return the routes of transfers, under either of their names."""
    routes = Routes()
    routes.route("POST", resource.path)(_create)
    routes.route("POST", f"{resource.path}/{{id}}/accept")(_accept)
    routes.include(PROXY.routes([resource]))
    return routes


async def _create(call: Call) -> Answer:
    """Offer a volume to whoever has the key."""
    body = await call.json("", bodies.transfer(VOLUME.of(call)))
    pod = await PROXY.pod_of(call, "volume", body["transfer"]["volume_id"])
    return await PROXY.answer(call, await PROXY.send(call, pod, orjson.dumps(body)))


async def _accept(call: Call) -> Answer:
    """Take over the volume; from then on it is the caller's, with its snapshots."""
    body = await call.json("", bodies.ACCEPT)
    objects = call.services.volume.objects
    pod, volume_id = await call.services.volume.upkeep.offered(call.args["id"])
    volume = await call.services.volume.upkeep.shown(pod, "volume", volume_id) or {}
    each = {"volumes": 1, "gigabytes": int(volume.get("size", 0))}
    reservations = call.services.volume.reservations
    type_ = reservations.type_named(call.caller, str(volume.get("volume_type")))
    operation = await objects.giving(call.caller, volume_id)
    try:
        async with reservations.hold(PROXY.as_user(call), each, type_) as held:
            answer = await PROXY.send(call, pod, orjson.dumps(body))
            if answer.status < 300:
                held.commit(pod)
                await call.services.volume.upkeep.given(volume_id)
                await call.services.placement.bind(call.caller.project_id, pod)
        return await PROXY.answer(call, answer)
    finally:
        call.services.operations.announce(operation)


routes = serve(VOLUME_TRANSFERS)
