"""A small model of what Neutron does: what there is, and what it refuses by which fault.

Chosen values (ids, addresses, which of several pods) are learned from the answers. A question
returns every fault that may be given; none means that the call has to work.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

PODS = {"Pod1": ("Pod1",), "Pod2": ("Pod2",), "Pod3": ("Pod3",), "az2": ("Pod2", "Pod3")}
EVERY = ("Pod1", "Pod2", "Pod3")
ZONES = {"az1": ("Pod1",), "az2": ("Pod2", "Pod3")}


@dataclass
class Network:
    """``pods`` are those it may lie in; one: that is where it lies."""

    id: str
    pods: tuple[str, ...]

    @property
    def pod(self) -> str:
        """Where it lies, or nothing while that is open."""
        return self.pods[0] if len(self.pods) == 1 else ""


@dataclass
class Subnet:
    """A range of addresses; the gateway address is its first."""

    id: str
    network: str
    cidr: str
    gateway: str


@dataclass
class Port:
    """``device`` is a server's or a router's id; ``made``: it goes with its server."""

    id: str
    network: str
    subnet: str
    address: str
    device: str = ""
    made: bool = False


@dataclass
class Router:
    """``interfaces`` are ports."""

    id: str
    outside: str = ""
    interfaces: list[str] = field(default_factory=list)
    routes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Floating:
    """``fixed`` is the port's address that it leads to."""

    id: str
    outside: str
    address: str
    port: str = ""
    router: str = ""


@dataclass
class Server:
    """Where it runs."""

    id: str
    pod: str


class Model:
    """One project."""

    def __init__(self) -> None:
        self.networks: dict[str, Network] = {}
        self.subnets: dict[str, Subnet] = {}
        self.ports: dict[str, Port] = {}
        self.routers: dict[str, Router] = {}
        self.floating: dict[str, Floating] = {}
        self.servers: dict[str, Server] = {}

    # Networks, subnets and ports.

    def subnet_faults(self, network: str, cidr: str) -> set[str]:
        """A network's subnets do not overlap."""
        own = [s.cidr for s in self.subnets.values() if s.network == network]
        return {"InvalidInput"} if any(overlap(cidr, other) for other in own) else set()

    def delete_subnet_faults(self, subnet: str) -> set[str]:
        """A subnet stays while a port has an address in it."""
        used = any(port.subnet == subnet for port in self.ports.values())
        return {"SubnetInUse"} if used else set()

    def delete_network_faults(self, network: str) -> set[str]:
        """A network stays while it has ports."""
        used = any(port.network == network for port in self.ports.values())
        return {"NetworkInUse"} if used else set()

    def delete_port_faults(self, port: str) -> set[str]:
        """A router's port goes with the interface."""
        return {"ServicePortInUse"} if self.ports[port].device in self.routers else set()

    def forget_network(self, network: str) -> None:
        """The network is gone, and its subnets."""
        del self.networks[network]
        self.subnets = {i: s for i, s in self.subnets.items() if s.network != network}

    def forget_port(self, port: str) -> None:
        """The port is gone; floating IPs that led to it lead nowhere."""
        del self.ports[port]
        for floating in self.floating.values():
            if floating.port == port:
                floating.port = floating.router = ""

    # Routers.

    def interface_faults(self, router: str, subnet: str, port: str = "") -> set[str]:
        """A router's subnets do not overlap, and two devices do not share a port or address."""
        wanted, found = self.subnets[subnet], set()
        for known in self.interfaces(router):
            if overlap(known.cidr, wanted.cidr):
                found.add("BadRequest")
        if port and self.ports[port].device:
            return {"PortInUse"}
        taken = any(
            p.subnet == subnet and p.address == wanted.gateway for p in self.ports.values()
        )
        return found | ({"IpAddressAlreadyAllocated"} if taken and not port else set())

    def remove_interface_faults(self, router: str, port: str) -> set[str]:
        """An interface stays while a floating IP or a route of the user's needs it."""
        subnet, found = self.ports[port].subnet, set()
        for floating in self.floating.values():
            if floating.router == router and self.ports[floating.port].subnet == subnet:
                found.add("RouterInterfaceInUseByFloatingIP")
        cidr = ipaddress.ip_network(self.subnets[subnet].cidr)
        for _, hop in self.routers[router].routes:
            if ipaddress.ip_address(hop) in cidr:
                found.add("RouterInterfaceInUseByRoute")
        return found

    def gateway_faults(self, router: str, outside: str) -> set[str]:
        """A gateway stays while floating IPs go through it."""
        now = self.routers[router].outside
        used = any(floating.router == router for floating in self.floating.values())
        return {"RouterExternalGatewayInUseByFloatingIp"} if used and now != outside else set()

    def delete_router_faults(self, router: str) -> set[str]:
        """A router stays while it has interfaces."""
        return {"RouterInUse"} if self.routers[router].interfaces else set()

    def route_faults(self, router: str, hop: str) -> set[str]:
        """A route's next hop is on a network of the router, and is not the router."""
        own = [self.ports[port].address for port in self.routers[router].interfaces]
        near = [ipaddress.ip_network(subnet.cidr) for subnet in self.interfaces(router)]
        reached = any(ipaddress.ip_address(hop) in cidr for cidr in near)
        return set() if reached and hop not in own else {"InvalidRoutes"}

    def interfaces(self, router: str) -> list[Subnet]:
        """The subnets on the router."""
        return [self.subnets[self.ports[p].subnet] for p in self.routers[router].interfaces]

    # Floating IPs.

    def leading(self, outside: str, port: str) -> set[str]:
        """The routers that lead from the external network to the port's subnet."""
        subnet = self.ports[port].subnet
        return {
            router.id
            for router in self.routers.values()
            if router.outside == outside
            and any(self.ports[own].subnet == subnet for own in router.interfaces)
        }

    def associate_faults(self, outside: str, port: str, mine: str = "") -> set[str]:
        """A port needs an address, a way out, and no other floating IP of the same outside."""
        if not self.ports[port].subnet:
            return {"BadRequest"}
        found = set()
        for floating in self.floating.values():
            if floating.port == port and floating.outside == outside and floating.id != mine:
                found.add("FloatingIPPortAlreadyAssociated")
        if not self.leading(outside, port):
            found.add("ExternalGatewayForFloatingIPNotFound")
        return found

    # Servers.

    def boot_pods(self, network: str, zone: str) -> set[str]:
        """The pods that can have a server of the zone on the network."""
        return set(ZONES[zone]) & set(self.networks[network].pods)


def overlap(one: str, other: str) -> bool:
    """Whether two ranges share an address."""
    return ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other))
