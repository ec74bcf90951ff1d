"""/volume-transfers and /os-volume-transfer: a volume goes to another project in its pod."""

import orjson

from activities.volume import checks
from api.http import Answer, Call, Routes
from api.volume.proxy import PROXY
from models.errors import BadRequest

routes = Routes()


async def create(call: Call) -> Answer:
    """Offer a volume to whoever has the key."""
    body = await call.json()
    wanted = body.get("transfer")
    if not isinstance(wanted, dict):
        raise BadRequest("Missing required element 'transfer' in request body.")
    volume_id = checks.required(wanted, "volume_id", "transfer")
    pod = await PROXY.pod_of(call, "volume", str(volume_id))
    return await PROXY.answer(call, await PROXY.send(call, pod, orjson.dumps(body)))


async def accept(call: Call) -> Answer:
    """Take over the volume; from then on it is the caller's, with its snapshots."""
    body = await call.json()
    objects = call.services.volume_objects
    pod, volume_id = await objects.offered(call.args["id"])
    operation = await objects.giving(call.caller, volume_id)
    try:
        answer = await PROXY.send(call, pod, orjson.dumps(body))
        if answer.status < 300:
            await objects.given(volume_id)
            await call.services.placement.bind(call.caller.project_id, pod)
        return await PROXY.answer(call, answer)
    finally:
        call.services.operations.announce(operation)


for path in ("/volume-transfers", "/os-volume-transfer"):
    routes.route("POST", path)(create)
    routes.route("POST", f"{path}/{{id}}/accept")(accept)
