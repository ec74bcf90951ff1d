"""RouterCopies: brings one router in one pod to the state the topology asks for.

The order inside a pod is the one Neutron needs: floating IPs, routes, gateway, interfaces go in
this order and come in the reverse one. Calls on one router copy are made one at a time: Neutron's
OVN driver corrupts a router whose interface is removed while its gateway is being set.
"""

from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from activities.copies import Copies, MarkedKind
from activities.network.networks import NetworkCopies
from activities.network.routers.parts import RouterParts
from activities.network.subnets import SubnetCopies
from activities.pods.together import Together, overlapping
from models.database.store import Row, Store
from models.database.tables.routing import Routing, routings
from models.errors import NotFound, PodBusy, PodFault
from models.network.bridges.addresses import UnallocatedError
from models.network.routers.diff import (
    Have,
    differs,
    gateway_applied,
    in_order,
    is_elsewhere,
    joined,
    links,
    north_south,
    noted,
)
from models.network.routers.pieces import unless_told_elsewhere
from models.network.routers.plan import Desired, Gateway, Plan, Topology
from models.pods import PodDirectory
from models.resources.network import ROUTERS
from models.routings import Made, Routings, mark
from models.values import Pod

T = TypeVar("T")
# Remembered of a copy while it is being set.
_UNKNOWN = {"gateway": {"network": "", "snat": None}, "routes": None}


