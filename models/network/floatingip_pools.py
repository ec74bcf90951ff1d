"""FloatingIPPools: the ranges that floating IPs come from."""

from typing import Any

from sqlalchemy import select

from models.database.store import Store
from models.database.tables.network import TABLES, Network, Subnet
from models.errors import BadRequest
from models.network.collections.listing import Params
from models.network.networks import Networks
from models.values import Caller


class FloatingIPPools:
    """The IPv4 subnets of external networks, as Neutron calls them pools."""

    def __init__(self, store: Store, network_rows: Networks) -> None:
        self._store = store
        self._networks = network_rows

    async def list(self, caller: Caller, params: Params) -> list[dict[str, Any]]:
        """Return the pools, each as if it were the caller's project's; they have no filters."""
        fields = [value for name, value in params if name == "fields"]
        unknown = sorted({name for name, _ in params} - {"fields"})
        if unknown:
            raise BadRequest(f"{unknown} is invalid attribute for filtering", "HTTPBadRequest")
        async with self._store.read() as tx:
            seen = await self._networks.visible(tx, caller)
            statement = (
                select(Subnet.id, Subnet.name, Subnet.network_id, Subnet.cidr)
                .join(TABLES["networks"], Network.id == Subnet.network_id)
                .where(Network.router_external.is_(True), Subnet.ip_version == 4, seen)
            )
            rows = await tx.all(statement.order_by(Subnet.created_at, Subnet.id))
        pools = [
            {
                "subnet_id": row["id"],
                "subnet_name": row["name"],
                "network_id": row["network_id"],
                "cidr": row["cidr"],
                "project_id": caller.project_id,
                "tenant_id": caller.project_id,
            }
            for row in rows
        ]
        return [{k: v for k, v in one.items() if not fields or k in fields} for one in pools]
