"""/audit: routings of objects that their pods do not have; it only looks."""

from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/audit", admin=True)
async def show(call: Call) -> Answer:
    """List the routings that lead nowhere."""
    lost = await call.services.admin.adoption.lost(call.params)
    return Answer(body={"audit": {"routings_without_object": lost}})
