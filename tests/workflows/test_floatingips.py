"""floatingip-associate, floatingip-disassociate: in from outside, to any pod, in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.client import Json, until
from tests.support.podview import copies
from tests.support.stack import Stack
from tests.support.topology import Net, Site


@dataclass
class World:
    """A router from Pod1 (near) and Pod2 (far) to outside, which is in Pod2."""

    site: Site
    router: str
    near: Net
    far: Net
    outside: Net

    def shown(self, floating: str) -> Json:
        """The floating IP as its owner sees it."""
        row: Json = self.site.user.network.get(f"/floatingips/{floating}")
        return row

    def becomes(self, floating: str, status: str) -> Json:
        """The floating IP once it has that status."""

        def ready() -> Any:
            row = self.shown(floating)
            return row if row["status"] == status else None

        row: Json = until(ready, f"floating IP {floating} is {status}")
        return row


@pytest.fixture
def world(site: Site) -> World:
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    return World(site, site.router(), near, far, site.external("Pod2"))


def _connect(world: World) -> None:
    world.site.attach(world.router, world.near)
    world.site.attach(world.router, world.far)
    world.site.gateway(world.router, world.outside)


def test_in_the_external_pod_it_is_a_plain_one(stack: Stack, world: World) -> None:
    _connect(world)
    server = world.site.boot(world.far)
    made = world.site.floating(world.outside, server["port_id"])
    shown = world.becomes(made["id"], "ACTIVE")
    stack.settle()
    found = copies(stack.simulator, world.router)
    assert found["Pod2"].floating == {shown["floating_ip_address"]: shown["fixed_ip_address"]}
    assert found["Pod1"].floating == {}


def test_across_pods_a_carrier_hands_it_on(stack: Stack, world: World) -> None:
    _connect(world)
    server = world.site.boot(world.near)
    made = world.site.floating(world.outside, server["port_id"])
    shown = world.becomes(made["id"], "ACTIVE")
    stack.settle()
    found = copies(stack.simulator, world.router)
    carrier = found["Pod2"].floating[shown["floating_ip_address"]]
    assert found["Pod1"].floating == {carrier: shown["fixed_ip_address"]}
    ports = stack.simulator.inventory("Pod2")["ports"]
    port = next(p for p in ports if p["fixed_ips"][0]["ip_address"] == carrier)
    # Any other owner, and OVN answers for the address itself: nothing gets through.
    assert port["device_owner"] == "network:floatingip"
    # The user sees the public address, not the bridge's.
    addresses = world.site.user.compute.get(f"/servers/{server['id']}")["addresses"]["net"]
    assert {a["addr"]: a["OS-EXT-IPS:type"] for a in addresses} == {
        shown["fixed_ip_address"]: "fixed",
        shown["floating_ip_address"]: "floating",
    }


def test_it_moves_between_pods(stack: Stack, world: World) -> None:
    _connect(world)
    near, far = world.site.boot(world.near), world.site.boot(world.far)
    made = world.site.floating(world.outside, near["port_id"])
    address = made["floating_ip_address"]
    for server, pods in ((far, {"Pod2"}), (near, {"Pod1", "Pod2"}), (far, {"Pod2"})):
        world.site.point(made["id"], server["port_id"])
        world.becomes(made["id"], "ACTIVE")
        stack.settle()
        found = copies(stack.simulator, world.router)
        assert {pod for pod in found if found[pod].floating} == pods
        assert set(found["Pod2"].floating) == {address}


def test_disassociated_it_is_kept_and_leads_nowhere(stack: Stack, world: World) -> None:
    _connect(world)
    server = world.site.boot(world.near)
    made = world.site.floating(world.outside, server["port_id"])
    world.becomes(made["id"], "ACTIVE")
    world.site.point(made["id"], None)
    shown = world.becomes(made["id"], "DOWN")
    stack.settle()
    assert (shown["port_id"], shown["router_id"], shown["fixed_ip_address"]) == (None,) * 3
    assert shown["floating_ip_address"] == made["floating_ip_address"]
    found = copies(stack.simulator, world.router)
    assert [copy.floating for copy in found.values()] == [{}, {}]


def test_deleting_the_server_frees_it(stack: Stack, world: World) -> None:
    _connect(world)
    server = world.site.boot(world.near)
    made = world.site.floating(world.outside, server["port_id"])
    world.becomes(made["id"], "ACTIVE")
    world.site.drop_server(server)
    assert world.becomes(made["id"], "DOWN")["port_id"] is None
    stack.settle()
    found = copies(stack.simulator, world.router)
    assert [copy.floating for copy in found.values()] == [{}, {}]


@pytest.mark.parametrize("last", ["gateway", "interface"])
def test_neutron_refuses_it_before_a_router_leads_out(
    stack: Stack, world: World, last: str
) -> None:
    server = world.site.boot(world.near)
    if last == "gateway":
        world.site.attach(world.router, world.near)
    else:
        world.site.gateway(world.router, world.outside)
    stack.settle()
    wanted = {"floating_network_id": world.outside.id, "port_id": server["port_id"]}
    with stack.nothing_changed():
        answer = world.site.user.network("POST", "/floatingips", {"floatingip": wanted})
        assert (answer.status, answer.fault) == (404, "ExternalGatewayForFloatingIPNotFound")
    floating = world.site.floating(world.outside)
    if last == "gateway":
        world.site.gateway(world.router, world.outside)
    else:
        world.site.attach(world.router, world.near)
    world.site.point(floating["id"], server["port_id"])
    world.becomes(floating["id"], "ACTIVE")
    stack.settle()
    assert copies(stack.simulator, world.router)["Pod2"].floating


def test_in_use_it_holds_interface_and_gateway(stack: Stack, world: World) -> None:
    _connect(world)
    server = world.site.boot(world.near)
    made = world.site.floating(world.outside, server["port_id"])
    world.becomes(made["id"], "ACTIVE")
    stack.settle()
    network, router = world.site.user.network, f"/routers/{world.router}"
    with stack.nothing_changed():
        body = {"subnet_id": world.near.subnet_id}
        answer = network("PUT", f"{router}/remove_router_interface", body)
        assert (answer.status, answer.fault) == (409, "RouterInterfaceInUseByFloatingIP")
        answer = network("PUT", router, {"router": {"external_gateway_info": {}}})
        assert (answer.status, answer.fault) == (409, "RouterExternalGatewayInUseByFloatingIp")
