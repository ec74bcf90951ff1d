"""Any order of the guide's steps ends with the same packets, and undone with nothing."""

from __future__ import annotations

import os
import random

from tests.orders.canonical import State, Thing, apart, canonical, of_project
from tests.orders.plan import MAKING, UNDOING, order
from tests.orders.play import FIRST
from tests.orders.world import World
from tests.support.client import Json, until
from tests.support.lab import LabStack
from tests.support.packets import Host
from tests.support.podinventory import everything
from tests.support.topology import Site

CIDR = "203.0.113.0/24"
POOL = [{"start": "203.0.113.20", "end": "203.0.113.90"}]
OUTSIDE = "203.0.113.100"
# Each takes about a minute: TRIO2O_ORDERS=10 plays ten.
ORDERS = int(os.environ.get("TRIO2O_ORDERS", "2"))
SEED = int(os.environ.get("TRIO2O_SEED", "1"))


def test_reverse_order(stack: LabStack, site: Site) -> None:
    """Servers before the router, floating IP before the gateway, gateway before interfaces.

    The external network comes as late as it can: a gateway needs one.
    """
    near, far = site.net("az1", "10.0.1.0/24"), site.net("az2", "10.0.2.0/24")
    servers = [site.boot(near, "az1"), site.boot(far, "az2")]
    admit(site)
    router = site.router()
    outside = site.external("Pod2", CIDR, allocation_pools=POOL)
    floating = [site.floating(outside) for _ in servers]
    site.gateway(router, outside)
    site.attach(router, far)
    site.attach(router, near)
    for one, server in zip(floating, servers, strict=True):
        site.point(one["id"], server["port_id"])
    site.active(router)
    stack.settle()
    guests = [Host.guest(server["id"]) for server in servers]
    packets_pass(guests, [address(server) for server in servers])
    for one in floating:
        assert Host.outside().pings(one["floating_ip_address"])


def test_interfaces_first_and_a_floating_ip_that_moves(stack: LabStack, site: Site) -> None:
    """Interfaces before there is any external network or server; then the floating IP moves."""
    near, far = site.net("az1", "10.0.1.0/24"), site.net("az2", "10.0.2.0/24")
    router = site.router()
    site.attach(router, near)
    site.attach(router, far)
    site.active(router)
    admit(site)
    servers = [site.boot(near, "az1"), site.boot(far, "az2")]
    outside = site.external("Pod2", CIDR, allocation_pools=POOL)
    site.gateway(router, outside)
    floating = site.floating(outside, servers[1]["port_id"])
    site.active(router)
    stack.settle()
    packets_pass(
        [Host.guest(server["id"]) for server in servers], [address(server) for server in servers]
    )
    public = floating["floating_ip_address"]
    assert Host.outside().pings(public)
    site.point(floating["id"], servers[0]["port_id"])
    site.active(router)
    stack.settle()
    assert Host.outside().pings(public)
    shown = site.user.network.get(f"/floatingips/{floating['id']}")
    assert shown["fixed_ip_address"] == address(servers[0])
    assert until(lambda: _shows(site, servers[0]["id"], public), "the server shows its address")
    site.point(floating["id"], None)
    site.active(router)
    stack.settle()
    assert not Host.outside().pings(public)


def test_random_orders(stack: LabStack, site: Site) -> None:
    """The guide's order and random ones end the same, carry packets, and are undone to nothing."""
    chance, expected = random.Random(SEED), None
    admit(site)
    for number in range(ORDERS):
        before = stack.things_in_pods()
        steps = order(MAKING, chance) if number else list(FIRST)
        world = World(site, cidr=CIDR, pool=(POOL[0]["start"], POOL[0]["end"]))
        world.begin()
        world.play(steps, chance)
        world.finish()
        stack.settle()
        state = _state(stack, world)
        expected = expected or state
        assert not apart(expected, state), f"order {number}: {steps}\n{apart(expected, state)}"
        servers = [world.servers[name] for name in ("vm1", "vm2")]
        fixed = [_fixed(site, server["id"]) for server in servers]
        packets_pass([Host.guest(server["id"]) for server in servers], fixed)
        assert Host.outside().pings(world.floating["floating_ip_address"]), steps
        world.play(order(UNDOING, chance), chance)
        site.drop_flavor()
        stack.settle()
        left = sorted(stack.things_in_pods() - before)
        assert not left, f"order {number}: {steps}: left in the pods: {left}"


def _state(stack: LabStack, world: World) -> State:
    """The project in the pods and as it is seen."""
    users = [user.user_id for user in stack.users.values()]
    every = [
        Thing(pod, kind, _lasting(row))
        for pod in stack.pods
        for kind, row in everything(stack.admin, pod, users)
        if kind not in ("flavors", "keypairs", "types", "images")
    ]
    own = of_project(every, world.site.user.project_id)
    return canonical([*own, *world.seen()], world.chosen(), world.ends())


def _lasting(row: Json) -> Json:
    """What an order of calls has to keep: a gateway's port is ACTIVE once a chassis says so."""
    passing = row.get("device_owner") == "network:router_gateway"
    return {name: value for name, value in row.items() if not (passing and name == "status")}


def _fixed(site: Site, server_id: str) -> str:
    port = site.user.network.list(f"/ports?device_id={server_id}")[0]
    return str(port["fixed_ips"][0]["ip_address"])


def _shows(site: Site, server_id: str, public: str) -> bool:
    server = site.user.compute.get(f"/servers/{server_id}")
    shown = {a["addr"] for addresses in server["addresses"].values() for a in addresses}
    return public in shown


def admit(site: Site) -> None:
    """Let pings from anywhere into the default group, unless an earlier test has."""
    group = site.user.network.list("/security-groups?name=default", "security_groups")[0]["id"]
    rule = {
        "security_group_id": group,
        "direction": "ingress",
        "protocol": "icmp",
        "remote_ip_prefix": "0.0.0.0/0",
    }
    answer = site.user.network("POST", "/security-group-rules", {"security_group_rule": rule})
    assert answer.status == 201 or answer.fault == "SecurityGroupRuleExists", answer.body


def address(server: dict[str, object]) -> str:
    """The fixed address of a server, from its port."""
    port = server["port"]
    assert isinstance(port, dict)
    return str(port["fixed_ips"][0]["ip_address"])


def packets_pass(guests: list[Host], addresses: list[str]) -> None:
    """Each guest reaches the other, in the other pod, and the host outside."""
    for guest, other in zip(guests, reversed(addresses), strict=True):
        assert guest.pings(other), f"{guest.namespace} does not reach {other}"
        assert guest.pings(OUTSIDE), f"{guest.namespace} does not reach outside"
