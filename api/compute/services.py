"""/os-services: Nova's processes in all pods; a change goes to the pod whose process it is."""

from typing import Any
from urllib.parse import urlencode

import orjson

from activities.pods.region import PodAnswer
from api.compute.proxy import PROXY
from api.compute.reports import ask
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute import bodies
from models.errors import Conflict, NotFound, PodUnavailable
from models.failures import lacking
from models.values import Pod

routes = Routes()
_PATH = "/os-services"
_UUIDS = (2, 53)


@routes.route("GET", _PATH, admin=True)
async def list_(call: Call) -> Answer:
    """List them."""
    found, call.missing = await _listed(call, f"{_PATH}?{call.query}")
    rows = []
    for pod, row in found:
        await _map(call, pod, row)
        rows.append(row)
    return Answer(200, {"services": rows})


@routes.route("PUT", f"{_PATH}/{{id}}", admin=True)
async def update(call: Call) -> Answer:
    """Enable, disable, force down: by id, or (older versions) by host and binary."""
    body = await call.json("", bodies.service(COMPUTE.of(call)))
    if COMPUTE.of(call) >= _UUIDS:
        pod, _ = await _by_uuid(call, "could not be found.")
    else:
        pod = await _by_host(call, body)
    answer = await PROXY.send(call, pod, orjson.dumps(body))
    if answer.status < 300:
        document = answer.json()
        await _map(call, pod, document["service"])
        answer.body = orjson.dumps(document)
    return await PROXY.answer(call, answer)


@routes.route("DELETE", f"{_PATH}/{{id}}", admin=True)
async def delete(call: Call) -> Answer:
    """Forget a process that is no more; its host leaves the aggregates."""
    id_ = call.args["id"]
    host = ""
    if COMPUTE.of(call) >= _UUIDS:
        pod, row = await _by_uuid(call, "not found.")
        path = f"{_PATH}/{id_}"
        host = str(row["host"]) if row.get("binary") == "nova-compute" else ""
    else:
        known = await call.services.compute.pod_numbers.find(id_)
        if known is None:
            raise NotFound(f"Service {id_} not found.")
        pod, number = known
        path = f"{_PATH}/{number}"
        for where, row in (await _listed(call, _PATH))[0]:
            if where == pod and row.get("id") == number and row["binary"] == "nova-compute":
                host = str(row["host"])
    answer = await PROXY.send(call, pod, path=path)
    if answer.status < 300 and host:
        await call.services.compute.aggregates.forget_host(pod, host)
    return await PROXY.answer(call, answer)


async def _listed(
    call: Call, path: str
) -> tuple[list[tuple[Pod, dict[str, Any]]], list[PodUnavailable]]:
    answers, missing = await ask(call, path)
    found = []
    for answer in answers:
        if answer.status >= 400:
            raise answer.refusal("services")
        found += [(answer.pod, row) for row in answer.json()["services"]]
    return found, missing


async def _by_uuid(call: Call, words: str) -> tuple[Pod, dict[str, Any]]:
    id_ = call.args["id"]
    found, missing = await _listed(call, _PATH)
    for pod, row in found:
        if row.get("id") == id_:
            return pod, row
    if missing:
        raise lacking(missing, "no other pod knows this object")
    raise NotFound(f"Service {id_} {words}")


async def _by_host(call: Call, body: dict[str, Any]) -> Pod:
    """Return the pod with the process; what no pod has, the first one refuses."""
    query = {name: str(body.get(name) or "") for name in ("host", "binary")}
    answers, missing = await ask(call, f"{_PATH}?{urlencode(query)}")
    having = [answer.pod for answer in answers if _has(answer)]
    if len(having) > 1 and all(query.values()):
        names = ", ".join(pod.pod_name for pod in having)
        raise Conflict(
            f"Several pods have {query['binary']} on a host {query['host']}: {names}. From 2.53 "
            "on it can be named by its id."
        )
    if having:
        return having[0]
    if missing:
        raise lacking(missing, "no other pod has this service")
    return answers[0].pod


def _has(answer: PodAnswer) -> bool:
    return answer.status < 300 and bool(answer.json()["services"])


async def _map(call: Call, pod: Pod, row: dict[str, Any]) -> None:
    if isinstance(row.get("id"), int):
        row["id"] = await call.services.compute.pod_numbers.shown(pod, row["id"])
    if row.get("zone") not in (None, "internal"):
        row["zone"] = await call.services.compute.inner_zones.shown(pod, row["zone"])
