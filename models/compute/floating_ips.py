"""ComputeFloatingIPs: floating IPs and their pools as Nova showed them until 2.35."""

from collections.abc import Mapping
from typing import Any

from models.errors import BadRequest, Forbidden, GatewayError, NotFound, OverQuota
from models.network.floatingips.rows import FloatingIPs
from models.network.networks import Networks
from models.values import Caller

# The pool that Nova takes where none is named.
_DEFAULT = "nova"
_USED_UP = ("IpAddressGenerationFailure", "ExternalIpAddressExhausted")
Shown = dict[str, Any]


class ComputeFloatingIPs:
    """The network API's floating IPs in Nova's words; a pool is an external network."""

    def __init__(self, floating: FloatingIPs, networks: Networks) -> None:
        self._floating = floating
        self._networks = networks

    async def all(self, caller: Caller) -> list[Shown]:
        """Return the project's floating IPs."""
        mine = [("project_id", caller.project_id)]
        return [await self._shown(caller, ip) for ip in await self._of(caller, mine)]

    async def show(self, caller: Caller, id_: str) -> Shown:
        """Return one floating IP; ``NotFound`` in Nova's words."""
        try:
            return await self._shown(caller, await self._floating.show(caller, id_))
        except NotFound:
            raise _missing(id_) from None

    async def create(self, caller: Caller, pool: str) -> Shown:
        """Take an address of a pool."""
        network_id = await self._pool(caller, pool or _DEFAULT)
        of_pool = f" in pool {pool}" if pool else ""
        try:
            made = await self._floating.create(caller, {"floating_network_id": network_id})
        except OverQuota:
            raise Forbidden(f"IP allocation over quota{of_pool}.") from None
        except GatewayError as error:
            if error.kind not in _USED_UP:
                raise
            available = of_pool or " available"
            raise NotFound(f"No more floating IPs{available}.") from None
        return await self._shown(caller, made)

    async def delete(self, caller: Caller, id_: str) -> None:
        """Give an address back; ``NotFound`` in Nova's words."""
        try:
            await self._floating.delete(caller, id_)
        except NotFound:
            raise _missing(id_) from None

    async def pools(self, caller: Caller) -> list[str]:
        """Return the names of the pools."""
        found = await self._networks.list(caller, [("router:external", "True")])
        return [network["name"] or network["id"] for network in found.items]

    async def _of(self, caller: Caller, params: list[tuple[str, str]]) -> list[Shown]:
        return (await self._floating.list(caller, params)).items

    async def _pool(self, caller: Caller, pool: str) -> str:
        found = (await self._networks.list(caller, [("router:external", "True")])).items
        ids = [str(one["id"]) for one in found if pool in (one["id"], one["name"])]
        if len(ids) > 1:
            raise BadRequest(f"Multiple floating IP pools matches found for name '{pool}'")
        if not ids:
            raise NotFound("Floating IP pool not found.")
        return ids[0]

    async def _shown(self, caller: Caller, ip: Mapping[str, Any]) -> Shown:
        network_id = ip["floating_network_id"]
        try:
            pool = (await self._networks.get(caller, network_id))["name"] or network_id
        except NotFound:
            pool = network_id
        return {
            "id": ip["id"],
            "ip": ip["floating_ip_address"],
            "pool": pool,
            "fixed_ip": ip["fixed_ip_address"],
            "instance_id": (ip["port_details"] or {}).get("device_id"),
        }


def _missing(id_: str) -> NotFound:
    return NotFound(f"Floating IP not found for ID {id_}")
