"""/servers/{id}/action: passed on; what an action names is made in the pod first."""

import orjson

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from models.errors import BadRequest

routes = Routes()
_GROUPS = {"addSecurityGroup": True, "removeSecurityGroup": False}


@routes.route("POST", "/servers/{id}/action")
async def action(call: Call) -> Answer:
    """Do something with a server."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "server", id_)
    body = await call.json()
    name = next(iter(body), "")
    if len(body) != 1:
        raise BadRequest("There must be exactly one action in the body.")
    inner = body[name]
    actions = call.services.server_actions
    if name in _GROUPS:
        group = inner.get("name") if isinstance(inner, dict) else None
        if not isinstance(group, str) or not group:
            raise BadRequest(f"Invalid input for field/attribute {name}. It needs a 'name'.")
        await actions.set_group(call.caller, id_, group, add=_GROUPS[name])
        return Answer(202)
    if isinstance(inner, dict):
        body = {name: await actions.in_pod(call.caller, pod, name, inner)}
    answer = await PROXY.answer(call, await PROXY.send(call, pod, orjson.dumps(body)))
    if name in ("createImage", "createBackup"):
        # The new object is an image: another API's.
        answer.headers = [
            (key, value.replace(b"/compute/", b"/image/", 1) if key == b"location" else value)
            for key, value in answer.headers
        ]
    return answer
