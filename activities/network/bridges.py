"""BridgeNetworks: the networks of bridges in pods."""

import ipaddress

from activities.pods.region import Regions
from models.database.store import Row, Transaction
from models.database.tables.routing import Routing, routings
from models.network.bridges.rows import Bridges
from models.routings import Routings, mark
from models.values import Pod


class BridgeNetworks:
    """Makes a bridge's network and subnet in a pod, and takes them away."""

    def __init__(self, regions: Regions, routes: Routings, bridges: Bridges) -> None:
        self._regions = regions
        self._routings = routes
        self._bridges = bridges

    async def network(
        self, bridge: Row, pod: Pod, *, external: bool, router_id: str = ""
    ) -> tuple[str, str]:
        """Return network and subnet of the bridge in the pod. Hold ``using`` while you need it.

        A north-south bridge's network belongs to its router's topology, so give the router.
        """
        network = await self._routings.materialise(
            "bridge_network",
            bridge["id"],
            pod,
            owner_id=router_id,
            find=lambda: self._regions.marked(
                pod, "/networks", mark("bridge_network", bridge["id"])
            ),
            create=lambda: self._create_network(bridge, pod, external),
        )
        subnet = await self._routings.materialise(
            "bridge_subnet",
            bridge["id"],
            pod,
            find=lambda: self._regions.marked(
                pod, "/subnets", mark("bridge_subnet", bridge["id"])
            ),
            create=lambda: self._create_subnet(bridge, network, pod),
        )
        return network, subnet

    def using(self, bridge_id: str, pod: Pod) -> str:
        """Return the lease under which ports of the bridge come and go in the pod."""
        return f"bridge/{bridge_id}/{pod.pod_id}"

    async def remove_network(self, bridge_id: str, pod: Pod) -> None:
        """Delete the bridge's network in the pod; release the bridge when nothing uses it."""

        async def delete(bottom: str) -> None:
            name = mark("bridge_network", bridge_id)
            target = bottom or await self._regions.marked(pod, "/networks", name)
            if target:
                await self._regions.admin(
                    pod, "network", "DELETE", f"/networks/{target}", retry_conflict=True
                )

        async def along(tx: Transaction) -> None:
            of = (Routing.top_id == bridge_id, Routing.pod_id == pod.pod_id)
            await tx.run(routings.delete().where(Routing.type == "bridge_subnet", *of))
            await self._bridges.release_bridge(tx, bridge_id)

        await self._routings.remove("bridge_network", bridge_id, pod, delete, along=along)

    async def _create_network(self, bridge: Row, pod: Pod, external: bool) -> str:
        body = {
            "name": f"bridge-{bridge['kind']}-{bridge['owner_id']}",
            "description": mark("bridge_network", bridge["id"]),
            "provider:network_type": "vlan",
            "provider:physical_network": bridge["physical_network"],
            "provider:segmentation_id": bridge["vlan"],
            "router:external": external,
        }
        return await self._create(pod, "network", body)

    async def _create_subnet(self, bridge: Row, network: str, pod: Pod) -> str:
        gateway = str(next(ipaddress.ip_network(bridge["cidr"]).hosts()))
        body = {
            "network_id": network,
            "description": mark("bridge_subnet", bridge["id"]),
            "ip_version": 4,
            "cidr": bridge["cidr"],
            "gateway_ip": gateway if bridge["kind"] == "ns" else None,
            "enable_dhcp": False,
        }
        return await self._create(pod, "subnet", body)

    async def _create(self, pod: Pod, member: str, body: Row) -> str:
        made = await self._regions.admin(
            pod, "network", "POST", f"/{member}s", {member: body}, retry_conflict=True
        )
        return str(made[member]["id"])
