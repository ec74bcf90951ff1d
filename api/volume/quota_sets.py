"""/os-quota-sets of block storage: one limit for all pods."""

from collections.abc import Iterable
from typing import Any

from api.http import Answer, Call, Routes
from api.quotas import asker, limit_of, limits_of, own_project
from api.volume.proxy import PROXY
from models.compute import checks
from models.errors import BadRequest
from models.quotas.figures import Figures
from models.volume import bodies

routes = Routes()
_SETS = "/os-quota-sets/{id}"
_NO_QUOTA = ("tenant_id", "id")


@routes.route("GET", _SETS)
async def show(call: Call) -> Answer:
    """Show the limits of a project; with ``usage``, also what is used."""
    id_ = own_project(call, call.args["id"], "volume_extension:quotas:show")
    usage = checks.boolean(call.param("usage") or "false", "usage")
    figures = await _figures(call, id_)
    shown: dict[str, Any] = figures if usage else limits_of(figures)
    return Answer(200, {"quota_set": shown | {"id": id_}})


@routes.route("GET", f"{_SETS}/defaults")
async def defaults(call: Call) -> Answer:
    """Show the limits that hold where none are set."""
    id_ = own_project(call, call.args["id"], "volume_extension:quotas:show")
    limits = await call.services.quotas.defaults(await asker(call, PROXY, "volume"), id_)
    limits = await of_types(call) | limits
    return Answer(200, {"quota_set": limits | {"id": id_}})


@routes.route("PUT", _SETS, admin=True)
async def update(call: Call) -> Answer:
    """Set limits, here and in every pod."""
    id_, quotas = call.args["id"], call.services.quotas
    given = (await call.json("", bodies.QUOTA_SET))["quota_set"]
    figures = await _figures(call, id_)
    limits = limits_in(given, figures, "quota set")
    for name, limit in limits.items():
        used = figures[name]["in_use"] + figures[name]["reserved"]
        if name != "per_volume_gigabytes" and 0 <= limit < used:
            raise BadRequest(
                f"Quota {name} limit must be equal or greater than existing resources. "
                f"Current usage is {used} and the requested limit is {limit}."
            )
    await quotas.limits.set_project(call.caller, "volume", id_, "", limits)
    return Answer(200, {"quota_set": limits_of(await _figures(call, id_))})


@routes.route("DELETE", _SETS, admin=True)
async def delete(call: Call) -> Answer:
    """Go back to the defaults."""
    await call.services.quotas.limits.delete(call.caller, "volume", call.args["id"], "")
    return Answer(200)


async def _figures(call: Call, project_id: str) -> Figures:
    figures = await call.services.quotas.project(await asker(call, PROXY, "volume"), project_id)
    await call.services.type_limits.complete(figures)
    return figures


async def of_types(call: Call) -> dict[str, int]:
    """Return the limits that types have where none are set."""
    figures: Figures = {}
    await call.services.type_limits.complete(figures)
    return limits_of(figures)


def limits_in(given: dict[str, Any], known: Iterable[str], what: str) -> dict[str, int]:
    """Return the limits given, checked; ``BadRequest`` for what is not known."""
    bad = [name for name in given if name not in known and name not in _NO_QUOTA]
    if bad:
        raise BadRequest(f"Invalid input received: Bad key(s) in {what}: {', '.join(bad)}")
    return {name: limit_of(name, value) for name, value in given.items() if name not in _NO_QUOTA}
