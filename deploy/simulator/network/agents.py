"""`/agents`, and what DHCP agents serve: there are such agents only where a setting says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, uuid5

from deploy.simulator.http import Request, Response, empty, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.ids import now
from deploy.simulator.network.errors import NeutronError, conflict
from deploy.simulator.network.state import Row

if TYPE_CHECKING:
    from deploy.simulator.network.service import NetworkService


class Agents:
    """The one OVN controller and, beside it, perhaps a DHCP agent, which a real OVN has not."""

    def __init__(self, service: NetworkService) -> None:
        self.service = service
        self.state = service.state
        self.served: list[str] = []

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/network/v2.0/agents", self.index)
        add("GET", "/network/v2.0/agents/{id}", self.show)
        networks = "/network/v2.0/agents/{id}/dhcp-networks"
        add("GET", networks, self.hosted)
        add("POST", networks, self.take)
        add("DELETE", f"{networks}/{{network}}", self.leave)
        add("GET", "/network/v2.0/networks/{id}/dhcp-agents", self.hosting)

    def index(self, token: Token, request: Request) -> Response:
        """All of them, for an administrator."""
        return reply({"agents": self._agents() if token.is_admin else []})

    def show(self, token: Token, request: Request) -> Response:
        """One of them."""
        wanted = request.params["id"]
        for agent in self._agents():
            if agent["id"] == wanted and token.is_admin:
                return reply({"agent": agent})
        raise _missing(wanted)

    def hosted(self, token: Token, request: Request) -> Response:
        """The networks of a DHCP agent; others are none, as Neutron's database has them not."""
        _permit(token, "get_dhcp-networks")
        self._dhcp(request)
        rows = [self.service.networks.view(token, row) for row in self._networks()]
        return reply({"networks": rows})

    def hosting(self, token: Token, request: Request) -> Response:
        """The DHCP agents of a network, which nobody looks for."""
        _permit(token, "get_dhcp-agents")
        served = request.params["id"] in self.served
        return reply({"agents": self._agents()[1:] if served else []})

    def take(self, token: Token, request: Request) -> Response:
        """Have the agent serve one more network."""
        _permit(token, "create_dhcp-network")
        network = self.service.networks.get(token, request.json()["network_id"])
        agent = self._dhcp(request)
        if network["id"] in self.served:
            text = (
                f"The network {network['id']} has been already hosted by the DHCP Agent {agent}."
            )
            raise conflict("NetworkHostedByDHCPAgent", text)
        self.served.append(network["id"])
        return reply(None, 201)

    def leave(self, token: Token, request: Request) -> Response:
        """Have the agent serve a network no more."""
        _permit(token, "delete_dhcp-network")
        agent, network = self._dhcp(request), request.params["network"]
        if network not in self.served:
            text = f"The network {network} is not hosted by the DHCP Agent {agent}."
            raise conflict("NetworkNotHostedByDhcpAgent", text)
        self.served.remove(network)
        return empty()

    def _networks(self) -> list[Row]:
        rows = self.service.networks.rows
        return [rows[id_] for id_ in self.served if id_ in rows]

    def _dhcp(self, request: Request) -> str:
        wanted = request.params["id"]
        if wanted not in [agent["id"] for agent in self._agents()[1:]]:
            raise _missing(wanted)
        return wanted

    def _agents(self) -> list[Row]:
        host = self.state.host
        common: Row = {
            "host": host,
            "alive": True,
            "admin_state_up": True,
            "availability_zone": "",
            "description": "",
            "heartbeat_timestamp": now().strftime("%Y-%m-%d %H:%M:%S"),
        }
        controller = {
            **common,
            "id": host,
            "agent_type": "OVN Controller Gateway agent",
            "binary": "ovn-controller",
            "topic": "n/a",
            "configurations": {
                "bridge-mappings": "bridge:br-bridge,extern:br-extern",
                "chassis_name": host,
            },
        }
        dhcp = {
            **common,
            "id": str(uuid5(NAMESPACE_DNS, f"dhcp.{host}")),
            "agent_type": "DHCP agent",
            "binary": "neutron-dhcp-agent",
            "topic": "dhcp_agent",
            "configurations": {},
        }
        return [controller, dhcp] if self.state.settings.dhcp_agents else [controller]


def _permit(token: Token, rule: str) -> None:
    if not token.is_admin:
        text = f"rule:{rule} is disallowed by policy"
        raise NeutronError(403, "PolicyNotAuthorized", text)


def _missing(wanted: str) -> NeutronError:
    return NeutronError(404, "AgentNotFound", f"Agent {wanted} could not be found.")
