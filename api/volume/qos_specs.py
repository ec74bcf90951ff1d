"""/qos-specs, and their association with volume types."""

from typing import Any

from api.http import Answer, Call, Routes
from api.links import itself, next_page
from models.database.store import Judge, Row
from models.errors import BadRequest
from models.volume import bodies, checks
from models.volume.qos_specs import QosSpecs

routes = Routes()


@routes.route("GET", "/qos-specs", admin=True)
async def list_(call: Call) -> Answer:
    """List the specs."""
    rows, full = await _specs(call).page(call.params)
    body: dict[str, Any] = {"qos_specs": [_view(row) for row in rows]}
    if full:
        body["qos_specs_links"] = next_page(call, rows[-1]["id"])
    return Answer(200, body)


@routes.route("POST", "/qos-specs", admin=True)
async def create(call: Call) -> Answer:
    """Create specs; pods get them with a type that they are associated with."""
    row = await _specs(call).create((await call.json("", bodies.QOS_SPECS))["qos_specs"])
    return Answer(200, _shown(call, row))


@routes.route("GET", "/qos-specs/{id}", admin=True)
async def show(call: Call) -> Answer:
    """Show specs."""
    return Answer(200, _shown(call, await _row(call)))


@routes.route("PUT", "/qos-specs/{id}", admin=True)
async def update(call: Call) -> Answer:
    """Add keys, or replace some."""
    body = await call.json("", bodies.QOS_SPECS_CHANGE)
    given = body["qos_specs"]
    row = await _specs(call).update((await _row(call))["id"], given)
    await call.services.volume.qos_copies.converge(row)
    return Answer(200, body)


@routes.route("PUT", "/qos-specs/{id}/delete_keys", admin=True)
async def delete_keys(call: Call) -> Answer:
    """Remove keys."""
    keys = (await call.json("", bodies.QOS_KEYS))["keys"]
    row = await _specs(call).unset((await _row(call))["id"], keys)
    await call.services.volume.qos_copies.converge(row)
    return Answer(202)


@routes.route("DELETE", "/qos-specs/{id}", admin=True)
async def delete(call: Call) -> Answer:
    """Delete specs that no type has, or with ``force`` any."""
    force = checks.boolean(call.param("force", "false"), "force")
    async with _specs(call).held(call.args["id"]) as row:
        types = await call.services.volume.types.of_specs(row["id"])
        if types and not force:
            raise BadRequest("Qos specs still in use.")
        for type_ in types:
            await call.services.volume.type_copies.change(type_.id, _without(row["id"]))
        await _specs(call).forget(row["id"])
    await call.services.volume.qos_copies.delete(row["id"])
    return Answer(202)


@routes.route("GET", "/qos-specs/{id}/associations", admin=True)
async def associations(call: Call) -> Answer:
    """List the types that have the specs."""
    types = await call.services.volume.types.of_specs((await _row(call))["id"])
    kind = "volume_type"
    entries = [{"association_type": kind, "name": t.name, "id": t.id} for t in types]
    return Answer(200, {"qos_associations": entries})


@routes.route("GET", "/qos-specs/{id}/associate", admin=True)
async def associate(call: Call) -> Answer:
    """Give a type the specs."""
    row, type_ = await _row(call), await _type(call)

    def judge(now: Row) -> Row:
        if now["qos_specs_id"] not in (None, row["id"]):
            raise BadRequest(
                f"Invalid volume type: Type {now['id']} is already associated with another qos "
                f"specs: {now['qos_specs_id']}"
            )
        return {"qos_specs_id": row["id"]}

    async with _specs(call).held(row["id"]):
        await call.services.volume.type_copies.change(type_["id"], judge)
    return Answer(202)


@routes.route("GET", "/qos-specs/{id}/disassociate", admin=True)
async def disassociate(call: Call) -> Answer:
    """Take the specs from a type."""
    row, type_ = await _row(call), await _type(call)
    await call.services.volume.type_copies.change(type_["id"], _without(row["id"]))
    return Answer(202)


@routes.route("GET", "/qos-specs/{id}/disassociate_all", admin=True)
async def disassociate_all(call: Call) -> Answer:
    """Take the specs from every type."""
    row = await _row(call)
    for type_ in await call.services.volume.types.of_specs(row["id"]):
        await call.services.volume.type_copies.change(type_.id, _without(row["id"]))
    return Answer(202)


def _without(id_: str) -> Judge:
    """Return what takes the specs from a type that has them."""
    return lambda type_: {"qos_specs_id": None} if type_["qos_specs_id"] == id_ else {}


def _specs(call: Call) -> QosSpecs:
    return call.services.volume.qos_specs


async def _row(call: Call) -> Row:
    return await _specs(call).get(call.args["id"])


async def _type(call: Call) -> Row:
    id_ = call.param("vol_type_id")
    if not id_:
        raise BadRequest("Volume Type id must not be None.")
    return await call.services.volume.types.get(call.caller, id_)


def _view(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("id", "name", "consumer", "specs")}


def _shown(call: Call, row: Row) -> dict[str, Any]:
    links = [
        *itself(f"{call.address}/qos-specs/{row['id']}"),
        {"rel": "bookmark", "href": f"{call.base}{call.project}/qos-specs/{row['id']}"},
    ]
    return {"qos_specs": _view(row), "links": links}
