"""/group_types, with group specs."""

from typing import Any

from activities.volume.group_type_copies import GroupTypeCopies
from api.http import Answer, Call, Routes
from api.links import next_page
from api.microversions import VOLUME
from api.volume.proxy import PROXY
from models.database.store import Judge, Row
from models.errors import BadRequest, NotFound
from models.volume import bodies
from models.volume.group_types import GroupTypes, no_spec, parsed

routes = Routes()
_SINCE = VOLUME.since((3, 11))


@routes.route("GET", "/group_types")
@_SINCE
async def list_(call: Call) -> Answer:
    """List the types the caller may use."""
    rows, full = await _types(call).page(call.caller, call.params)
    body: dict[str, Any] = {"group_types": [_view(call, row) for row in rows]}
    if full:
        body["group_type_links"] = next_page(call, rows[-1]["id"])
    return Answer(200, body)


@routes.route("POST", "/group_types", admin=True)
@_SINCE
async def create(call: Call) -> Answer:
    """Create a type; pods get it when it is first used in them."""
    row = await _types(call).create((await call.json("", bodies.GROUP_TYPE))["group_type"])
    return Answer(202, {"group_type": _view(call, row)})


@routes.route("GET", "/group_types/{id}")
@_SINCE
async def show(call: Call) -> Answer:
    """Show one type; ``default`` is the pods'."""
    if call.args["id"] != "default":
        return Answer(200, {"group_type": _view(call, await _row(call))})
    found = (await PROXY.first(call, "/group_types/default")).json()["group_type"]
    row = await _types(call).get(call.caller, found["name"])
    return Answer(200, {"group_type": _view(call, row)})


@routes.route("PUT", "/group_types/{id}", admin=True)
@_SINCE
async def update(call: Call) -> Answer:
    """Change name, description or visibility."""
    values = parsed((await call.json("", bodies.GROUP_TYPE_CHANGE))["group_type"])
    row = await _copies(call).change((await _row(call))["id"], lambda _: values)
    return Answer(200, {"group_type": _view(call, row)})


@routes.route("DELETE", "/group_types/{id}", admin=True)
@_SINCE
async def delete(call: Call) -> Answer:
    """Delete a type and its copies, unless a group is of it."""
    await _copies(call).delete(await _row(call))
    return Answer(202)


@routes.route("GET", "/group_types/{id}/group_specs", admin=True)
@_SINCE
async def specs(call: Call) -> Answer:
    """List the specs."""
    return Answer(200, {"group_specs": (await _row(call))["group_specs"]})


@routes.route("POST", "/group_types/{id}/group_specs", admin=True)
@_SINCE
async def set_specs(call: Call) -> Answer:
    """Add specs, or replace some."""
    given = (await call.json("", bodies.GROUP_SPECS))["group_specs"]
    await _copies(call).change((await _row(call))["id"], _with(given))
    return Answer(202, {"group_specs": given})


@routes.route("GET", "/group_types/{id}/group_specs/{key}", admin=True)
@_SINCE
async def spec(call: Call) -> Answer:
    """Show one spec."""
    row, key = await _row(call), call.args["key"]
    if key not in row["group_specs"]:
        raise no_spec(row, key)
    return Answer(200, {key: row["group_specs"][key]})


@routes.route("PUT", "/group_types/{id}/group_specs/{key}", admin=True)
@_SINCE
async def set_spec(call: Call) -> Answer:
    """Set one spec."""
    given = await call.json("", bodies.GROUP_SPEC)
    row = await _row(call)
    if set(given) != {call.args["key"]}:
        raise BadRequest("Request body and URI mismatch")
    await _copies(call).change(row["id"], _with(given))
    return Answer(200, given)


@routes.route("DELETE", "/group_types/{id}/group_specs/{key}", admin=True)
@_SINCE
async def unset_spec(call: Call) -> Answer:
    """Remove one spec."""
    key = call.args["key"]

    def judge(row: Row) -> Row:
        if key not in row["group_specs"]:
            raise NotFound(f"Group Type {row['id']} has no specs with key {key}.")
        kept = {name: value for name, value in row["group_specs"].items() if name != key}
        return {"group_specs": kept}

    await _copies(call).change((await _row(call))["id"], judge)
    return Answer(202)


def _with(given: dict[str, Any]) -> Judge:
    """Return what adds specs to a type."""
    return lambda row: {"group_specs": row["group_specs"] | given}


def _types(call: Call) -> GroupTypes:
    return call.services.volume.group_types


def _copies(call: Call) -> GroupTypeCopies:
    return call.services.volume.group_type_copies


async def _row(call: Call) -> Row:
    return await _types(call).get(call.caller, call.args["id"])


def _view(call: Call, row: Row) -> dict[str, Any]:
    view = {key: row[key] for key in ("id", "name", "description", "is_public")}
    return view | ({"group_specs": row["group_specs"]} if call.caller.admin else {})
