"""/v2.0/availability_zones: those of the pods, for networks and for routers."""

from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/availability_zones")
async def availability_zones(call: Call) -> Answer:
    """List each zone twice, as Neutron does; one is unavailable where no pod takes new objects."""
    zones = [
        {"name": name, "resource": resource, "state": "available" if takes else "unavailable"}
        for name, takes in await call.services.zones.states("network")
        for resource in ("network", "router")
    ]
    return Answer(200, {"availability_zones": zones})
