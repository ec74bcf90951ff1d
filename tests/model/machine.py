"""The rules: random calls of one tenant, on objects that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model.neutron import EVERY, PODS, ZONES, Floating, Network, Port, Router, Subnet
from tests.model.tenant import Outside, Tenant
from tests.support.stack import Stack

T = TypeVar("T")
CIDRS = ("10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24", "10.2.0.0/16")
HOPS = ("10.1.0.77", "10.2.0.77", "10.3.0.77", "10.2.0.1")
DESTINATIONS = ("172.16.1.0/24", "172.16.2.0/24")
MOST = 4
which = st.integers(0, 11)


class Calls(Tenant):
    """What a tenant may do, in any order."""

    @initialize(hints=st.tuples(*[st.sampled_from(("", *PODS))] * 2), cidrs=st.permutations(CIDRS))
    def begin(self, hints: tuple[str, str], cidrs: list[str]) -> None:
        """Networks and a router are there from the start: nothing happens without them."""
        for n, hint in enumerate(hints):
            self.create_network(hint)
            self.create_subnet(n, cidrs[n])
        self.create_router()

    # Networks, subnets and ports.

    @precondition(lambda self: len(self.model.networks) < MOST)
    @rule(hint=st.sampled_from(("", *PODS)))
    def create_network(self, hint: str) -> None:
        made = self.make("/networks", availability_zone_hints=[hint] if hint else [])
        pods = PODS[hint] if hint else EVERY
        self.model.networks[made["id"]] = Network(made["id"], pods)

    @precondition(lambda self: self.model.networks)
    @rule(n=which, cidr=st.sampled_from(CIDRS))
    def create_subnet(self, n: int, cidr: str) -> None:
        network = pick(self.model.networks, n)
        body = {"network_id": network, "cidr": cidr, "ip_version": 4}
        made = self.attempt(
            "POST", "/subnets", {"subnet": body}, self.model.subnet_faults(network, cidr)
        )
        if made:
            row = made["subnet"]
            subnet = Subnet(row["id"], network, cidr, row["gateway_ip"])
            self.model.subnets[subnet.id] = subnet

    @precondition(lambda self: self.model.subnets)
    @rule(n=which)
    def delete_subnet(self, n: int) -> None:
        subnet = pick(self.model.subnets, n)
        if self.remove(f"/subnets/{subnet}", self.model.delete_subnet_faults(subnet)):
            del self.model.subnets[subnet]

    @precondition(lambda self: self.model.networks)
    @rule(n=which)
    def delete_network(self, n: int) -> None:
        network = pick(self.model.networks, n)
        if self.remove(f"/networks/{network}", self.model.delete_network_faults(network)):
            self.model.forget_network(network)

    @precondition(lambda self: self.model.networks)
    @rule(n=which)
    def create_port(self, n: int) -> None:
        self.learn_port(self.make("/ports", network_id=pick(self.model.networks, n)))

    @precondition(lambda self: self.model.ports)
    @rule(n=which)
    def delete_port(self, n: int) -> None:
        port = pick(self.model.ports, n)
        if self.remove(f"/ports/{port}", self.model.delete_port_faults(port)):
            self.model.forget_port(port)

    # Routers.

    @precondition(lambda self: len(self.model.routers) < 2)
    @rule()
    def create_router(self) -> None:
        made = self.make("/routers", name="router")
        self.model.routers[made["id"]] = Router(made["id"])

    @precondition(lambda self: self.model.routers)
    @rule(n=which)
    def delete_router(self, n: int) -> None:
        router = pick(self.model.routers, n)
        if self.remove(f"/routers/{router}", self.model.delete_router_faults(router)):
            del self.model.routers[router]

    @precondition(lambda self: self.model.routers and self.model.subnets)
    @rule(n=which, m=which)
    def add_subnet(self, n: int, m: int) -> None:
        router, subnet = pick(self.model.routers, n), pick(self.model.subnets, m)
        faults = self.model.interface_faults(router, subnet)
        path = f"/routers/{router}/add_router_interface"
        made = self.attempt("PUT", path, {"subnet_id": subnet}, faults)
        if made:
            known = self.model.subnets[subnet]
            port = Port(made["port_id"], known.network, subnet, known.gateway, router)
            self.model.ports[port.id] = port
            self.model.routers[router].interfaces.append(port.id)

    @precondition(lambda self: self.model.routers and self.model.ports)
    @rule(n=which, m=which)
    def add_port(self, n: int, m: int) -> None:
        router, port = pick(self.model.routers, n), pick(self.model.ports, m)
        known = self.model.ports[port]
        faults = (
            self.model.interface_faults(router, known.subnet, port)
            if known.subnet
            else {"BadRequest", "PortInUse"}
        )
        path = f"/routers/{router}/add_router_interface"
        if self.attempt("PUT", path, {"port_id": port}, faults):
            known.device, known.made = router, False
            self.model.routers[router].interfaces.append(port)

    @precondition(lambda self: any(r.interfaces for r in self.model.routers.values()))
    @rule(n=which, by_port=st.booleans())
    def remove_interface(self, n: int, by_port: bool) -> None:
        every = {p: r.id for r in self.model.routers.values() for p in r.interfaces}
        port = pick(every, n)
        router, subnet = every[port], self.model.ports[port].subnet
        body = {"port_id": port} if by_port else {"subnet_id": subnet}
        faults = self.model.remove_interface_faults(router, port)
        if self.attempt("PUT", f"/routers/{router}/remove_router_interface", body, faults):
            self.model.routers[router].interfaces.remove(port)
            self.model.forget_port(port)

    @precondition(lambda self: self.model.routers)
    @rule(n=which, m=which)
    def set_gateway(self, n: int, m: int) -> None:
        self.lead_out(pick(self.model.routers, n), pick(self.outside.networks, m))

    @precondition(lambda self: any(r.outside for r in self.model.routers.values()))
    @rule(n=which)
    def clear_gateway(self, n: int) -> None:
        self.lead_out(pick(self.model.routers, n), "")

    @precondition(lambda self: any(r.interfaces for r in self.model.routers.values()))
    @rule(n=which, to=st.sampled_from(DESTINATIONS), hop=st.sampled_from(HOPS))
    def set_route(self, n: int, to: str, hop: str) -> None:
        router = pick(self.model.routers, n)
        body = {"router": {"routes": [{"destination": to, "nexthop": hop}]}}
        if self.attempt("PUT", f"/routers/{router}", body, self.model.route_faults(router, hop)):
            self.model.routers[router].routes = [(to, hop)]

    @precondition(lambda self: any(r.routes for r in self.model.routers.values()))
    @rule(n=which)
    def clear_routes(self, n: int) -> None:
        router = pick(self.model.routers, n)
        self.attempt("PUT", f"/routers/{router}", {"router": {"routes": []}}, set())
        self.model.routers[router].routes = []

    # Floating IPs.

    @precondition(lambda self: len(self.model.floating) < MOST)
    @rule(n=which, m=which, at_once=st.booleans())
    def create_floating_ip(self, n: int, m: int, at_once: bool) -> None:
        outside = pick(self.outside.networks, n)
        port = pick(self.model.ports, m) if at_once and self.model.ports else ""
        faults = self.model.associate_faults(outside, port) if port else set()
        body = {"floating_network_id": outside, "port_id": port or None}
        made = self.attempt("POST", "/floatingips", {"floatingip": body}, faults)
        if made:
            row = made["floatingip"]
            floating = Floating(row["id"], outside, row["floating_ip_address"])
            self.model.floating[floating.id] = floating
            self.learn_association(floating, port, row)

    @precondition(lambda self: self.model.floating and self.model.ports)
    @rule(n=which, m=which)
    def associate(self, n: int, m: int) -> None:
        floating = self.model.floating[pick(self.model.floating, n)]
        port = pick(self.model.ports, m)
        faults = self.model.associate_faults(floating.outside, port, floating.id)
        made = self.point(floating, port, faults)
        if made:
            self.learn_association(floating, port, made["floatingip"])

    @precondition(lambda self: any(f.port for f in self.model.floating.values()))
    @rule(n=which)
    def disassociate(self, n: int) -> None:
        floating = self.model.floating[pick(self.model.floating, n)]
        self.point(floating, None, set())
        floating.port = floating.router = ""

    @precondition(lambda self: self.model.floating)
    @rule(n=which)
    def delete_floating_ip(self, n: int) -> None:
        floating = pick(self.model.floating, n)
        self.remove(f"/floatingips/{floating}", set())
        del self.model.floating[floating]

    # Servers.

    @precondition(lambda self: self.model.networks and len(self.model.servers) < MOST)
    @rule(n=which, zone=st.sampled_from(tuple(ZONES)))
    def boot(self, n: int, zone: str) -> None:
        network = pick(self.model.networks, n)
        ranges = any(s.network == network for s in self.model.subnets.values())
        pods = self.model.boot_pods(network, zone) if ranges else set()
        self.boot_at({"uuid": network}, network, zone, pods)

    @precondition(lambda self: self.model.ports and len(self.model.servers) < MOST)
    @rule(n=which, zone=st.sampled_from(tuple(ZONES)))
    def boot_with_port(self, n: int, zone: str) -> None:
        port = self.model.ports[pick(self.model.ports, n)]
        free = port.subnet and not port.device
        pods = self.model.boot_pods(port.network, zone) if free else set()
        self.boot_at({"port": port.id}, port.network, zone, pods)

    @precondition(lambda self: self.model.servers)
    @rule(n=which)
    def delete_server(self, n: int) -> None:
        server = pick(self.model.servers, n)
        self.site.drop_server({"id": server})
        del self.model.servers[server]
        for port in [p for p in self.model.ports.values() if p.device == server]:
            port.device = ""
            if port.made:
                self.model.forget_port(port.id)


def pick(things: Iterable[T], n: int) -> T:
    """One of the things, by a number of any size."""
    every = list(things)
    return every[n % len(every)]


def machine(stack: Stack, outside: Outside, tally: Counter[str]) -> Callable[[], Calls]:
    """The machine of one stack."""
    of = {"stack": stack, "outside": outside, "tally": tally}
    return type("CallsOnStack", (Calls,), of)
