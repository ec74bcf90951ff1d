"""Networks: their rows, the pod they are bound to, and what has to be there at once."""

import ipaddress
from collections.abc import Sequence

from sqlalchemy import case, func, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import (
    TABLES,
    IPAllocation,
    Port,
    Subnet,
    SubnetPool,
    ip_allocations,
)
from models.errors import Conflict, GatewayError
from models.network.collections.checks import integer, invalid_input
from models.network.collections.collection import Body, Quotas, Shown
from models.network.collections.shared_collection import SharedCollection
from models.network.collections.sharing import (
    EXTERNAL,
    SHARED,
    follow_attributes,
    forget_shares,
    shares,
    tell_shares,
)
from models.network.consequences import clean_up, update_copies
from models.network.copies import NetworkCopies
from models.network.floatingips.deletion import FloatingIPDeletion
from models.network.placing import Placing
from models.network.ports.owners import AUTOMATIC, OUTWARD, SERVICE
from models.operations import Operations
from models.pods import PodDirectory
from models.resources.network import NETWORKS
from models.values import Caller, Pod

ports, subnets, pools = TABLES["ports"], TABLES["subnets"], TABLES["subnetpools"]

# What the tunnels of a pod usually carry, and what a VLAN does.
TUNNEL_MTU, PHYSICAL_MTU = 1442, 1500
# The least that IP asks of a link, by its version.
SMALLEST_MTU = {4: 68, 6: 1280}
_PHYSICAL = ("vlan", "flat")
_PROVIDER = ("provider_network_type", "provider_physical_network", "provider_segmentation_id")


