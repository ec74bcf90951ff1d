"""/types, with extra specs and access."""

from typing import Any

from activities.volume.type_copies import TypeCopies
from api.http import Answer, Call, Routes
from api.links import next_page
from api.volume.proxy import PROXY
from models.database.store import Judge, Row
from models.errors import BadRequest, Conflict, NotFound
from models.volume import bodies, checks
from models.volume.types import VISIBLE, VolumeTypes

routes = Routes()
_PUBLIC = "os-volume-type-access:is_public"


@routes.route("GET", "/types")
async def list_(call: Call) -> Answer:
    """List the types the caller may use."""
    rows, full = await _types(call).page(call.caller, call.params)
    body: dict[str, Any] = {"volume_types": [_view(call, row) for row in rows]}
    if full:
        body["volume_type_links"] = next_page(call, rows[-1]["id"])
    return Answer(200, body)


@routes.route("POST", "/types", admin=True)
async def create(call: Call) -> Answer:
    """Create a type; pods get it when it is first used in them."""
    row = await _types(call).create((await call.json("", bodies.TYPE))["volume_type"])
    return Answer(200, {"volume_type": _view(call, row)})


@routes.route("GET", "/types/{id}")
async def show(call: Call) -> Answer:
    """Show one type; ``default`` is the one that volumes get when none is named."""
    if call.args["id"] == "default":
        view = _view(call, await _default(call))
        # Cinder looks the default up by name, where this is not added.
        del view[_PUBLIC]
    else:
        view = _view(call, await _row(call))
    return Answer(200, {"volume_type": view})


@routes.route("PUT", "/types/{id}", admin=True)
async def update(call: Call) -> Answer:
    """Change name, description or visibility."""
    body = (await call.json("", bodies.TYPE_CHANGE))["volume_type"]
    values: dict[str, Any] = {}
    if body.get("name") is not None:
        if isinstance(body["name"], str) and not body["name"].strip():
            raise BadRequest("Volume type name can not be empty.")
        values["name"] = checks.text(body["name"], "name")
    if body.get("description") is not None:
        values["description"] = checks.description(body["description"])
    if body.get("is_public") is not None:
        values["is_public"] = checks.boolean(body["is_public"], "is_public")
    if not values:
        raise BadRequest(
            "Specify volume type name, description, is_public or a combination thereof."
        )
    row = await _row(call)
    if "name" in values:
        await _types(call).refuse_taken(values["name"], row["id"])
    row, changed = await _copies(call).change(row["id"], lambda _: values)
    view = _view(call, changed)
    if view["name"] != row["name"]:
        await call.services.type_limits.renamed(row["name"], view["name"])
    del view[_PUBLIC]
    return Answer(200, {"volume_type": view})


@routes.route("DELETE", "/types/{id}", admin=True)
async def delete(call: Call) -> Answer:
    """Delete a type and its copies, unless a volume is of it."""
    row = await _row(call)
    if await _types(call).is_default(row["id"]):
        raise BadRequest(
            f"The volume type {row['id']} is a default volume type and cannot be deleted."
        )
    await _copies(call).delete(row)
    await call.services.type_limits.forget(row["name"])
    return Answer(202)


@routes.route("POST", "/types/{id}/action", admin=True)
async def action(call: Call) -> Answer:
    """Give or take a project's access."""
    body = await call.json()
    name = next(iter(body), "")
    if len(body) != 1 or name not in ("addProjectAccess", "removeProjectAccess"):
        raise BadRequest(f"There is no such action: {name}")
    bodies.TYPE_ACTIONS[name](body, "body")
    project = body[name]["project"]

    def judge(row: Row) -> Row:
        if row["is_public"]:
            raise BadRequest(
                "Invalid volume type: Type access modification is not applicable to public "
                "volume type."
            )
        combination = f"{row['id']} / {project} combination"
        if name == "addProjectAccess":
            if project in row["access"]:
                raise Conflict(f"Volume type access for {combination} already exists.")
            return {"access": [*row["access"], project]}
        if project not in row["access"]:
            raise NotFound(f"Volume type access not found for {combination}.")
        return {"access": [one for one in row["access"] if one != project]}

    await _copies(call).change((await _row(call))["id"], judge)
    return Answer(202)