class RouterKind(MarkedKind):
    """One that is to be made comes with its ``gateway_info`` and how that is remembered.

    What is applied to a copy, gateway and routes, is set and remembered by ``RouterCopies``.
    """

    type = "router"
    kind = ROUTERS
    remembered = False

    def owner(self, row: Row) -> str:
        """Return the id of the router itself."""
        return str(row["id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        """Make the copy, with its gateway where that is known."""
        body = {
            "name": row["name"],
            "description": mark("router", row["id"]),
            "project_id": row["project_id"],
            "admin_state_up": row["admin_state_up"],
        }
        if row["gateway_info"]:
            # A third of the price of setting it on a router that has interfaces.
            body["external_gateway_info"] = row["gateway_info"]
        made = await self.post(pod, body)
        return Made(str(made["id"]), {"gateway": row["gateway_applied"], "routes": []})

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        """Set name and state."""
        await self.put(pod, bottom, self.copied(row))

    async def set(self, bottom: str, pod: Pod, body: Row) -> None:
        """Set gateway or routes."""
        # 409: a gateway's address that another operation is giving back at this moment.
        await self.put(pod, bottom, body, retry_conflict=True)


class RouterCopies:
    """The copies of routers; ``converge`` and ``converge_routes`` may be repeated at any time."""

    def __init__(
        self,
        store: Store,
        pods: PodDirectory,
        routes: Routings,
        topology: Topology,
        kind: RouterKind,
        copies: Copies,
        networks: NetworkCopies,
        subnets: SubnetCopies,
        parts: RouterParts,
    ) -> None:
        self._store = store
        self._pods = pods
        self._routings = routes
        self._topology = topology
        self._kind = kind
        self._copies = copies
        self._networks = networks
        self._subnets = subnets
        self._parts = parts
        self._together = Together()

    async def pods_to_change(self, router_id: str, *, whole: bool = False) -> list[str]:
        """Return the pods where the router is not, or may not be, what it should be.

        ``OverQuota`` if it has to be ``whole`` and a piece finds no address on a bridge.
        """
        desired = await self._topology.desired(router_id, whole=whole)
        have = await self._in_pods(router_id)
        return sorted(
            pod_id
            for pod_id in {*desired.plans, *have}
            if differs(router_id, desired.plan(pod_id), have.get(pod_id, {}))
        )

    async def converge(self, router_id: str, pod_id: str, about: str = "") -> None:
        """Make the router in the pod what it should be now, but for added routes.

        ``about`` is the piece (a port, a floating IP) for whose sake it is done. A piece that the
        pod refuses is left out when another operation is about it: that one tells of it.
        """
        pod = await self._pods.get(pod_id)
        name = f"router-copy/{router_id}/{pod_id}"

        async def work() -> None:
            desired = await self._topology.desired(router_id)
            while True:
                plan = desired.plan(pod_id)
                async with self._looking_anew(router_id, pod):
                    await self._take_back(router_id, pod, plan)
                    if plan.router:
                        await self._bring_forth(desired, pod, plan, about)
                # Who wants something else by now may have looked before our rows were there,
                # and found nothing to change.
                desired = await self._topology.desired(router_id)
                if desired.plan(pod_id) == plan:
                    return

        mine = await self._together.run(name, lambda: self._store.hold(name), work)
        if not mine and pod_id in await self.pods_to_change(router_id):
            # The run was about another piece, and may have left out this one.
            async with self._store.hold(name):
                await work()

    async def routes_to_change(self, router_id: str) -> list[str]:
        """Return the pods whose router copy has other extra routes than it should have.

        Not those where interfaces are still to come: the routes' next hops lie behind them.
        """
        try:
            async with self._store.read() as tx:
                desired = await self._topology.look(tx, router_id)
        except UnallocatedError:
            return []
        found = []
        for pod_id, have in (await self._in_pods(router_id)).items():
            plan, copy = desired.plan(pod_id), have.get(("router", router_id))
            other = copy and in_order(plan.routes) != noted(copy).get("routes", [])
            if other and joined(plan, have):
                found.append(pod_id)
        return found

    async def converge_routes(self, router_id: str, pod_id: str) -> None:
        """Set all extra routes of the router in the pod, in one call, if they differ."""
        pod = await self._pods.get(pod_id)
        async with self._store.hold(f"router-copy/{router_id}/{pod_id}"):
            plan = (await self._topology.desired(router_id)).plan(pod_id)
            row = await self._routings.row("router", router_id, pod)
            if row and row["bottom_id"] and plan.router:
                async with self._looking_anew(router_id, pod):
                    await self._set_routes(row, pod, in_order(plan.routes))

    @asynccontextmanager
    async def _looking_anew(self, router_id: str, pod: Pod) -> AsyncIterator[None]:
        """Forget the ids of a copy that the pod has not got (any more), and try again.

        Somebody deleted it there, or did a holder of the lease that was taken for dead.
        """
        try:
            yield
        except PodFault as fault:
            if fault.kind != "RouterNotFound":
                raise
            hanging = routings.update().where(
                Routing.owner_id == router_id,
                Routing.pod_id == pod.pod_id,
                Routing.type.in_(("router", "router_interface", "bridge_port")),
            )
            async with self._store.write() as tx:
                await tx.run(hanging.values(bottom_id=None, applied=None))
            raise PodBusy(fault.message) from fault
        except NotFound as gone:
            # Deleted at the top since the plan was made: the next one is without it.
            raise PodBusy(gone.message) from gone

    async def _in_pods(self, router_id: str) -> dict[str, Have]:
        have: dict[str, Have] = {}
        for row in await self._routings.rows(Routing.owner_id == router_id):
            have.setdefault(row.pod_id, {})[row.type, row.top_id] = row
        return have

    async def _have(self, router_id: str, pod: Pod) -> Have:
        rows = await self._routings.rows(
            Routing.owner_id == router_id, Routing.pod_id == pod.pod_id
        )
        return {(row.type, row.top_id): row for row in rows}

    async def _take_back(self, router_id: str, pod: Pod, plan: Plan) -> None:
        have = await self._have(router_id, pod)
        wanted = {f.row["id"]: f.spec for f in plan.floating}
        carriers = {f.row["id"] for f in plan.floating if f.role == "public"}
        for (type_, top_id), row in have.items():
            if type_ == "floatingip" and wanted.get(top_id) != row["applied"]:
                await self._parts.remove_floating(pod, row)
        for (type_, top_id), row in have.items():
            if type_ == "carrier_port" and top_id not in carriers:
                await self._parts.remove_carrier(pod, row)
        copy = have.get(("router", router_id))
        bottom: str | None = None
        if copy:
            bottom = copy["bottom_id"] or await self._kind.find({"id": router_id}, pod)
        going = [row for row in have.values() if self._goes(row, plan)]
        if copy and bottom:
            await self._loosen({**copy, "bottom_id": bottom}, pod, plan, bool(going))
        known = {row["bottom_id"] for row in have.values()}
        for row in going:
            await self._parts.remove_link(pod, bottom, row, known)
        if copy and not plan.router:
            await self._copies.remove(copy)
        for type_, top_id in have:
            if type_ == "bridge_network" and top_id not in north_south(plan):
                await self._parts.remove_bridge_network(pod, router_id, top_id)

    async def _loosen(self, copy: Row, pod: Pod, plan: Plan, links_go: bool) -> None:
        """Take routes and gateway off the router copy, where they are in the way."""
        applied = noted(copy)
        if links_go:
            kept = [r for r in applied.get("routes") or [] if r in plan.routes]
            await self._set_routes(copy, pod, kept)
        gateway = applied.get("gateway")
        # Not known after a crash: clearing what is clear already is no error.
        unknown = copy["applied"] is None and plan.gateway is None
        if unknown or (gateway and (not plan.gateway or is_elsewhere(gateway, plan.gateway))):
            await self._set(copy, pod, {"external_gateway_info": {}}, gateway=None)

    def _goes(self, row: Row, plan: Plan) -> bool:
        if row["type"] == "router_interface":
            return row["top_id"] not in {i.port["id"] for i in plan.interfaces}
        if row["type"] == "bridge_port":
            stay = {b.address["id"] for b in (plan.east_west, plan.north_south) if b}
            return row["top_id"] not in stay
        return False

    async def _bring_forth(self, desired: Desired, pod: Pod, plan: Plan, about: str) -> None:
        router, id_ = desired.router, desired.router["id"] if desired.router else ""
        assert router is not None

        def of(piece: str, work: Awaitable[T]) -> Coroutine[Any, Any, T | None]:
            return unless_told_elsewhere(self._store, piece, about, work)

        gateway_port = plan.gateway.port_id if plan.gateway else ""
        # Everything at once, but for the calls on the router: those one at a time.
        async with overlapping() as begin:
            networks = [
                begin(of(i.port["id"], self._networks.network(i.port["network_id"], pod)))
                for i in plan.interfaces
            ]
            bridge_ports = [begin(self._parts.bridge_port(pod, id_, b)) for b in links(plan)]
            info = await of(gateway_port, self._gateway_info(pod, id_, plan.gateway))
            bottom = await of(gateway_port, self._router(router, pod, plan.gateway, info))
            if bottom is None:
                info, bottom = None, await self._router(router, pod, None, None)
            for interface, network in zip(plan.interfaces, networks, strict=True):
                if await network is not None:
                    adding = self._parts.add_interface(pod, id_, bottom, interface)
                    await of(interface.port["id"], adding)
            for bridge, port in zip(links(plan), bridge_ports, strict=True):
                await port
                await self._parts.attach_bridge_port(pod, bottom, bridge)
        if info is not None:
            await of(gateway_port, self._set_gateway(id_, pod, plan, info))
        for floating in plan.floating:
            await of(floating.row["id"], self._parts.add_floating(pod, id_, floating))

    async def _router(
        self, router: Row, pod: Pod, gateway: Gateway | None, info: Row | None
    ) -> str:
        applied = gateway_applied(gateway) if info else None
        given = {"gateway_info": info, "gateway_applied": applied}
        return await self._copies.materialise({**router, **given}, pod)

    async def _gateway_info(self, pod: Pod, router_id: str, gateway: Gateway | None) -> Row | None:
        if gateway is None:
            return None
        if gateway.bridge is None:
            network = await self._networks.network(gateway.network_id, pod)
            fixed_ips = await self._subnets.fixed_ips(gateway.fixed_ips, pod)
        else:
            network, subnet = await self._parts.bridge_network(pod, router_id, gateway.bridge)
            address = gateway.bridge.address["ip_address"]
            fixed_ips = [{"subnet_id": subnet, "ip_address": address}]
        return {
            "network_id": network,
            "external_fixed_ips": fixed_ips,
            "enable_snat": gateway.enable_snat,
        }

    async def _set_gateway(self, router_id: str, pod: Pod, plan: Plan, info: Row | None) -> None:
        copy = await self._routings.row("router", router_id, pod)
        assert copy is not None
        wanted = gateway_applied(plan.gateway)
        if wanted is not None and noted(copy).get("gateway") != wanted:
            await self._set(copy, pod, {"external_gateway_info": info}, gateway=wanted)

    async def _set_routes(self, copy: Row, pod: Pod, wanted: list[Row]) -> None:
        if noted(copy).get("routes", []) != wanted:
            await self._set(copy, pod, {"routes": wanted}, routes=wanted)

    async def _set(self, copy: Row, pod: Pod, body: Row, **applied: object) -> None:
        """Set gateway or routes of the copy, and remember what is set.

        Who dies in between leaves what differs from all that can be wanted: it is set again.
        """
        unknown = noted(copy) | {name: _UNKNOWN[name] for name in applied}
        async with self._routings.unknown(copy, pod, applied=unknown):
            await self._kind.set(copy["bottom_id"], pod, body)
        copy["applied"] = noted(copy) | applied
        await self._routings.update("router", copy["top_id"], pod, applied=copy["applied"])
