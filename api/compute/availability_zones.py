"""/os-availability-zone: the zones of the pods, with live state."""

from typing import Any

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.proxy import missing_pods
from models.errors import PodFault

routes = Routes()
_PATH = "/os-availability-zone"


@routes.route("GET", _PATH)
async def list_(call: Call) -> Answer:
    """List the zones."""
    return Answer(200, {"availabilityZoneInfo": await _zones(call)})


@routes.route("GET", f"{_PATH}/detail", admin=True)
async def detail(call: Call) -> Answer:
    """The hosts of each pod in the pod's zone; the services that serve no zone in ``internal``."""
    headers = await PROXY.headers(call)
    answers, missing = await call.services.fanout.ask("compute", f"{_PATH}/detail", headers)
    hosts: dict[str, dict[str, Any]] = {"internal": {}}
    for answer in answers:
        if answer.status >= 400:
            raise PodFault(answer.pod.pod_name, answer.status, answer.body, "zones")
        for info in answer.json()["availabilityZoneInfo"]:
            inside = info["zoneName"] == "internal"
            name = "internal" if inside else answer.pod.az_name
            hosts.setdefault(name, {}).update(info.get("hosts") or {})
    internal = {"zoneName": "internal", "zoneState": {"available": True}}
    zones: list[dict[str, Any]] = [internal | {"hosts": hosts["internal"]}]
    for zone in await _zones(call):
        zones.append(zone | {"hosts": hosts.get(zone["zoneName"], {})})
    return Answer(200, {"availabilityZoneInfo": zones}, missing_pods(missing))


async def _zones(call: Call) -> list[dict[str, Any]]:
    return [
        {"zoneName": name, "zoneState": {"available": available}, "hosts": None}
        for name, available in await call.services.zones.states()
    ]
