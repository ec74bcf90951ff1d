"""/jobs: accepted work, what became of it, and another try."""

from api.admin.pages import listed
from api.http import Answer, Call, Routes

ROUTES = Routes()


@ROUTES.route("GET", "/jobs", admin=True)
async def list_(call: Call) -> Answer:
    """List the jobs, newest first."""
    return listed(call, "jobs", await call.services.admin.jobs.list(call.params))


@ROUTES.route("GET", "/jobs/{id}", admin=True)
async def show(call: Call) -> Answer:
    """Show one job, with its error and its place in the Temporal Web UI."""
    return Answer(body={"job": await call.services.admin.jobs.get(call.args["id"])})


@ROUTES.route("POST", "/jobs/{id}/redo", admin=True)
async def redo(call: Call) -> Answer:
    """Accept a finished job again."""
    return Answer(202, {"job": await call.services.admin.jobs.redo(call.args["id"])})


@ROUTES.route("POST", "/jobs/{id}/cancel", admin=True)
async def cancel(call: Call) -> Answer:
    """Stop a job that is not finished."""
    return Answer(202, {"job": await call.services.admin.jobs.cancel(call.args["id"])})
