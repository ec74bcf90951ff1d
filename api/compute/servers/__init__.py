"""/servers: boot, show and delete; lists and updates are the generic engine's."""

from dataclasses import replace

from activities.compute.servers import GONE
from activities.pods.questions import Question
from activities.pods.region import PodAnswer
from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute.servers.boot_request import parse
from models.resources.compute import OF_SERVERS, SERVERS

routes = Routes()
# What Nova shows of a server that it found no place for, minutes after it took it.
_FULL = "No valid host was found"


@routes.route("POST", "/servers")
async def create(call: Call) -> Answer:
    """Boot a server, or several alike, in one pod: the first of its candidates that takes it."""
    body = await call.json()
    request = parse(body, COMPUTE.of(call))
    query = f"?{call.query}" if call.query else ""
    creation = call.services.compute.server_creation
    answer = await creation.create(PROXY.as_user(call), request, body, call.path + query)
    if request.wants_reservation and answer.status < 300:
        return Answer(202, {"reservation_id": request.reservation_id})
    return await PROXY.answer(call, answer)


@routes.route("GET", "/servers")
async def index(call: Call) -> Answer:
    """List servers."""
    return await _listed(call, brief=True)


@routes.route("GET", "/servers/detail")
async def detail(call: Call) -> Answer:
    """List servers with everything about each."""
    return await _listed(call, brief=False)


@routes.route("GET", "/servers/{id}")
async def show(call: Call) -> Answer:
    """Show one server. One that is gone from its pod is cleaned up before that is told."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "server", id_)
    answer = await PROXY.send(call, pod)
    if answer.status == 404 or (answer.status == 200 and _gone(answer)):
        await call.services.compute.servers.gone(id_)
    elif answer.status == 200 and b'"ERROR"' in answer.body and _full(answer):
        call.services.placement.note(pod, _FULL)
    return await PROXY.answer(call, answer)


@routes.route("DELETE", "/servers/{id}")
async def delete(call: Call) -> Answer:
    """Delete a server; its ports go when the pod no longer has it."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "server", id_)
    deleted = await call.services.compute.servers.delete(PROXY.as_user(call), pod, id_)
    return await PROXY.answer(call, deleted)


routes.include(PROXY.routes([SERVERS, *OF_SERVERS]))


async def _listed(call: Call, *, brief: bool) -> Answer:
    wanted, zone = call.param("reservation_id"), call.param("availability_zone")
    ids = (
        await call.services.compute.server_reservations.servers(wanted) if wanted else frozenset()
    )
    zones = await call.services.compute.inner_zones.all() if zone else {}

    def refined(question: Question) -> Question:
        if ids:
            kept = [(name, value) for name, value in question.params if name != "reservation_id"]
            question = replace(question, params=kept, only=ids)
        if zone in zones:
            return replace(question, inner_zone=True)
        within = (name for name, pods in zones.items() if any(p.az_name == zone for p in pods))
        return replace(question, other_zones=frozenset(within))

    return await PROXY.page(call, SERVERS, call.path, brief=brief, refined=refined)


def _full(answer: PodAnswer) -> bool:
    """Tell whether the pod says that it has no room; whatever users write into their servers."""
    server = answer.json()["server"]
    told = (server.get("fault") or {}).get("message", "")
    return server.get("status") == "ERROR" and str(told).startswith(_FULL)


def _gone(answer: PodAnswer) -> bool:
    return bool(answer.json()["server"].get("status") == GONE)
