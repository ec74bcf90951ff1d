"""/os-server-groups: the project's groups of servers that are to be together, or apart."""

from typing import Any

from api.compute.proxy import PROXY
from api.compute.reports import MAX_LIMIT, check_query
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from api.quotas import asker
from models.compute import bodies
from models.database.store import Row
from models.errors import BadRequest
from models.numbers import digits

routes = Routes()
_PATH = "/os-server-groups"
_OWNED, _ONE_POLICY, _STRICT = (2, 13), (2, 64), (2, 75)


@routes.route("GET", _PATH)
async def list_(call: Call) -> Answer:
    """List the project's groups; an admin may ask for everybody's."""
    if COMPUTE.of(call) >= _STRICT:
        check_query(call, ("all_projects", "limit", "offset"))
    everybody = call.caller.admin and any(name == "all_projects" for name, _ in call.params)
    rows = await call.services.compute.server_groups.listed(call.caller, everybody=everybody)
    offset, limit = _number(call, "offset", 0), _number(call, "limit", MAX_LIMIT)
    rows = rows[offset : offset + min(limit or MAX_LIMIT, MAX_LIMIT)]
    members, call.missing = await call.services.compute.server_group_copies.members(
        row.id for row in rows
    )
    shown = [_view(call, row, members.get(row.id, [])) for row in rows]
    return Answer(200, {"server_groups": shown})


@routes.route("POST", _PATH)
async def create(call: Call) -> Answer:
    """Make a group; pods hear of it when a server of it comes to them."""
    body = await call.json("server_group", bodies.server_group(COMPUTE.of(call)))
    asking = await asker(call, PROXY, "compute")
    limit = await call.services.quotas.own_limit(asking, call.caller, "server_groups")
    groups = call.services.compute.server_groups
    row = await groups.create(call.caller, body, COMPUTE.of(call), limit)
    return Answer(200, {"server_group": _view(call, row, [])})


@routes.route("GET", f"{_PATH}/{{id}}")
async def show(call: Call) -> Answer:
    """Show one group."""
    row = await call.services.compute.server_groups.get(call.caller, call.args["id"])
    copies = call.services.compute.server_group_copies
    members, call.missing = await copies.members([row["id"]])
    shown = _view(call, row, members.get(row["id"], []))
    return Answer(200, {"server_group": shown})


@routes.route("DELETE", f"{_PATH}/{{id}}")
async def delete(call: Call) -> Answer:
    """Delete a group; its servers stay."""
    await call.services.compute.server_groups.delete(call.caller, call.args["id"])
    return Answer(204)


def _view(call: Call, row: Row, members: list[str]) -> dict[str, Any]:
    version = COMPUTE.of(call)
    view: dict[str, Any] = {"id": row["id"], "name": row["name"], "members": members}
    if version >= _ONE_POLICY:
        view |= {"policy": row["policy"], "rules": row["rules"]}
    else:
        view |= {"policies": [row["policy"]], "metadata": {}}
    if version >= _OWNED:
        view |= {"project_id": row["project_id"], "user_id": row["user_id"]}
    return view


def _number(call: Call, name: str, default: int) -> int:
    text = call.param(name)
    if text and not text.isdecimal():
        raise BadRequest(
            f"Invalid input for query parameters {name}. Value: {text}. "
            f"'{text}' does not match '^[0-9]*$'"
        )
    return digits(text) if text else default
