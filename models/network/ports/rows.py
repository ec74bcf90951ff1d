"""Ports: addresses and MACs on networks, for servers, routers and floating IPs."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, or_, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, Network, Router
from models.errors import NotFound
from models.network.collections.collection import Body, Collection, Quotas, Shown, denied
from models.network.collections.sharing import given_away
from models.network.consequences import update_copies
from models.network.networks import Networks
from models.network.ports import addresses as port_addresses
from models.network.ports import dhcp, macs
from models.network.ports import rules as port_rules
from models.network.ports.addresses import by_address
from models.network.ports.deletion import PortDeletion
from models.network.ports.filters import with_addresses
from models.network.ports.macs import PluggedPorts
from models.network.ports.owners import OF_SERVICES, SERVICE, DeviceOwner
from models.network.security_groups.changes import SecurityGroupChanges
from models.operations import Operations
from models.resources.network import NETWORKS, PORTS
from models.values import Caller

networks = TABLES["networks"]
_ADMIN_SEES = ("binding:vif_type", "binding:vif_details")
_ATTEMPTS = 16


class Groups(Protocol):
    """What ports need of the security groups."""

    async def default_in(self, tx: Transaction, project_id: str) -> str:
        """Return the id of the project's default group, made in the transaction if need be."""
        ...


