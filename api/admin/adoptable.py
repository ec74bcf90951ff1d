"""/adoptable: what is in pods and has no routing; POST it to /routings to adopt it."""

from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/adoptable", admin=True)
async def list_(call: Call) -> Answer:
    """List servers, volumes and snapshots that the gateway does not know."""
    return Answer(body={"adoptable": await call.services.admin.adoption.adoptable(call.params)})
