"""/servers/{id}/action: passed on; what an action names is made in the pod first."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from api.compute.proxy import PROXY
from api.compute.servers.growth import growth
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute import bodies
from models.errors import BadRequest, NotFound
from models.values import Pod
from models.work import CleanUp

routes = Routes()
_IMAGES = ("createImage", "createBackup")
_DELETES = ("forceDelete",)


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
    own = _OWN.get(name)
    if own:
        bodies.SERVER_ACTIONS[name](body, "body")
        await own(call, inner)
        return Answer(202)
    if isinstance(inner, dict):
        await call.services.image.copies.of_server(call.caller, inner, pod)
        body = {
            name: await call.services.compute.server_actions.in_pod(call.caller, pod, name, inner)
        }
    if name in _DELETES:
        return await _deleting(call, pod, body)
    async with growth(call, pod, name, inner) as held:
        sent = await PROXY.send(call, pod, orjson.dumps(body))
        if sent.status < 300:
            held.commit(pod)
    answer = await PROXY.answer(call, sent)
    if name in _IMAGES:
        # The new object is an image: another API's.
        answer.headers = [
            (key, value.replace(b"/compute/", b"/image/", 1) if key == b"location" else value)
            for key, value in answer.headers
        ]
    return answer


async def _deleting(call: Call, pod: Pod, body: dict[str, Any]) -> Answer:
    departures, id_ = call.services.departures, call.args["id"]
    async with departures.asked(call.caller, CleanUp.SERVER, id_) as departure:
        sent = departure.answered(await PROXY.send(call, pod, orjson.dumps(body)))
    return await PROXY.answer(call, sent)


async def _add_group(call: Call, inner: Any) -> None:
    await _set_group(call, inner, add=True)


async def _remove_group(call: Call, inner: Any) -> None:
    await _set_group(call, inner, add=False)


async def _set_group(call: Call, inner: Any, *, add: bool) -> None:
    ports = call.services.compute.server_ports
    await ports.set_group(call.caller, call.args["id"], inner["name"], add=add)


async def _add_fixed_ip(call: Call, inner: Any) -> None:
    _refuse_since(call, (2, 44))
    network = str(inner["networkId"])
    await call.services.compute.server_ports.add_address(call.caller, call.args["id"], network)


async def _remove_fixed_ip(call: Call, inner: Any) -> None:
    _refuse_since(call, (2, 44))
    ports = call.services.compute.server_ports
    await ports.remove_address(call.caller, call.args["id"], inner["address"])


async def _add_floating_ip(call: Call, inner: Any) -> None:
    _refuse_since(call, (2, 44))
    await call.services.compute.server_ports.add_floating(
        call.caller, call.args["id"], inner["address"], inner.get("fixed_address")
    )


async def _remove_floating_ip(call: Call, inner: Any) -> None:
    _refuse_since(call, (2, 44))
    ports = call.services.compute.server_ports
    await ports.remove_floating(call.caller, call.args["id"], inner["address"])


def _refuse_since(call: Call, version: tuple[int, int]) -> None:
    """Raise ``NotFound`` from the version on in which Nova has the action no more."""
    if COMPUTE.of(call) >= version:
        raise NotFound("The resource could not be found.")


# What is about the ports of a server is done at the top.
_OWN: dict[str, Callable[[Call, Any], Awaitable[None]]] = {
    "addSecurityGroup": _add_group,
    "removeSecurityGroup": _remove_group,
    "addFixedIp": _add_fixed_ip,
    "removeFixedIp": _remove_fixed_ip,
    "addFloatingIp": _add_floating_ip,
    "removeFloatingIp": _remove_floating_ip,
}
