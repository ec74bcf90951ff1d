"""Unbinding: what a failed boot or interface made of a network in a pod goes again."""

from collections.abc import Iterable

from sqlalchemy import and_, or_, select

from activities.network.networks import NetworkCopies
from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import (
    TABLES,
    IPAllocation,
    Network,
    Port,
    Subnet,
    ip_allocations,
)
from models.database.tables.routing import Routing, routings
from models.errors import PodBusy
from models.network import holders
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Pod

networks = TABLES["networks"]


class Unbinding:
    """Takes a network back from a pod in which nothing uses it."""

    def __init__(
        self,
        store: Store,
        pods: PodDirectory,
        operations: Operations,
        rows: Routings,
        networks_in_pods: NetworkCopies,
    ) -> None:
        self._store = store
        self._pods = pods
        self._operations = operations
        self._routings = rows
        self._networks = networks_in_pods

    async def unbind(self, tx: Transaction, pod: Pod, network_ids: Iterable[str]) -> list[str]:
        """Free those of the networks that nothing uses; return the operations to announce."""
        waiting = []
        for id_ in network_ids:
            used = select(Port.id).where(Port.network_id == id_, Port.device_id != "")
            copied = (
                select(Port.id)
                .join(routings, Routing.top_id == Port.id)
                .where(Routing.type == "port", Port.network_id == id_)
            )
            if await tx.one(used) or await tx.one(copied):
                continue
            network = await tx.one(Network.select().where(Network.id == id_))
            if not network or network.pod_id != pod.pod_id or _chosen(network):
                continue
            mine = networks.update().where(Network.id == id_)
            if await tx.run(mine.values(pod_id=None)):
                waiting.append(await self._operations.add(tx, work.CleanUp.NETWORK_COPY.on(id_)))
        return waiting

    async def clean_up(self, network_id: str) -> None:
        """Remove the network's copies from pods it is not bound to, or where nothing uses them.

        ``PodBusy`` while ports that were deleted at the top, or failed there, are in the pod.
        """
        of = (Routing.type == "network", Routing.top_id == network_id)
        for copy in await self._routings.rows(*of):
            pod = await self._pods.get(copy.pod_id)
            async with self._store.read() as tx:
                unneeded = await self._unneeded(tx, network_id, pod)
            if unneeded and await self._holds(network_id, pod):
                raise PodBusy(f"Ports of network {network_id} are still in pod {pod.pod_name}")
            if unneeded:
                await self._remove(network_id, pod)

    async def _holds(self, network_id: str, pod: Pod) -> bool:
        """Tell whether ports or router interfaces on the network may be in the pod."""
        here = Routing.pod_id == pod.pod_id
        attached = select(Port.id).where(Port.network_id == network_id)
        inside = await self._routings.rows(
            here,
            or_(
                and_(Routing.type == "port", Routing.owner_id == network_id),
                and_(Routing.type == "router_interface", Routing.top_id.in_(attached)),
            ),
        )
        return bool(inside)

    async def _remove(self, network_id: str, pod: Pod) -> None:
        of = (Routing.type == "network", Routing.top_id == network_id)
        here = Routing.pod_id == pod.pod_id
        own = select(Subnet.id).where(Subnet.network_id == network_id)
        inside = (
            Routing.type.in_(("network", "subnet")),
            or_(Routing.top_id == network_id, Routing.top_id.in_(own)),
        )
        async with self._routings.held("network", network_id, pod):
            async with self._store.write() as tx:
                # Nobody makes a port there meanwhile.
                await tx.locked(Network.select().where(Network.id == network_id))
                copy = await tx.one(Routing.select().where(*of, here))
                if copy is None or not await self._unneeded(tx, network_id, pod):
                    return
                # Whoever binds the network again now finds no copy, and waits for the lease.
                await tx.run(routings.update().where(*inside, here).values(bottom_id=None))
            await self._networks.delete(copy, pod)
            reserved = ip_allocations.delete().where(
                IPAllocation.subnet_id.in_(own),
                IPAllocation.holder == str(holders.pod(pod.pod_id)),
            )
            async with self._store.write() as tx:
                await tx.run(reserved)
                await tx.run(routings.delete().where(*inside, here))

    async def _unneeded(self, tx: Transaction, network_id: str, pod: Pod) -> bool:
        network = await tx.one(Network.select().where(Network.id == network_id))
        if network is None:
            return False
        if network.pod_id != pod.pod_id:
            return True
        # A boot writes its ports before it looks for the copy, an interface too.
        used = select(Port.id).where(Port.network_id == network_id, Port.status != "ERROR")
        made_at_once = network.router_external or network.provider_network_type
        return not made_at_once and await tx.one(used.limit(1)) is None


def _chosen(network: Row) -> bool:
    """Tell whether the user, not its first use, bound the network to its pod."""
    return bool(
        network["availability_zone_hints"]
        or network["router_external"]
        or network["provider_network_type"]
    )
