"""/os-volumes_boot: another name of /servers, for clients that boot from volumes."""

from functools import wraps

from api.compute import servers
from api.compute.servers import action
from api.http import Answer, Call, Handler, Routes

routes = Routes()
_NAME, _SERVERS = "/os-volumes_boot", "/servers"
_BELOW = ("", "/detail", "/{id}", "/{id}/action")


def _renamed(handler: Handler) -> Handler:
    @wraps(handler)
    async def handle(call: Call) -> Answer:
        call.path = _SERVERS + call.path.removeprefix(_NAME)
        return await handler(call)

    return handle


for group in (servers.routes, action.routes):
    for route in group.declared:
        if route.path.removeprefix(_SERVERS) in _BELOW:
            path = _NAME + route.path.removeprefix(_SERVERS)
            routes.route(route.method, path)(_renamed(route.handler))
