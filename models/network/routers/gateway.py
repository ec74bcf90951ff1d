"""RouterGateway: the external gateway in the rows: set, changed, cleared."""

from typing import Any

from sqlalchemy import func, select

from models.database.store import Row, Transaction
from models.database.tables.network import TABLES, FloatingIP, Port, Subnet
from models.errors import BadRequest, Conflict
from models.network.collections.collection import denied, revise
from models.network.networks import Networks
from models.network.ports import addresses
from models.network.ports.addresses import by_address
from models.network.ports.deletion import PortDeletion
from models.network.ports.owners import DeviceOwner
from models.network.ports.rows import Ports
from models.network.routers.changes import RouterChanges
from models.values import NOBODY, Caller
from models.work import RouterChange

routers = TABLES["routers"]


class RouterGateway:
    """Works in the caller's transaction; returns the operations to announce after it."""

    def __init__(
        self,
        changes: RouterChanges,
        network_rows: Networks,
        port_rows: Ports,
        port_deletion: PortDeletion,
    ) -> None:
        self._changes = changes
        self._networks = network_rows
        self._ports = port_rows
        self._port_deletion = port_deletion

    async def set(
        self, tx: Transaction, caller: Caller, router: Row, info: dict[str, Any]
    ) -> list[str]:
        """Give a router without gateway one; the gateway port gets its addresses here."""
        _permit(caller, info)
        network = await self._external(tx, caller, info.get("network_id"))
        await self._refuse_gateways(tx, network["id"], info.get("external_fixed_ips") or [])
        port = await self._ports.insert(
            tx,
            network=network,
            project_id=NOBODY,
            device_id=router["id"],
            device_owner=DeviceOwner.ROUTER_GATEWAY,
            fixed_ips=info.get("external_fixed_ips") or None,
            security_groups=[],
        )
        kept = {"network_id": network["id"], "enable_snat": info.get("enable_snat", True)}
        await _note(tx, router, kept)
        return [await self._operation(tx, caller, router, RouterChange.SET_GATEWAY, port["id"])]

    async def change(
        self, tx: Transaction, caller: Caller, router: Row, info: dict[str, Any] | None
    ) -> list[str]:
        """Bring the gateway to what the client asks; None and {} clear it."""
        port = await self._port(tx, router["id"])
        if not info:
            return await self._clear(tx, caller, router, port) if port else []
        if port is None:
            return await self.set(tx, caller, router, info)
        _permit(caller, info)
        if port["network_id"] == info["network_id"]:
            return await self._same_network(tx, caller, router, port, info)
        await self._refuse_in_use(tx, router, port["network_id"])
        await self._port_deletion.delete(tx, [port["id"]])
        return await self.set(tx, caller, router, info)

    async def drop(self, tx: Transaction, router: Row) -> None:
        """Delete the gateway's rows with their router; 409 while floating IPs need it."""
        port = await self._port(tx, router["id"])
        if port:
            await self._refuse_in_use(tx, router, port["network_id"])
            await self._port_deletion.delete(tx, [port["id"]])

    async def _clear(self, tx: Transaction, caller: Caller, router: Row, port: Row) -> list[str]:
        await self._refuse_in_use(tx, router, port["network_id"])
        await self._port_deletion.delete(tx, [port["id"]])
        await _note(tx, router, None)
        return [await self._operation(tx, caller, router, RouterChange.CLEAR_GATEWAY, port["id"])]

    async def _same_network(
        self, tx: Transaction, caller: Caller, router: Row, port: Row, info: dict[str, Any]
    ) -> list[str]:
        """Bring addresses and translation to what is asked; the port stays, and what needs it."""
        known, wishes = router["external_gateway_info"], info.get("external_fixed_ips")
        before = by_address(port["fixed_ips"])
        # No addresses asked for: those that there are.
        after = await addresses.change(tx, port, wishes) if wishes else before
        if by_address(after) != before:
            await self._refuse_gateways(tx, port["network_id"], wishes or [])
            await revise(tx, Port.table, port, {"fixed_ips": after})
        # Not said, it is on again.
        wanted = {**known, "enable_snat": info.get("enable_snat", True)}
        if by_address(after) == before and wanted == known:
            return []
        await _note(tx, router, wanted)
        return [await self._operation(tx, caller, router, RouterChange.SET_GATEWAY, port["id"])]

    async def _refuse_gateways(
        self, tx: Transaction, network_id: str, wishes: list[dict[str, Any]]
    ) -> None:
        """Refuse the address that a subnet of the network has for its own gateway."""
        asked = {wish.get("ip_address") for wish in wishes} - {None}
        mine = Subnet.network_id == network_id, Subnet.gateway_ip.in_(asked)
        taken = await tx.value(select(Subnet.gateway_ip).where(*mine)) if asked else None
        if taken:
            raise BadRequest(
                f"Bad router request: External IP {taken} is the same as the gateway IP."
            )

    async def _external(self, tx: Transaction, caller: Caller, network_id: str | None) -> Row:
        if not network_id:
            raise BadRequest(
                "Invalid input for external_gateway_info. Reason: Validation of dictionary's "
                "keys failed: network_id is missing.",
                "HTTPBadRequest",
            )
        network = await self._networks.kept(tx, caller, network_id)
        if not network["router_external"]:
            raise BadRequest(
                f"Bad router request: Network {network_id} is not an external network."
            )
        return network

    async def _port(self, tx: Transaction, router_id: str) -> Row | None:
        return await tx.one(
            Port.select().where(
                Port.device_id == router_id, Port.device_owner == DeviceOwner.ROUTER_GATEWAY
            )
        )

    async def _refuse_in_use(self, tx: Transaction, router: Row, network_id: str) -> None:
        used = select(func.count()).where(
            FloatingIP.router_id == router["id"],
            FloatingIP.floating_network_id == network_id,
        )
        if await tx.value(used):
            raise Conflict(
                f"Gateway cannot be updated for router {router['id']}, since a gateway to "
                f"external network {network_id} is required by one or more floating IPs.",
                "RouterExternalGatewayInUseByFloatingIp",
            )

    async def _operation(
        self, tx: Transaction, caller: Caller, router: Row, change: RouterChange, port_id: str
    ) -> str:
        return await self._changes.accept(
            tx,
            change,
            router["id"],
            port_id,
            project_id=router["project_id"],
            request_id=caller.request_id,
        )


async def _note(tx: Transaction, router: Row, info: dict[str, Any] | None) -> None:
    """Write the gateway into the router row; other addresses of it are no change of the router."""
    if router["external_gateway_info"] != info:
        await revise(tx, routers, router, {"external_gateway_info": info})


def _permit(caller: Caller, info: dict[str, Any]) -> None:
    """Refuse what Neutron's default policy leaves to admins."""
    for name in ("enable_snat", "external_fixed_ips"):
        if name in info and not caller.admin:
            raise denied("update_router", f"external_gateway_info:{name}")
