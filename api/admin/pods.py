"""/pods: the regions that the gateway puts work into."""

from typing import Any

from api.admin.pages import listed
from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("POST", "/pods", admin=True)
async def create(call: Call) -> Answer:
    """Register a region: without ``az_name`` the gateway's own, with it a bottom pod."""
    row = await call.services.admin.pods.create(await call.json("pod"))
    if row["az_name"]:
        await call.services.quotas.limits.converge_all(call.caller)
    return Answer(201, _view(row))


@routes.route("GET", "/pods", admin=True)
async def list_(call: Call) -> Answer:
    """List the pods, the top region among them."""
    page = await call.services.admin.pods.list(call.params)
    page.rows[:] = [_view(row)["pod"] | _gates(call, row) for row in page.rows]
    return listed(call, "pods", page)


@routes.route("GET", "/pods/{pod_id}", admin=True)
async def show(call: Call) -> Answer:
    """Show one pod."""
    row = await call.services.admin.pods.get(call.args["pod_id"])
    return Answer(body={"pod": _view(row)["pod"] | _gates(call, row)})


@routes.route("PUT", "/pods/{pod_id}", admin=True)
@routes.route("PATCH", "/pods/{pod_id}", admin=True)
async def update(call: Call) -> Answer:
    """Change what is given: state, dc_name, pod_az_name, and az_name while nothing uses it."""
    body = await call.json("pod")
    return Answer(body=_view(await call.services.admin.pods.update(call.args["pod_id"], body)))


@routes.route("DELETE", "/pods/{pod_id}", admin=True)
async def delete(call: Call) -> Answer:
    """Forget a pod that nothing uses, and its aggregate."""
    await call.services.admin.pods.delete(call.args["pod_id"])
    return Answer(204)


def _view(row: dict[str, object]) -> dict[str, dict[str, object]]:
    fields = ("pod_id", "pod_name", "pod_az_name", "dc_name", "az_name", "state")
    return {"pod": {field: row[field] for field in fields}}


def _gates(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    """Return which services of a pod are asked, as this process knows; none of the top region."""
    if not row["az_name"]:
        return {}
    return {"gates": call.services.regions.gates(row["pod_name"])}
