"""/servers/{id}/os-interface: ports of a server; they are the gateway's, so ids are mapped."""

import orjson

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute import bodies
from models.values import Pod

routes = Routes()
_PATH = "/servers/{id}/os-interface"


@routes.route("GET", _PATH)
async def list_(call: Call) -> Answer:
    """List the attached ports."""
    pod = await _pod(call)
    return await _mapped(call, pod, await PROXY.relay(call, pod))


@routes.route("GET", f"{_PATH}/{{port_id}}")
async def show(call: Call) -> Answer:
    """Show one attached port."""
    pod = await _pod(call)
    answer = await PROXY.send(call, pod, path=await _path(call, pod))
    return await _mapped(call, pod, await PROXY.answer(call, answer))


@routes.route("POST", _PATH)
async def attach(call: Call) -> Answer:
    """Attach a port, or a new one on a network."""
    pod = await _pod(call)
    version = COMPUTE.of(call)
    body = await call.json("", bodies.interface(version))
    wanted = body.get("interfaceAttachment", {})
    interfaces = call.services.compute.interfaces
    port_id, inner = await interfaces.attach(call.caller, pod, call.args["id"], wanted, version)
    answer = await PROXY.send(call, pod, orjson.dumps({"interfaceAttachment": inner}))
    if answer.status >= 300:
        await interfaces.let_go(port_id)
    else:
        await interfaces.attached(port_id)
    return await _mapped(call, pod, await PROXY.answer(call, answer))


@routes.route("DELETE", f"{_PATH}/{{port_id}}")
async def detach(call: Call) -> Answer:
    """Take a port from the server; one that was made for it goes."""
    pod = await _pod(call)
    answer = await PROXY.send(call, pod, path=await _path(call, pod))
    if answer.status < 300:
        await call.services.compute.interfaces.detached(call.caller, call.args["port_id"])
    return await PROXY.answer(call, answer)


async def _pod(call: Call) -> Pod:
    return await PROXY.pod_of(call, "server", call.args["id"])


async def _path(call: Call, pod: Pod) -> str:
    bottom = await call.services.compute.interfaces.in_pod(call.args["port_id"], pod)
    return f"/servers/{call.args['id']}/os-interface/{bottom}"


async def _mapped(call: Call, pod: Pod, answer: Answer) -> Answer:
    if answer.status >= 300 or not answer.raw:
        return answer
    body = orjson.loads(answer.raw)
    one = body.get("interfaceAttachment")
    await call.services.compute.interfaces.view(
        pod, [one] if one else body["interfaceAttachments"]
    )
    answer.raw = orjson.dumps(body)
    return answer
