"""ServerPorts: what users of the compute API change on a server's ports; ports are the top's."""

from contextlib import suppress
from typing import Any, Protocol

from models.compute.security_groups import rule_view
from models.compute.servers.attachments import of
from models.compute.servers.boot_plan import BootPlanner
from models.database.store import Row, Store
from models.database.tables.network import (
    FloatingIP,
    Port,
    SecurityGroup,
    SecurityGroupRule,
)
from models.errors import BadRequest, Conflict, NotFound, PodBusy, PodUnavailable
from models.network.floatingips.rows import FloatingIPs
from models.network.ports.rows import Ports
from models.values import Caller


class PortCopies(Protocol):
    """The copies of ports in pods."""

    async def update_port(self, port_id: str) -> None:
        """Bring the port's copy up to date; ``PodUnavailable``, ``PodBusy``."""
        ...


class ServerPorts:
    """Security groups, fixed addresses and floating addresses of a server."""

    def __init__(
        self,
        store: Store,
        planner: BootPlanner,
        port_rows: Ports,
        floating: FloatingIPs,
        copies: PortCopies,
    ) -> None:
        self._store = store
        self._planner = planner
        self._ports = port_rows
        self._floating = floating
        self._copies = copies

    async def set_group(self, caller: Caller, server_id: str, name: str, *, add: bool) -> None:
        """Add a security group to the server's ports, or take it from them."""
        group = await self._group(caller, name)
        rows = await self._of(server_id)
        if not rows:
            raise NotFound(f"instance_id {server_id} could not be found as device id on any ports")
        if add and not all(row.port_security_enabled and row.fixed_ips for row in rows):
            raise BadRequest(
                "Network requires port_security_enabled and subnet associated in order to apply "
                "security groups."
            )
        changed = [row for row in rows if (group in (row.security_groups or [])) is not add]
        if not changed and not add:
            raise NotFound(f"Security group {name} not associated with the instance {server_id}")
        for row in rows if add else changed:
            if add and row not in changed:
                # Nova gives Neutron the group a second time.
                raise BadRequest(
                    "Security group cannot be applied: Invalid input for security_groups. Reason: "
                    f"Duplicate items in the list: '{group}'."
                )
            kept = [id_ for id_ in row.security_groups or [] if id_ != group]
            await self._change(caller, row, {"security_groups": [*kept, group] if add else kept})

    async def groups(self, server_id: str) -> list[dict[str, Any]]:
        """Return the security groups of the server's ports, as Nova shows them."""
        rows = await self._of(server_id)
        ids = {id_ for row in rows for id_ in row.security_groups or []}
        async with self._store.read() as tx:
            found = await tx.all(SecurityGroup.select().where(SecurityGroup.id.in_(ids)))
            ingress = (
                SecurityGroupRule.security_group_id.in_(ids),
                SecurityGroupRule.direction == "ingress",
            )
            inner = await tx.all(
                SecurityGroupRule.select()
                .where(*ingress)
                .order_by(SecurityGroupRule.created_at, SecurityGroupRule.id)
            )
            remote = {rule.remote_group_id for rule in inner if rule.remote_group_id}
            others = await tx.all(SecurityGroup.select().where(SecurityGroup.id.in_(remote)))
        named = {row.id: {"name": row.name, "tenant_id": row.project_id} for row in others}
        shown = [
            {
                "id": row.id,
                "name": row.name,
                "description": row.description,
                "tenant_id": row.project_id,
                "rules": [
                    rule_view(rule, named.get(rule.remote_group_id or "") or {})
                    for rule in inner
                    if rule.security_group_id == row.id
                ],
            }
            for row in found
        ]
        return sorted(shown, key=lambda group: (group["tenant_id"], group["name"], group["id"]))

    async def add_address(self, caller: Caller, server_id: str, network_id: str) -> None:
        """Give the server's port on the network one more address."""
        rows = [row for row in await self._of(server_id) if row.network_id == network_id]
        if not rows:
            raise NotFound(f"Network could not be found for instance {server_id}.")
        row = rows[0]
        if not row.fixed_ips:
            raise BadRequest(f"No fixed IP addresses available for network: {network_id}")
        wish = {"subnet_id": row.fixed_ips[0]["subnet_id"]}
        try:
            await self._change(caller, row, {"fixed_ips": [*row.fixed_ips, wish]})
        except Conflict as error:
            raise BadRequest(
                f"No fixed IP addresses available for network: {network_id}"
            ) from error

    async def remove_address(self, caller: Caller, server_id: str, address: str) -> None:
        """Take an address from the server's port that has it."""
        for row in await self._of(server_id):
            kept = [ip for ip in row.fixed_ips or [] if ip["ip_address"] != address]
            if len(kept) < len(row.fixed_ips or []):
                await self._change(caller, row, {"fixed_ips": kept})
                return
        raise BadRequest(f"Instance {server_id} doesn't have fixed IP '{address}'.")

    async def add_floating(
        self, caller: Caller, server_id: str, address: str, fixed: str | None
    ) -> None:
        """Lead a floating IP to the server: to the fixed address, or to its first one."""
        have = [
            (row.id, ip["ip_address"])
            for row in await self._of(server_id)
            for ip in row.fixed_ips or []
        ]
        if not have:
            raise BadRequest("No fixed IPs associated to instance")
        chosen = [pair for pair in have if pair[1] == fixed or (not fixed and ":" not in pair[1])]
        if fixed and not chosen:
            raise BadRequest("Specified fixed address not assigned to instance")
        if not chosen:
            raise BadRequest(
                f"Unable to associate floating IP {address} to any fixed IPs for instance "
                f"{server_id}. Instance has no fixed IPv4 addresses to associate."
            )
        port_id, fixed_address = chosen[0]
        row = await self._floating_ip(caller, address)
        wanted = {"port_id": port_id, "fixed_ip_address": fixed_address}
        try:
            await self._floating.update(caller, row["id"], wanted)
        except (NotFound, Conflict) as error:
            raise BadRequest(error.message) from error

    async def remove_floating(self, caller: Caller, server_id: str, address: str) -> None:
        """Lead a floating IP of the server nowhere."""
        row = await self._floating_ip(caller, address)
        if row["port_id"] not in {port.id for port in await self._of(server_id)}:
            raise Conflict(f"Floating IP {address} is not associated with instance {server_id}.")
        await self._floating.update(caller, row["id"], {"port_id": None})

    async def _of(self, server_id: str) -> list[Port]:
        mine = Port.select().where(Port.id.in_(of(server_id)))
        async with self._store.read() as tx:
            return await tx.all(mine.order_by(Port.created_at, Port.id))

    async def _change(self, caller: Caller, row: Row, body: dict[str, Any]) -> None:
        await self._ports.update(caller, row["id"], body)
        # Clients look at the server next. Where the pod is out, the update's workflow waits.
        with suppress(PodUnavailable, PodBusy):
            await self._copies.update_port(row["id"])

    async def _group(self, caller: Caller, name: str) -> str:
        try:
            found = await self._planner.group_ids(caller, [name])
        except BadRequest:
            raise NotFound(
                f"Security group {name} is not found for project {caller.project_id}"
            ) from None
        return (found or [await self._planner.default_group(caller)])[0]

    async def _floating_ip(self, caller: Caller, address: str) -> Row:
        wanted = FloatingIP.select().where(FloatingIP.floating_ip_address == address)
        if not caller.admin:
            wanted = wanted.where(FloatingIP.project_id == caller.project_id)
        async with self._store.read() as tx:
            row = await tx.one(wanted)
        if row is None:
            raise NotFound("floating IP not found")
        return row
