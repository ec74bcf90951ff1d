"""Bridges: the VLANs, /24s and addresses that carry a project between pods.

East-west there is one bridge for a project, shared by its routers. North-south there is one for
each router, because there the subnet's gateway address *is* that router in the external pod.
"""

import ipaddress

from sqlalchemy import func, select

from models.database.store import Row, Transaction, new_id
from models.database.tables.network import Bridge, BridgeAddress, bridge_addresses, bridges
from models.database.tables.routing import Routing
from models.errors import OverQuota
from models.network.bridges.purposes import Purpose, Use
from models.settings import Settings


class Bridges:
    """Allocates bridges and their addresses, in the transaction that needs them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def allocate(self, tx: Transaction, kind: str, owner_id: str, project_id: str) -> Row:
        """Return the bridge of this owner, with a VLAN and a /24 of its own.

        ``OverQuota`` naming the pool when VLANs or CIDRs are used up.
        """
        mine = Bridge.select().where(Bridge.kind == kind, Bridge.owner_id == owner_id)
        while (known := await tx.one(mine)) is None:
            in_use = select(Bridge.physical_network, Bridge.vlan, Bridge.cidr)
            taken = await tx.all(in_use)
            name, vlan = self._free_vlan({(r["physical_network"], r["vlan"]) for r in taken})
            row = {
                "id": new_id(),
                "kind": kind,
                "owner_id": owner_id,
                "project_id": project_id,
                "physical_network": name,
                "vlan": vlan,
                "cidr": self._free_cidr(kind, {r["cidr"] for r in taken}),
            }
            # Not if somebody else takes the same at this moment: then look again.
            await tx.insert_new(bridges, row)
        return known

    def _free_vlan(self, taken: set[tuple[str, int]]) -> tuple[str, int]:
        for name, first, last in self._settings.bridge_vlan_ranges:
            for vlan in range(first, last + 1):
                if (name, vlan) not in taken:
                    return name, vlan
        raise OverQuota(f"No VLAN left for a bridge in {self._settings.bridge_vlans}.")

    def _free_cidr(self, kind: str, taken: set[str]) -> str:
        pool = self._settings.bridge_ew_pool if kind == "ew" else self._settings.bridge_ns_pool
        for network in ipaddress.ip_network(pool).subnets(new_prefix=24):
            if str(network) not in taken:
                return str(network)
        raise OverQuota(f"No network left for a bridge in {pool}.")

    async def address(self, tx: Transaction, bridge: Row, purpose: Purpose) -> Row:
        """Return the bridge address of this purpose; ``.1`` is a north-south bridge's gateway."""
        mine = BridgeAddress.select().where(
            BridgeAddress.bridge_id == bridge["id"], BridgeAddress.purpose == str(purpose)
        )
        while (known := await tx.one(mine)) is None:
            row = {
                "id": new_id(),
                "bridge_id": bridge["id"],
                "ip_address": await self._free_address(tx, bridge, purpose),
                "purpose": str(purpose),
            }
            await tx.insert_new(bridge_addresses, row)
        return known

    async def _free_address(self, tx: Transaction, bridge: Row, purpose: Purpose) -> str:
        on_bridge = select(BridgeAddress.ip_address).where(BridgeAddress.bridge_id == bridge["id"])
        taken = {r["ip_address"] for r in await tx.all(on_bridge)}
        hosts = [str(ip) for ip in ipaddress.ip_network(bridge["cidr"]).hosts()]
        if bridge["kind"] == "ns":
            # The first is the bridge's gateway, which is the router in the external pod.
            gateway, *hosts = hosts
            if purpose.use is Use.GATEWAY_INTERFACE:
                return gateway
        free = next((ip for ip in hosts if ip not in taken), None)
        if free is None:
            raise OverQuota(f"No address left on bridge {bridge['cidr']}.")
        return free

    async def release(self, tx: Transaction, address_id: str) -> None:
        """Give an address back, and its bridge with the last one that nothing uses."""
        row = await tx.one(BridgeAddress.select().where(BridgeAddress.id == address_id))
        if row is None:
            return
        await tx.run(bridge_addresses.delete().where(BridgeAddress.id == address_id))
        await self.release_bridge(tx, row.bridge_id)

    async def release_bridge(self, tx: Transaction, bridge_id: str) -> None:
        """Give the bridge back unless an address or a pod still has it."""
        used = select(func.count()).where(BridgeAddress.bridge_id == bridge_id)
        copied = select(func.count()).where(
            Routing.type == "bridge_network", Routing.top_id == bridge_id
        )
        # Who is about to make a copy holds the bridge, and is counted then.
        await tx.locked(select(Bridge.id).where(Bridge.id == bridge_id))
        if not await tx.value(used) and not await tx.value(copied):
            await tx.run(bridges.delete().where(Bridge.id == bridge_id))
