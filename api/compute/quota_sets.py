"""/os-quota-sets: one limit over all pods."""

from typing import Any

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from api.quotas import asker, limit_of, limits_of, own_project, picked
from models.compute import bodies, checks
from models.errors import BadRequest
from models.quotas.figures import Figures

routes = Routes()
_SETS = "/os-quota-sets/{id}"
OF_NETWORKS = ("fixed_ips", "floating_ips", "security_group_rules", "security_groups")
OF_FILES = ("injected_files", "injected_file_content_bytes", "injected_file_path_bytes")
_USER = 64
OF_GROUPS = ("server_groups", "server_group_members")
_ALWAYS = ("instances", "cores", "ram", "metadata_items", "key_pairs")
RESOURCES = (*_ALWAYS, *OF_NETWORKS, *OF_FILES, *OF_GROUPS)


@routes.route("GET", _SETS)
async def show(call: Call) -> Answer:
    """Show the limits of a project, or of a user in it."""
    return await _show(call, detail=False)


@routes.route("GET", f"{_SETS}/detail")
async def detail(call: Call) -> Answer:
    """Show the limits and what is used."""
    return await _show(call, detail=True)


@routes.route("GET", f"{_SETS}/defaults")
async def defaults(call: Call) -> Answer:
    """Show the limits that hold where none are set."""
    id_ = call.args["id"]
    await call.services.quotas.check_project(call.caller, id_)
    limits = await call.services.quotas.defaults(await asker(call, PROXY, "compute"), id_)
    return Answer(200, {"quota_set": {"id": id_} | picked(limits, _names(call))})


@routes.route("PUT", _SETS, admin=True)
async def update(call: Call) -> Answer:
    """Set limits, here and in every pod."""
    id_, user_id, quotas = call.args["id"], _user(call), call.services.quotas
    given = given_in(call, await call.json("", bodies.quota_set(COMPUTE.of(call))), "quota_set")
    await quotas.check_project(call.caller, id_)
    force = checks.boolean(given.pop("force", False), "force")
    limits = {name: limit_of(name, value) for name, value in given.items()}
    asking = await asker(call, PROXY, "compute")
    if limits and not force:
        figures = await quotas.project(asking, id_, user_id)
        whole = await quotas.project(asking, id_) if user_id else None
        for name, limit in limits.items():
            _check(name, limit, figures, whole)
    if limits:
        await quotas.limits.set_project(call.caller, "compute", id_, user_id, limits)
    figures = await quotas.project(asking, id_, user_id)
    return Answer(200, {"quota_set": picked(limits_of(figures), _names(call))})


@routes.route("DELETE", _SETS, admin=True)
async def delete(call: Call) -> Answer:
    """Go back to the defaults."""
    await call.services.quotas.limits.delete(call.caller, "compute", call.args["id"], _user(call))
    return Answer(202)


async def _show(call: Call, *, detail: bool) -> Answer:
    id_ = own_project(call, call.args["id"], "os_compute_api:os-quota-sets:show")
    quotas = call.services.quotas
    await quotas.check_project(call.caller, id_)
    figures = await quotas.project(await asker(call, PROXY, "compute"), id_, _user(call))
    shown: dict[str, Any] = figures if detail else limits_of(figures)
    return Answer(200, {"quota_set": {"id": id_} | picked(shown, _names(call))})


def _names(call: Call) -> tuple[str, ...]:
    version = COMPUTE.of(call)
    hidden: tuple[str, ...] = ()
    if version >= (2, 36):
        hidden += OF_NETWORKS
    if version >= (2, 57):
        hidden += OF_FILES
    return tuple(name for name in RESOURCES if name not in hidden)


def given_in(call: Call, body: dict[str, Any], key: str) -> dict[str, Any]:
    """Return what the body gives under the key; ``BadRequest`` for what is no more."""
    given = body[key]
    if "networks" in given and COMPUTE.of(call) < (2, 36):
        raise BadRequest("The networks quota has been removed")
    return dict(given)


def _check(name: str, limit: int, figures: Figures, whole: Figures | None) -> None:
    """Return if the limit is not below what is used, and a user's not above the project's."""
    figure = figures.get(name, {"limit": -1, "in_use": 0, "reserved": 0})
    used = figure["in_use"] + figure["reserved"]
    if 0 <= limit < used:
        raise BadRequest(
            f"Quota limit {limit} for {name} must be greater than or equal to already used and "
            f"reserved {used}."
        )
    most = whole.get(name, figure)["limit"] if whole else -1
    if most >= 0 and (limit < 0 or limit > most):
        raise BadRequest(f"Quota limit {limit} for {name} must be less than or equal to {most}.")


def _user(call: Call) -> str:
    if COMPUTE.of(call) >= (2, 75):
        checks.only(dict(call.params), ("user_id",), "query")
    user_id = call.param("user_id")
    if len(user_id) > _USER:
        raise BadRequest(f"Invalid input for query parameters user_id. Value: {user_id}.")
    return user_id
