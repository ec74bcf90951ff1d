"""/v2.0/networks/{id}/dhcp-agents and /v2.0/agents/{id}/dhcp-networks: a pod's own affair.

Pods on OVN have no such agents, and say so.
"""

from urllib.parse import quote

import orjson

from api.http import Answer, Call, Routes
from api.network.agents import PROXY
from models.errors import BadRequest

routes = Routes()


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


@routes.route("GET", "/agents/{id}/dhcp-networks", admin=True)
async def hosted(call: Call) -> Answer:
    """List the networks that the agent serves; the refusal of the pods where none has it."""
    answer = await PROXY.first(call, call.path)
    bottoms = [network["id"] for network in answer.json()["networks"]]
    agents = call.services.network.dhcp_agents
    return Answer(200, {"networks": await agents.at_top(call.caller, answer.pod, bottoms)})


@routes.route("POST", "/agents/{id}/dhcp-networks", admin=True)
async def add(call: Call) -> Answer:
    """Have the agent serve the network, which is in its pod or in none yet."""
    network_id = (await call.json()).get("network_id")
    if not isinstance(network_id, str):
        raise BadRequest("Invalid input: network_id is not a string.", "HTTPBadRequest")
    agents = call.services.network.dhcp_agents
    await call.services.network.networks.get(call.caller, network_id)
    home = await PROXY.first(call, _agent(call))
    agent = home.json()["agent"]
    bottom = await agents.copy(call.caller, network_id, home.pod, agent)
    answer = await PROXY.send(call, home.pod, orjson.dumps({"network_id": bottom}))
    return _named(await PROXY.answer(call, answer), bottom, network_id)


@routes.route("DELETE", "/agents/{id}/dhcp-networks/{network_id}", admin=True)
async def remove(call: Call) -> Answer:
    """Have the agent serve the network no more."""
    network_id = call.args["network_id"]
    pod = await PROXY.home(call, _agent(call))
    places = await call.services.network.dhcp_agents.places(network_id)
    # The pod refuses what it does not know in Neutron's own words.
    bottom = next((id_ for there, id_ in places if there == pod), network_id)
    path = f"{_agent(call)}/dhcp-networks/{quote(bottom, safe='')}"
    answer = await PROXY.send(call, pod, path=path)
    return _named(await PROXY.answer(call, answer), bottom, network_id)


def _agent(call: Call) -> str:
    return f"/agents/{quote(call.args['id'], safe='')}"


def _named(answer: Answer, bottom: str, network_id: str) -> Answer:
    """Return the pod's answer with the network's name at the top where it has its own."""
    if answer.raw:
        answer.raw = answer.raw.replace(bottom.encode(), network_id.encode())
    return answer
