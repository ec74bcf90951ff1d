"""/jobs: accepted work, what became of it, and another try."""

from api.admin.pages import listed
from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/jobs", admin=True)
async def list_(call: Call) -> Answer:
    """List the jobs, newest first."""
    return listed(call, "jobs", await call.services.admin.jobs.list(call.params))


@routes.route("GET", "/jobs/{id}", admin=True)
async def show(call: Call) -> Answer:
    """Show one job, with its error and its place in the Temporal Web UI."""
    return Answer(body={"job": await call.services.admin.jobs.get(call.args["id"])})


@routes.route("POST", "/jobs/{id}/redo", admin=True)
async def redo(call: Call) -> Answer:
    """Accept a finished job again."""
    return Answer(202, {"job": await call.services.admin.jobs.redo(call.args["id"])})


@routes.route("POST", "/jobs/{id}/cancel", admin=True)
async def cancel(call: Call) -> Answer:
    """Stop a job that is not finished."""
    return Answer(202, {"job": await call.services.admin.jobs.cancel(call.args["id"])})
