"""/servers: boot, delete, and the actions that name things of the gateway."""

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/servers/{id}")
async def show(call: Call) -> Answer:
    """Show one server."""
    pod = await PROXY.pod_of(call, "server", call.args["id"])
    return await PROXY.relay(call, pod)
