"""FloatingIPPools: the ranges that floating IPs come from."""

from typing import Any

from sqlalchemy import select

from models.database.store import Store
from models.database.tables.network import TABLES, Network, Subnet
from models.errors import BadRequest
from models.network.collections.listing import Params
from models.network.networks import Networks
from models.values import Caller

_FILTERS = {
    "subnet_id": Subnet.id,
    "subnet_name": Subnet.name,
    "network_id": Subnet.network_id,
    "cidr": Subnet.cidr,
}


class FloatingIPPools:
    """The IPv4 subnets of external networks, as Neutron calls them pools."""

    def __init__(self, store: Store, network_rows: Networks) -> None:
        self._store = store
        self._networks = network_rows

    async def list(self, caller: Caller, params: Params) -> list[dict[str, Any]]:
        """Return the pools that the filters name; each is shown as the caller's project's."""
        given: dict[str, list[str]] = {}
        for name, value in params:
            given.setdefault(name, []).append(value)
        fields = given.pop("fields", [])
        unknown = [name for name in given if name not in _FILTERS]
        if unknown:
            raise BadRequest(f"{unknown} is invalid attribute for filtering", "HTTPBadRequest")
        async with self._store.read() as tx:
            seen = await self._networks.visible(tx, caller)
            statement = (
                select(Subnet.id, Subnet.name, Subnet.network_id, Subnet.cidr)
                .join(TABLES["networks"], Network.id == Subnet.network_id)
                .where(
                    Network.router_external.is_(True),
                    Subnet.ip_version == 4,
                    seen,
                    *(_FILTERS[name].in_(values) for name, values in given.items()),
                )
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
