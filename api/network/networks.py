"""/v2.0/networks, and the DHCP agents that serve them in their pods."""

from api.http import Answer, Call
from api.network.agents import PROXY
from api.network.collection import serve
from api.network.tags import serve_tags
from models.resources.network import NETWORKS

routes = serve(NETWORKS, lambda services: services.network.networks)
routes.include(serve_tags(NETWORKS, lambda services: services.network.networks))


@routes.route("GET", "/networks/{id}/dhcp-agents", admin=True)
async def hosting(call: Call) -> Answer:
    """List the agents that serve the network in its pod."""
    agents = []
    for pod, bottom in await call.services.network.dhcp_agents.places(call.args["id"]):
        answer = await PROXY.send(call, pod, path=f"/networks/{bottom}/dhcp-agents")
        if answer.status >= 300:
            return await PROXY.answer(call, answer)
        agents += answer.json()["agents"]
    return Answer(200, {"agents": agents})
