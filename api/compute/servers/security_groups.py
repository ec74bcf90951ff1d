"""/servers/{id}/os-security-groups: the groups of a server's ports, which are the gateway's."""

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/servers/{id}/os-security-groups")
async def list_(call: Call) -> Answer:
    """List the security groups."""
    id_ = call.args["id"]
    await PROXY.pod_of(call, "server", id_)
    return Answer(200, {"security_groups": await call.services.compute.server_ports.groups(id_)})
