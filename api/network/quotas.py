"""/v2.0/quotas: nothing is limited at the gateway yet; how much is used is counted."""

from typing import Any

from activities.network.usage import used
from api.http import Answer, Call, Routes
from models.errors import BadRequest, Forbidden
from models.resources.network import NETWORK

_UNLIMITED = -1

routes = Routes()


@routes.route("GET", "/quotas/tenant")
async def tenant(call: Call) -> Answer:
    """Tell the caller which project it asks about when it names none."""
    return Answer(200, {"tenant": {"tenant_id": call.caller.project_id}})


@routes.route("GET", "/quotas/{project_id}")
async def quota(call: Call) -> Answer:
    """Show the limits of a project."""
    _permit(call)
    return Answer(200, {"quota": _limits()})


@routes.route("GET", "/quotas/{project_id}/default")
async def default(call: Call) -> Answer:
    """Show the limits of a project for which none were set."""
    _permit(call)
    return Answer(200, {"quota": _limits()})


@routes.route("GET", "/quotas/{project_id}/details")
async def details(call: Call) -> Answer:
    """Show the limits of a project beside what it uses."""
    _permit(call)
    counts = await used(call.services.store, call.args["project_id"])
    shown = {
        name: {"limit": _UNLIMITED, "used": count, "reserved": 0} for name, count in counts.items()
    }
    return Answer(200, {"quota": shown})


@routes.route("PUT", "/quotas/{project_id}", admin=True)
async def set_quota(call: Call) -> Answer:
    """Refuse to set a limit that nobody would keep."""
    raise BadRequest(
        "Network quotas cannot be set at the gateway: it limits no project.", "InvalidInput"
    )


def _permit(call: Call) -> None:
    if not call.caller.admin and call.args["project_id"] != call.caller.project_id:
        raise Forbidden("rule:get_quota is disallowed by policy")


def _limits() -> dict[str, Any]:
    return {kind.member: _UNLIMITED for kind in NETWORK}
