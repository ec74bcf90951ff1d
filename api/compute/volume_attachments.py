"""/servers/{id}/os-volume_attachments: the volume has to be in the server's pod."""

import orjson

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from models.errors import BadRequest

routes = Routes()


@routes.route("POST", "/servers/{id}/os-volume_attachments")
async def attach(call: Call) -> Answer:
    """Attach a volume."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "server", id_)
    body = await call.json()
    inner = body.get("volumeAttachment")
    volume_id = inner.get("volumeId") if isinstance(inner, dict) else None
    if isinstance(volume_id, str):
        _, home = await call.services.places.of(call.caller, "volume", volume_id)
        if home != pod:
            raise BadRequest(
                f"Server {id_} is in availability zone {pod.az_name} (pod {pod.pod_name}), but "
                f"volume {volume_id} is in {home.az_name} (pod {home.pod_name})."
            )
    return await PROXY.relay(call, pod, orjson.dumps(body))
