"""/os-services: enabled, disabled, frozen in the pod that has the host."""

from typing import Any

import orjson

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.volume.hosts import Service, pods_with
from api.volume.proxy import PROXY
from models.errors import BadRequest, NotFound, PodUnavailable
from models.failures import lacking
from models.resources.volume import SERVICES
from models.values import Pod
from models.volume import bodies

routes = Routes()
# Actions with the first version that has them.
_SERVICE = {"enable": (3, 0), "disable": (3, 0), "disable-log-reason": (3, 0)}
_BACKEND = {"freeze": (3, 0), "thaw": (3, 0), "failover_host": (3, 0), "failover": (3, 26)}
_ALL_HOSTS = {"get-log": (3, 32), "set-log": (3, 32)}
_ACTIONS = {**_SERVICE, **_BACKEND, **_ALL_HOSTS}


@routes.route("PUT", "/os-services/{action}", admin=True)
async def update(call: Call) -> Answer:
    """Do something to a service; its log levels, to the services of all pods."""
    action = call.args["action"]
    if action not in _ACTIONS or VOLUME.of(call) < _ACTIONS[action]:
        raise BadRequest("Invalid input received: Unknown action")
    body = await call.json("", bodies.SERVICES.get(action))
    if action in _ALL_HOSTS:
        return await _everywhere(call, body)
    return await PROXY.relay(call, await _home(call, body), orjson.dumps(body))


routes.include(PROXY.routes([SERVICES]))


async def _home(call: Call, body: dict[str, Any]) -> Pod:
    """Return the pod whose service the body names."""
    host = body.get("host") or body.get("cluster")
    if not isinstance(host, str):
        raise BadRequest("Missing required element 'host' in request body.")
    pods, _ = await pods_with(call, lambda service: host in _names(service), f"a host {host}")
    if len(pods) > 1:
        names = ", ".join(pod.pod_name for pod in pods)
        raise BadRequest(f"Several pods have a host {host}: {names}. Ask the pod itself.")
    if pods:
        return pods[0]
    if call.args["action"] in _BACKEND:
        named = "host" if body.get("host") else "cluster"
        raise BadRequest(f"No service found with {named}={host}")
    binary = body.get("binary") or body.get("service") or ""
    raise NotFound(f"Service {binary} could not be found on host {host}.")


def _names(service: Service) -> tuple[str, ...]:
    host = service["host"]
    return host, host.partition("@")[0], service.get("cluster") or host


async def _everywhere(call: Call, body: dict[str, Any]) -> Answer:
    levels: list[Any] = []
    status, missing = 202, list[PodUnavailable]()
    for pod in await call.services.pods.serving("volume"):
        try:
            answer = await PROXY.send(call, pod, orjson.dumps(body))
        except PodUnavailable as error:
            missing.append(error)
            continue
        if answer.status >= 400:
            raise answer.refusal("log levels")
        status = answer.status
        if status == 200:
            levels += answer.json()["log_levels"]
    if missing:
        raise lacking(missing, "its services were not asked")
    return Answer(status, {"log_levels": levels} if status == 200 else None)
