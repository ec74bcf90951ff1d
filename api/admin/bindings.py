"""/bindings: which pods a tenant's new objects prefer."""

from api.admin.pages import listed
from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("POST", "/bindings", admin=True)
async def create(call: Call) -> Answer:
    """Bind a project to a pod."""
    row = await call.services.admin.bindings.create(await call.json("pod_binding"))
    return Answer(201, {"pod_binding": row})


@routes.route("GET", "/bindings", admin=True)
async def list_(call: Call) -> Answer:
    """List the bindings."""
    return listed(call, "pod_bindings", await call.services.admin.bindings.list(call.params))


@routes.route("GET", "/bindings/{id}", admin=True)
async def show(call: Call) -> Answer:
    """Show one binding."""
    return Answer(body={"pod_binding": await call.services.admin.bindings.get(call.args["id"])})


@routes.route("DELETE", "/bindings/{id}", admin=True)
async def delete(call: Call) -> Answer:
    """Remove the preference; objects stay where they are."""
    await call.services.admin.bindings.delete(call.args["id"])
    return Answer(204)