@routes.route("GET", "/types/{id}/os-volume-type-access", admin=True)
async def access(call: Call) -> Answer:
    """List the projects that may use a private type."""
    row = await _row(call)
    if row["is_public"]:
        raise NotFound("Access list not available for public volume types.")
    entries = [{"volume_type_id": row["id"], "project_id": one} for one in row["access"]]
    return Answer(200, {"volume_type_access": entries})


@routes.route("GET", "/types/{id}/extra_specs")
async def specs(call: Call) -> Answer:
    """List the extra specs that the caller may know."""
    return Answer(200, {"extra_specs": _specs(call, await _row(call))})


@routes.route("POST", "/types/{id}/extra_specs", admin=True)
async def set_specs(call: Call) -> Answer:
    """Add extra specs, or replace some."""
    given = (await call.json("", bodies.EXTRA_SPECS))["extra_specs"]
    await _copies(call).change((await _row(call))["id"], _with(given))
    return Answer(200, {"extra_specs": given})


@routes.route("GET", "/types/{id}/extra_specs/{key}")
async def spec(call: Call) -> Answer:
    """Show one extra spec."""
    row = await _row(call)
    key = call.args["key"]
    known = _specs(call, row)
    if key not in known:
        raise _no_spec(row, key)
    return Answer(200, {key: known[key]})


@routes.route("PUT", "/types/{id}/extra_specs/{key}", admin=True)
async def set_spec(call: Call) -> Answer:
    """Set one extra spec."""
    given = await call.json("", bodies.EXTRA_SPEC)
    row = await _row(call)
    if set(given) != {call.args["key"]}:
        raise BadRequest("Request body and URI mismatch")
    await _copies(call).change(row["id"], _with(given))
    return Answer(200, given)


@routes.route("DELETE", "/types/{id}/extra_specs/{key}", admin=True)
async def unset_spec(call: Call) -> Answer:
    """Remove one extra spec."""
    key = call.args["key"]

    def judge(row: Row) -> Row:
        if key not in row["extra_specs"]:
            raise _no_spec(row, key)
        kept = {name: value for name, value in row["extra_specs"].items() if name != key}
        return {"extra_specs": kept}

    await _copies(call).change((await _row(call))["id"], judge)
    return Answer(202)


def _with(given: dict[str, Any]) -> Judge:
    """Return what adds extra specs to a type."""
    return lambda row: {"extra_specs": row["extra_specs"] | given}


def _types(call: Call) -> VolumeTypes:
    return call.services.volume.types


def _copies(call: Call) -> TypeCopies:
    return call.services.volume.type_copies


async def _row(call: Call) -> Row:
    return await _types(call).get(call.caller, call.args["id"])


async def _default(call: Call) -> Row:
    """Return the project's own default, or what the pods' volumes get."""
    own = await _types(call).default(call.caller.project_id)
    if own is not None:
        return own
    found = await PROXY.first(call, "/types/default")
    return await _types(call).named(call.caller, found.json()["volume_type"]["name"])


def _view(call: Call, row: Row) -> dict[str, Any]:
    view = {
        "id": row["id"],
        "name": row["name"],
        "is_public": row["is_public"],
        "description": row["description"],
        "extra_specs": _specs(call, row),
        _PUBLIC: row["is_public"],
    }
    if call.caller.admin and call.method == "GET":
        view["qos_specs_id"] = row["qos_specs_id"]
    return view


def _specs(call: Call, row: Row) -> dict[str, Any]:
    specs: dict[str, Any] = row["extra_specs"]
    if call.caller.admin:
        return specs
    return {key: specs[key] for key in VISIBLE if key in specs}


def _no_spec(row: Row, key: str) -> NotFound:
    return NotFound(f"Volume Type {row['id']} has no extra specs with key {key}.")
