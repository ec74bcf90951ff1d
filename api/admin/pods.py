"""/pods: the regions that the gateway puts work into."""

from typing import Any

from api.admin.pages import listed
from api.http import Answer, Call, Routes
from models.admin.pods import FIELDS

routes = Routes()


@routes.route("POST", "/pods", admin=True)
async def create(call: Call) -> Answer:
    """Register a region: without ``az_name`` the gateway's own, with it a bottom pod."""
    row = await call.services.admin.pods.create(await call.json("pod"))
    pod = await _view(call, row)
    if row["az_name"]:
        await call.services.quotas.limits.converge_all(call.caller)
        pod |= await call.services.admin.services.looked_for(
            await call.services.pods.get(row["pod_id"])
        )
    return Answer(201, {"pod": pod})


@routes.route("GET", "/pods", admin=True)
async def list_(call: Call) -> Answer:
    """List the pods, the top region among them."""
    page = await call.services.admin.pods.list(call.params)
    page.rows[:] = [await _view(call, row) for row in page.rows]
    return listed(call, "pods", page)


@routes.route("GET", "/pods/{pod_id}", admin=True)
async def show(call: Call) -> Answer:
    """Show one pod."""
    row = await call.services.admin.pods.get(call.args["pod_id"])
    return Answer(body={"pod": await _view(call, row)})


@routes.route("PUT", "/pods/{pod_id}", admin=True)
@routes.route("PATCH", "/pods/{pod_id}", admin=True)
async def update(call: Call) -> Answer:
    """Change what is given: state, dc_name, pod_az_name, and az_name while nothing uses it."""
    body = await call.json("pod")
    row = await call.services.admin.pods.update(call.args["pod_id"], body)
    return Answer(body={"pod": await _view(call, row)})


@routes.route("DELETE", "/pods/{pod_id}", admin=True)
async def delete(call: Call) -> Answer:
    """Forget a pod that nothing uses, and its aggregate."""
    await call.services.admin.pods.delete(call.args["pod_id"])
    return Answer(204)


async def _view(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    """Return a pod as operators see it; the top region's services are the gateway's own.

    ``gates``: which of them are asked, as this process knows.
    """
    pod = {field: row[field] for field in FIELDS}
    if not row["az_name"]:
        return pod
    told = await call.services.admin.services.of(row["pod_name"])
    return pod | told | {"gates": call.services.regions.gates(row["pod_name"])}
