"""Floating IPs: public addresses and the ports they lead to, in any pod."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from models.database.store import Row, Store, Transaction
from models.database.tables.network import Port, Router, Subnet
from models.errors import BadRequest, Conflict, NotFound
from models.network.collections.collection import Body, Collection, Quotas, Shown, denied
from models.network.floatingips.associations import Associations
from models.network.floatingips.deletion import FloatingIPDeletion
from models.network.networks import Networks
from models.network.ports.owners import DeviceOwner
from models.network.ports.rows import Ports
from models.operations import Operations
from models.resources.network import FLOATINGIPS
from models.values import NOBODY, Caller


class FloatingIPs(Collection):
    """The floating IPs as users see them. Each holds its address by a port of its own."""

    first_revision = 0

    def __init__(
        self,
        store: Store,
        quotas: Quotas,
        operations: Operations,
        network_rows: Networks,
        port_rows: Ports,
        associations: Associations,
        deletion: FloatingIPDeletion,
    ) -> None:
        super().__init__(FLOATINGIPS, store, quotas)
        self._operations = operations
        self._networks = network_rows
        self._ports = port_rows
        self._associations = associations
        self._deletion = deletion

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add the details of the ports they lead to."""
        ids = [row["port_id"] for row in rows if row["port_id"]]
        known = {r.id: r for r in await tx.all(Port.select().where(Port.id.in_(ids)))}
        names = (
            "name", "network_id", "mac_address", "admin_state_up", "status", "device_id",
            "device_owner",
        )  # fmt: skip
        for row in rows:
            port = known.get(row["port_id"])
            row["port_details"] = {name: getattr(port, name) for name in names} if port else None

    def view(self, row: Row, caller: Caller) -> Shown:
        """Leave out the subnet, which is a wish at create only."""
        shown = super().view(row, caller)
        del shown["subnet_id"]
        return shown

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Take an address of the external network, and lead it to a port if one is given."""
        row = self.parse_create(body, caller)
        if row["floating_ip_address"] and not caller.admin:
            raise denied("create_floatingip", "floating_ip_address")
        wanted, fixed = row["port_id"], row["fixed_ip_address"]
        if fixed and not wanted:
            raise _without_port()
        waiting: list[str] = []
        async with self.store.write() as tx:
            network = await self._external(tx, caller, row["floating_network_id"])
            holder = await self._ports.insert(
                tx,
                network=network,
                project_id=NOBODY,
                device_id=row["id"],
                device_owner=DeviceOwner.FLOATINGIP,
                fixed_ips=_asked(row),
                security_groups=[],
            )
            row |= {
                "floating_ip_address": holder["fixed_ips"][0]["ip_address"],
                "port_id": None,
                "fixed_ip_address": None,
                "router_id": None,
                "status": "DOWN",
            }
            row = await self.insert(tx, row)
            if wanted:
                row, waiting = await self._associate(tx, caller, row, wanted, fixed)
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        return shown

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Lead the address to another port, or nowhere.

        A body without port keeps it, but for an empty one, which takes it away as Neutron does.
        """
        waiting: list[str] = []
        async with self.store.write() as tx:
            port_id = body.get("port_id")
            if isinstance(port_id, str) and "\0" not in port_id:
                # Before its floating IPs, as by whoever deletes it.
                await tx.locked(select(Port.id).where(Port.id == port_id))
            row = await self.own(tx, caller, id_)
            changes = self.parse_update(body, caller, row)
            if body.get("fixed_ip_address") and not port_id:
                raise _without_port()
            plain = {k: v for k, v in changes.items() if k == "description"}
            leaves = row["port_id"] and ("port_id" in body or not body)
            if plain or not (port_id or leaves):
                # Neutron counts every update, be nothing new in it.
                row = await self.change(tx, row, plain)
            if port_id:
                fixed = body.get("fixed_ip_address")
                row, waiting = await self._associate(tx, caller, row, port_id, fixed)
            elif leaves:
                row, waiting = await self._associations.lead_nowhere(tx, row, caller.request_id)
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Give the address back; it is free again when the pods have let go of it."""
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_, "delete")
            waiting = await self._deletion.delete(tx, row, caller.request_id)
        self._operations.announce(*waiting)

    async def _external(self, tx: Transaction, caller: Caller, network_id: str) -> Row:
        network = await self._networks.kept(tx, caller, network_id)
        if not network["router_external"]:
            raise BadRequest(
                f"Bad floatingip request: Network {network_id} is not a valid external network."
            )
        version4 = select(Subnet.id).where(Subnet.network_id == network_id, Subnet.ip_version == 4)
        if not await tx.value(version4.limit(1)):
            raise BadRequest(
                f"Bad floatingip request: Network {network_id} does not contain any IPv4 subnet."
            )
        return network

    async def _associate(
        self, tx: Transaction, caller: Caller, row: Row, port_id: str, fixed: str | None
    ) -> tuple[Row, list[str]]:
        port = await self._ports.held(tx, caller, port_id)
        if port["project_id"] != row["project_id"] and not caller.admin:
            raise BadRequest(
                f"Bad floatingip request: Cannot process floating IP association with Port "
                f"{port_id}, since that port is owned by a different tenant."
            )
        ip = _fixed_ip(port, fixed)
        taken = select(self.table.c.floating_ip_address).where(
            self.table.c.port_id == port_id,
            self.table.c.fixed_ip_address == ip["ip_address"],
            self.table.c.floating_network_id == row["floating_network_id"],
            self.table.c.id != row["id"],
        )
        other = await tx.value(taken)
        if other:
            raise Conflict(
                f"Cannot associate floating IP {row['floating_ip_address']} ({row['id']}) with "
                f"port {port_id} using fixed IP {ip['ip_address']}, as that fixed IP already "
                f"has a floating IP on external network {row['floating_network_id']}.",
                "FloatingIPPortAlreadyAssociated",
            )
        router_id = await self._router(tx, row, port_id, ip["subnet_id"])
        return await self._associations.lead(
            tx, row, port_id, ip["ip_address"], router_id, caller.request_id
        )

    async def _router(self, tx: Transaction, row: Row, port_id: str, subnet_id: str) -> str:
        """Return the router that leads from the external network to the port's subnet."""
        inside = Port.select().where(
            Port.device_owner == DeviceOwner.ROUTER_INTERFACE,
            Port.network_id == select(Port.network_id).where(Port.id == port_id).scalar_subquery(),
        )
        legs = await tx.all(inside.order_by(Port.created_at, Port.id))
        candidates = [
            p.device_id for p in legs if any(ip["subnet_id"] == subnet_id for ip in p.fixed_ips)
        ]
        outside = select(Port.device_id).where(
            Port.device_owner == DeviceOwner.ROUTER_GATEWAY,
            Port.device_id.in_(candidates),
            Port.network_id == row["floating_network_id"],
        )
        gateway = await tx.value(select(Subnet.gateway_ip).where(Subnet.id == subnet_id))
        # As Neutron, rather the one that the subnet's hosts send by than the oldest.
        by_gateway = {
            p.device_id
            for p in legs
            if any(
                (ip["subnet_id"], ip["ip_address"]) == (subnet_id, gateway) for ip in p.fixed_ips
            )
        }
        leading = [leg["device_id"] for leg in await tx.all(outside)]
        leading.sort(key=lambda id_: (id_ not in by_gateway, candidates.index(id_)))
        router_id = leading[0] if leading else None
        if router_id is not None:
            # Held, it keeps what leads there; that may have gone since it was looked for.
            await tx.locked(select(Router.id).where(Router.id == router_id))
            left = await tx.all(inside.where(Port.device_id == router_id))
            there = any(ip["subnet_id"] == subnet_id for p in left for ip in p.fixed_ips)
            stays = outside.where(Port.device_id == router_id)
            router_id = await tx.value(stays) if there else None
        if router_id is None:
            raise NotFound(
                f"External network {row['floating_network_id']} is not reachable from subnet "
                f"{subnet_id}.  Therefore, cannot associate Port {port_id} with a Floating IP.",
                "ExternalGatewayForFloatingIPNotFound",
            )
        return str(router_id)


