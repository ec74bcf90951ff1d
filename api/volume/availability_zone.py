"""/os-availability-zone of the block storage API."""

from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/os-availability-zone")
async def list_(call: Call) -> Answer:
    """List the zones."""
    zones = await call.services.zones.states("volume")
    infos = [{"zoneName": name, "zoneState": {"available": state}} for name, state in zones]
    return Answer(200, {"availabilityZoneInfo": infos})
