"""ServerView: what a pod says of its servers, in the words of the user's region."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from models.compute.flavors import shown_name
from models.compute.inner_zones import InnerZones
from models.database.store import Row, Store
from models.database.tables.network import TABLES, BridgeAddress
from models.network.bridges.purposes import Purpose, Use
from models.values import Pod

_ZONES = ("OS-EXT-AZ:availability_zone", "pinned_availability_zone")
_TYPE = "OS-EXT-IPS:type"
_DEFAULT = re.compile(r"^default-[0-9a-f]{8}$")


class ServerView:
    """Maps zones, flavors, names of default groups, and bridge addresses of floating IPs."""

    def __init__(self, store: Store, zones: InnerZones) -> None:
        self._store = store
        self._zones = zones

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
        await self._addresses(servers)

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

    async def addresses(self, networks: dict[str, Any]) -> None:
        """Change the addresses of one server, by network, in place; they are not said to float."""
        await self._publish([entry for entries in networks.values() for entry in _parts(entries)])

    async def _addresses(self, servers: list[dict[str, Any]]) -> None:
        floating = [
            entry
            for server in servers
            for entries in (server.get("addresses") or {}).values()
            for entry in _parts(entries)
            # Some answers do not say which kind an address is.
            if entry.get(_TYPE, "floating") == "floating"
        ]
        await self._publish(floating)

    async def _publish(self, entries: list[dict[str, Any]]) -> None:
        public = await self._public({str(entry["addr"]) for entry in entries})
        for entry in entries:
            entry["addr"] = public.get(entry["addr"], entry["addr"])

    async def _public(self, addresses: set[str]) -> dict[str, str]:
        """Return the public address for each that stands for a floating IP on a bridge."""
        if not addresses:
            return {}
        bridge = select(BridgeAddress.ip_address, BridgeAddress.purpose).where(
            BridgeAddress.ip_address.in_(addresses),
            BridgeAddress.purpose.startswith(f"{Use.FLOATINGIP}:"),
        )
        table = TABLES["floatingips"]
        async with self._store.read() as tx:
            ids = {
                Purpose.parse(row["purpose"]).owner_id: row["ip_address"]
                for row in await tx.all(bridge)
            }
            rows: Iterable[Row] = []
            if ids:
                wanted = select(table.c.id, table.c.floating_ip_address)
                rows = await tx.all(wanted.where(table.c.id.in_(ids)))
        return {ids[row["id"]]: row["floating_ip_address"] for row in rows}


def _parts(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
