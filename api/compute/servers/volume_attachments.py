"""/servers/{id}/os-volume_attachments: the volume has to be in the server's pod."""

from typing import Any

import orjson

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute import bodies
from models.errors import BadRequest
from models.resources.compute import SERVER_VOLUME_ATTACHMENTS
from models.values import Pod

routes = Routes()
_PATH = "/servers/{id}/os-volume_attachments"


@routes.route("POST", _PATH)
async def attach(call: Call) -> Answer:
    """Attach a volume."""
    pod = await PROXY.pod_of(call, "server", call.args["id"])
    body = await call.json("", bodies.volume_attachment(COMPUTE.of(call)))
    return await PROXY.relay(call, pod, await _checked(call, pod, body))


@routes.route("PUT", f"{_PATH}/{{volume_id}}")
async def update(call: Call) -> Answer:
    """Change an attachment, or put another volume in the place of this one."""
    pod = await PROXY.pod_of(call, "server", call.args["id"])
    body = await call.json("", bodies.volume_attachment_change(COMPUTE.of(call)))
    return await PROXY.relay(call, pod, await _checked(call, pod, body))


routes.include(PROXY.routes([SERVER_VOLUME_ATTACHMENTS]))


async def _checked(call: Call, pod: Pod, body: dict[str, Any]) -> bytes:
    """Return the body, if the volume that it names is in the pod."""
    volume_id = body["volumeAttachment"]["volumeId"]
    _, home = await call.services.places.of(call.caller, "volume", volume_id)
    if home != pod:
        raise BadRequest(
            f"Server {call.args['id']} is in availability zone {pod.az_name} (pod "
            f"{pod.pod_name}), but volume {volume_id} is in {home.az_name} (pod "
            f"{home.pod_name})."
        )
    return orjson.dumps(body)
