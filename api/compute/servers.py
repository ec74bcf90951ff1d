"""/servers: boot, show and delete; lists and updates are the generic engine's."""

import logging
from dataclasses import replace
from typing import Any

import orjson

from activities.compute.boots import least_version
from activities.compute.server_group_copies import GROUPS_VERSION
from activities.compute.servers import GONE
from activities.pods.questions import Question
from activities.pods.region import PodAnswer
from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from api.quotas import room
from models.compute.server_groups import group_hint, with_group
from models.compute.servers import boot_fields
from models.compute.servers.boot_plan import BootPlan
from models.compute.servers.boot_request import parse
from models.errors import GatewayError, PodUnavailable
from models.resources.compute import SERVERS
from models.values import Pod

LOG = logging.getLogger(__name__)
routes = Routes()
# What Nova shows of a server that it found no place for, minutes after it took it.
_FULL = b"No valid host was found"


class _OutBefore(PodUnavailable):
    """The pod was out before it was asked for the server: another one may be asked."""


@routes.route("POST", "/servers")
async def create(call: Call) -> Answer:
    """Boot a server, or several alike, in one pod: the first of its candidates that takes it."""
    body = await call.json()
    request = parse(body, COMPUTE.of(call))
    group = group_hint(body)
    near = await call.services.server_groups.homes(call.caller, group) if group else []
    plan = await call.services.boots.plan(request, call.caller, near)
    each = {"instances": 1, "cores": plan.flavor["vcpus"], "ram": plan.flavor["ram"]}
    async with room(call, PROXY, "compute", each, request.least, request.most) as held:
        if request.most > 1:
            plan = replace(plan, request=replace(request, most=held.count))
        answer = await _boot_somewhere(call, plan, body, many=request.most > 1)
        if answer.status < 300:
            held.commit(answer.pod)
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
        await call.services.servers.gone(id_)
    elif b'"ERROR"' in answer.body and _FULL in answer.body:
        call.services.placement.note(pod, _FULL.decode())
    return await PROXY.answer(call, answer)


@routes.route("DELETE", "/servers/{id}")
async def delete(call: Call) -> Answer:
    """Delete a server; its ports go when the pod no longer has it."""
    id_ = call.args["id"]
    pod = await PROXY.pod_of(call, "server", id_)
    return await PROXY.answer(call, await _delete(call, pod, id_))


async def _listed(call: Call, *, brief: bool) -> Answer:
    wanted, zone = call.param("reservation_id"), call.param("availability_zone")
    ids = await call.services.server_reservations.servers(wanted) if wanted else frozenset()
    zones = await call.services.inner_zones.all() if zone else {}

    def refined(question: Question) -> Question:
        if ids:
            kept = [(name, value) for name, value in question.params if name != "reservation_id"]
            question = replace(question, params=kept, only=ids)
        if zone in zones:
            return replace(question, inner_zone=True)
        within = (name for name, pods in zones.items() if any(p.az_name == zone for p in pods))
        return replace(question, other_zones=frozenset(within))

    return await PROXY.page(call, SERVERS, call.path, brief=brief, refined=refined)


def _gone(answer: PodAnswer) -> bool:
    return bool(answer.json()["server"].get("status") == GONE)


def _over_quota(answer: PodAnswer) -> bool:
    return answer.status == 403 and b"Quota exceeded" in answer.body


async def _boot_somewhere(
    call: Call, plan: BootPlan, body: dict[str, Any], *, many: bool
) -> PodAnswer:
    """Boot in the plan's pod or, where that cannot take the server, in the next that may."""
    while True:
        hinted = boot_fields.with_hints(body, plan.hints)
        try:
            if many:
                answer = await _boot_many(call, plan, hinted)
            else:
                answer = await _boot(call, plan, hinted, plan.request.name)
            if not (plan.others and _over_quota(answer)):
                reason = call.services.placement.why(call.caller.project_id, plan.pod)
                LOG.info("Boot in pod %s: %s", plan.pod.pod_name, reason)
                return answer
            why = "the project's quota there is used up"
        except _OutBefore as error:
            call.services.placement.note(plan.pod, error.reason)
            if not plan.others:
                raise
            why = error.message
        LOG.info("Pod %s is passed over: %s", plan.pod.pod_name, why)
        plan = await call.services.boots.moved(plan)


async def _boot(call: Call, plan: BootPlan, body: dict[str, Any], name: str) -> PodAnswer:
    boots = call.services.boots
    project = call.caller.project_id
    async with boots.creations.tracked("server", plan.pod, project, name) as creation:
        try:
            images = call.services.image_copies
            await images.of_server(call.caller, plan.request.server, plan.pod)
            server = await boots.prepare(plan, creation)
            server = await call.services.volumes.disks_in_pod(call.caller, server, plan.pod)
            body = await _grouped(call, plan, body)
        except PodUnavailable as error:
            await boots.undo(plan, creation)
            raise _OutBefore(error.pod, error.reason) from error
        except GatewayError:
            await boots.undo(plan, creation)
            raise
        sent = orjson.dumps(body | {"server": server | {"name": name}})
        # A failure from here on leaves open what the pod has done; the creation's clean-up looks.
        answer = await PROXY.send(call, plan.pod, sent, version=least_version(plan))
        if answer.status >= 300:
            await boots.undo(plan, creation)
            return answer
        await boots.record(plan, creation, answer.json()["server"]["id"])
    return _as_asked(plan, answer)


async def _grouped(call: Call, plan: BootPlan, body: dict[str, Any]) -> dict[str, Any]:
    """Return the body with the group's id in the pod, if the server is to be in a group."""
    group = group_hint(body)
    if not group:
        return body
    headers = await PROXY.headers(call, GROUPS_VERSION)
    groups = call.services.server_group_copies
    return with_group(body, await groups.in_pod(call.caller, group, plan.pod, headers))


async def _boot_many(call: Call, plan: BootPlan, body: dict[str, Any]) -> PodAnswer:
    """Boot one after the other, as many as go; answer the first, or why there are too few.

    A pod makes several servers of one request only where it makes their ports itself.
    """
    made: list[PodAnswer] = []
    request = plan.request
    try:
        for number in range(1, request.most + 1):
            answer = await _boot(call, plan, body, f"{request.name}-{number}")
            if answer.status >= 300:
                break
            made.append(answer)
    except GatewayError:
        if len(made) < request.least:
            await _take_back(call, plan.pod, made)
            raise
    if len(made) >= request.least:
        return made[0]
    await _take_back(call, plan.pod, made)
    return answer


async def _take_back(call: Call, pod: Pod, made: list[PodAnswer]) -> None:
    for answer in made:
        await _delete(call, pod, answer.json()["server"]["id"])


async def _delete(call: Call, pod: Pod, id_: str) -> PodAnswer:
    operation = await call.services.servers.deleting(call.caller, id_)
    try:
        return await PROXY.send(call, pod, method="DELETE", path=f"/servers/{id_}")
    finally:
        # Also after a refusal: the clean-up looks at the pod, and finds that nothing is to do.
        call.services.operations.announce(operation)


def _as_asked(plan: BootPlan, answer: PodAnswer) -> PodAnswer:
    """Return the pod's answer with the security groups that the user named."""
    body = answer.json()
    if "security_groups" in body["server"]:
        names = plan.request.groups or ["default"]
        body["server"]["security_groups"] = [{"name": name} for name in names]
    return replace(answer, body=orjson.dumps(body))