class Ports(Collection):
    """The ports as users see them, and the rows of those that routers and floating IPs need."""

    def __init__(
        self,
        store: Store,
        quotas: Quotas,
        operations: Operations,
        network_rows: Networks,
        groups: Groups,
        group_changes: SecurityGroupChanges,
        plugged: PluggedPorts,
        deletion: PortDeletion,
    ) -> None:
        super().__init__(PORTS, store, quotas)
        self._operations = operations
        self._networks = network_rows
        self._groups = groups
        self._group_changes = group_changes
        self._plugged = plugged
        self._deletion = deletion
        self.more_filters = {"fixed_ips": with_addresses}

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Add other projects' ports on networks that the caller shares with them."""
        own = await super().visible(tx, caller)
        if caller.admin:
            return own
        sharing = select(Network.id).where(
            Network.project_id == caller.project_id,
            or_(
                Network.shared.is_(True),
                Network.router_external.is_(True),
                given_away(NETWORKS, networks),
            ),
        )
        shared = [row["id"] for row in await tx.all(sharing)]
        # Without the alternative the database walks one index, however many ports there are.
        return or_(own, self.table.c.network_id.in_(shared)) if shared else own

    def view(self, row: Row, caller: Caller) -> Shown:
        """Leave out what Neutron shows to an admin only."""
        shown = super().view(row, caller)
        shown["fixed_ips"] = by_address(shown["fixed_ips"])
        shown["ip_allocation"] = "immediate" if shown["fixed_ips"] else "none"
        if not caller.admin:
            for name in _ADMIN_SEES:
                del shown[name]
        return shown

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a port; it is made in a pod when a server there uses it."""
        # Neutron makes one of a null.
        body = {k: v for k, v in body.items() if v is not None or k != "mac_address"}
        row = self.parse_create(body, caller)
        row["extra_dhcp_opts"] = dhcp.merged([], row["extra_dhcp_opts"])
        port_rules.refuse_service_owner(row["device_owner"])
        async with self.store.write() as tx:
            network = await self._networks.usable(tx, caller, row["network_id"])
            port_rules.permit_on(network, row, caller)
            port_rules.permit("create", body, network, caller)
            if row["device_owner"].startswith(SERVICE):
                row["port_security_enabled"] = False
            elif "port_security_enabled" not in body:
                row["port_security_enabled"] = network["port_security_enabled"]
            port_rules.check_security(row, body)
            if row["security_groups"] is None:
                row["security_groups"] = await self._default(tx, row)
            else:
                await port_rules.check_groups(tx, row["security_groups"], caller)
            await self._quotas.guard(tx, self.kind, row["project_id"])
            row = await self._insert(tx, row, row["fixed_ips"])
            shown = await self.shown(caller, row, tx)
        return shown

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change attributes, addresses or security groups; the copy follows."""
        body = dict(body)
        if caller.admin and "mac_address" in body:
            if body["mac_address"] is None:
                body["mac_address"] = macs.generated()
            await self._plugged.refuse_bound(await self.get(caller, id_), body["mac_address"])
        async with self.store.write() as tx:
            device = (await self.get(caller, id_, tx))["device_id"]
            # Before its interfaces, as by whoever removes them.
            await tx.locked(select(Router.id).where(Router.id == device))
            row = await self.own(tx, caller, id_)
            network = await self._networks.usable(tx, caller, row["network_id"])
            port_rules.permit("update", body, network, caller)
            changes = self.parse_update(body, caller, row)
            if "device_owner" in changes:
                port_rules.refuse_service_owner(changes["device_owner"])
            if "extra_dhcp_opts" in changes:
                options = dhcp.merged(row["extra_dhcp_opts"] or [], changes.pop("extra_dhcp_opts"))
                if options != row["extra_dhcp_opts"]:
                    changes["extra_dhcp_opts"] = options
            await self._check_change(tx, caller, row, changes, body)
            held = row["fixed_ips"]
            if "mac_address" in changes:
                held = await macs.change(tx, row, changes)
            if "fixed_ips" in changes:
                after = {**row, **changes, "fixed_ips": held}
                changes["fixed_ips"] = await port_addresses.change(tx, after, changes["fixed_ips"])
                if by_address(changes["fixed_ips"]) == by_address(row["fixed_ips"]):
                    del changes["fixed_ips"]
                else:
                    port_rules.permit_move(row, changes["fixed_ips"])
            waiting: list[str] = []
            if changes:
                before, row = row, await self.change(tx, row, changes)
                waiting = await self._group_changes.port_changed(tx, before)
                waiting += await self._group_changes.port_changed(tx, row)
                waiting += await update_copies(
                    tx,
                    self._operations,
                    PORTS,
                    row,
                    changes,
                    caller,
                    also=("fixed_ips", "security_groups", "mac_address"),
                )
                if "fixed_ips" in changes and row["device_owner"] == DeviceOwner.ROUTER_INTERFACE:
                    waiting.append(await self._interface_moves(tx, row, caller))
            elif body.get("allowed_address_pairs"):
                # Neutron writes them anew, be they the same.
                row = await self.change(tx, row, {})
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*dict.fromkeys(waiting))
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the port; a floating IP that led to it leads nowhere then."""
        async with self.store.write() as tx:
            row = await self.held(tx, caller, id_)
            network = await self._networks.get(caller, row["network_id"], tx)
            owners = (row["project_id"], network["project_id"])
            if not caller.admin and caller.project_id not in owners:
                raise denied("delete_port")
            await port_rules.refuse_in_service(tx, row)
            waiting = await self._deletion.delete(tx, [id_], caller)
        self._operations.announce(*waiting)

    # Nobody inserts a finished row here: addresses and MAC are chosen with it.
    async def insert(  # type: ignore[override]
        self,
        tx: Transaction,
        *,
        network: Row,
        project_id: str,
        device_id: str,
        device_owner: str,
        fixed_ips: Sequence[Row] | None,
        name: str = "",
        security_groups: Sequence[str] | None = None,
        mac: str | None = None,
    ) -> Row:
        """Insert a port for a router, a floating IP or a server; return it with a free MAC.

        The addresses of ``fixed_ips`` are its own, ``Conflict`` where one is somebody else's.
        None: one for each family. ``security_groups`` None: the default group, for a server.
        """
        row = self.blank(project_id) | {
            "name": name,
            "network_id": network["id"],
            "device_id": device_id,
            "device_owner": device_owner,
            "mac_address": mac,
            "port_security_enabled": network["port_security_enabled"]
            and not device_owner.startswith(SERVICE),
            "security_groups": list(security_groups or ()),
        }
        if security_groups is None:
            row["security_groups"] = await self._default(tx, row)
        return await self._insert(tx, row, fixed_ips)

    async def insert_for(
        self,
        tx: Transaction,
        caller: Caller,
        *,
        network_id: str,
        device_id: str,
        device_owner: str,
        fixed_ips: Sequence[Row] | None,
        security_groups: Sequence[str] | None = None,
    ) -> Row:
        """Insert a port that the caller has another service make, as ``insert`` does.

        What the caller is refused as a port is refused so as well: its copy is made by the
        service user, whom no pod refuses anything.
        """
        network = await self._networks.usable(tx, caller, network_id)
        port_rules.permit_on(network, {"project_id": caller.project_id}, caller)
        port_rules.permit("create", {"fixed_ips": fixed_ips or []}, network, caller)
        await self._quotas.guard(tx, self.kind, caller.project_id)
        return await self.insert(
            tx,
            network=network,
            project_id=caller.project_id,
            device_id=device_id,
            device_owner=device_owner,
            fixed_ips=fixed_ips,
            security_groups=security_groups,
        )

    async def _insert(self, tx: Transaction, row: Row, wishes: Sequence[Row] | None) -> Row:
        """Insert the row with a MAC, then give it its addresses."""
        held = select(Network.id).where(Network.id == row["network_id"])
        if not await tx.value(held.with_for_update(read=True)):
            raise NotFound(f"Network {row['network_id']} could not be found.", "NetworkNotFound")
        await self._insert_with_mac(tx, row)
        row["fixed_ips"] = await port_addresses.give(tx, row, wishes)
        mine = self.table.update().where(self.table.c.id == row["id"])
        # Still being made: it has not changed since.
        made = {"fixed_ips": row["fixed_ips"], "updated_at": row["updated_at"]}
        await tx.run(mine.values(**made))
        return row

    async def _default(self, tx: Transaction, row: Row) -> list[str]:
        """Return the groups of a port for which none were named."""
        if not row["port_security_enabled"]:
            return []
        return [await self._groups.default_in(tx, row["project_id"])]

    async def _insert_with_mac(self, tx: Transaction, row: Row) -> None:
        """Insert the row with the MAC asked for, else with one that is free on the network."""
        asked, pairs = row["mac_address"], row["allowed_address_pairs"]
        for _ in range(1 if asked else _ATTEMPTS):
            row["mac_address"] = asked or macs.generated()
            row["allowed_address_pairs"] = port_rules.with_pair_macs(pairs, row["mac_address"])
            stored = {c.name: row[c.name] for c in self.table.c} | {"fixed_ips": []}
            if await tx.insert_new(self.table, stored):
                return
        raise macs.taken(row["network_id"], row["mac_address"])

    async def _check_change(
        self, tx: Transaction, caller: Caller, row: Row, changes: Row, body: Body
    ) -> None:
        """Refuse what the port cannot become."""
        if row["device_owner"] in OF_SERVICES:
            fixed = {"device_id", "device_owner"} & changes.keys()
            if fixed:
                raise port_rules.fixed_by_service(sorted(fixed)[0], row)
        if {"port_security_enabled", "security_groups", "allowed_address_pairs"} & changes.keys():
            port_rules.check_security({**row, **changes}, body)
        if "security_groups" in changes:
            await port_rules.check_groups(tx, changes["security_groups"], caller)
        if "allowed_address_pairs" in changes:
            changes["allowed_address_pairs"] = port_rules.with_pair_macs(
                changes["allowed_address_pairs"], row["mac_address"]
            )

    async def _interface_moves(self, tx: Transaction, row: Row, caller: Caller) -> str:
        """Write the operation that brings a router interface to its address in the pod."""
        return await self._operations.add(
            tx,
            work.RouterChange.ADD_INTERFACE.on(row["device_id"], row["id"]),
            project_id=row["project_id"],
            request_id=caller.request_id,
        )
