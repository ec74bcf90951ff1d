"""DHCP agents of pods: as without OVN, where networks can be given to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import Json
from tests.support.stack import Stack
from tests.support.topology import Site


@pytest.fixture
def agents(stack: Stack) -> Iterator[dict[str, str]]:
    """Ids of the DHCP agents by pod."""
    stack.simulator.settings(dhcp_agents=True)
    try:
        found = stack.admin.network.list("/agents?agent_type=DHCP%20agent")
        yield {
            row["host"].split("-")[0]: row["id"]
            for row in found
            if row["agent_type"] == "DHCP agent"
        }
    finally:
        stack.simulator.settings(dhcp_agents=False)


@pytest.fixture
def site(stack: Stack, tenant: object) -> Iterator[Site]:
    site = Site(stack, stack.tenant())
    with stack.nothing_left():
        yield site
        site.tear_down()


def _served(stack: Stack, agent: str) -> list[str]:
    path = f"/agents/{agent}/dhcp-networks"
    return [row["id"] for row in stack.admin.network.list(path, "networks")]


def _hosting(stack: Stack, network: str) -> list[str]:
    path = f"/networks/{network}/dhcp-agents"
    return [row["id"] for row in stack.admin.network.list(path, "agents")]


def test_a_network_is_given_to_an_agent(stack: Stack, site: Site, agents: dict[str, str]) -> None:
    ask = stack.admin.network
    net = site.net("Pod1", "10.0.1.0/24")
    assert (_served(stack, agents["pod1"]), _hosting(stack, net.id)) == ([], [])
    given: Json = {"network_id": net.id}
    mine = f"/agents/{agents['pod1']}/dhcp-networks"
    assert ask("POST", mine, given).status == 201
    assert _served(stack, agents["pod1"]) == [net.id]
    assert _served(stack, agents["pod2"]) == []
    assert _hosting(stack, net.id) == [agents["pod1"]]
    (shown,) = ask.list(mine, "networks")
    assert shown == ask.get(f"/networks/{net.id}")
    again = ask("POST", mine, given)
    assert (again.status, again.fault) == (409, "NetworkHostedByDHCPAgent")
    assert net.id in again.message
    assert ask("POST", f"/agents/{agents['pod2']}/dhcp-networks", given).status == 409
    assert ask("DELETE", f"{mine}/{net.id}").status == 204
    assert (_served(stack, agents["pod1"]), _hosting(stack, net.id)) == ([], [])
    gone = ask("DELETE", f"{mine}/{net.id}")
    assert (gone.status, gone.fault) == (409, "NetworkNotHostedByDhcpAgent")
    assert net.id in gone.message


def test_a_network_in_no_pod_goes_to_the_agents(
    stack: Stack, site: Site, agents: dict[str, str]
) -> None:
    ask = stack.admin.network
    net = site.net(None, "10.0.1.0/24")
    given = {"network_id": net.id}
    # OVN's own agent serves no networks: nothing is made for it.
    refused = ask("POST", "/agents/pod2-compute1/dhcp-networks", given)
    assert (refused.status, refused.fault) == (404, "AgentNotFound")
    assert ask.get(f"/networks/{net.id}")["availability_zones"] == []
    assert ask("POST", f"/agents/{agents['pod2']}/dhcp-networks", given).status == 201
    assert ask.get(f"/networks/{net.id}")["availability_zones"] == ["az2"]


def test_the_pod_of_a_network_is_silent(stack: Stack, site: Site, agents: dict[str, str]) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    stack.admin.network("POST", f"/agents/{agents['pod1']}/dhcp-networks", {"network_id": net.id})
    stack.simulator.die("Pod1")
    try:
        for path in (f"/networks/{net.id}/dhcp-agents", f"/agents/{agents['pod1']}/dhcp-networks"):
            answer = stack.admin.network("GET", path)
            assert answer.status == 503
            assert "Pod1" in answer.message
    finally:
        stack.simulator.revive("Pod1")