class Networks(SharedCollection):
    """The networks as users see them."""

    actions = (SHARED, EXTERNAL)

    def __init__(
        self,
        store: Store,
        quotas: Quotas,
        pods: PodDirectory,
        operations: Operations,
        copies: NetworkCopies,
        floatingips: FloatingIPDeletion,
    ) -> None:
        super().__init__(NETWORKS, store, quotas)
        self._pods = pods
        self._operations = operations
        self._floatingips = floatingips
        self._placing = Placing(store, operations, copies)
        tagged = self.table.c.provider_network_type.in_(_PHYSICAL)
        expected = case((tagged, PHYSICAL_MTU), else_=TUNNEL_MTU)
        shown_mtu = func.coalesce(self.table.c.mtu, expected)
        self.more_filters["mtu"] = lambda sizes: shown_mtu.in_([integer(s) for s in sizes])

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add subnets and their address scopes, who shares it, the pod's availability zone."""
        ids = [row["id"] for row in rows]
        statement = (
            select(
                Subnet.id, Subnet.network_id, SubnetPool.ip_version, SubnetPool.address_scope_id
            )
            .outerjoin(pools, SubnetPool.id == Subnet.subnetpool_id)
            .where(Subnet.network_id.in_(ids))
        )
        own: dict[str, list[str]] = {}
        scopes: dict[tuple[str, int], str] = {}
        for subnet in await tx.all(statement.order_by(Subnet.created_at, Subnet.id)):
            own.setdefault(subnet["network_id"], []).append(subnet["id"])
            if subnet["address_scope_id"]:
                scopes[subnet["network_id"], subnet["ip_version"]] = subnet["address_scope_id"]
        await tell_shares(tx, NETWORKS, rows)
        zones = {pod.pod_id: pod.az_name for pod in await self._pods.all()}
        for row in rows:
            row["subnets"] = own.get(row["id"], [])
            for version in (4, 6):
                row[f"ipv{version}_address_scope"] = scopes.get((row["id"], version))
            zone = zones.get(row["pod_id"])
            row["availability_zones"] = [zone] if zone else []

    def view(self, row: Row, caller: Caller) -> Shown:
        """Leave out what only an external network has; show the MTU that is to be expected."""
        shown = super().view(row, caller)
        physical = row["provider_network_type"] in _PHYSICAL
        shown["mtu"] = row["mtu"] or (PHYSICAL_MTU if physical else TUNNEL_MTU)
        if not shown["router:external"]:
            del shown["is_default"]
        return shown

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a network; an external or provider network is made in its pod before it shows.

        Such a network lies in the first pod of its hints, or of all, that takes it: where there is
        the physical network that it names. Others are made in a pod when something there needs
        them.
        """
        row = self.parse_create(body, caller)
        allowed = await self.candidates(row)
        if len(allowed) == 1 and row["availability_zone_hints"]:
            row["pod_id"] = allowed[0].pod_id
        at_once = row["router_external"] or any(row[name] is not None for name in _PROVIDER)
        if not at_once:
            _check_mtu(row, TUNNEL_MTU)
        async with self.store.write() as tx:
            await self._refuse_second_default(tx, row)
            await self.insert(tx, row)
        if at_once:
            try:
                await self._placing.place(caller, row["id"], allowed)
            except GatewayError:
                async with self.store.write() as tx:
                    waiting = await self._remove(tx, row["id"], caller)
                self._operations.announce(*waiting)
                raise
        made = await self.get(caller, row["id"])
        # A new network says whether it is the default one, even where that means nothing.
        return await self.shown(caller, made) | {"is_default": made["is_default"]}

    async def candidates(self, row: Row) -> list[Pod]:
        """Return the pods that the network's hints allow it to lie in; all without hints."""
        allowed = await self._pods.hinted(row["availability_zone_hints"])
        return allowed if row["availability_zone_hints"] else list(await self._pods.all())

    async def usable(self, tx: Transaction, caller: Caller, id_: str) -> Row:
        """Return the row as ``get``; ``shared`` also where a policy gives it to the caller."""
        row = await self.get(caller, id_, tx)
        if not row["shared"] and not caller.admin and row["project_id"] != caller.project_id:
            given = select(self.table.c.id).where(self.table.c.id == id_, self.shared(caller))
            row["shared"] = bool(await tx.value(given))
        return row

    async def kept(self, tx: Transaction, caller: Caller, id_: str) -> Row:
        """Return the row as ``get``, as it stays until the transaction ends."""
        seen = await self._seen(tx, caller, id_)
        row = await tx.one(seen.with_for_update(read=True))
        if row is None:
            raise self.missing(id_)
        return row

    async def pod(self, row: Row) -> Pod:
        """Return the pod that a bound network lies in."""
        return await self._pods.get(row["pod_id"])

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change attributes; the copy follows."""
        waiting: list[str] = []
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            changes = self.parse_update(body, caller, row)
            if changes.get("router_external") is False:
                await self._refuse_internal(tx, id_)
            if changes.get("is_default"):
                await self._refuse_second_default(tx, {**row, **changes})
            if "mtu" in changes:
                tunnel = not row["router_external"] and row["provider_network_type"] is None
                _check_mtu(changes, TUNNEL_MTU if tunnel else PHYSICAL_MTU)
                await self._refuse_small(tx, row, changes["mtu"])
            if changes.get("shared") is False:
                await self._refuse_unsharing(tx, row)
            if changes:
                row = await self.change(tx, row, changes)
                waiting = await update_copies(
                    tx,
                    self._operations,
                    NETWORKS,
                    row,
                    changes,
                    caller,
                    also=("mtu", "shared", "router_external"),
                )
        self._operations.announce(*waiting)
        if changes.get("router_external"):
            await self.lead_outside(caller, row)
        return await self.shown(caller, await self.get(caller, id_))

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the network with its subnets and the ports of its DHCP and metadata services.

        409 ``NetworkInUse`` while it has other ports.
        """
        async with self.store.write() as tx:
            await self.own(tx, caller, id_, "delete")
            waiting = await self._floatingips.delete_idle(tx, id_, caller.request_id)
            used = select(Port.id).where(
                Port.network_id == id_, Port.device_owner.not_in(AUTOMATIC)
            )
            users = [port["id"] for port in await tx.all(used.order_by(Port.id))]
            if users:
                raise Conflict(
                    f"Unable to complete operation on network {id_}. There are one or more "
                    f"ports still in use on the network, id for these ports is: "
                    f"{','.join(users)}.",
                    "NetworkInUse",
                )
            waiting += await self._remove(tx, id_, caller)
        self._operations.announce(*waiting)

    async def lead_outside(self, caller: Caller, row: Row) -> None:
        """Make a network that has just become external in its pod, as one.

        It is as before, and no policy gives it as external, where no pod takes it.
        """
        if row["pod_id"] is not None:
            await self._placing.make(caller, row["id"], await self.pod(row))
            return
        try:
            await self._placing.place(caller, row["id"], await self.candidates(row))
        except GatewayError:
            back = self.table.update().where(self.table.c.id == row["id"])
            async with self.store.write() as tx:
                await follow_attributes(tx, NETWORKS, row, {"router_external": False})
                await tx.run(back.values(router_external=False, pod_id=None))
            raise

    async def _refuse_internal(self, tx: Transaction, id_: str) -> None:
        """Refuse to close a network that gateways or floating IPs lead out by."""
        used = select(Port.id).where(Port.network_id == id_, Port.device_owner.in_(OUTWARD))
        if await tx.value(used.limit(1)):
            raise Conflict(
                f"External network {id_} cannot be updated to be made non-external, since it has "
                "existing gateway ports.",
                "ExternalNetworkInUse",
            )

    async def _refuse_small(self, tx: Transaction, row: Row, mtu: int | None) -> None:
        """Refuse packets smaller than what one of the network's subnets needs."""
        versions = select(Subnet.ip_version).where(Subnet.network_id == row["id"]).distinct()
        for subnet in await tx.all(versions.order_by(Subnet.ip_version)):
            least = SMALLEST_MTU[subnet["ip_version"]]
            if mtu is not None and mtu < least:
                raise mtu_conflict(row["id"], least)

    async def _refuse_second_default(self, tx: Transaction, row: Row) -> None:
        if not (row["is_default"] and row["router_external"]):
            return
        await tx.alone("default network")
        other = select(self.table.c.id).where(
            self.table.c.is_default.is_(True),
            self.table.c.router_external.is_(True),
            self.table.c.id != row["id"],
        )
        found = await tx.value(other)
        if found:
            raise Conflict(
                f"A default external network already exists: {found}.",
                "DefaultExternalNetworkExists",
            )

    async def _remove(self, tx: Transaction, id_: str, caller: Caller) -> list[str]:
        """Delete the rows; return the operations that remove the copies."""
        ranges = select(Subnet.id).where(Subnet.network_id == id_)
        automatic = await tx.all(select(Port.id).where(Port.network_id == id_))
        await tx.run(ip_allocations.delete().where(IPAllocation.subnet_id.in_(ranges)))
        await tx.run(ports.delete().where(Port.network_id == id_))
        await tx.run(subnets.delete().where(Subnet.network_id == id_))
        await tx.run(self.table.delete().where(self.table.c.id == id_))
        await forget_shares(tx, id_)
        # The copies of the subnets go with that of the network.
        gone = [(work.CleanUp.PORT, port["id"]) for port in automatic] + [
            (work.CleanUp.NETWORK, id_)
        ]
        return await clean_up(tx, self._operations, gone, caller)

    async def _refuse_unsharing(self, tx: Transaction, row: Row) -> None:
        given = (await shares(tx, NETWORKS, [row["id"]])).get(row["id"], {}).get(SHARED, set())
        others = select(func.count()).where(
            Port.network_id == row["id"],
            Port.project_id.not_in({"", row["project_id"], *given}),
            ~Port.device_owner.startswith(SERVICE),
        )
        if await tx.value(others):
            raise Conflict(
                f"Unable to reconfigure sharing settings for network {row['name']}. "
                "Multiple tenants are using it.",
                "InvalidSharedSetting",
            )


def _check_mtu(values: Row, largest: int) -> None:
    """Refuse an MTU that does not fit. Where none was asked for, the pod chooses its own."""
    if values["mtu"] and values["mtu"] > largest:
        raise invalid_input(f"Requested MTU is too big, maximum is {largest}")


def mtu_conflict(network_id: str, mtu: int) -> Conflict:
    """Return Neutron's refusal of subnets that a network's packets are too small for."""
    return Conflict(
        f"MTU of {network_id} is not valid, subnet requires a minimum of {mtu}",
        "NetworkMTUSubnetConflict",
    )


def overlaps(cidr: str, other: str) -> bool:
    """Tell whether two networks share an address."""
    first, second = ipaddress.ip_network(cidr), ipaddress.ip_network(other)
    return first.version == second.version and first.overlaps(second)
