"""/v2.0/routers, their interfaces and extra routes."""

from typing import Any

from api.http import Answer, Call
from api.network.collection import serve
from api.network.tags import serve_tags
from models.errors import BadRequest
from models.resource import ITEMS
from models.resources.network import ROUTERS

routes = serve(ROUTERS, lambda services: services.network.routers)
routes.include(serve_tags(ROUTERS, lambda services: services.network.routers))


@routes.route("PUT", "/routers/{id}/add_router_interface")
async def add_router_interface(call: Call) -> Answer:
    """Attach a subnet or a port to the router; the pods follow."""
    body = await call.json()
    interfaces = call.services.network.router_interfaces
    return Answer(200, await interfaces.add(call.caller, call.args["id"], body))


@routes.route("PUT", "/routers/{id}/remove_router_interface")
async def remove_router_interface(call: Call) -> Answer:
    """Detach a subnet or a port from the router; the pods follow."""
    body = await call.json()
    interfaces = call.services.network.router_interfaces
    return Answer(200, await interfaces.remove(call.caller, call.args["id"], body))


@routes.route("PUT", "/routers/{id}/add_extraroutes")
async def add_extraroutes(call: Call) -> Answer:
    """Add the user's routes that are not there yet."""
    routers = call.services.network.routers
    shown = await routers.add_routes(call.caller, call.args["id"], await _given(call))
    return Answer(200, {"router": shown})


@routes.route("PUT", "/routers/{id}/remove_extraroutes")
async def remove_extraroutes(call: Call) -> Answer:
    """Remove the user's routes that are there."""
    routers = call.services.network.routers
    shown = await routers.remove_routes(call.caller, call.args["id"], await _given(call))
    return Answer(200, {"router": shown})


async def _given(call: Call) -> list[dict[str, Any]]:
    given = (await call.json("router")).get("routes")
    if not isinstance(given, list) or not all(isinstance(route, dict) for route in given):
        raise BadRequest("Invalid input: 'routes' is not a list of routes.", "HTTPBadRequest")
    ITEMS.check("routes", given, call.services.settings, "")
    return given
