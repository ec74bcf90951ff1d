"""/workers/cleanup: what services left undone is done, in the pods that it may be in."""

from typing import Any

import orjson

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.volume.proxy import PROXY
from models.errors import BadRequest, NotFound, PodUnavailable
from models.failures import lacking
from models.values import Pod

routes = Routes()
_SINCE = (3, 24)
_RESOURCES = ("volume", "snapshot")


@routes.route("POST", "/workers/cleanup", admin=True)
async def cleanup(call: Call) -> Answer:
    """Have services clean up; those of all pods, unless a resource says of which one."""
    if VOLUME.of(call) < _SINCE:
        raise NotFound("The resource could not be found.", "HTTPNotFound")
    body = await call.json()
    pods = await _pods(call, body)
    if body.get("service_id") is not None and len(pods) > 1:
        raise BadRequest("Services of several pods have this id: name the host instead.")
    found: dict[str, list[Any]] = {"cleaning": [], "unavailable": []}
    silent: list[PodUnavailable] = []
    for pod in pods:
        try:
            answer = await PROXY.send(call, pod, orjson.dumps(body))
        except PodUnavailable as error:
            silent.append(error)
            continue
        if answer.status >= 400:
            raise answer.refusal("clean up")
        for key, services in found.items():
            services += answer.json()[key]
    if silent:
        raise lacking(silent, "its services were not told to clean up")
    return Answer(202, found)


async def _pods(call: Call, body: dict[str, Any]) -> list[Pod]:
    id_ = body.get("resource_id")
    if isinstance(id_, str):
        for type_ in _RESOURCES:
            for _, pod in await call.services.volume.objects.homes_of(call.caller, type_, id_):
                return [pod]
    return await call.services.pods.serving("volume")
