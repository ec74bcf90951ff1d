"""/os-keypairs: they belong to the user, whatever the project."""

from typing import Any

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.links import next_page
from api.microversions import COMPUTE
from api.quotas import asker
from models.compute import bodies, checks
from models.database.store import Row
from models.errors import Forbidden
from models.numbers import digits

routes = Routes()
_TYPED, _OF_USER, _PAGED = (2, 2), (2, 10), (2, 35)


@routes.route("GET", "/os-keypairs")
async def list_(call: Call) -> Answer:
    """List the user's keypairs."""
    version = COMPUTE.of(call)
    params = call.params if version >= _PAGED else []
    rows = await call.services.compute.keypairs.list(_user(call), params)
    body: dict[str, Any] = {"keypairs": [{"keypair": _view(call, row)} for row in rows]}
    if (
        version >= _PAGED
        and rows
        and len(rows) == min(digits(call.param("limit") or "1000"), 1000)
    ):
        body["keypairs_links"] = next_page(call, rows[-1].name)
    return Answer(200, body)


@routes.route("POST", "/os-keypairs")
async def create(call: Call) -> Answer:
    """Import a public key, or generate a pair."""
    version = COMPUTE.of(call)
    body = await call.json("keypair", bodies.keypair(version))
    user_id = call.caller.user_id
    if version >= _OF_USER and "user_id" in body:
        user_id = _allowed(call, checks.text(body["user_id"], "user_id", least=0, most=64))
    asking = await asker(call, PROXY, "compute")
    limit = await call.services.quotas.own_limit(asking, call.caller, "key_pairs")
    row, private = await call.services.compute.keypairs.create(user_id, body, version, limit)
    view = _view(call, row) | {"user_id": row["user_id"]}
    if private:
        view["private_key"] = private
    return Answer(201 if version >= _TYPED else 200, {"keypair": view})


@routes.route("GET", "/os-keypairs/{name}")
async def show(call: Call) -> Answer:
    """Show one keypair."""
    row = await call.services.compute.keypairs.get(_user(call), call.args["name"])
    view = _view(call, row) | {
        "user_id": row["user_id"],
        "id": row["id"],
        "created_at": row["created_at"].isoformat(),
        "updated_at": None,
        "deleted": False,
        "deleted_at": None,
    }
    return Answer(200, {"keypair": view})


@routes.route("DELETE", "/os-keypairs/{name}")
async def delete(call: Call) -> Answer:
    """Delete a keypair and, in time, its copies in pods."""
    await call.services.compute.keypairs.delete(_user(call), call.args["name"])
    return Answer(204 if COMPUTE.of(call) >= _TYPED else 202)


def _user(call: Call) -> str:
    """Return whose keypairs the call is about: the caller's, or those of ``user_id``."""
    wanted = call.param("user_id")
    if not wanted or COMPUTE.of(call) < _OF_USER:
        return call.caller.user_id
    return _allowed(call, wanted)


def _allowed(call: Call, user_id: str) -> str:
    if user_id != call.caller.user_id and not call.caller.admin:
        raise Forbidden("Policy doesn't allow os_compute_api:os-keypairs to be performed.")
    return user_id


def _view(call: Call, row: Row) -> dict[str, Any]:
    view = {key: row[key] for key in ("name", "public_key", "fingerprint")}
    if COMPUTE.of(call) >= _TYPED:
        view["type"] = row["type"]
    return view
