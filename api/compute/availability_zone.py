"""/os-availability-zone: the zones of the pods, and those inside them, with live state."""

from typing import Any

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from models.values import PodState

routes = Routes()
_PATH = "/os-availability-zone"


@routes.route("GET", _PATH)
async def list_(call: Call) -> Answer:
    """List the zones."""
    return Answer(200, {"availabilityZoneInfo": await _zones(call)})


@routes.route("GET", f"{_PATH}/detail", admin=True)
async def detail(call: Call) -> Answer:
    """The hosts in their zones; the services that serve no zone in ``internal``."""
    headers = await PROXY.headers(call)
    path = f"{_PATH}/detail"
    answers, call.missing = await call.services.fanout.ask("compute", path, headers)
    hosts: dict[str, dict[str, Any]] = {"internal": {}}
    for answer in answers:
        if answer.status >= 400:
            raise answer.refusal("zones")
        for info in answer.json()["availabilityZoneInfo"]:
            name = info["zoneName"]
            if name != "internal":
                name = await call.services.compute.inner_zones.shown(answer.pod, name)
            hosts.setdefault(name, {}).update(info.get("hosts") or {})
    internal = {"zoneName": "internal", "zoneState": {"available": True}}
    zones: list[dict[str, Any]] = [internal | {"hosts": hosts["internal"]}]
    for zone in await _zones(call):
        zones.append(zone | {"hosts": hosts.get(zone["zoneName"], {})})
    return Answer(200, {"availabilityZoneInfo": zones})


async def _zones(call: Call) -> list[dict[str, Any]]:
    pods = await call.services.zones.pods()
    takes = {pod.pod_id for pod, answers in pods if answers and pod.state == PodState.ACTIVE}
    inner = [
        (zone, any(pod.pod_id in takes for pod in having))
        for zone, having in (await call.services.compute.inner_zones.all()).items()
    ]
    return [
        {"zoneName": name, "zoneState": {"available": available}, "hosts": None}
        for name, available in [*await call.services.zones.states("compute"), *inner]
    ]
