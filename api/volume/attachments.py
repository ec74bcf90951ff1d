"""/attachments: made where their volume is; the rest is the generic engine's."""

import orjson

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.volume.proxy import PROXY
from models.resources.volume import ATTACHMENTS
from models.volume import bodies

routes = Routes()


@routes.route("POST", "/attachments")
async def create(call: Call) -> Answer:
    """Reserve a volume for a server of the same pod, or connect it."""
    body = await call.json("", bodies.attachment(VOLUME.of(call)))
    wanted = body["attachment"]
    volume_id = wanted["volume_uuid"]
    pod = await PROXY.pod_of(call, "volume", volume_id)
    if "instance_uuid" in wanted:
        here = (f"volume {volume_id}", pod)
        await call.services.volume.objects.together(
            call.caller, here, "server", wanted["instance_uuid"]
        )
    return await PROXY.relay(call, pod, orjson.dumps(body))


routes.include(PROXY.routes([ATTACHMENTS]))
