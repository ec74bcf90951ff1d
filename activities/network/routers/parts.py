"""RouterParts: the pieces that hang on a router copy, each made and removed idempotently.

Bottom calls and their order are those of the recipe proven on real Neutron: the carrier of a
cross-pod floating IP needs ``device_owner=network:floatingip`` at create, and
``remove_router_interface`` deletes the port given to it.
"""

from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from activities.network.bridges import BridgeNetworks
from activities.network.networks import NetworkCopies
from activities.network.ports.copies import PortCopies
from activities.network.subnets import SubnetCopies
from activities.pods.region import Regions
from models.database.store import Row, Store, Transaction
from models.database.tables.network import BridgeAddress
from models.database.tables.routing import Routing
from models.errors import PodFault, PodUnavailable
from models.network.bridges.addresses import Bridge
from models.network.bridges.purposes import Purpose, Use
from models.network.bridges.rows import Bridges
from models.network.ports.owners import DeviceOwner
from models.network.routers.diff import NOWHERE, held, moved
from models.network.routers.plan import Floating, Interface
from models.routings import Along, Routings, mark
from models.values import Pod


class RouterParts:
    """Interfaces, bridge ports, carriers and floating IPs of router copies."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        routes: Routings,
        bridges: Bridges,
        bridge_networks: BridgeNetworks,
        networks: NetworkCopies,
        subnets: SubnetCopies,
        ports: PortCopies,
    ) -> None:
        self._store = store
        self._regions = regions
        self._routings = routes
        self._bridges = bridges
        self._bridge_networks = bridge_networks
        self._networks = networks
        self._subnets = subnets
        self._ports = ports

    async def bridge_network(self, pod: Pod, router_id: str, link: Bridge) -> tuple[str, str]:
        """Return network and subnet of a north-south bridge, external in this pod."""
        bridge = link.bridge
        async with self._store.hold(self._bridge_networks.using(bridge["id"], pod)):
            return await self._bridge_networks.network(
                bridge, pod, external=True, router_id=router_id
            )

    async def bridge_port(self, pod: Pod, router_id: str, link: Bridge) -> str:
        """Return the router's port on the bridge in the pod, not attached yet."""
        name = mark("bridge_port", link.address["id"])
        owner = router_id if link.bridge["kind"] == "ns" else ""
        async with self._store.hold(self._bridge_networks.using(link.bridge["id"], pod)):
            network, subnet = await self._bridge_networks.network(
                link.bridge, pod, external=False, router_id=owner
            )
            at = {"subnet_id": subnet, "ip_address": link.address["ip_address"]}
            body = {"network_id": network, "fixed_ips": [at], "description": name}
            return await self._routings.materialise(
                "bridge_port",
                link.address["id"],
                pod,
                owner_id=router_id,
                find=lambda: self._regions.marked(pod, "/ports", name),
                create=lambda: self._create(pod, "port", body),
            )

    async def attach_bridge_port(self, pod: Pod, router: str, link: Bridge) -> None:
        """Make the bridge port an interface of the router copy."""
        row = await self._routings.row("bridge_port", link.address["id"], pod)
        if row is None or (row["applied"] or {}).get("attached"):
            return
        await self._attach(pod, router, row["bottom_id"])
        await self._routings.update(
            "bridge_port", link.address["id"], pod, applied={"attached": True}
        )

    async def add_interface(
        self, pod: Pod, router_id: str, router: str, interface: Interface
    ) -> None:
        """Put the tenant's subnet on the router copy, with the addresses it has at the top.

        One that is there and has others gets these.
        """
        port = interface.port

        async def create() -> str:
            if not interface.by_subnet:
                bottom = await self._ports.port(port["id"], pod)
                await self._attach(pod, router, bottom)
                return bottom
            subnet = await self._subnets.subnet(port["subnet_id"], pod)
            path = f"/routers/{router}/add_router_interface"
            try:
                made = await self._regions.admin(
                    pod, "network", "PUT", path, {"subnet_id": subnet}
                )
            except PodFault as fault:
                if fault.kind == "IpAddressAlreadyAllocated":
                    # The router that the subnet was on is only about to let go of it.
                    raise PodUnavailable(pod.pod_name, fault.message, answered=409) from fault
                raise
            return str(made["port_id"])

        async def find() -> str | None:
            subnet = await self._subnets.subnet(port["subnet_id"], pod)
            for known in await self._interface_ports(pod, router):
                if any(ip["subnet_id"] == subnet for ip in known["fixed_ips"]):
                    return str(known["id"])
            return None

        await self._routings.materialise(
            "router_interface", port["id"], pod, owner_id=router_id, find=find, create=create,
            applied=held(interface),
        )  # fmt: skip
        await self._move_interface(pod, interface)

    async def _move_interface(self, pod: Pod, interface: Interface) -> None:
        """Give the interface the addresses that it has at the top, if it has others."""
        port = interface.port
        row = await self._routings.row("router_interface", port["id"], pod)
        if row is None or not moved(row, interface):
            return
        body = {"fixed_ips": await self._subnets.fixed_ips(port["fixed_ips"], pod)}
        path = f"/ports/{row['bottom_id']}"
        async with self._routings.unknown(row, pod, applied=NOWHERE):
            # 409: an address that another operation is giving back at this moment.
            await self._regions.admin(
                pod, "network", "PUT", path, {"port": body}, retry_conflict=True
            )
        await self._routings.update("router_interface", port["id"], pod, applied=held(interface))

    async def remove_link(
        self, pod: Pod, router: str | None, row: Row, known: set[str | None]
    ) -> None:
        """Take a tenant's interface or a bridge port off the router copy, port and all.

        ``known`` are the ids that rows of this router account for: an interface whose id never
        came back is among the others.
        """
        bottoms = [row["bottom_id"]] if row["bottom_id"] else []
        if not bottoms and row["type"] == "bridge_port":
            found = await self._regions.marked(pod, "/ports", mark("bridge_port", row["top_id"]))
            bottoms = [found] if found else []
        elif not bottoms and router:
            ports = await self._interface_ports(pod, router)
            bottoms = [p["id"] for p in ports if p["id"] not in known]
        # Who dies in between leaves nothing that would be taken for attached.
        async with self._routings.unknown(row, pod, bottom_id=None, applied=None):
            for bottom in bottoms:
                if router:
                    await self._detach(pod, router, bottom)
                await self._delete(pod, "ports", bottom)
        if row["type"] == "bridge_port":
            await self._leave_bridge(pod, row)
        else:
            await self._routings.forget("port", row["top_id"], pod)
        await self._routings.forget(row["type"], row["top_id"], pod)

    async def _leave_bridge(self, pod: Pod, row: Row) -> None:
        """Remove the bridge's network with its last port in the pod; give the address back."""
        async with self._store.read() as tx:
            address = await tx.one(BridgeAddress.select().where(BridgeAddress.id == row["top_id"]))
        if address is None:
            return
        bridge_id = address.bridge_id
        siblings = select(BridgeAddress.id).where(
            BridgeAddress.bridge_id == bridge_id, BridgeAddress.id != address.id
        )
        async with self._store.hold(self._bridge_networks.using(bridge_id, pod)):
            others = await self._routings.rows(
                Routing.type == "bridge_port",
                Routing.pod_id == pod.pod_id,
                Routing.top_id.in_(siblings),
            )
            if not others:
                await self._bridge_networks.remove_network(bridge_id, pod)
            async with self._store.write() as tx:
                await self._bridges.release(tx, address.id)

    async def remove_bridge_network(self, pod: Pod, router_id: str, bridge_id: str) -> None:
        """Remove a north-south bridge's network from the pod, and the gateway's address on it."""
        async with self._store.hold(self._bridge_networks.using(bridge_id, pod)):
            await self._bridge_networks.remove_network(bridge_id, pod)
            async with self._store.write() as tx:
                address = await tx.value(
                    select(BridgeAddress.id).where(
                        BridgeAddress.bridge_id == bridge_id,
                        BridgeAddress.purpose == str(Purpose(Use.GATEWAY, router_id, pod.pod_id)),
                    )
                )
                if address:
                    await self._bridges.release(tx, address)

    async def add_floating(self, pod: Pod, router_id: str, floating: Floating) -> None:
        """Make the floating IP's part in this pod."""
        row = floating.row
        name = mark("floatingip", row["id"])
        if floating.role == "inner":
            assert floating.bridge is not None
            network, _ = await self._bridge_networks.network(
                floating.bridge.bridge, pod, external=True, router_id=router_id
            )
            address = floating.bridge.address["ip_address"]
        else:
            network = await self._networks.network(row["floating_network_id"], pod)
            address = row["floating_ip_address"]
        body = {
            "floating_network_id": network,
            "floating_ip_address": address,
            "description": name,
            "project_id": row["project_id"],
        }
        if floating.role == "public":
            body["port_id"] = await self._carrier(pod, router_id, floating)
        else:
            body["port_id"] = await self._ports.port(floating.port_id, pod)
            body["fixed_ip_address"] = row["fixed_ip_address"]
        await self._routings.materialise(
            "floatingip",
            row["id"],
            pod,
            project_id=row["project_id"],
            owner_id=router_id,
            find=lambda: self._regions.marked(pod, "/floatingips", name),
            create=lambda: self._create(pod, "floatingip", body),
            applied=floating.spec,
        )

    async def _carrier(self, pod: Pod, router_id: str, floating: Floating) -> str:
        assert floating.bridge is not None
        name = mark("carrier_port", floating.row["id"])
        network, subnet = await self._bridge_networks.network(
            floating.bridge.bridge, pod, external=False, router_id=router_id
        )
        at = {"subnet_id": subnet, "ip_address": floating.bridge.address["ip_address"]}
        body = {
            "network_id": network,
            "fixed_ips": [at],
            "description": name,
            # Without it OVN answers for the address itself and nothing gets through. Its
            # device_id must not be Neutron's "PENDING", which a janitor collects.
            "device_owner": DeviceOwner.FLOATINGIP,
            "device_id": floating.row["id"],
        }
        return await self._routings.materialise(
            "carrier_port",
            floating.row["id"],
            pod,
            owner_id=router_id,
            find=lambda: self._regions.marked(pod, "/ports", name),
            create=lambda: self._create(pod, "port", body),
            applied={"address": floating.bridge.address["id"]},
        )

    async def remove_floating(self, pod: Pod, row: Row) -> None:
        """Delete the floating IP's part in the pod."""
        await self._remove(pod, row, "floatingips")

    async def remove_carrier(self, pod: Pod, row: Row) -> None:
        """Delete the carrier port and give its address on the bridge back."""
        own = BridgeAddress.purpose == str(Purpose(Use.FLOATINGIP, row["top_id"]))

        async def along(tx: Transaction) -> None:
            for address in await tx.all(select(BridgeAddress.id).where(own)):
                await self._bridges.release(tx, address["id"])

        await self._remove(pod, row, "ports", along)

    async def _remove(self, pod: Pod, row: Row, plural: str, along: Along | None = None) -> None:
        async def delete(bottom: str) -> None:
            name = mark(row["type"], row["top_id"])
            target = bottom or await self._regions.marked(pod, f"/{plural}", name)
            if target:
                await self._delete(pod, plural, target)

        await self._routings.remove(row["type"], row["top_id"], pod, delete, along=along)

    async def _attach(self, pod: Pod, router: str, port: str) -> None:
        path = f"/routers/{router}/add_router_interface"
        try:
            await self._regions.admin(pod, "network", "PUT", path, {"port_id": port})
        except PodFault as fault:
            # An answer got lost: the port is on this router already.
            attached = {p["id"] for p in await self._interface_ports(pod, router)}
            if fault.status not in (400, 409) or port not in attached:
                raise

    async def _detach(self, pod: Pod, router: str, port: str) -> None:
        path = f"/routers/{router}/remove_router_interface"
        try:
            await self._regions.admin(
                pod, "network", "PUT", path, {"port_id": port}, retry_conflict=True
            )
        except PodFault as fault:
            if fault.status != 404:
                raise

    async def _interface_ports(self, pod: Pod, router: str) -> list[Row]:
        path = f"/ports?device_id={router}&device_owner={quote(DeviceOwner.ROUTER_INTERFACE)}"
        return list((await self._regions.admin(pod, "network", "GET", path))["ports"])

    async def _create(self, pod: Pod, member: str, body: dict[str, Any]) -> str:
        # 409: an address that another operation is giving back at this moment.
        made = await self._regions.admin(
            pod, "network", "POST", f"/{member}s", {member: body}, retry_conflict=True
        )
        return str(made[member]["id"])

    async def _delete(self, pod: Pod, collection: str, bottom: str) -> None:
        try:
            await self._regions.admin(
                pod, "network", "DELETE", f"/{collection}/{bottom}", retry_conflict=True
            )
        except PodFault as fault:
            if fault.status != 404:
                raise
