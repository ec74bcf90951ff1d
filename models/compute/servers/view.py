"""ServerView: what a pod says of its servers, in the words of the user's region."""

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import select

from models.compute.flavors import shown_name
from models.compute.inner_zones import InnerZones
from models.database.store import Store
from models.database.tables.network import TABLES, BridgeAddress, FloatingIP, Port
from models.network.bridges.purposes import Purpose, Use
from models.settings import Settings
from models.values import Pod

_ZONES = ("OS-EXT-AZ:availability_zone", "pinned_availability_zone")
_TYPE = "OS-EXT-IPS:type"
_DEFAULT = re.compile(r"^default-[0-9a-f]{8}$")


class ServerView:
    """Maps zones, flavors, names of default groups, and bridge addresses of floating IPs."""

    def __init__(self, settings: Settings, store: Store, zones: InnerZones) -> None:
        self._store = store
        self._zones = zones
        pools = (settings.bridge_ew_pool, settings.bridge_ns_pool)
        self._pools = [ip_network(pool) for pool in pools]

    async def apply(self, pod: Pod, servers: list[dict[str, Any]]) -> None:
        """Put these into servers of one pod, as far as it tells of them, in place."""
        for server in servers:
            for key in _ZONES:
                if server.get(key):
                    server[key] = await self._zones.shown(pod, server[key])
            flavor = server.get("flavor")
            if isinstance(flavor, dict) and "original_name" in flavor:
                flavor["original_name"] = shown_name(flavor["original_name"])
        await self._groups(servers)
        await self._publish(
            [(str(server.get("id")), server.get("addresses") or {}) for server in servers]
        )

    async def _groups(self, servers: list[dict[str, Any]]) -> None:
        named = [
            (group, server.get("tenant_id"))
            for server in servers
            for group in _parts(server.get("security_groups"))
            if _DEFAULT.match(str(group.get("name")))
        ]
        if not named:
            return
        groups = TABLES["security_groups"]
        projects = {project for _, project in named}
        wanted = select(groups.c.id, groups.c.default_of).where(groups.c.default_of.in_(projects))
        async with self._store.read() as tx:
            rows = await tx.all(wanted)
        copies = {(f"default-{row['id'][:8]}", row["default_of"]) for row in rows}
        for group, project in named:
            if (group["name"], project) in copies:
                group["name"] = "default"

    async def addresses(self, server_id: str, networks: dict[str, Any]) -> None:
        """Change the addresses of one server, by network, in place; they are not said to float."""
        await self._publish([(server_id, networks)])

    async def _publish(self, servers: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Put the public address in the place of each that stands for it on a bridge.

        What leads to the server no more is not shown, though its pod has it still; no other
        address of a bridge is.
        """
        floating = [
            (server_id, entries, entry)
            for server_id, networks in servers
            for entries in networks.values()
            if isinstance(entries, list)
            for entry in entries
            # Some answers do not say which kind an address is.
            if isinstance(entry, dict) and entry.get(_TYPE, "floating") == "floating"
        ]
        if not floating:
            return
        standing = await self._standing({str(entry["addr"]) for _, _, entry in floating})
        for server_id, entries, entry in floating:
            public, leads_to = standing.get(entry["addr"], ("", ""))
            if public and leads_to == server_id:
                entry["addr"] = public
            elif entry["addr"] in standing or self._is_on_bridge(entry["addr"]):
                entries.remove(entry)

    def _is_on_bridge(self, address: str) -> bool:
        there = ip_address(address)
        return any(there in pool for pool in self._pools)

    async def _standing(self, addresses: set[str]) -> dict[str, tuple[str, str]]:
        """Return for each that stands for a floating IP that one, and which server it leads to."""
        bridge = select(BridgeAddress.ip_address, BridgeAddress.purpose).where(
            BridgeAddress.ip_address.in_(addresses),
            BridgeAddress.purpose.startswith(f"{Use.FLOATINGIP}:"),
        )
        async with self._store.read() as tx:
            of = {
                row["ip_address"]: Purpose.parse(row["purpose"]).owner_id
                for row in await tx.all(bridge)
            }
            if not of:
                return {}
            led = select(FloatingIP.id, FloatingIP.floating_ip_address, Port.device_id)
            led = led.join(Port.table, Port.id == FloatingIP.port_id)
            rows = await tx.all(led.where(FloatingIP.id.in_(of.values())))
        leading = {row["id"]: (row["floating_ip_address"], row["device_id"]) for row in rows}
        return {address: leading.get(id_, ("", "")) for address, id_ in of.items()}


def _parts(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
