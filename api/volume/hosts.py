"""/os-hosts: those of all pods; and which pods have a host, as their services tell."""

from collections.abc import Callable
from typing import Any

from api.http import Call
from api.volume.proxy import PROXY
from models.errors import PodUnavailable
from models.failures import lacking
from models.resources.volume import HOSTS
from models.values import Pod

routes = PROXY.routes([HOSTS])
Service = dict[str, Any]


async def pods_with(
    call: Call, wanted: Callable[[Service], bool], what: str
) -> tuple[list[Pod], list[PodUnavailable]]:
    """Return the pods that have such a service, and why others do not answer.

    ``PodUnavailable`` when nobody who answers has one: a silent pod may.
    """
    path = PROXY.pod_path(call, "/os-services")
    answers, missing = await call.services.fanout.ask("volume", path, await PROXY.headers(call))
    pods = []
    for answer in answers:
        if answer.status >= 400:
            raise answer.refusal("list services")
        if any(wanted(service) for service in answer.json()["services"]):
            pods.append(answer.pod)
    if missing and not pods:
        raise lacking(missing, f"no other pod has {what}")
    return pods, missing
