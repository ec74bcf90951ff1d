"""Routers: their rows, and the operations that make them true in the pods."""

import ipaddress
from collections.abc import Callable, Sequence

from sqlalchemy import func, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import Port, Subnet
from models.database.tables.routing import Routing
from models.errors import BadRequest, Conflict
from models.network.collections.collection import Body, Collection, Quotas, Shown
from models.network.ports.addresses import by_address
from models.network.ports.owners import ROUTER_PORTS, DeviceOwner
from models.network.ports.rows import Ports
from models.network.routers.gateway import RouterGateway
from models.operations import Operations
from models.pods import PodDirectory
from models.resources.network import ROUTERS
from models.values import Caller


class Routers(Collection):
    """The routers as users see them."""

    def __init__(
        self,
        store: Store,
        quotas: Quotas,
        pods: PodDirectory,
        operations: Operations,
        port_rows: Ports,
        gateway: RouterGateway,
    ) -> None:
        super().__init__(ROUTERS, store, quotas)
        self._pods = pods
        self._operations = operations
        self._ports = port_rows
        self._gateway = gateway

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add the gateway's addresses, from its port."""
        ids = [row["id"] for row in rows]
        statement = select(Port.device_id, Port.fixed_ips).where(
            Port.device_owner == DeviceOwner.ROUTER_GATEWAY, Port.device_id.in_(ids)
        )
        fixed = {r["device_id"]: r["fixed_ips"] for r in await tx.all(statement)}
        for row in rows:
            row["ha"] = True
            row["availability_zones"] = []
            if row["external_gateway_info"]:
                info = row["external_gateway_info"]
                row["external_gateway_info"] = {
                    "network_id": info["network_id"],
                    "enable_snat": info["enable_snat"],
                    "external_fixed_ips": by_address(fixed.get(row["id"], [])),
                }

    def view(self, row: Row, caller: Caller) -> Shown:
        """Leave out what a Neutron with OVN does not show."""
        shown = super().view(row, caller)
        shown.pop("distributed", None)
        return shown

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a router, with its gateway if one is given."""
        row = self.parse_create(body, caller)
        await self._pods.hinted(row["availability_zone_hints"])
        info = row.pop("external_gateway_info")
        row["external_gateway_info"] = None
        row["status"] = "ACTIVE"
        waiting: list[str] = []
        async with self.store.write() as tx:
            await self.insert(tx, row)
            if info:
                waiting = await self._gateway.set(tx, caller, row, info)
            row = await self.get(caller, row["id"], tx)
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        return shown

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change attributes, the user's routes or the gateway."""
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            shown, waiting = await self._change(tx, caller, row, body)
        self._operations.announce(*waiting)
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the router and its gateway; 409 ``RouterInUse`` while it has interfaces."""
        waiting: list[str] = []
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_, "delete")
            attached = select(Port.id).where(
                Port.device_id == id_, Port.device_owner == DeviceOwner.ROUTER_INTERFACE
            )
            legs = [port["id"] for port in await tx.all(attached.order_by(Port.id))]
            if legs:
                raise Conflict(
                    f"Router {id_} has ports still attached: {', '.join(legs)}", "RouterInUse"
                )
            await self._gateway.drop(tx, row)
            await tx.run(self.table.delete().where(self.table.c.id == id_))
            copied = select(func.count()).where(Routing.owner_id == id_)
            if await tx.value(copied):
                waiting.append(
                    await self._operations.add(
                        tx,
                        work.CleanUp.ROUTER.on(id_),
                        project_id=row["project_id"],
                        request_id=caller.request_id,
                    )
                )
        self._operations.announce(*waiting)

    async def add_routes(self, caller: Caller, id_: str, routes: Sequence[Row]) -> Shown:
        """Add the user's routes that are not there yet (``add_extraroutes``)."""

        def added(kept: list[Row]) -> list[Row]:
            return kept + [route for route in routes if route not in kept]

        return await self._bare(id_, await self._reroute(caller, id_, added))

    async def remove_routes(self, caller: Caller, id_: str, routes: Sequence[Row]) -> Shown:
        """Remove the user's routes that are there (``remove_extraroutes``)."""

        def left(kept: list[Row]) -> list[Row]:
            return [route for route in kept if route not in routes]

        return await self._bare(id_, await self._reroute(caller, id_, left))

    async def _reroute(
        self, caller: Caller, id_: str, changed: Callable[[list[Row]], list[Row]]
    ) -> Shown:
        """Bring the user's routes to what follows from those that there are."""
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            body = {"routes": changed(list(row["routes"] or []))}
            shown, waiting = await self._change(tx, caller, row, body)
        self._operations.announce(*waiting)
        return shown

    async def _change(
        self, tx: Transaction, caller: Caller, row: Row, body: Body
    ) -> tuple[Shown, list[str]]:
        """Change a row that is held; return it as shown, and operations to announce."""
        waiting: list[str] = []
        changes = self.parse_update(body, caller, row)
        gateway = changes.pop("external_gateway_info", row["external_gateway_info"])
        if "external_gateway_info" in body:
            waiting += await self._gateway.change(tx, caller, row, gateway)
        if "routes" in changes:
            waiting += await self._routes(tx, caller, row, changes["routes"])
        if {"name", "admin_state_up"} & changes.keys():
            waiting += await self._copies(tx, caller, row)
        row = await self.get(caller, row["id"], tx)
        if changes:
            row = await self.change(tx, row, changes)
        return await self.shown(caller, row, tx), waiting

    async def _bare(self, id_: str, shown: Shown) -> Shown:
        """Return the answer to a change of single routes, which Neutron gives as it is stored."""
        gateway = select(Port.id).where(
            Port.device_id == id_, Port.device_owner == DeviceOwner.ROUTER_GATEWAY
        )
        async with self.store.read() as tx:
            port_id = await tx.value(gateway)
        return {
            **shown,
            "ha": True,
            "distributed": False,
            "ha_vr_id": 0,
            "gw_port_id": port_id,
        }

    async def _routes(
        self, tx: Transaction, caller: Caller, row: Row, routes: Sequence[Row]
    ) -> list[str]:
        """Check the user's routes; return the operation that spreads them."""
        linked = select(Port.fixed_ips).where(
            Port.device_id == row["id"],
            Port.device_owner.in_(ROUTER_PORTS),
        )
        mine = [ip for port in await tx.all(linked) for ip in port["fixed_ips"]]
        own = {ip["ip_address"] for ip in mine}
        # A network may have other ranges, in which the router has no address.
        near = select(Subnet.cidr).where(Subnet.id.in_({ip["subnet_id"] for ip in mine}))
        cidrs = [ipaddress.ip_network(subnet["cidr"]) for subnet in await tx.all(near)]
        for route in routes:
            nexthop = ipaddress.ip_address(route["nexthop"])
            if not any(nexthop in cidr for cidr in cidrs):
                reason = "the nexthop is not connected with router"
            elif route["nexthop"] in own:
                reason = "the nexthop is used by router"
            else:
                continue
            raise BadRequest(
                f"Invalid format for routes: {list(routes)}, {reason}", "InvalidRoutes"
            )
        return [
            await self._operations.add(
                tx,
                work.EXTRA_ROUTES.on(row["id"]),
                project_id=row["project_id"],
                request_id=caller.request_id,
            )
        ]

    async def _copies(self, tx: Transaction, caller: Caller, row: Row) -> list[str]:
        """Return the operation that tells the copies of a change, if there are any."""
        copied = select(func.count()).where(Routing.type == "router", Routing.top_id == row["id"])
        if not await tx.value(copied):
            return []
        return [
            await self._operations.add(
                tx,
                work.UpdateCopies.ROUTER.on(row["id"]),
                project_id=row["project_id"],
                request_id=caller.request_id,
            )
        ]
