"""Copies of networks, subnets and ports: made in a pod when first needed there."""

import asyncio
from typing import Any

from sqlalchemy import select

from activities.network.predecessors import Predecessors, patiently
from activities.network.rbac_policies import sync_shares
from activities.network.security_groups.copies import SecurityCopies
from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.network import TABLES, Network, Subnet
from models.errors import Conflict, NotFound, PodBusy, PodFault
from models.network import addresses
from models.network.security_groups.changes import SecurityGroupChanges
from models.network.waiting import of_network, of_port
from models.operations import Operations
from models.pods import PodDirectory
from models.resource import Kind
from models.resources.network import NETWORKS, PORTS, SUBNETS
from models.routings import Routings, mark
from models.settings import Settings
from models.values import Pod

networks, subnets, ports = TABLES["networks"], TABLES["subnets"], TABLES["ports"]
# Of a port's binding.
ADMIN_SETS = ("binding:host_id", "binding:profile")


class Copies:
    """Get-or-create of the copies in pods; every method may be called again at any time."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        routings: Routings,
        operations: Operations,
        security: SecurityCopies,
        security_changes: SecurityGroupChanges,
    ) -> None:
        self._settings = settings
        self._store = store
        self._regions = regions
        self._pods = pods
        self._routings = routings
        self._operations = operations
        self._security = security
        self._security_changes = security_changes
        self._predecessors = Predecessors(store, regions)

    async def network(self, network_id: str, pod: Pod) -> str:
        """Return the id of the network's copy, its subnets' copies made too.

        A network without a pod is bound to this one, and what waited for that is set going;
        ``Conflict`` when it lies in another pod, ``PodBusy`` while what was deleted at the top is
        in its way there.
        """
        network = await self._bound(network_id, pod)
        bottom = await self._routings.materialise(
            "network",
            network_id,
            pod,
            project_id=network["project_id"],
            of=networks,
            find=lambda: self.find(pod, NETWORKS, mark("network", network_id)),
            create=lambda: self._create_network(network, pod),
        )
        async with self._store.read() as tx:
            own = await tx.all(Subnet.select().where(Subnet.network_id == network_id))
        await asyncio.gather(*(self._subnet(subnet, network, bottom, pod) for subnet in own))
        return bottom

    async def subnet(self, subnet_id: str, pod: Pod) -> str:
        """Return the id of the subnet's copy, its network made too."""
        row = await self._row(SUBNETS, subnet_id)
        await self.network(row["network_id"], pod)
        known = await self._routings.bottom_id("subnet", subnet_id, pod)
        if known is None:
            raise NotFound(f"Subnet {subnet_id} could not be found.", "SubnetNotFound")
        return known

    async def port(self, port_id: str, pod: Pod) -> str:
        """Return the id of the port's copy, with its network and security groups made too.

        Once it is there, remote groups in other pods learn its addresses, and a floating IP that
        waited for it is set going.
        """
        port = await self._row(PORTS, port_id)
        known = await self._routings.bottom_id("port", port_id, pod)
        if known:
            return known
        groups = port["security_groups"] or []
        # Bound first: a group's copy stays only where a port of that pod needs it.
        await self._bound(port["network_id"], pod)
        network, *security = await asyncio.gather(
            self.network(port["network_id"], pod),
            *(self._security.group(group, pod) for group in groups),
        )
        try:
            bottom = await self._routings.materialise(
                "port",
                port_id,
                pod,
                project_id=port["project_id"],
                owner_id=port["network_id"],
                of=ports,
                find=lambda: self.find(pod, PORTS, mark("port", port_id)),
                create=lambda: self._create_port(port, network, security, pod),
            )
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

    async def find(self, pod: Pod, kind: Kind, description: str) -> str | None:
        """Return the id of the object in the pod that carries the mark."""
        return await self._regions.marked(pod, kind.path, description)

    async def delete(self, pod: Pod, kind: Kind, bottom: str, description: str) -> None:
        """Delete a copy by id, or by mark where its id never came back; gone is fine."""
        target = bottom or await self.find(pod, kind, description)
        if not target:
            return
        path = f"{kind.path}/{target}"
        try:
            await self._regions.admin(pod, "network", "DELETE", path, retry_conflict=True)
        except PodFault as fault:
            if fault.status == 404 and fault.kind not in (kind.not_found, "PodFault"):
                # Not the copy is gone but something in it, at the same moment: a network's
                # deletion ends so when one of its subnets is just being deleted.
                raise PodBusy(fault.message) from fault
            raise

    async def fixed_ips(self, fixed_ips: list[Row], pod: Pod) -> list[Row]:
        """Return the fixed IPs with the pod's subnet ids."""
        mapped = []
        for ip in fixed_ips:
            bottom = await self._routings.bottom_id("subnet", ip["subnet_id"], pod)
            if bottom is None:
                bottom = await self.subnet(ip["subnet_id"], pod)
            mapped.append({"subnet_id": bottom, "ip_address": ip["ip_address"]})
        return mapped

    async def _row(self, kind: Kind, id_: str) -> Row:
        table = TABLES[kind.collection]
        async with self._store.read() as tx:
            row = await tx.one(select(table).where(table.c.id == id_))
        if row is None:
            noun = kind.member.capitalize()
            raise NotFound(f"{noun} {id_} could not be found.", kind.not_found)
        return row

    async def _bound(self, network_id: str, pod: Pod) -> Row:
        network = await self._row(NETWORKS, network_id)
        if network["pod_id"] is None:
            waiting: list[str] = []
            free = networks.update().where(Network.id == network_id, Network.pod_id.is_(None))
            async with self._store.write() as tx:
                if await tx.run(free.values(pod_id=pod.pod_id)):
                    waiting = await of_network(tx, self._operations, network_id)
            self._operations.announce(*waiting)
            network = await self._row(NETWORKS, network_id)
        if network["pod_id"] != pod.pod_id:
            home = await self._pods.get(network["pod_id"])
            raise Conflict(
                f"Network {network_id} lies in availability zone {home.az_name} (pod "
                f"{home.pod_name}); it cannot be used in {pod.az_name} (pod {pod.pod_name})."
            )
        return network

    async def _create_network(self, network: Row, pod: Pod) -> str:
        body = copied(NETWORKS, network)
        body |= {
            "description": mark("network", network["id"]),
            "project_id": network["project_id"],
            "shared": network["shared"],
            "router:external": network["router_external"],
        }
        for name in ("network_type", "physical_network", "segmentation_id"):
            if network[f"provider_{name}"] is not None:
                body[f"provider:{name}"] = network[f"provider_{name}"]
        if network["mtu"]:
            body["mtu"] = network["mtu"]
        async with self._predecessors.of_network(body, pod):
            made = await self._post(pod, NETWORKS, body)
        learned: dict[str, Any] = {"mtu": made["mtu"]}
        if network["router_external"] or network["provider_network_type"]:
            for name in ("network_type", "physical_network", "segmentation_id"):
                learned[f"provider_{name}"] = made[f"provider:{name}"]
        async with self._store.write() as tx:
            await tx.run(networks.update().where(Network.id == network["id"]).values(**learned))
        await sync_shares(self._store, self._regions, network, made["id"], pod, new=True)
        return str(made["id"])

    async def _subnet(self, subnet: Row, network: Row, bottom_network: str, pod: Pod) -> str:
        return await self._routings.materialise(
            "subnet",
            subnet["id"],
            pod,
            project_id=subnet["project_id"],
            owner_id=network["id"],
            of=subnets,
            find=lambda: self.find(pod, SUBNETS, mark("subnet", subnet["id"])),
            create=lambda: self._create_subnet(subnet, network, bottom_network, pod),
        )

    async def _create_subnet(self, subnet: Row, network: Row, bottom: str, pod: Pod) -> str:
        body = copied(SUBNETS, subnet)
        for mode in ("ipv6_ra_mode", "ipv6_address_mode"):
            if body[mode] is None:
                del body[mode]
        body |= {
            "network_id": bottom,
            "description": mark("subnet", subnet["id"]),
            "project_id": subnet["project_id"],
            "ip_version": subnet["ip_version"],
            "cidr": subnet["cidr"],
            "gateway_ip": subnet["gateway_ip"],
            "allocation_pools": await self._pools(subnet, network, pod),
        }
        async with self._predecessors.of_subnet(network["id"], pod):
            return str((await self._post(pod, SUBNETS, body))["id"])

    async def _pools(self, subnet: Row, network: Row, pod: Pod) -> list[Row]:
        """Return the pools of the copy: what the pod may give to its own ports.

        The top chooses every address of a tenant's port; on an external network the pod makes no
        ports of its own, so its pools are the user's.
        """
        if network["router_external"]:
            return list(subnet["allocation_pools"])
        async with self._store.write() as tx:
            own = await addresses.reserve_for_pod(
                tx, subnet, pod.pod_id, self._settings.subnet_reserve
            )
        return [{"start": ip, "end": ip} for ip in own]

    async def _create_port(self, port: Row, network: str, security: list[str], pod: Pod) -> str:
        body = copied(PORTS, port)
        body |= {
            "network_id": network,
            "description": mark("port", port["id"]),
            "project_id": port["project_id"],
            "mac_address": port["mac_address"],
            "fixed_ips": await self.fixed_ips(port["fixed_ips"], pod),
            "security_groups": security,
        }
        # An admin's; the pod takes over when a server plugs the port in.
        for name in ADMIN_SETS:
            if value := port[PORTS.by_name[name].column]:
                body[name] = value
        async with self._predecessors.of_port(port["network_id"], pod):
            return str((await self._post(pod, PORTS, body))["id"])

    async def _post(self, pod: Pod, kind: Kind, body: Row) -> Row:
        answer = await self._regions.admin(
            pod, "network", "POST", kind.path, {kind.member: body}, retry_conflict=True
        )
        made: Row = answer[kind.member]
        return made


def copied(kind: Kind, row: Row) -> Row:
    """Return what goes into a copy as it is in the row, by the names the API uses."""
    return {a.name: row[a.column] for a in kind.attributes if a.copied}
