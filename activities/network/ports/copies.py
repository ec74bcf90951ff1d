"""Ports in pods: made when first needed there, with their network and security groups."""

from typing import Any

from activities.copies import Copies, MarkedKind
from activities.network.networks import NetworkCopies
from activities.network.predecessors import Predecessors, patiently
from activities.network.security_groups.copies import SecurityCopies
from activities.network.subnets import SubnetCopies
from activities.pods.region import Regions
from activities.pods.together import all_of
from models.database.store import Row, Store
from models.database.tables.network import Port
from models.errors import NotFound
from models.network import addresses, holders
from models.network.ports import dhcp
from models.network.security_groups.changes import SecurityGroupChanges
from models.network.waiting import of_port
from models.operations import Operations
from models.pods import PodDirectory
from models.resources.network import PORTS
from models.routings import Made, Routings, mark
from models.values import Pod

# Of a port's binding.
ADMIN_SETS = ("binding:host_id", "binding:profile")


class _Ports(MarkedKind):
    """One that is to be made comes with its ``bottom_network`` and ``bottom_groups``."""

    type = "port"
    kind = PORTS
    remembered = False
    table = Port.table

    def __init__(
        self, store: Store, regions: Regions, subnets: SubnetCopies, security: SecurityCopies
    ) -> None:
        super().__init__(store, regions)
        self._subnets = subnets
        self._security = security
        self._predecessors = Predecessors(store, regions)

    def owner(self, row: Row) -> str:
        return str(row["network_id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        body = self.copied(row)
        body |= {
            "network_id": row["bottom_network"],
            "description": mark("port", row["id"]),
            "project_id": row["project_id"],
            "mac_address": row["mac_address"],
            "fixed_ips": await self._subnets.fixed_ips(row["fixed_ips"], pod),
            "security_groups": row["bottom_groups"],
        }
        # An admin's; the pod takes over when a server plugs the port in.
        for name in ADMIN_SETS:
            if value := row[PORTS.by_name[name].column]:
                body[name] = value
        async with self._predecessors.of_port(row["network_id"], pod):
            return Made(str((await self.post(pod, body))["id"]), None)

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        groups = [await self._security.group(id_, pod) for id_ in row["security_groups"] or []]
        body = self.copied(row) | {
            "security_groups": groups,
            "mac_address": row["mac_address"],
            "fixed_ips": await self._subnets.fixed_ips(row["fixed_ips"], pod),
        }
        del body["binding:vnic_type"]
        there = await self.get(pod, bottom)
        body["extra_dhcp_opts"] = dhcp.change(there["extra_dhcp_opts"], body["extra_dhcp_opts"])
        await self.put(pod, bottom, body)

    async def release(self, copy: Row, pod: Pod) -> None:
        await self._security.release_project(pod, copy["project_id"])


class PortCopies:
    """The copies of ports; every method may be called again at any time."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        routings: Routings,
        operations: Operations,
        networks: NetworkCopies,
        subnets: SubnetCopies,
        security: SecurityCopies,
        security_changes: SecurityGroupChanges,
    ) -> None:
        self._store = store
        self._routings = routings
        self._operations = operations
        self._networks = networks
        self._security = security
        self._security_changes = security_changes
        self._kind = _Ports(store, regions, subnets, security)
        self._copies = Copies(routings, pods, self._kind)

    async def port(self, port_id: str, pod: Pod) -> str:
        """Return the id of the port's copy, with its network and security groups made too.

        Once it is there, remote groups in other pods learn its addresses, and a floating IP that
        waited for it is set going.
        """
        port = await self._kind.existing(port_id)
        known = await self._routings.bottom_id("port", port_id, pod)
        if known:
            return known
        # Bound first: a group's copy stays only where a port of that pod needs it.
        await self._networks.bound(port["network_id"], pod)
        network, *groups = await all_of(
            self._networks.network(port["network_id"], pod),
            *(self._security.group(group, pod) for group in port["security_groups"] or []),
        )
        needed = {"bottom_network": network, "bottom_groups": groups}
        try:
            bottom = await self._copies.materialise({**port, **needed}, pod)
        except NotFound:
            # Who cleaned up behind the port may have come by before its groups were made.
            await self._security.release_project(pod, port["project_id"])
            raise
        async with self._store.write() as tx:
            waiting = await self._security_changes.port_changed(tx, port)
            waiting += await of_port(tx, self._operations, port_id)
        self._operations.announce(*waiting)
        return bottom

    async def port_soon(self, port_id: str, pod: Pod) -> str:
        """Return the id of the port's copy, as ``port`` does, to a client who is waiting.

        What was deleted at the top may be in its way in the pod for a moment.
        """
        return await patiently(lambda: self.port(port_id, pod))

    async def update_port(self, port_id: str) -> None:
        """Bring the port's copy up to date: addresses and security groups too."""
        row = await self._kind.row(port_id)
        if row is None:
            return
        await self._copies.update(port_id)
        for pod in await self._copies.pods(port_id):
            await self._security.release_project(pod, row["project_id"])
        async with self._store.write() as tx:
            waiting = await self._security_changes.port_changed(tx, row)
        self._operations.announce(*waiting)

    async def clean_up_port(self, port_id: str) -> None:
        """Remove the copies of a port that is gone, then free its addresses."""
        if await self._kind.row(port_id):
            return
        await self._copies.clean_up(port_id)
        async with self._store.write() as tx:
            await addresses.release(tx, holders.port(port_id))
