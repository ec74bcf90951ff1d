"""Bridges in pods: a network and a subnet in each pod that a bridge joins."""

import ipaddress
from typing import Any
from urllib.parse import quote

from activities.copies import Copies, MarkedKind
from activities.pods.region import Regions
from models.database.store import Row, Store, Transaction
from models.database.tables.network import Bridge
from models.database.tables.routing import Routing, routings
from models.errors import NotFound, PodBusy, PodFault
from models.network.bridges.rows import Bridges
from models.pods import PodDirectory
from models.resources.network import NETWORKS, SUBNETS
from models.routings import Made, Routings, mark
from models.values import Pod


class _BridgeKind(MarkedKind):
    """What a bridge has in a pod; it is never updated, and is our own project's."""

    remembered = False
    table = Bridge.table

    def project(self, row: Row) -> str:
        return ""

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(Bridge.select().where(Bridge.id == id_))


class _Networks(_BridgeKind):
    """One that is to be made comes with the ``router_id`` it belongs to, and ``external``."""

    type = "bridge_network"
    kind = NETWORKS

    def __init__(self, store: Store, regions: Regions, bridges: Bridges) -> None:
        super().__init__(store, regions)
        self._bridges = bridges

    def owner(self, row: Row) -> str:
        return str(row["router_id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        body = {
            "name": f"bridge-{row['kind']}-{row['owner_id']}",
            "description": mark(self.type, row["id"]),
            "provider:network_type": "vlan",
            "provider:physical_network": row["physical_network"],
            "provider:segmentation_id": row["vlan"],
            "router:external": row["external"],
        }
        try:
            made = await self.post(pod, body)
        except PodFault as fault:
            if fault.kind == "VlanIdInUse" and await self._freed(row, pod):
                raise PodBusy(fault.message) from fault
            raise
        return Made(str(made["id"]), None)

    async def _freed(self, row: Row, pod: Pod) -> bool:
        """Delete the network of a bridge that is gone, if one has the VLAN; tell whether it did.

        A call whose answer was not waited for any longer may have made it after it was looked for.
        """
        at = f"provider:physical_network={quote(row['physical_network'])}"
        query = f"{at}&provider:segmentation_id={row['vlan']}&fields=id&fields=description"
        answer = await self._regions.admin(pod, "network", "GET", f"{NETWORKS.path}?{query}")
        for network in answer[NETWORKS.collection]:
            begin, _, bridge_id = str(network["description"]).rpartition(" ")
            if begin == mark(self.type, "").strip() and await self.row(bridge_id) is None:
                await self.delete({"bottom_id": network["id"]}, pod)
                return True
        return False

    async def lose(self, tx: Transaction, copy: Row) -> None:
        """Note it of the subnet, which goes along."""
        await tx.run(routings.update().where(*_inside(copy)).values(bottom_id=None))

    async def forget(self, tx: Transaction, copy: Row) -> None:
        """Forget the subnet, which goes along; release the bridge when nothing uses it."""
        await tx.run(routings.delete().where(*_inside(copy)))
        await self._bridges.release_bridge(tx, copy["top_id"])


class _Subnets(_BridgeKind):
    """One that is to be made comes with its ``bottom_network``."""

    type = "bridge_subnet"
    kind = SUBNETS

    async def create(self, row: Row, pod: Pod) -> Made:
        gateway = str(next(ipaddress.ip_network(row["cidr"]).hosts()))
        body = {
            "network_id": row["bottom_network"],
            "description": mark(self.type, row["id"]),
            "ip_version": 4,
            "cidr": row["cidr"],
            "gateway_ip": gateway if row["kind"] == "ns" else None,
            "enable_dhcp": False,
        }
        return Made(str((await self.post(pod, body))["id"]), None)


class BridgeNetworks:
    """Makes a bridge's network and subnet in a pod, and takes them away."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        routes: Routings,
        bridges: Bridges,
    ) -> None:
        self._networks = Copies(routes, pods, _Networks(store, regions, bridges))
        self._subnets = Copies(routes, pods, _Subnets(store, regions))

    async def network(
        self, bridge: Row, pod: Pod, *, external: bool, router_id: str = ""
    ) -> tuple[str, str]:
        """Return network and subnet of the bridge in the pod. Hold ``using`` while you need it.

        A north-south bridge's network belongs to its router's topology, so give the router.
        ``PodBusy`` for a bridge that is gone: another is needed now, or none.
        """
        of = {"external": external, "router_id": router_id}
        try:
            network = await self._networks.materialise(bridge | of, pod)
        except NotFound as error:
            raise PodBusy(f"Bridge {bridge['id']} was given back meanwhile") from error
        subnet = await self._subnets.materialise(bridge | {"bottom_network": network}, pod)
        return network, subnet

    def using(self, bridge_id: str, pod: Pod) -> str:
        """Return the lease under which ports of the bridge come and go in the pod."""
        return f"bridge/{bridge_id}/{pod.pod_id}"

    async def remove_network(self, bridge_id: str, pod: Pod) -> None:
        """Delete the bridge's network in the pod; release the bridge when nothing uses it."""
        await self._networks.remove_in(bridge_id, pod)


def _inside(copy: Row) -> tuple[Any, ...]:
    """Return what selects the row of the subnet in the network's copy."""
    return (
        Routing.type == _Subnets.type,
        Routing.top_id == copy["top_id"],
        Routing.pod_id == copy["pod_id"],
    )
