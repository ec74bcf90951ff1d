"""/v2.0/quotas: limits of projects, kept at the gateway."""

from api.http import Answer, Call, Routes
from models.errors import Forbidden

routes = Routes()


@routes.route("GET", "/quotas", admin=True)
async def quotas(call: Call) -> Answer:
    """List the projects for which limits were set."""
    return Answer(200, {"quotas": await call.services.network.quotas.all()})


@routes.route("GET", "/quotas/tenant")
async def tenant(call: Call) -> Answer:
    """Tell the caller which project it asks about when it names none."""
    return Answer(200, {"tenant": {"tenant_id": call.caller.project_id}})


@routes.route("GET", "/quotas/project")
async def project(call: Call) -> Answer:
    """Tell the same under the newer name."""
    return Answer(200, {"project": {"project_id": call.caller.project_id}})


@routes.route("GET", "/quotas/{project_id}")
async def quota(call: Call) -> Answer:
    """Show the limits of a project."""
    _permit(call)
    return Answer(200, {"quota": await call.services.network.quotas.limits(_project(call))})


@routes.route("GET", "/quotas/{project_id}/default")
async def default(call: Call) -> Answer:
    """Show the limits of a project for which none were set."""
    _permit(call)
    return Answer(200, {"quota": call.services.network.quotas.defaults()})


@routes.route("GET", "/quotas/{project_id}/details")
async def details(call: Call) -> Answer:
    """Show the limits of a project beside what it uses."""
    _permit(call)
    return Answer(200, {"quota": await call.services.network.quotas.details(_project(call))})


@routes.route("PUT", "/quotas/{project_id}", admin=True)
async def update(call: Call) -> Answer:
    """Set limits of a project."""
    given = await call.json("quota")
    limits = await call.services.network.quotas.update(call.caller, _project(call), given)
    return Answer(200, {"quota": limits})


@routes.route("DELETE", "/quotas/{project_id}", admin=True)
async def delete(call: Call) -> Answer:
    """Go back to the defaults."""
    await call.services.network.quotas.delete(call.caller, _project(call))
    return Answer(204)


def _project(call: Call) -> str:
    return call.args["project_id"]


def _permit(call: Call) -> None:
    if not call.caller.admin and _project(call) != call.caller.project_id:
        raise Forbidden("rule:get_quota is disallowed by policy")
