"""/v2.0/agents: those of all pods, for admins."""

from activities.pods.versions import Version
from api.http import Answer, Call, Routes
from api.microversions import Microversions
from api.proxy import Proxy
from models.errors import NotFound
from models.resources.network import AGENTS

routes = Routes()


class _None(Microversions):
    """Neutron has no microversions."""

    def headers(self, call: Call, other: Version | None = None) -> dict[str, str]:
        return {}


PROXY = Proxy("network", _None("network"), "v2.0", views={}, not_found={})


@routes.route("GET", "/agents")
async def agents(call: Call) -> Answer:
    """List what pods report; nothing to others than admins."""
    if not call.caller.admin:
        return Answer(200, {"agents": []})
    return await PROXY.listed(call, AGENTS, call.path)


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


def _checked(call: Call) -> str:
    if not call.caller.admin:
        raise NotFound(f"Agent {call.args['id']} could not be found.", "AgentNotFound")
    return call.path
