"""/os-security-group-rules: the network API's, as Nova had them until 2.35."""

from api.compute.until import until
from api.http import Answer, Call, Route, Routes
from models.compute import bodies

routes = Routes()
_RULES = "/os-security-group-rules"
_LAST = (2, 35)


async def _create(call: Call) -> Answer:
    """Let packets in."""
    given = await call.json("security_group_rule", bodies.SECURITY_GROUP_RULE)
    shown = await call.services.compute.security_groups.add_rule(call.caller, given)
    return Answer(200, {"security_group_rule": shown})


async def _delete(call: Call) -> Answer:
    """Let them in no more."""
    await call.services.compute.security_groups.delete_rule(call.caller, call.args["id"])
    return Answer(202)


routes.add(Route("POST", _RULES, until(_LAST, _create)))
routes.add(Route("DELETE", f"{_RULES}/{{id}}", until(_LAST, _delete)))
