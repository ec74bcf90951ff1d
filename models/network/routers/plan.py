"""Topology: what a router should look like in each pod, from the rows of the top alone.

Everything else (adding, removing, redoing, compensating) is the difference between this and what
the routing rows say is there.
"""

import ipaddress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, FloatingIP, Network, Port, Router, Subnet
from models.database.tables.routing import Routing, routings
from models.network.bridges.addresses import Bridge, BridgeAddresses, UnallocatedError
from models.network.bridges.purposes import Purpose, Use
from models.network.bridges.rows import Bridges
from models.network.ports.owners import DeviceOwner

networks, subnets, ports = TABLES["networks"], TABLES["subnets"], TABLES["ports"]
floatingips = TABLES["floatingips"]


@dataclass(slots=True)
class Interface:
    """A tenant subnet's interface on the router copy; by port when it is not the gateway IP."""

    port: Row
    by_subnet: bool


@dataclass(slots=True)
class Gateway:
    """The router copy's gateway: on the user's external network, or on a north-south bridge."""

    port_id: str
    network_id: str
    fixed_ips: list[Row]
    enable_snat: bool
    bridge: Bridge | None = None


@dataclass(slots=True)
class Floating:
    """A floating IP in one pod.

    ``plain``: the public address on the port. ``public``: the public address on the carrier, in
    the external pod. ``inner``: the carrier's address on the port, in the port's pod.
    """

    row: Row
    role: str
    port_id: str
    bridge: Bridge | None = None

    @property
    def spec(self) -> Row:
        """What is remembered as applied, to see a move; a carrier does not care whose it is."""
        carrier = self.bridge.address["ip_address"] if self.bridge else ""
        if self.role == "public":
            return {"role": self.role, "carrier": carrier}
        fixed = self.row["fixed_ip_address"]
        return {"role": self.role, "port": self.port_id, "fixed": fixed, "carrier": carrier}


@dataclass(slots=True)
class Plan:
    """What one router should be in one pod. ``router`` False: nothing of it."""

    router: bool = False
    interfaces: list[Interface] = field(default_factory=list)
    east_west: Bridge | None = None
    north_south: Bridge | None = None
    gateway: Gateway | None = None
    floating: list[Floating] = field(default_factory=list)
    routes: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Desired:
    """The router row (None when it is deleted) and its plan in every pod that has one."""

    router: Row | None
    plans: dict[str, Plan] = field(default_factory=dict)

    def plan(self, pod_id: str) -> Plan:
        """Return the plan of a pod; an empty one where there should be nothing."""
        return self.plans.get(pod_id, Plan())


