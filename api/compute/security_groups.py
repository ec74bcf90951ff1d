"""/os-security-groups: the network API's, as Nova had them until 2.35."""

from api.compute.until import cut, until
from api.http import Answer, Call, Route, Routes
from models.compute import bodies
from models.compute.security_groups import ComputeSecurityGroups

routes = Routes()
_GROUPS = "/os-security-groups"
_LAST = (2, 35)


async def _list(call: Call) -> Answer:
    """List the groups; an admin may ask for those of all projects."""
    everywhere = call.caller.admin and any(name == "all_tenants" for name, _ in call.params)
    found = await _groups(call).all(call.caller, everywhere=everywhere)
    return Answer(200, {"security_groups": cut(call, found)})


async def _show(call: Call) -> Answer:
    """Show one group."""
    shown = await _groups(call).show(call.caller, call.args["id"])
    return Answer(200, {"security_group": shown})


async def _create(call: Call) -> Answer:
    """Make a group."""
    shown = await _groups(call).create(
        call.caller, await call.json("security_group", bodies.SECURITY_GROUP)
    )
    return Answer(200, {"security_group": shown})


async def _update(call: Call) -> Answer:
    """Rename a group."""
    given = await call.json("security_group", bodies.SECURITY_GROUP)
    shown = await _groups(call).update(call.caller, call.args["id"], given)
    return Answer(200, {"security_group": shown})


async def _delete(call: Call) -> Answer:
    """Delete a group."""
    await _groups(call).delete(call.caller, call.args["id"])
    return Answer(202)


def _groups(call: Call) -> ComputeSecurityGroups:
    return call.services.compute.security_groups


for method, path, handler in (
    ("GET", _GROUPS, _list),
    ("POST", _GROUPS, _create),
    ("GET", f"{_GROUPS}/{{id}}", _show),
    ("PUT", f"{_GROUPS}/{{id}}", _update),
    ("DELETE", f"{_GROUPS}/{{id}}", _delete),
):
    routes.add(Route(method, path, until(_LAST, handler)))
