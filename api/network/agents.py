"""/v2.0/agents: those of all pods, for admins, and the networks that DHCP agents serve.

Pods on OVN have no DHCP agents, and say so.
"""

from urllib.parse import quote

import orjson

from api.http import Answer, Call, Routes
from api.proxy import Proxy
from models.errors import BadRequest, NotFound
from models.resources.network import AGENTS

routes = Routes()


PROXY = Proxy("network", None)


@routes.route("GET", "/agents")
async def agents(call: Call) -> Answer:
    """List what pods report; nothing to others than admins."""
    if not call.caller.admin:
        return Answer(200, {"agents": []})
    return await PROXY.listed(call, AGENTS, call.path)


@routes.route("POST", "/agents", admin=True)
async def create(call: Call) -> Answer:
    """Refuse, in Neutron's words: agents report themselves."""
    await call.json()
    raise BadRequest(
        "Bad agents request: Agent creation using API is not supported.", "BadRequest"
    )


@routes.route("GET", "/agents/{id}")
async def agent(call: Call) -> Answer:
    """Show the agent of whichever pod has it."""
    return await PROXY.relay(call, await PROXY.home(call, _checked(call)))


@routes.route("PUT", "/agents/{id}")
async def update(call: Call) -> Answer:
    """Change the agent in its pod."""
    return await PROXY.relay(call, await PROXY.home(call, _checked(call)))


@routes.route("DELETE", "/agents/{id}")
async def delete(call: Call) -> Answer:
    """Forget an agent that is gone in its pod."""
    return await PROXY.relay(call, await PROXY.home(call, _checked(call)))


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


def _checked(call: Call) -> str:
    if not call.caller.admin:
        raise NotFound(f"Agent {call.args['id']} could not be found.", "AgentNotFound")
    return call.path


def _agent(call: Call) -> str:
    return f"/agents/{quote(call.args['id'], safe='')}"


def _named(answer: Answer, bottom: str, network_id: str) -> Answer:
    """Return the pod's answer with the network's name at the top where it has its own."""
    if answer.raw:
        answer.raw = answer.raw.replace(bottom.encode(), network_id.encode())
    return answer
