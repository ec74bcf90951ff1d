"""Networks in pods: made when first needed there, with their subnets; shared as at the top."""

from typing import Any

from sqlalchemy import select

from activities.copies import Copies, MarkedKind
from activities.network.predecessors import Predecessors
from activities.network.rbac_policies import converge_shares
from activities.pods.region import Regions
from activities.pods.together import all_of
from models.database.store import Row, Store, Transaction
from models.database.tables.network import IPAllocation, Network, Subnet, ip_allocations
from models.database.tables.routing import Routing, routings
from models.errors import Conflict
from models.network.waiting import of_network
from models.operations import Operations
from models.pods import PodDirectory
from models.resources.network import NETWORKS
from models.routings import Made, Routings, mark
from models.values import Pod

networks = Network.table
_SEGMENT = ("network_type", "physical_network", "segmentation_id")


class _Networks(MarkedKind):
    """A network tells at the top what its pod chose: the MTU, and the segment to an admin."""

    type = "network"
    kind = NETWORKS
    remembered = False
    table = networks

    def __init__(self, store: Store, regions: Regions) -> None:
        super().__init__(store, regions)
        self._predecessors = Predecessors(store, regions)

    async def create(self, row: Row, pod: Pod) -> Made:
        body = self._body(row)
        body |= {"description": mark("network", row["id"]), "project_id": row["project_id"]}
        for name in _SEGMENT:
            if row[f"provider_{name}"] is not None:
                body[f"provider:{name}"] = row[f"provider_{name}"]
        async with self._predecessors.of_network(body, pod):
            made = await self.post(pod, body)
        learned: dict[str, Any] = {"mtu": made["mtu"]}
        if row["router_external"] or row["provider_network_type"]:
            for name in _SEGMENT:
                learned[f"provider_{name}"] = made[f"provider:{name}"]
        async with self._store.write() as tx:
            await tx.run(networks.update().where(Network.id == row["id"]).values(**learned))
        await converge_shares(self._store, self._regions, row, made["id"], pod, new=True)
        return Made(str(made["id"]), None)

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        await self.put(pod, bottom, self._body(row))

    async def lose(self, tx: Transaction, copy: Row) -> None:
        """Note it of the copies of the subnets, which go along as in Neutron."""
        await tx.run(routings.update().where(*_inside(copy)).values(bottom_id=None))

    async def forget(self, tx: Transaction, copy: Row) -> None:
        """Forget the copies of the subnets, and their addresses."""
        inside = _inside(copy)
        noted = IPAllocation.subnet_id.in_(select(Routing.top_id).where(*inside))
        await tx.run(ip_allocations.delete().where(noted))
        await tx.run(routings.delete().where(*inside))

    def _body(self, row: Row) -> Row:
        body = self.copied(row)
        body |= {"shared": row["shared"], "router:external": row["router_external"]}
        if row["mtu"]:
            body["mtu"] = row["mtu"]
        return body


def _inside(copy: Row) -> tuple[Any, ...]:
    """Return what selects the rows of the subnets in the network's copy."""
    return (
        Routing.type == "subnet",
        Routing.owner_id == copy["top_id"],
        Routing.pod_id == copy["pod_id"],
    )


class NetworkCopies:
    """The copies of networks; every method may be called again at any time."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        routings: Routings,
        operations: Operations,
        subnets: Copies,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._kind = _Networks(store, regions)
        self._copies = Copies(routings, pods, self._kind)
        self._subnets = subnets

    async def network(self, network_id: str, pod: Pod) -> str:
        """Return the id of the network's copy, its subnets' copies made too.

        A network without a pod is bound to this one, and what waited for that is set going;
        ``Conflict`` when it lies in another pod, ``PodBusy`` while what was deleted at the top is
        in its way there.
        """
        network = await self.bound(network_id, pod)
        bottom = await self._copies.materialise(network, pod)
        async with self._store.read() as tx:
            own = await tx.all(Subnet.select().where(Subnet.network_id == network_id))
        inside: Row = {"network": network, "bottom_network": bottom}
        await all_of(*(self._subnets.materialise(inside | subnet, pod) for subnet in own))
        return bottom

    async def bound(self, network_id: str, pod: Pod) -> Row:
        """Return the network, bound to the pod; ``Conflict`` when it lies in another one."""
        network = await self._kind.existing(network_id)
        if network["pod_id"] is None:
            waiting: list[str] = []
            free = networks.update().where(Network.id == network_id, Network.pod_id.is_(None))
            async with self._store.write() as tx:
                if await tx.run(free.values(pod_id=pod.pod_id)):
                    waiting = await of_network(tx, self._operations, network_id)
            self._operations.announce(*waiting)
            network = await self._kind.existing(network_id)
        if network["pod_id"] != pod.pod_id:
            home = await self._pods.get(network["pod_id"])
            raise Conflict(
                f"Network {network_id} lies in availability zone {home.az_name} (pod "
                f"{home.pod_name}); it cannot be used in {pod.az_name} (pod {pod.pod_name})."
            )
        return network

    async def update_network(self, network_id: str) -> None:
        """Bring attributes, subnets and shares of the network's copies up to date."""
        row = await self._kind.row(network_id)
        if row is None:
            return
        pods = await self._copies.pods(network_id)
        if not pods and row["provider_network_type"] and row["pod_id"]:
            # Accepted while the pod refused it; that is to be tried again.
            await self.network(network_id, await self._pods.get(row["pod_id"]))
        await self._copies.update(network_id)
        await all_of(*(self._shared(network_id, row, pod) for pod in pods))

    async def _shared(self, network_id: str, row: Row, pod: Pod) -> None:
        bottom = await self.network(network_id, pod)
        await converge_shares(self._store, self._regions, row, bottom, pod)

    async def clean_up_network(self, network_id: str) -> None:
        """Remove the copies of a network that is gone at the top; their subnets go along."""
        await self._copies.clean_up(network_id)

    async def delete(self, copy: Row, pod: Pod) -> None:
        """Delete a copy in its pod, and nothing else: the caller holds it, and its rows are his.

        It is found by its mark where its id never came back.
        """
        await self._kind.delete(copy, pod)
