"""/os-security-groups and /os-security-group-rules: the network API's, as Nova had them."""

from api.compute.proxies import cut, until
from api.http import Answer, Call, Route, Routes
from models.compute import checks
from models.compute.security_groups import ComputeSecurityGroups

routes = Routes()
_GROUPS, _RULES = "/os-security-groups", "/os-security-group-rules"
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
    shown = await _groups(call).create(call.caller, await call.json("security_group"))
    return Answer(200, {"security_group": shown})


async def _update(call: Call) -> Answer:
    """Rename a group."""
    given = await call.json("security_group")
    shown = await _groups(call).update(call.caller, call.args["id"], given)
    return Answer(200, {"security_group": shown})


async def _delete(call: Call) -> Answer:
    """Delete a group."""
    await _groups(call).delete(call.caller, call.args["id"])
    return Answer(202)


async def _add_rule(call: Call) -> Answer:
    """Let packets in."""
    given = await call.json("security_group_rule")
    checks.required(given, "parent_group_id", "security_group_rule")
    return Answer(200, {"security_group_rule": await _groups(call).add_rule(call.caller, given)})


async def _delete_rule(call: Call) -> Answer:
    """Let them in no more."""
    await _groups(call).delete_rule(call.caller, call.args["id"])
    return Answer(202)


def _groups(call: Call) -> ComputeSecurityGroups:
    return call.services.compute.security_groups


for method, path, handler in (
    ("GET", _GROUPS, _list),
    ("POST", _GROUPS, _create),
    ("GET", f"{_GROUPS}/{{id}}", _show),
    ("PUT", f"{_GROUPS}/{{id}}", _update),
    ("DELETE", f"{_GROUPS}/{{id}}", _delete),
    ("POST", _RULES, _add_rule),
    ("DELETE", f"{_RULES}/{{id}}", _delete_rule),
):
    routes.add(Route(method, path, until(_LAST, handler)))
