"""/v2.0/security-group-rules: several at once are all made, or none."""

from api.http import Answer, Call, Routes
from api.network.collection import serve
from models.errors import BadRequest
from models.resources.network import SECURITY_GROUP_RULES

_ONE, _MANY = SECURITY_GROUP_RULES.member, SECURITY_GROUP_RULES.collection
routes = Routes()


@routes.route("POST", "/security-group-rules")
async def create(call: Call) -> Answer:
    """Add a rule, or rules, to a group."""
    body = await call.json()
    rules = call.services.network.security_group_rules
    if _MANY not in body:
        if not isinstance(body.get(_ONE), dict):
            raise BadRequest(f"Unable to find '{_ONE}' in request body", "HTTPBadRequest")
        return Answer(201, {_ONE: await rules.create(call.caller, body[_ONE])})
    bodies = body[_MANY]
    if not isinstance(bodies, list) or not bodies:
        raise BadRequest("Resources required", "HTTPBadRequest")
    bodies = [item.get(_ONE, item) if isinstance(item, dict) else item for item in bodies]
    if not all(isinstance(item, dict) for item in bodies):
        raise BadRequest("Body contains invalid data", "HTTPBadRequest")
    return Answer(201, {_MANY: await rules.create_all(call.caller, bodies)})


routes.include(serve(SECURITY_GROUP_RULES, lambda services: services.network.security_group_rules))
