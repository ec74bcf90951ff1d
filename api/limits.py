"""/limits: those of all pods are one user's limits, so they are added up."""

from typing import Any

from api.http import Answer, Call, Routes
from api.proxy import Proxy
from models.errors import PodFault, PodUnavailable

# These limit one object, not how many there are: what every pod allows is allowed.
_EACH = {
    "maxServerMeta",
    "maxImageMeta",
    "maxPersonality",
    "maxPersonalitySize",
    "maxSecurityGroupRules",
    "maxServerGroupMembers",
    "maxTotalKeypairs",
}


def limits(proxy: Proxy, service: str) -> Routes:
    """Return the route of the limits of one API."""
    routes = Routes()

    @routes.route("GET", "/limits")
    async def show(call: Call) -> Answer:
        query = f"?{call.query}" if call.query else ""
        path = proxy.pod_path(call, f"/limits{query}")
        answers, missing = await call.services.fanout.ask(service, path, await proxy.headers(call))
        if missing or not answers:
            raise PodUnavailable(", ".join(missing) or "(any)", "its share of the sum is unknown")
        total: dict[str, Any] = {}
        for answer in answers:
            if answer.status >= 400:
                raise PodFault(answer.pod.pod_name, answer.status, answer.body, "limits")
            for key, value in answer.json()["limits"]["absolute"].items():
                total[key] = _sum(key, total[key], value) if key in total else value
        return Answer(200, {"limits": {"rate": [], "absolute": total}})

    return routes


def _sum(key: str, one: int, other: int) -> int:
    if -1 in (one, other):
        # Without limit in one pod is without limit; of each object the tighter limit holds.
        return max(one, other) if key in _EACH else -1
    return min(one, other) if key in _EACH else one + other
