"""The network models, with what tests of them make again and again."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from models.database.store import Row
from models.database.tables.network import TABLES
from models.database.tables.operation import Operation
from models.values import Caller, Pod
from tests.unit.network.wiring import Network

USER = Caller("u1", "p1", ("member",))
STRANGER = Caller("u2", "p2", ("member",))
ADMIN = Caller("root", "p0", ("admin",), admin=True)
EAST = Pod("id-of-pod-1", "pod-1", "az-1")
WEST = Pod("id-of-pod-2", "pod-2", "az-2")


class World(Network):
    """The network models between two of the pods."""

    async def settle(self) -> None:
        """Return when all that was announced was offered."""
        offering = asyncio.all_tasks() - {asyncio.current_task()}
        mine = [t for t in offering if "_offer" in str(t.get_coro())]
        await asyncio.gather(*mine)

    async def jobs(self) -> list[tuple[str, str]]:
        """Return what was accepted, in its order: type and resource."""
        async with self.store.read() as tx:
            rows = await tx.all(Operation.select().order_by(Operation.sequence))
        return [(row["type"], row["resource_id"]) for row in rows]

    async def copied(self, type_: str, id_: str, pod: Pod, owner_id: str = "") -> str:
        """Let an object have a copy in the pod; return the copy's id."""
        return await self.copies.make(type_, id_, pod, owner_id)

    async def network(self, caller: Caller = USER, **given: Any) -> Row:
        """Make a network; one with a hint lies in that pod."""
        return await self.networks.create(caller, {"name": "net", **given})

    async def subnet(self, network: Row, cidr: str = "10.0.0.0/24", **given: Any) -> Row:
        """Make a subnet of the network."""
        body = {"network_id": network["id"], "cidr": cidr, "ip_version": 6 if ":" in cidr else 4}
        return await self.subnets.create(given.pop("caller", USER), {**body, **given})

    async def in_pod(self, pod: Pod, cidr: str) -> tuple[Row, Row]:
        """Make a network in the pod with a subnet."""
        network = await self.network(availability_zone_hints=[pod.pod_name])
        return network, await self.subnet(network, cidr)

    async def external(self, pod: Pod = EAST, cidr: str = "203.0.113.0/24") -> tuple[Row, Row]:
        """Make an external network in the pod, with a subnet."""
        body = {"router:external": True, "availability_zone_hints": [pod.pod_name]}
        network = await self.network(ADMIN, **body)
        return network, await self.subnet(network, cidr, caller=ADMIN, enable_dhcp=False)

    async def server_port(self, network: Row, pod: Pod, **given: Any) -> Row:
        """Make a port that has its copy in the pod."""
        port = await self.ports.create(USER, {"network_id": network["id"], **given})
        await self.copied("port", port["id"], pod)
        return port

    async def row(self, table: str, id_: str) -> Row | None:
        """Return a row of the network API as it is stored."""
        async with self.store.read() as tx:
            return await tx.one(select(TABLES[table]).where(TABLES[table].c.id == id_))
