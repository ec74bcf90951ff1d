"""What was allocated on bridges for a router, and that nothing has or needs any more.

Bridge addresses are taken when a change is accepted. One that is taken back before it was begun,
or that failed before its first call, has made nothing whose removal would give them back.
"""

from collections.abc import Iterator

from sqlalchemy import or_, select

from models.database.store import Row, Transaction
from models.database.tables.network import Bridge as BridgeRow
from models.database.tables.network import BridgeAddress, Port
from models.database.tables.pod import PodRow
from models.database.tables.routing import Routing
from models.network.bridges.addresses import Bridge, UnallocatedError
from models.network.bridges.purposes import Purpose, Use, of_copy
from models.network.bridges.rows import Bridges
from models.network.ports.owners import DeviceOwner
from models.network.routers.plan import Desired, Topology


class BridgeLeftovers:
    """Gives them back."""

    def __init__(self, allocated: Bridges, topology: Topology) -> None:
        self._bridges = allocated
        self._topology = topology

    async def release(self, tx: Transaction, router_id: str) -> None:
        """Give back those of the router's addresses that it needs no more and that no pod has.

        With its last address a bridge is given back, too.
        """
        try:
            desired = await self._topology.look(tx, router_id)
        except UnallocatedError:
            # More is about to be made: whoever makes it looks again afterwards.
            return
        needed = {link.address["id"] for link in _links(desired)}
        for row in await _of(tx, router_id):
            if row.id not in needed and not await _in_a_pod(tx, row):
                await self._bridges.release(tx, row.id)


def _links(desired: Desired) -> Iterator[Bridge]:
    for plan in desired.plans.values():
        yield from filter(None, (plan.east_west, plan.north_south))
        if plan.gateway and plan.gateway.bridge:
            yield plan.gateway.bridge
        yield from (floating.bridge for floating in plan.floating if floating.bridge)


async def _of(tx: Transaction, router_id: str) -> list[BridgeAddress]:
    """Return the router's addresses, and those on bridges whose gateway is gone."""
    pod_ids = [row["pod_id"] for row in await tx.all(select(PodRow.pod_id))]
    purposes = [str(each) for id_ in pod_ids for each in of_copy(router_id, id_)]
    purposes.append(str(Purpose(Use.GATEWAY_INTERFACE, router_id)))
    gateways = select(Port.id).where(Port.device_owner == DeviceOwner.ROUTER_GATEWAY)
    own = select(BridgeRow.id).where(
        BridgeRow.kind == "ns",
        or_(
            BridgeRow.owner_id.in_(gateways.where(Port.device_id == router_id)),
            ~select(Port.id).where(Port.id == BridgeRow.owner_id).exists(),
        ),
    )
    mine = or_(
        BridgeAddress.purpose.in_(purposes),
        BridgeAddress.bridge_id.in_(own),
    )
    return await tx.all(BridgeAddress.select().where(mine))


async def _in_a_pod(tx: Transaction, address: Row) -> bool:
    purpose = Purpose.parse(address["purpose"])
    port = (Routing.type == "bridge_port") & (Routing.top_id == address["id"])
    held = {
        Use.FLOATINGIP: Routing.type.in_(("floatingip", "carrier_port"))
        & (Routing.top_id == purpose.owner_id),
        Use.GATEWAY: (Routing.type == "bridge_network")
        & (Routing.top_id == address["bridge_id"])
        & (Routing.pod_id == purpose.pod_id),
    }
    other = held.get(purpose.use)
    there = select(Routing.id).where(port if other is None else or_(port, other))
    return await tx.value(there.limit(1)) is not None
