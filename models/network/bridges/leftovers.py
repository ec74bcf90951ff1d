"""What was allocated on bridges for a router, and that nothing has or needs any more.

Places are taken when a change is accepted. One that is taken back before it was begun, or that
failed before its first call, has made nothing whose removal would give them back.
"""

from collections.abc import Iterator

from sqlalchemy import or_, select

from models.database.store import Row, Transaction
from models.database.tables.network import TABLES, bridge_addresses, bridges
from models.database.tables.pod import pods
from models.database.tables.routing import routings
from models.network.bridges.places import Bridge, UnallocatedError
from models.network.bridges.rows import Bridges
from models.network.routers.plan import GATEWAY, Desired, Topology

ports = TABLES["ports"]


class BridgeLeftovers:
    """Gives them back."""

    def __init__(self, allocated: Bridges, topology: Topology) -> None:
        self._bridges = allocated
        self._topology = topology

    async def release(self, tx: Transaction, router_id: str) -> None:
        """Give back the router's addresses, and with its last one a bridge."""
        try:
            desired = await self._topology.look(tx, router_id)
        except UnallocatedError:
            # More is about to be made: whoever makes it looks again afterwards.
            return
        needed = {link.address["id"] for link in _links(desired)}
        for row in await _of(tx, router_id):
            if row["id"] not in needed and not await _in_a_pod(tx, row):
                await self._bridges.release(tx, row["id"])


def _links(desired: Desired) -> Iterator[Bridge]:
    for plan in desired.plans.values():
        yield from filter(None, (plan.east_west, plan.north_south))
        if plan.gateway and plan.gateway.bridge:
            yield plan.gateway.bridge
        yield from (floating.bridge for floating in plan.floating if floating.bridge)


async def _of(tx: Transaction, router_id: str) -> list[Row]:
    """Return the router's addresses, and those on bridges whose gateway is gone."""
    pod_ids = [row["pod_id"] for row in await tx.all(select(pods.c.pod_id))]
    purposes = [
        f"{kind}:{router_id}:{id_}" for kind in ("interface", "gateway") for id_ in pod_ids
    ]
    gateways = select(ports.c.id).where(ports.c.device_owner == GATEWAY)
    own = select(bridges.c.id).where(
        bridges.c.kind == "ns",
        or_(
            bridges.c.owner_id.in_(gateways.where(ports.c.device_id == router_id)),
            ~select(ports.c.id).where(ports.c.id == bridges.c.owner_id).exists(),
        ),
    )
    mine = or_(
        bridge_addresses.c.purpose.in_([*purposes, f"gateway-interface:{router_id}"]),
        bridge_addresses.c.bridge_id.in_(own),
    )
    return await tx.all(select(bridge_addresses).where(mine))


async def _in_a_pod(tx: Transaction, address: Row) -> bool:
    kind, _, rest = address["purpose"].partition(":")
    port = (routings.c.type == "bridge_port") & (routings.c.top_id == address["id"])
    held = {
        "floatingip": routings.c.type.in_(("floatingip", "carrier_port"))
        & (routings.c.top_id == rest),
        "gateway": (routings.c.type == "bridge_network")
        & (routings.c.top_id == address["bridge_id"])
        & (routings.c.pod_id == rest.partition(":")[2]),
    }
    there = select(routings.c.id).where(or_(port, held[kind]) if kind in held else port)
    return await tx.value(there.limit(1)) is not None
