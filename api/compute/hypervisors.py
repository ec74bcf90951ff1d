"""/os-hypervisors: those of all pods; integer ids of older versions say which pod is meant."""

from typing import Any
from urllib.parse import quote

import orjson

from activities.pods.questions import Question
from activities.pods.region import PodAnswer
from api.compute.proxy import PROXY
from api.compute.reports import ask, known, page, sum_of
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.errors import BadRequest, NotFound, PodUnavailable
from models.resources.compute import HYPERVISORS
from models.values import Pod

routes = Routes()
_PATH = "/os-hypervisors"
_PATTERN = "hypervisor_hostname_pattern"
_PAGED, _UUIDS, _NO_STATISTICS = (2, 33), (2, 53), (2, 88)
_GONE = "The resource could not be found."


@routes.route("GET", _PATH, admin=True)
async def list_(call: Call) -> Answer:
    """List them in short."""
    return await _list(call, _PATH)


@routes.route("GET", f"{_PATH}/detail", admin=True)
async def detail(call: Call) -> Answer:
    """List them in full."""
    return await _list(call, f"{_PATH}/detail")


@routes.route("GET", f"{_PATH}/statistics", admin=True)
async def statistics(call: Call) -> Answer:
    """Add up what they have and use."""
    if COMPUTE.of(call) >= _NO_STATISTICS:
        raise NotFound(_GONE, "HTTPNotFound")
    total: dict[str, int] = {}
    for answer in await sum_of(call, f"{_PATH}/statistics"):
        for name, value in answer.json()["hypervisor_statistics"].items():
            total[name] = total.get(name, 0) + (value or 0)
    return Answer(200, {"hypervisor_statistics": total})


@routes.route("GET", f"{_PATH}/{{id}}", admin=True)
async def show(call: Call) -> Answer:
    """Show one."""
    return await _one(call, "")


@routes.route("GET", f"{_PATH}/{{id}}/uptime", admin=True)
async def uptime(call: Call) -> Answer:
    """Tell how long its host is up."""
    return await _one(call, "/uptime")


@routes.route("GET", f"{_PATH}/{{id}}/search", admin=True)
async def search(call: Call) -> Answer:
    """Find them by a part of the name."""
    return await _matching(call, "search")


@routes.route("GET", f"{_PATH}/{{id}}/servers", admin=True)
async def servers(call: Call) -> Answer:
    """Find them by a part of the name, with their servers."""
    return await _matching(call, "servers")


async def _list(call: Call, path: str) -> Answer:
    version = COMPUTE.of(call)
    if version >= _UUIDS and call.param(_PATTERN):
        if call.param("limit") or call.param("marker"):
            raise BadRequest(
                f"Paging over hypervisors with the {_PATTERN} query parameter is not supported."
            )
        return await _merged(call, *await ask(call, f"{path}?{call.query}"))
    kept = [pair for pair in call.params if pair[0] not in ("limit", "marker")]
    headers = await PROXY.headers(call)
    question = Question("compute", HYPERVISORS, path, kept, headers, call.caller)
    merged = await call.services.fanout.everything(question)
    for pod, row in merged.objects:
        await _map(call, pod, row)
    rows = [row for _, row in merged.objects]
    links: list[dict[str, str]] = []
    if version >= _PAGED:
        rows, links = page(call, rows)
    body = {"hypervisors": rows} | ({"hypervisors_links": links} if links else {})
    call.missing = merged.missing
    return Answer(200, body)


async def _one(call: Call, tail: str) -> Answer:
    id_ = call.args["id"]
    if COMPUTE.of(call) >= _UUIDS:
        query = f"?{call.query}" if call.query else ""
        answers, missing = await ask(call, f"{_PATH}/{quote(id_, safe='')}{tail}{query}")
        return await _answered(call, known(answers, missing)[0])
    found = await call.services.compute.pod_numbers.find(id_)
    if found is None:
        raise NotFound(f"Hypervisor with ID '{id_}' could not be found.")
    pod, number = found
    answer = await PROXY.send(call, pod, path=f"{_PATH}/{number}{tail}")
    if answer.status == 404:
        raise NotFound(f"Hypervisor with ID '{id_}' could not be found.")
    return await _answered(call, answer)


async def _matching(call: Call, what: str) -> Answer:
    if COMPUTE.of(call) >= _UUIDS:
        raise NotFound(_GONE, "HTTPNotFound")
    path = f"{_PATH}/{quote(call.args['id'], safe='')}/{what}"
    return await _merged(call, *await ask(call, path))


async def _merged(call: Call, answers: list[PodAnswer], missing: list[PodUnavailable]) -> Answer:
    rows = []
    for answer in known(answers, missing):
        for row in answer.json()["hypervisors"]:
            await _map(call, answer.pod, row)
            rows.append(row)
    call.missing = missing
    return Answer(200, {"hypervisors": rows})


async def _answered(call: Call, answer: PodAnswer) -> Answer:
    if answer.status < 300:
        body = answer.json()
        await _map(call, answer.pod, body["hypervisor"])
        answer.body = orjson.dumps(body)
    return await PROXY.answer(call, answer)


async def _map(call: Call, pod: Pod, row: dict[str, Any]) -> None:
    """Make integer ids unique over all pods."""
    for part in (row, row.get("service")):
        if isinstance(part, dict) and isinstance(part.get("id"), int):
            part["id"] = await call.services.compute.pod_numbers.shown(pod, part["id"])
