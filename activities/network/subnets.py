"""Subnets in pods: made with their network, with pools from which the pod serves its own ports."""

from typing import Any

from activities.copies import Copies, MarkedKind
from activities.network.networks import NetworkCopies
from activities.network.predecessors import Predecessors
from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.network import IPAllocation, Subnet, ip_allocations
from models.errors import NotFound
from models.network import addresses
from models.resources.network import SUBNETS
from models.routings import Made, Routings, mark
from models.settings import Settings
from models.values import Pod

_MODES = ("ipv6_ra_mode", "ipv6_address_mode")


class SubnetKind(MarkedKind):
    """One that is to be made comes with its ``network`` and that one's ``bottom_network``."""

    type = "subnet"
    kind = SUBNETS
    remembered = False
    table = Subnet.table

    def __init__(self, settings: Settings, store: Store, regions: Regions) -> None:
        super().__init__(store, regions)
        self._settings = settings
        self._predecessors = Predecessors(store, regions)

    def owner(self, row: Row) -> str:
        """Return the id of the network."""
        return str(row["network_id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        """Make the copy, with its pools."""
        body = self.copied(row)
        for mode in _MODES:
            if body[mode] is None:
                del body[mode]
        body |= {
            "network_id": row["bottom_network"],
            "description": mark("subnet", row["id"]),
            "project_id": row["project_id"],
            "ip_version": row["ip_version"],
            "cidr": row["cidr"],
            "gateway_ip": row["gateway_ip"],
            "allocation_pools": await self._pools(row, pod),
        }
        async with self._predecessors.of_subnet(row["network_id"], pod):
            return Made(str((await self.post(pod, body))["id"]), None)

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        """Set attributes and gateway; the modes stay."""
        body = self.copied(row)
        for mode in _MODES:
            del body[mode]
        body["gateway_ip"] = row["gateway_ip"]
        await self.put(pod, bottom, body)

    async def _pools(self, row: Row, pod: Pod) -> list[Row]:
        """Return the pools of the copy: what the pod may give to its own ports.

        The top chooses every address of a tenant's port; on an external network the pod makes no
        ports of its own, so its pools are the user's.
        """
        if row["network"]["router_external"]:
            return list(row["allocation_pools"])
        async with self._store.write() as tx:
            own = await addresses.reserve_for_pod(
                tx, row, pod.pod_id, self._settings.subnet_reserve
            )
        return [{"start": ip, "end": ip} for ip in own]


class SubnetCopies:
    """The copies of subnets; every method may be called again at any time."""

    def __init__(
        self,
        store: Store,
        routings: Routings,
        kind: SubnetKind,
        copies: Copies,
        networks: NetworkCopies,
    ) -> None:
        self._store = store
        self._routings = routings
        self._kind = kind
        self._copies = copies
        self._networks = networks

    async def subnet(self, subnet_id: str, pod: Pod) -> str:
        """Return the id of the subnet's copy, its network made too."""
        row = await self._kind.existing(subnet_id)
        await self._networks.network(row["network_id"], pod)
        known = await self._routings.bottom_id("subnet", subnet_id, pod)
        if known is None:
            raise NotFound(f"Subnet {subnet_id} could not be found.", "SubnetNotFound")
        return known

    async def fixed_ips(self, fixed_ips: list[Row], pod: Pod) -> list[Row]:
        """Return the fixed IPs with the pod's subnet ids."""
        mapped = []
        for ip in fixed_ips:
            bottom = await self._routings.bottom_id("subnet", ip["subnet_id"], pod)
            if bottom is None:
                bottom = await self.subnet(ip["subnet_id"], pod)
            mapped.append({"subnet_id": bottom, "ip_address": ip["ip_address"]})
        return mapped

    async def update_subnet(self, subnet_id: str) -> None:
        """Bring the subnet's copies up to date."""
        await self._copies.update(subnet_id)

    async def clean_up_subnet(self, subnet_id: str) -> None:
        """Remove the copies of a subnet that is gone, then every address noted for it."""
        if await self._kind.row(subnet_id):
            return
        await self._copies.clean_up(subnet_id)
        async with self._store.write() as tx:
            await tx.run(ip_allocations.delete().where(IPAllocation.subnet_id == subnet_id))
