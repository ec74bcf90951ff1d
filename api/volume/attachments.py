"""/attachments: made where their volume is; the rest is the generic engine's."""

import orjson

from api.http import Answer, Call, Routes
from api.volume.proxy import PROXY
from models.errors import BadRequest
from models.resources.volume import ATTACHMENTS
from models.volume import checks

routes = Routes()


@routes.route("POST", "/attachments")
async def create(call: Call) -> Answer:
    """Reserve a volume for a server of the same pod, or connect it."""
    body = await call.json()
    wanted = body.get("attachment")
    if not isinstance(wanted, dict):
        raise BadRequest("Missing required element 'attachment' in request body.")
    volume_id = str(checks.required(wanted, "volume_uuid", "attachment"))
    pod = await PROXY.pod_of(call, "volume", volume_id)
    if isinstance(wanted.get("instance_uuid"), str):
        here = (f"volume {volume_id}", pod)
        await call.services.volume.objects.together(
            call.caller, here, "server", wanted["instance_uuid"]
        )
    return await PROXY.relay(call, pod, orjson.dumps(body))


routes.include(PROXY.routes([ATTACHMENTS]))
