"""/v2.0/auto-allocated-topology: made by asking for it."""

from api.http import Answer, Call, Routes
from models.errors import BadRequest, Forbidden, NotFound

routes = Routes()
_PATH = "/auto-allocated-topology/{project_id}"


@routes.route("GET", _PATH)
async def show(call: Call) -> Answer:
    """Return the project's topology, made if need be; ``?fields=dry-run`` only checks."""
    project_id = _project(call)
    fields = [value for key, value in call.params if key == "fields"]
    topologies = call.services.network.auto_allocated_topologies
    if "dry-run" in fields:
        return Answer(200, {"auto_allocated_topology": await topologies.check(project_id)})
    if set(fields) - {"id", "tenant_id", "project_id"}:
        raise BadRequest("Bad auto_allocate request: Unrecognized field.", "BadRequest")
    caller = call.caller
    if not caller.project_id or not (caller.admin or "member" in caller.roles):
        raise Forbidden("rule:get_auto_allocated_topology is disallowed by policy")
    made = await topologies.get(call.caller, project_id)
    return Answer(200, {"auto_allocated_topology": made})


@routes.route("DELETE", _PATH)
async def delete(call: Call) -> Answer:
    """Delete the project's topology."""
    await call.services.network.auto_allocated_topologies.delete(call.caller, _project(call))
    return Answer(204)


def _project(call: Call) -> str:
    project_id = call.args["project_id"]
    if project_id == "None":
        return call.caller.project_id
    if project_id != call.caller.project_id and not call.caller.admin:
        raise NotFound("The resource could not be found.", "HTTPNotFound")
    return project_id
