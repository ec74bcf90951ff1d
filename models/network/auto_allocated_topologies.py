"""Auto-allocated topologies: network, subnets and router, got for the asking."""

from sqlalchemy import select

from models.database.store import Row, Store
from models.database.tables.network import (
    AutoAllocatedTopology,
    Network,
    Port,
    auto_allocated_topologies,
)
from models.errors import Conflict, GatewayError, NotFound
from models.network.networks import Networks
from models.network.ports.owners import DeviceOwner
from models.network.routers.interfaces import RouterInterfaces
from models.network.routers.rows import Routers
from models.network.subnetpools import Subnetpools
from models.network.subnets.rows import Subnets
from models.values import Caller

_VERSIONS = (4, 6)
Shown = dict[str, str]


class AutoAllocatedTopologies:
    """Made of the other services, for one project each."""

    def __init__(
        self,
        store: Store,
        network_rows: Networks,
        subnet_rows: Subnets,
        pools: Subnetpools,
        routers: Routers,
        interfaces: RouterInterfaces,
    ) -> None:
        self._store = store
        self._networks = network_rows
        self._subnets = subnet_rows
        self._pools = pools
        self._routers = routers
        self._interfaces = interfaces

    async def check(self, project_id: str) -> Shown:
        """Return if a topology could be made; ``AutoAllocationFailure`` otherwise."""
        await self._external()
        if not await self._default_pools():
            raise _failure("No default subnetpools defined")
        return _shown("dry-run=pass", project_id)

    async def get(self, caller: Caller, project_id: str) -> Shown:
        """Return the project's topology, made now if there is none."""
        row = await self._row(project_id)
        if row is None:
            await self._make(caller, project_id)
            row = await self._row(project_id)
        if row is None:
            raise _failure("Unable to provide tenant private network")
        return _shown(row["network_id"], project_id)

    async def delete(self, caller: Caller, project_id: str) -> None:
        """Delete what there is of the project's topology; fine when there is none."""
        row = await self._row(project_id)
        if row is None:
            return
        await self._unmake(caller, row["network_id"], row["router_id"])
        mine = AutoAllocatedTopology.project_id == project_id
        async with self._store.write() as tx:
            await tx.run(auto_allocated_topologies.delete().where(mine))

    async def _make(self, caller: Caller, project_id: str) -> None:
        external, pools = await self._external(), await self._default_pools()
        if not pools:
            raise _failure("Unable to provide tenant private network")
        network_id = router_id = ""
        named = {"project_id": project_id}
        try:
            made = await self._networks.create(
                caller, {"name": "auto_allocated_network", "admin_state_up": False, **named}
            )
            network_id = made["id"]
            own = [
                await self._subnets.create(
                    caller,
                    {
                        "name": f"auto_allocated_subnet_v{pool['ip_version']}",
                        "network_id": network_id,
                        "ip_version": pool["ip_version"],
                        "subnetpool_id": pool["id"],
                        **named,
                    },
                )
                for pool in pools
            ]
            router = await self._routers.create(
                caller,
                {
                    "name": "auto_allocated_router",
                    "external_gateway_info": {"network_id": external},
                    **named,
                },
            )
            router_id = router["id"]
            for subnet in own:
                await self._interfaces.add(caller, router_id, {"subnet_id": subnet["id"]})
            await self._networks.update(caller, network_id, {"admin_state_up": True})
        except GatewayError:
            await self._unmake(caller, network_id, router_id)
            raise
        row = {"project_id": project_id, "network_id": network_id, "router_id": router_id}
        async with self._store.write() as tx:
            first = await tx.insert_new(auto_allocated_topologies, row)
        if not first:
            # Somebody else has asked at the same moment, and was quicker.
            await self._unmake(caller, network_id, router_id)

    async def _unmake(self, caller: Caller, network_id: str, router_id: str) -> None:
        linked = select(Port.id).where(
            Port.device_id == router_id, Port.device_owner == DeviceOwner.ROUTER_INTERFACE
        )
        async with self._store.read() as tx:
            attached = [row["id"] for row in await tx.all(linked)] if router_id else []
        try:
            for port_id in attached:
                await self._interfaces.remove(caller, router_id, {"port_id": port_id})
            if router_id:
                await self._routers.delete(caller, router_id)
        except NotFound:
            pass  # Its owner has deleted the router.
        try:
            if network_id:
                await self._networks.delete(caller, network_id)
        except NotFound:
            pass

    async def _row(self, project_id: str) -> Row | None:
        mine = AutoAllocatedTopology.project_id == project_id
        async with self._store.read() as tx:
            return await tx.one(AutoAllocatedTopology.select().where(mine))

    async def _external(self) -> str:
        default = select(Network.id).where(
            Network.router_external.is_(True), Network.is_default.is_(True)
        )
        async with self._store.read() as tx:
            found = await tx.value(default)
        if not found:
            raise _failure("No default router:external network")
        return str(found)

    async def _default_pools(self) -> list[Row]:
        async with self._store.read() as tx:
            found = [await self._pools.default(tx, version) for version in _VERSIONS]
        return [pool for pool in found if pool]


def _shown(id_: str, project_id: str) -> Shown:
    return {"id": id_, "tenant_id": project_id, "project_id": project_id}


def _failure(reason: str) -> Conflict:
    return Conflict(f"Deployment error: {reason}.", "AutoAllocationFailure")
