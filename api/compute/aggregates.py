"""/os-aggregates: ``ag_<pod>`` comes with a pod, the rest is the admin's."""

from datetime import datetime
from typing import Any

from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute import bodies
from models.database.store import Row
from models.errors import BadRequest, NotFound

routes = Routes()
_UUID, _IMAGES = (2, 41), (2, 81)


@routes.route("GET", "/os-aggregates", admin=True)
async def list_(call: Call) -> Answer:
    """List the aggregates."""
    rows = await call.services.compute.aggregates.list()
    return Answer(200, {"aggregates": [_view(call, row) for row in rows]})


@routes.route("POST", "/os-aggregates", admin=True)
async def create(call: Call) -> Answer:
    """Create an aggregate of the admin's own."""
    row = await call.services.compute.aggregates.create(
        await call.json("aggregate", bodies.AGGREGATE)
    )
    view = _view(call, row)
    # As in Nova, a new aggregate is answered before it has anything in it.
    del view["hosts"], view["metadata"]
    return Answer(200, {"aggregate": view})


@routes.route("GET", "/os-aggregates/{id}", admin=True)
async def show(call: Call) -> Answer:
    """Show one aggregate."""
    row = await call.services.compute.aggregates.get(call.args["id"])
    return Answer(200, {"aggregate": _view(call, row)})


@routes.route("PUT", "/os-aggregates/{id}", admin=True)
async def update(call: Call) -> Answer:
    """Change name or zone."""
    body = await call.json("aggregate", bodies.AGGREGATE_CHANGE)
    row = await call.services.compute.aggregates.update(call.args["id"], body)
    return Answer(200, {"aggregate": _view(call, row)})


@routes.route("DELETE", "/os-aggregates/{id}", admin=True)
async def delete(call: Call) -> Answer:
    """Delete an aggregate of the admin's own."""
    await call.services.compute.aggregates.delete(call.args["id"])
    return Answer(200)


@routes.route("POST", "/os-aggregates/{id}/action", admin=True)
async def action(call: Call) -> Answer:
    """Add a host, remove one, or set metadata."""
    body = await call.json()
    name = next(iter(body), "")
    if name not in bodies.AGGREGATE_ACTIONS:
        raise BadRequest(f"There is no such action: {name}")
    bodies.AGGREGATE_ACTIONS[name](body, "body")
    id_, inner, aggregates = call.args["id"], body[name], call.services.compute.aggregates
    if name == "set_metadata":
        row = await aggregates.set_metadata(id_, inner["metadata"])
    else:
        change = aggregates.add_host if name == "add_host" else aggregates.remove_host
        row = await change(id_, inner["host"])
    return Answer(200, {"aggregate": _view(call, row)})


@routes.route("POST", "/os-aggregates/{id}/images", admin=True)
async def images(call: Call) -> Answer:
    """Have all hosts of the aggregate fetch images beforehand."""
    version = COMPUTE.of(call)
    if version < _IMAGES:
        raise NotFound("The resource could not be found.", "HTTPNotFound")
    body = await call.json("", bodies.AGGREGATE_IMAGES)
    aggregates = call.services.compute.aggregates
    row = await aggregates.get(call.args["id"])
    copies = call.services.compute.aggregate_copies
    await copies.cache_images(str(row["id"]), body, f"{version[0]}.{version[1]}")
    return Answer(202)


def _view(call: Call, row: Row) -> dict[str, Any]:
    zone = row["availability_zone"]
    view = {
        "id": row["id"],
        "name": row["name"],
        "availability_zone": zone,
        "hosts": row["hosts"],
        "metadata": row["metadata"] | ({"availability_zone": zone} if zone else {}),
        "created_at": _time(row["created_at"]),
        "updated_at": _time(row["updated_at"]),
        "deleted": False,
        "deleted_at": None,
    }
    if COMPUTE.of(call) >= _UUID:
        view["uuid"] = row["uuid"]
    return view


def _time(value: datetime | None) -> str | None:
    return value.isoformat(timespec="microseconds") if value else None
