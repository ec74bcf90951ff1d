"""/servers/{id}/os-volume_attachments: the volume has to be in the server's pod."""

import orjson

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from models.errors import BadRequest
from models.resources.compute import SERVER_VOLUME_ATTACHMENTS
from models.values import Pod

routes = Routes()
_PATH = "/servers/{id}/os-volume_attachments"


@routes.route("POST", _PATH)
async def attach(call: Call) -> Answer:
    """Attach a volume."""
    pod = await PROXY.pod_of(call, "server", call.args["id"])
    return await PROXY.relay(call, pod, await _checked(call, pod))


@routes.route("PUT", f"{_PATH}/{{volume_id}}")
async def update(call: Call) -> Answer:
    """Change an attachment, or put another volume in the place of this one."""
    pod = await PROXY.pod_of(call, "server", call.args["id"])
    return await PROXY.relay(call, pod, await _checked(call, pod))


routes.include(PROXY.routes([SERVER_VOLUME_ATTACHMENTS]))


async def _checked(call: Call, pod: Pod) -> bytes:
    """Return the body, if the volume that it names is in the pod."""
    body = await call.json()
    inner = body.get("volumeAttachment")
    volume_id = inner.get("volumeId") if isinstance(inner, dict) else None
    if isinstance(volume_id, str):
        _, home = await call.services.places.of(call.caller, "volume", volume_id)
        if home != pod:
            raise BadRequest(
                f"Server {call.args['id']} is in availability zone {pod.az_name} (pod "
                f"{pod.pod_name}), but volume {volume_id} is in {home.az_name} (pod "
                f"{home.pod_name})."
            )
    return orjson.dumps(body)