class Topology:
    """Reads the desired state, and allocates the bridges that it needs."""

    def __init__(self, store: Store, bridges: Bridges) -> None:
        self._store = store
        self._bridges = bridges

    async def desired(self, router_id: str, *, whole: bool = False) -> Desired:
        """Return what the router should be now, in every pod.

        What finds no address on a bridge is left out, or is ``OverQuota`` when it has to be
        ``whole``: whoever asked for that piece is told of it, others can go on.
        """
        try:
            async with self._store.read() as tx:
                return await self.look(tx, router_id)
        except UnallocatedError:
            async with self._store.write() as tx:
                return await self._allocate(tx, router_id, whole=whole)

    async def look(self, tx: Transaction, router_id: str) -> Desired:
        """Return what the router should be; ``UnallocatedError`` when an address is missing."""
        return await self._desired(tx, BridgeAddresses(tx, self._bridges, make=False), router_id)

    async def allocate(self, tx: Transaction, router_id: str) -> Desired:
        """Return what the router should be now; ``OverQuota`` when a pool has nothing left."""
        return await self._allocate(tx, router_id, whole=True)

    async def _allocate(self, tx: Transaction, router_id: str, *, whole: bool) -> Desired:
        addresses = BridgeAddresses(tx, self._bridges, make=True, whole=whole)
        return await self._desired(tx, addresses, router_id)

    async def _desired(
        self, tx: Transaction, addresses: BridgeAddresses, router_id: str
    ) -> Desired:
        router = await tx.one(Router.select().where(Router.id == router_id))
        if router is None:
            return Desired(None)
        desired = Desired(router)
        attached = await self._interfaces(tx, router_id)
        interfaces = [row for row in attached if row["pod_id"] and row["status"] != "ERROR"]
        for row in interfaces:
            plan = desired.plans.setdefault(row["pod_id"], Plan(router=True))
            plan.interfaces.append(
                Interface(row, by_subnet=row["fixed_ips"][0]["ip_address"] == row["gateway_ip"])
            )
        inside = list(desired.plans)
        if len(inside) > 1:
            await _east_west(addresses, router, desired)
        await self._north_south(tx, addresses, router, desired, inside)
        _routes(router, interfaces, attached, desired)
        return desired

    async def _interfaces(self, tx: Transaction, router_id: str) -> list[Row]:
        statement = (
            select(
                ports,
                Network.pod_id,
                Subnet.cidr,
                Subnet.gateway_ip,
                Subnet.id.label("subnet_id"),
            )
            .join(networks, Network.id == Port.network_id)
            .join(subnets, Subnet.network_id == Network.id)
            .where(
                Port.device_id == router_id,
                Port.device_owner == DeviceOwner.ROUTER_INTERFACE,
            )
            .order_by(Port.created_at, Port.id)
        )
        # A network may have more subnets than the one this interface is on.
        return [
            row
            for row in await tx.all(statement)
            if row["fixed_ips"] and row["fixed_ips"][0]["subnet_id"] == row["subnet_id"]
        ]

    async def _north_south(
        self,
        tx: Transaction,
        addresses: BridgeAddresses,
        router: Row,
        desired: Desired,
        inside: list[str],
    ) -> None:
        statement = (
            select(ports, Network.pod_id)
            .join(networks, Network.id == Port.network_id)
            .where(
                Port.device_id == router["id"],
                Port.device_owner == DeviceOwner.ROUTER_GATEWAY,
                Port.status != "ERROR",
            )
        )
        gateway = await tx.one(statement)
        if gateway is None:
            return
        info = router["external_gateway_info"] or {}
        external = desired.plans.setdefault(gateway["pod_id"], Plan(router=True))
        external.gateway = Gateway(
            gateway["id"],
            gateway["network_id"],
            gateway["fixed_ips"],
            info.get("enable_snat", True),
        )
        others = [pod_id for pod_id in inside if pod_id != gateway["pod_id"]]
        bridge: Row | None = None
        if others:
            # Of the gateway port, not of the router: another external network may lie in
            # another pod, where this bridge's network would be of the other kind.
            bridge = await addresses.bridge("ns", gateway["id"], router["project_id"])
        if bridge is not None:
            purpose = Purpose(Use.GATEWAY_INTERFACE, router["id"])
            external.north_south = await addresses.address(bridge, purpose)
            for pod_id in others:
                at = await addresses.address(bridge, Purpose(Use.GATEWAY, router["id"], pod_id))
                if at is not None:
                    desired.plans[pod_id].gateway = Gateway(gateway["id"], "", [], True, at)
        await self._floating(tx, addresses, router["id"], desired, gateway["pod_id"], bridge)

    async def _floating(
        self,
        tx: Transaction,
        addresses: BridgeAddresses,
        router_id: str,
        desired: Desired,
        external: str,
        bridge: Row | None,
    ) -> None:
        # Only ports that have a copy: a floating IP of another waits until it has one.
        statement = (
            select(floatingips, Routing.pod_id)
            .join(routings, Routing.top_id == FloatingIP.port_id)
            .where(
                FloatingIP.router_id == router_id,
                FloatingIP.status != "ERROR",
                Routing.type == "port",
                Routing.bottom_id.is_not(None),
            )
            .order_by(FloatingIP.id)
        )
        for row in await tx.all(statement):
            pod_id, port_id = row["pod_id"], row["port_id"]
            if pod_id == external:
                desired.plans[external].floating.append(Floating(row, "plain", port_id))
            elif bridge is not None and pod_id in desired.plans:
                at = await addresses.address(bridge, Purpose(Use.FLOATINGIP, row["id"]))
                if at is not None:
                    desired.plans[external].floating.append(Floating(row, "public", port_id, at))
                    desired.plans[pod_id].floating.append(Floating(row, "inner", port_id, at))


async def _east_west(addresses: BridgeAddresses, router: Row, desired: Desired) -> None:
    project = router["project_id"]
    bridge = await addresses.bridge("ew", project, project)
    if bridge is None:
        return
    for pod_id, plan in desired.plans.items():
        purpose = Purpose(Use.INTERFACE, router["id"], pod_id)
        plan.east_west = await addresses.address(bridge, purpose)


def _routes(router: Row, interfaces: list[Row], attached: list[Row], desired: Desired) -> None:
    """Fill in each plan's extra routes: ours to the other pods, and the user's own."""
    crossing = {p: plan.east_west for p, plan in desired.plans.items() if plan.east_west}
    for pod_id in crossing:
        for row in interfaces:
            there = crossing.get(row["pod_id"])
            if row["pod_id"] != pod_id and there:
                _add(desired, pod_id, row["cidr"], there.address["ip_address"])
    for route in router["routes"] or []:
        home = _home(route["nexthop"], interfaces, attached, desired)
        if home is None:
            continue
        _add(desired, home, route["destination"], route["nexthop"])
        via = crossing.get(home)
        for pod_id in crossing if via else ():
            if pod_id != home and via:
                _add(desired, pod_id, route["destination"], via.address["ip_address"])


def _home(
    nexthop: str, interfaces: list[Row], attached: list[Row], desired: Desired
) -> str | None:
    """Return the pod whose router copy reaches the next hop directly."""
    address = ipaddress.ip_address(nexthop)
    for row in interfaces:
        if address in ipaddress.ip_network(row["cidr"]):
            return str(row["pod_id"])
    if any(address in ipaddress.ip_network(row["cidr"]) for row in attached):
        # Behind an interface that no pod has, yet or for now.
        return None
    # Not on an interface, so it was accepted as an address of the external network.
    return next(
        (p for p, plan in desired.plans.items() if plan.gateway and plan.gateway.network_id), None
    )


def _add(desired: Desired, pod_id: str, destination: str, nexthop: str) -> None:
    route: dict[str, Any] = {"destination": destination, "nexthop": nexthop}
    if route not in desired.plans[pod_id].routes:
        desired.plans[pod_id].routes.append(route)
