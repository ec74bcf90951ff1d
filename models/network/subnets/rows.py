"""Subnets: address ranges of networks, made in the network's pod with it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, IPAllocation, Network, Port, ip_allocations
from models.errors import BadRequest, Conflict, Forbidden, GatewayError, PodBusy
from models.network import holders
from models.network.collections.checks import invalid_input
from models.network.collections.collection import (
    Body,
    Collection,
    Quotas,
    Shown,
    denied,
    revise,
    revise_parents,
)
from models.network.collections.listing import Filter
from models.network.collections.shared_collection import either
from models.network.consequences import clean_up, complete_copies, copied, update_copies
from models.network.copies import SubnetCopies
from models.network.holders import HolderKind
from models.network.networks import SMALLEST_MTU, Networks, mtu_conflict, overlaps
from models.network.ports import addresses as port_addresses
from models.network.ports.owners import AUTOMATIC, ROUTER_PORTS
from models.network.security_groups.changes import SecurityGroupChanges
from models.network.subnetpools import Subnetpools
from models.network.subnets.checks import (
    check_default_gateway,
    check_pools,
    check_subnet,
    default_gateway,
    default_pools,
    is_automatic,
)
from models.operations import Operations
from models.resources.network import SUBNETS
from models.settings import Settings
from models.values import Caller

networks, ports = TABLES["networks"], TABLES["ports"]
_WISHES = ("use_default_subnetpool", "prefixlen")
# Neutron has them in tables of their own, and counts no revision when these change.
_NOT_COUNTED = {"dns_nameservers", "host_routes", "allocation_pools"}
# What every object has: a revision of the subnet, and none of its network.
_OWN = {"description", "tags"}


class Subnets(Collection):
    """The subnets as users see them."""

    first_revision = 0

    def __init__(
        self,
        settings: Settings,
        store: Store,
        quotas: Quotas,
        operations: Operations,
        copies: SubnetCopies,
        network_rows: Networks,
        pools: Subnetpools,
        group_changes: SecurityGroupChanges,
    ) -> None:
        super().__init__(SUBNETS, store, quotas)
        self._settings = settings
        self._operations = operations
        self._copies = copies
        self._networks = network_rows
        self._pools = pools
        self._group_changes = group_changes

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Add the subnets of every network that the caller sees."""
        own = await super().visible(tx, caller)
        if caller.admin:
            return own
        seen = select(Network.id).where(await self._networks.visible(tx, caller))
        return or_(own, self.table.c.network_id.in_(seen))

    def filters(self, caller: Caller) -> Mapping[str, Filter]:
        """Add what follows from the network: ``shared`` and ``router:external``."""
        derived = {
            "shared": self._networks.shared(caller),
            "router:external": Network.router_external.is_(True),
        }
        of = self.table.c.network_id
        return {
            **self.more_filters,
            **{
                name: either(of.in_(select(Network.id).where(condition)))
                for name, condition in derived.items()
            },
        }

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add whether the subnet's network is external."""
        ids = {row["network_id"] for row in rows}
        outside = select(Network.id).where(Network.id.in_(ids), Network.router_external.is_(True))
        external = {network["id"] for network in await tx.all(outside)}
        for row in rows:
            row["external"] = row["network_id"] in external

    def view(self, row: Row, caller: Caller) -> Shown:
        """Add what Neutron shows of the network."""
        shown = super().view(row, caller) | {"router:external": row["external"]}
        for wish in _WISHES:
            del shown[wish]
        return shown

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a subnet; in an external network it is made in the pod before it shows."""
        row = self._parse(caller, body)
        if row["cidr"] is not None:
            self._complete(row, body)
        waiting: list[str] = []
        async with self.store.write() as tx:
            network = await self._networks.held(tx, caller, row["network_id"])
            if not caller.admin and network["project_id"] != caller.project_id:
                if (await self._networks.usable(tx, caller, network["id"]))["shared"]:
                    raise denied("create_subnet")
                raise Forbidden(
                    f"Tenant {caller.project_id} not allowed to create subnet on this network",
                    "HTTPForbidden",
                )
            cut = row["cidr"] is None
            await self._pools.cut(tx, caller, row)
            if cut:
                self._complete(row, body)
            await self._refuse_overlap(tx, row)
            if network["mtu"] and network["mtu"] < SMALLEST_MTU[row["ip_version"]]:
                # Neutron says here what the network has, and not what it lacks.
                raise mtu_conflict(network["id"], network["mtu"])
            await self.insert(tx, row)
            await revise_parents(tx, networks, network["id"])
            at_once = network["router_external"] and network["pod_id"]
            if not at_once and await copied(tx, [("network", network["id"])]):
                waiting.append(await complete_copies(tx, self._operations, network, caller))
        self._operations.announce(*waiting)
        if at_once:
            await self._make(caller, row, network)
        return await self.shown(caller, await self.get(caller, row["id"]))

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change attributes; the copies follow."""
        waiting: list[str] = []
        async with self.store.write() as tx:
            await self._hold_network(tx, caller, id_)
            row = await self.own(tx, caller, id_)
            changes = self.parse_update(body, caller, row)
            changed = {**row, **changes}
            check_subnet(changed, dhcp_was_on=row["enable_dhcp"])
            if "allocation_pools" in changes or "gateway_ip" in changes:
                pools = {**row, **changes}["allocation_pools"]
                check_pools(pools, row["cidr"], changed["gateway_ip"])
            if "gateway_ip" in changes:
                await self._refuse_gateway_in_use(tx, row)
            if changes:
                row = await self.change(tx, row, changes)
                waiting = await update_copies(
                    tx, self._operations, SUBNETS, row, changes, caller, also=("gateway_ip",)
                )
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the subnet; 409 ``SubnetInUse`` while a port has an address in it.

        Addresses that hosts made themselves keep no subnet: their ports lose them.
        """
        async with self.store.write() as tx:
            await self._hold_network(tx, caller, id_)
            row = await self.own(tx, caller, id_, "delete")
            users = (
                select(func.count())
                .select_from(ip_allocations)
                .join(ports, Port.id == holders.port_ids())
                .where(
                    IPAllocation.subnet_id == id_,
                    holders.are(HolderKind.PORT),
                    Port.device_owner.in_(ROUTER_PORTS)
                    if is_automatic(row)
                    else Port.device_owner.not_in(AUTOMATIC),
                )
            )
            if await tx.value(users):
                raise Conflict(
                    f"Unable to complete operation on subnet {id_}: One or more ports have an "
                    "IP allocation from this subnet.",
                    "SubnetInUse",
                )
            waiting: list[str] = []
            for before, port in await port_addresses.lose(tx, id_):
                waiting += await self._group_changes.port_changed(tx, before)
                waiting += await self._group_changes.port_changed(tx, port)
            waiting += await self._remove(tx, id_, caller)
            await revise_parents(tx, networks, row["network_id"])
        self._operations.announce(*dict.fromkeys(waiting))

    async def change(self, tx: Transaction, row: Row, changes: Row) -> Row:
        """Write the changes; what Neutron counts is a revision, of the network as well."""
        counted = not changes.keys() <= _NOT_COUNTED
        if not changes.keys() <= _OWN | _NOT_COUNTED:
            await revise_parents(tx, networks, row["network_id"])
        return await revise(tx, self.table, row, changes, counted=counted)

    async def _hold_network(self, tx: Transaction, caller: Caller, id_: str) -> None:
        """Hold the network of a subnet that is to change: before it, as by whoever deletes it."""
        home = (await self.get(caller, id_, tx))["network_id"]
        await tx.locked(select(Network.id).where(Network.id == home))

    def _parse(self, caller: Caller, body: Body) -> Row:
        """Return the row of a create request, without what follows from a CIDR."""
        row = self.parse_create(body, caller)
        pooled = row["subnetpool_id"] or row["use_default_subnetpool"]
        if row["cidr"] is not None and row["prefixlen"] is not None:
            reason = "cidr and prefixlen must not be supplied together"
        elif row["cidr"] is None and not pooled:
            reason = "a subnetpool must be specified in the absence of a cidr"
        elif row["cidr"] is None and row["allocation_pools"]:
            reason = "allocation_pools allowed only for specific subnet requests"
        elif not pooled and row["prefixlen"] is not None:
            reason = "prefixlen is not valid without a subnetpool"
        else:
            return row
        raise BadRequest(f"Bad subnets request: {reason}.", "BadRequest")

    def _complete(self, row: Row, body: Body) -> None:
        """Fill in and check what follows from the CIDR."""
        check_subnet({**row, "id": "new subnet"})
        self._refuse_bridges(row["cidr"])
        given = "gateway_ip" in body
        if not given:
            row["gateway_ip"] = default_gateway(row["cidr"])
        if not row["allocation_pools"]:
            row["allocation_pools"] = default_pools(row["cidr"], row["gateway_ip"])
        else:
            check_pools(row["allocation_pools"], row["cidr"], row["gateway_ip"])
        if not given:
            check_default_gateway(row["cidr"], row["gateway_ip"])

    def _refuse_bridges(self, cidr: str) -> None:
        pools = {
            "bridge_ew_pool": self._settings.bridge_ew_pool,
            "bridge_ns_pool": self._settings.bridge_ns_pool,
        }
        for name, pool in pools.items():
            if overlaps(cidr, pool):
                raise invalid_input(
                    f"Requested subnet with cidr: {cidr} overlaps with {pool} ({name}), which "
                    "the gateway keeps for the bridges between pods"
                )

    async def _refuse_overlap(self, tx: Transaction, row: Row) -> None:
        others = select(self.table.c.cidr).where(self.table.c.network_id == row["network_id"])
        for other in await tx.all(others):
            if overlaps(row["cidr"], other["cidr"]):
                raise invalid_input(
                    f"Requested subnet with cidr: {row['cidr']} for network: "
                    f"{row['network_id']} overlaps with another subnet"
                )

    async def _refuse_gateway_in_use(self, tx: Transaction, row: Row) -> None:
        holder = (
            select(Port.id)
            .join(ip_allocations, IPAllocation.holder == holders.of_port(Port.id))
            .where(
                IPAllocation.subnet_id == row["id"],
                IPAllocation.ip_address == row["gateway_ip"],
                Port.device_owner.in_(ROUTER_PORTS),
            )
        )
        port_id = await tx.value(holder)
        if port_id:
            raise Conflict(
                f"Current gateway ip {row['gateway_ip']} already in use by port {port_id}. "
                "Unable to update.",
                "GatewayIpInUse",
            )

    async def _make(self, caller: Caller, row: Row, network: Row) -> None:
        """Make the copy; if the pod does not, nothing of the subnet stays.

        It comes later where something that was deleted is still in its way in the pod.
        """
        pod = await self._networks.pod(network)
        waiting: list[str] = []
        try:
            await self._copies.subnet(row["id"], pod)
        except PodBusy:
            async with self.store.write() as tx:
                waiting.append(await complete_copies(tx, self._operations, network, caller))
        except GatewayError:
            async with self.store.write() as tx:
                waiting += await self._remove(tx, row["id"], caller)
            raise
        finally:
            self._operations.announce(*waiting)

    async def _remove(self, tx: Transaction, id_: str, caller: Caller) -> list[str]:
        await tx.run(ip_allocations.delete().where(IPAllocation.subnet_id == id_))
        await tx.run(self.table.delete().where(self.table.c.id == id_))
        return await clean_up(tx, self._operations, [(work.CleanUp.SUBNET, id_)], caller)
