"""/routings: where the copies of the top's objects lie."""

from api.admin.pages import listed
from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/routings", admin=True)
async def list_(call: Call) -> Answer:
    """List the routings, newest first."""
    return listed(call, "routings", await call.services.admin.routings.list(call.params))


@routes.route("POST", "/routings", admin=True)
async def create(call: Call) -> Answer:
    """Adopt what is in a pod already: from now on its project has it."""
    row = await call.services.admin.adoption.adopt(await call.json("routing"))
    return Answer(201, {"routing": row})


@routes.route("GET", "/routings/{id}", admin=True)
async def show(call: Call) -> Answer:
    """Show one routing."""
    return Answer(body={"routing": await call.services.admin.routings.get(call.args["id"])})
