"""CopyUpkeep: copies of deleted objects go, copies of changed ones follow."""

import asyncio
from functools import partial
from typing import Any

from sqlalchemy import select

from activities.network.copies import Copies, copied
from activities.network.rbac_policies import sync_shares
from activities.network.routers.apply import RouterCopies
from activities.network.security_groups.copies import SecurityCopies
from activities.pods.region import Regions
from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, IPAllocation, ip_allocations
from models.database.tables.routing import Routing, routings
from models.network import addresses, holders
from models.network.bridges.leftovers import BridgeLeftovers
from models.network.security_groups.changes import SecurityGroupChanges
from models.operations import Operations
from models.pods import PodDirectory
from models.resource import Kind
from models.resources.network import NETWORKS, PORTS, ROUTERS, SUBNETS
from models.routings import Along, Routings, Then, mark
from models.values import Pod


class CopyUpkeep:
    """Bodies of ``clean-up`` and ``update-copies``; each follows the rows as they are now."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        routes: Routings,
        operations: Operations,
        copies: Copies,
        security: SecurityCopies,
        security_changes: SecurityGroupChanges,
        router_copies: RouterCopies,
        leftovers: BridgeLeftovers,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._routings = routes
        self._operations = operations
        self._copies = copies
        self._security = security
        self._security_changes = security_changes
        self._routers = router_copies
        self._leftovers = leftovers

    async def clean_up_port(self, port_id: str) -> None:
        """Remove the port's copies, then free its addresses and what only it needed."""
        if await self._row(PORTS, port_id):
            return
        for row, pod in await self._places("port", port_id):
            release = partial(self._security.release_project, pod, row["project_id"])
            await self._remove(PORTS, port_id, pod, then=release)
        async with self._store.write() as tx:
            await addresses.release(tx, holders.port(port_id))

    async def clean_up_subnet(self, subnet_id: str) -> None:
        """Remove the subnet's copies, then every address noted for it."""
        if await self._row(SUBNETS, subnet_id):
            return
        for _, pod in await self._places("subnet", subnet_id):
            await self._remove(SUBNETS, subnet_id, pod)
        async with self._store.write() as tx:
            await tx.run(ip_allocations.delete().where(IPAllocation.subnet_id == subnet_id))

    async def clean_up_network(self, network_id: str) -> None:
        """Remove the network's copies; their subnets go along, as in Neutron."""
        if await self._row(NETWORKS, network_id):
            return
        for _, pod in await self._places("network", network_id):
            await self._remove(
                NETWORKS, network_id, pod, along=partial(_forget_subnets, network_id, pod)
            )

    async def clean_up_router(self, router_id: str) -> None:
        """Remove everything of the router from every pod, pods at the same time."""
        pods = await self._routers.pods_to_change(router_id)
        results = await asyncio.gather(
            *(self._routers.converge(router_id, pod_id) for pod_id in pods),
            return_exceptions=True,
        )
        for result in results:
            if result is not None:
                raise result
        async with self._store.write() as tx:
            await self._leftovers.release(tx, router_id)

    async def update_network(self, network_id: str) -> None:
        """Bring attributes and subnets of the network's copies up to date."""
        row = await self._row(NETWORKS, network_id)
        if row is None:
            return
        body = copied(NETWORKS, row) | {
            "shared": row["shared"],
            "router:external": row["router_external"],
        }
        if row["mtu"]:
            body["mtu"] = row["mtu"]
        places = await self._places("network", network_id)
        if not places and row["provider_network_type"] and row["pod_id"]:
            # Accepted while the pod refused it; that is to be tried again.
            await self._copies.network(network_id, await self._pods.get(row["pod_id"]))
        for place, pod in places:
            await self._put(NETWORKS, place["bottom_id"], pod, body)
            bottom = await self._copies.network(network_id, pod)
            await sync_shares(self._store, self._regions, row, bottom, pod)

    async def update_subnet(self, subnet_id: str) -> None:
        """Bring the subnet's copies up to date."""
        row = await self._row(SUBNETS, subnet_id)
        if row is None:
            return
        body = copied(SUBNETS, row)
        for fixed in ("ipv6_ra_mode", "ipv6_address_mode"):
            del body[fixed]
        body["gateway_ip"] = row["gateway_ip"]
        for place, pod in await self._places("subnet", subnet_id):
            await self._put(SUBNETS, place["bottom_id"], pod, body)

    async def update_port(self, port_id: str) -> None:
        """Bring the port's copy up to date: addresses and security groups too."""
        row = await self._row(PORTS, port_id)
        if row is None:
            return
        for place, pod in await self._places("port", port_id):
            groups = [
                await self._security.group(group, pod) for group in row["security_groups"] or []
            ]
            body = copied(PORTS, row) | {
                "security_groups": groups,
                "mac_address": row["mac_address"],
                "fixed_ips": await self._copies.fixed_ips(row["fixed_ips"], pod),
            }
            del body["binding:vnic_type"]
            await self._put(PORTS, place["bottom_id"], pod, body)
            await self._security.release_project(pod, row["project_id"])
        async with self._store.write() as tx:
            waiting = await self._security_changes.port_changed(tx, row)
        self._operations.announce(*waiting)

    async def update_router(self, router_id: str) -> None:
        """Bring name and state of the router's copies up to date."""
        row = await self._row(ROUTERS, router_id)
        if row is None:
            return
        for place, pod in await self._places("router", router_id):
            await self._put(ROUTERS, place["bottom_id"], pod, copied(ROUTERS, row))

    async def _row(self, kind: Kind, id_: str) -> Row | None:
        table = TABLES[kind.collection]
        async with self._store.read() as tx:
            return await tx.one(select(table).where(table.c.id == id_))

    async def _places(self, type_: str, top_id: str) -> list[tuple[Row, Pod]]:
        rows = await self._routings.rows(Routing.type == type_, Routing.top_id == top_id)
        return [(row, await self._pods.get(row.pod_id)) for row in rows]

    async def _remove(
        self,
        kind: Kind,
        top_id: str,
        pod: Pod,
        *,
        then: Then | None = None,
        along: Along | None = None,
    ) -> None:
        name = mark(kind.member, top_id)

        async def delete(bottom: str) -> None:
            await self._copies.delete(pod, kind, bottom, name)

        await self._routings.remove(kind.member, top_id, pod, delete, then=then, along=along)

    async def _put(self, kind: Kind, bottom: str | None, pod: Pod, body: dict[str, Any]) -> None:
        # Without an id the copy is being made at this moment, from the row as it is now.
        if bottom:
            path = f"{kind.path}/{bottom}"
            await self._regions.admin(pod, "network", "PUT", path, {kind.member: body})


async def _forget_subnets(network_id: str, pod: Pod, tx: Transaction) -> None:
    """Forget the copies of a network's subnets, and every address noted for them."""
    inside = (
        Routing.type == "subnet",
        Routing.owner_id == network_id,
        Routing.pod_id == pod.pod_id,
    )
    noted = IPAllocation.subnet_id.in_(select(Routing.top_id).where(*inside))
    await tx.run(ip_allocations.delete().where(noted))
    await tx.run(routings.delete().where(*inside))
