"""/os-aggregates: ``ag_<pod>`` comes with a pod, the rest is the admin's."""

import re
from datetime import datetime
from typing import Any

from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute import checks
from models.database.store import Row
from models.errors import BadRequest, NotFound

routes = Routes()
_UUID, _IMAGES = (2, 41), (2, 81)
_HOST = re.compile(r"^[a-zA-Z0-9-._]*$")


@routes.route("GET", "/os-aggregates", admin=True)
async def list_(call: Call) -> Answer:
    """List the aggregates."""
    rows = await call.services.compute.aggregates.list()
    return Answer(200, {"aggregates": [_view(call, row) for row in rows]})


@routes.route("POST", "/os-aggregates", admin=True)
async def create(call: Call) -> Answer:
    """Create an aggregate of the admin's own."""
    row = await call.services.compute.aggregates.create(await call.json("aggregate"))
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
    body = await call.json("aggregate")
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
    inner = body.get(name)
    if len(body) != 1 or not isinstance(inner, dict):
        raise BadRequest("Give one action: add_host, remove_host or set_metadata.")
    id_, aggregates = call.args["id"], call.services.compute.aggregates
    if name == "set_metadata":
        checks.only(inner, ("metadata",), name)
        row = await aggregates.set_metadata(id_, checks.required(inner, "metadata", name))
    elif name in ("add_host", "remove_host"):
        checks.only(inner, ("host",), name)
        host = checks.text(checks.required(inner, "host", name), "host")
        if not _HOST.match(host):
            raise checks.refuse("host", host, f"{host!r} does not match '{_HOST.pattern}'")
        change = aggregates.add_host if name == "add_host" else aggregates.remove_host
        row = await change(id_, host)
    else:
        raise BadRequest(f"There is no such action: {name}")
    return Answer(200, {"aggregate": _view(call, row)})


@routes.route("POST", "/os-aggregates/{id}/images", admin=True)
async def images(call: Call) -> Answer:
    """Have all hosts of the aggregate fetch images beforehand."""
    version = COMPUTE.of(call)
    if version < _IMAGES:
        raise NotFound("The resource could not be found.", "HTTPNotFound")
    body, aggregates = await call.json(), call.services.compute.aggregates
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
