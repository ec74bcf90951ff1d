"""Network IP availabilities: how many addresses networks have, and how many are used."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from models.database.store import Row, Store
from models.database.tables.network import TABLES, IPAllocation, Network, Subnet
from models.errors import BadRequest, NotFound
from models.network import holders
from models.network.collections.checks import integer
from models.network.collections.listing import Params
from models.network.holders import HolderKind

subnets = TABLES["subnets"]
Figures = list[dict[str, Any]]
_FILTERS = {
    "network_id": Network.id,
    "network_name": Network.name,
    "tenant_id": Network.project_id,
    "project_id": Network.project_id,
}


class NetworkIpAvailabilities:
    """Counts over networks, their subnets and the addresses that are taken."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, params: Params) -> Figures:
        """Return the figures of the networks that the filters name."""
        given: dict[str, list[str]] = {}
        for name, value in params:
            given.setdefault(name, []).append(value)
        unknown = [name for name in given if name not in _FILTERS and name != "ip_version"]
        if unknown:
            raise BadRequest(f"{unknown} is invalid attribute for filtering", "HTTPBadRequest")
        versions = [integer(value) for value in given.pop("ip_version", [])]
        return await self._figures([_FILTERS[n].in_(v) for n, v in given.items()], versions)

    async def show(self, network_id: str) -> dict[str, Any]:
        """Return the figures of one network; ``NetworkNotFound``."""
        found = await self._figures([Network.id == network_id], [])
        if not found:
            raise NotFound(f"Network {network_id} could not be found.", "NetworkNotFound")
        return found[0]

    async def _figures(
        self, conditions: Sequence[ColumnElement[bool]], versions: Sequence[int]
    ) -> Figures:
        family = [Subnet.ip_version.in_(versions)] if versions else []
        used = (
            select(IPAllocation.subnet_id, func.count().label("used"))
            .where(~holders.are(HolderKind.POD))
            .group_by(IPAllocation.subnet_id)
            .subquery()
        )
        statement = (
            select(
                Network.id.label("network_id"),
                Network.name.label("network_name"),
                Network.project_id,
                Subnet.id.label("subnet_id"),
                Subnet.name.label("subnet_name"),
                Subnet.cidr,
                Subnet.ip_version,
                Subnet.allocation_pools,
                func.coalesce(used.c.used, 0).label("used_ips"),
            )
            .outerjoin(subnets, and_(Subnet.network_id == Network.id, *family))
            .outerjoin(used, used.c.subnet_id == Subnet.id)
            .where(*conditions)
            .order_by(Network.created_at, Network.id, Subnet.created_at, Subnet.id)
        )
        if versions:
            statement = statement.where(Subnet.id.is_not(None))
        async with self._store.read() as tx:
            rows = await tx.all(statement)
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            _add(found, row)
        return list(found.values())


def _add(found: dict[str, dict[str, Any]], row: Row) -> None:
    network = found.setdefault(
        row["network_id"],
        {
            "network_id": row["network_id"],
            "network_name": row["network_name"],
            "project_id": row["project_id"],
            "tenant_id": row["project_id"],
            "subnet_ip_availability": [],
            "total_ips": 0,
            "used_ips": 0,
        },
    )
    if row["subnet_id"] is None:
        return
    names = ("subnet_id", "subnet_name", "cidr", "ip_version", "used_ips")
    subnet = {name: row[name] for name in names}
    subnet["total_ips"] = sum(_size(pool) for pool in row["allocation_pools"] or [])
    network["subnet_ip_availability"].append(subnet)
    network["total_ips"] += subnet["total_ips"]
    network["used_ips"] += subnet["used_ips"]


def _size(pool: dict[str, str]) -> int:
    first, last = (int(ipaddress.ip_address(pool[end])) for end in ("start", "end"))
    return last - first + 1
