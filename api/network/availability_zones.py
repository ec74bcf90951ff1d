"""/v2.0/availability_zones: those of the pods, for networks and for routers."""

from api.http import Answer, Call, Routes
from models.values import PodState

routes = Routes()


@routes.route("GET", "/availability_zones")
async def availability_zones(call: Call) -> Answer:
    """List each zone twice, as Neutron does; one without an active pod is unavailable."""
    states: dict[str, str] = {}
    for pod in await call.services.pods.all():
        if pod.state == PodState.ACTIVE or pod.az_name not in states:
            states[pod.az_name] = "available" if pod.state == PodState.ACTIVE else "unavailable"
    zones = [
        {"name": name, "resource": resource, "state": state}
        for name, state in states.items()
        for resource in ("network", "router")
    ]
    return Answer(200, {"availability_zones": zones})