def _without_port() -> BadRequest:
    return BadRequest(
        "Bad floatingip request: fixed_ip_address cannot be specified without a port_id."
    )


def _asked(row: Row) -> list[dict[str, Any]] | None:
    asked = {
        "subnet_id": row.get("subnet_id"),
        "ip_address": row["floating_ip_address"],
    }
    given = {key: value for key, value in asked.items() if value}
    return [given] if given else None


def _fixed_ip(port: Row, fixed: str | None) -> Row:
    """Return the address of the port that the floating IP leads to."""
    v4 = [ip for ip in port["fixed_ips"] if ipaddress.ip_address(ip["ip_address"]).version == 4]
    if fixed:
        for ip in v4:
            if ip["ip_address"] == fixed:
                return dict(ip)
        raise BadRequest(
            f"Bad floatingip request: Port {port['id']} does not have fixed ip {fixed}."
        )
    if not v4:
        raise BadRequest(
            f"Bad floatingip request: Cannot add floating IP to port {port['id']} that has no "
            "fixed IPv4 addresses."
        )
    if len(v4) > 1:
        raise BadRequest(
            f"Bad floatingip request: Port {port['id']} has multiple fixed IPv4 addresses.  "
            "Must provide a specific IPv4 address when assigning a floating IP."
        )
    return dict(v4[0])
