"""RouterInterfaces: subnets on routers, in the rows, with Neutron's own refusals."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, FloatingIP, Network, Port, Subnet
from models.errors import BadRequest, Conflict, NotFound
from models.network.collections import shapes
from models.network.collections.collection import revise_parents
from models.network.collections.sharing import SHARED, shares
from models.network.ports.deletion import PortDeletion
from models.network.ports.owners import ROUTER_PORTS, DeviceOwner
from models.network.ports.rows import Ports
from models.network.routers.changes import RouterChanges
from models.network.routers.rows import Routers
from models.network.subnets.rows import Subnets
from models.operations import Operations
from models.resources.network import NETWORKS
from models.values import Caller
from models.work import RouterChange

routers = TABLES["routers"]


class RouterInterfaces:
    """``add_router_interface`` and ``remove_router_interface``."""

    def __init__(
        self,
        store: Store,
        operations: Operations,
        router_rows: Routers,
        subnet_rows: Subnets,
        port_rows: Ports,
        port_deletion: PortDeletion,
        changes: RouterChanges,
    ) -> None:
        self._store = store
        self._operations = operations
        self._routers = router_rows
        self._subnets = subnet_rows
        self._ports = port_rows
        self._port_deletion = port_deletion
        self._changes = changes

    async def add(self, caller: Caller, router_id: str, body: Mapping[str, Any]) -> Row:
        """Attach a subnet or a port; return what Neutron's answer says about the interface."""
        by_subnet, by_port = _which(body)
        async with self._store.write() as tx:
            router = await self._routers.own(tx, caller, router_id)
            port, subnet = (
                await self._by_subnet(tx, caller, router, by_subnet)
                if by_subnet
                else await self._by_port(tx, caller, router, by_port)
            )
            await revise_parents(tx, routers, router_id)
            operation = await self._operation(tx, caller, router, RouterChange.ADD_INTERFACE, port)
        self._operations.announce(operation)
        return _interface(router, port, subnet)

    async def remove(self, caller: Caller, router_id: str, body: Mapping[str, Any]) -> Row:
        """Detach a subnet or a port; the interface's port is gone with it."""
        by_subnet, by_port = _which(body, both=True)
        async with self._store.write() as tx:
            router = await self._routers.own(tx, caller, router_id)
            port = await self._attached(tx, caller, router_id, by_subnet, by_port)
            subnet_id = port["fixed_ips"][0]["subnet_id"]
            subnet = await tx.one(Subnet.select().where(Subnet.id == subnet_id))
            assert subnet is not None
            await self._refuse_in_use(tx, router, subnet)
            waiting = await self._port_deletion.delete(tx, [port["id"]], caller)
            await revise_parents(tx, routers, router_id)
            operation = await self._operation(
                tx, caller, router, RouterChange.REMOVE_INTERFACE, port
            )
        self._operations.announce(operation, *waiting)
        return _interface(router, port, subnet)

    async def _by_subnet(
        self, tx: Transaction, caller: Caller, router: Row, subnet_id: str
    ) -> tuple[Row, Row]:
        subnet = await self._subnets.get(caller, subnet_id, tx)
        if not subnet["gateway_ip"]:
            raise BadRequest(
                "Bad router request: Subnet for router interface must have a gateway IP."
            )
        await _refuse_foreign(tx, caller, subnet)
        await self._refuse_overlap(tx, router, subnet)
        network = await tx.one(Network.select().where(Network.id == subnet["network_id"]))
        if network is None:
            # Deleted since its subnet was read.
            raise self._subnets.missing(subnet_id)
        port = await self._ports.insert(
            tx,
            network=network,
            project_id=router["project_id"],
            device_id=router["id"],
            device_owner=DeviceOwner.ROUTER_INTERFACE,
            fixed_ips=[{"subnet_id": subnet_id, "ip_address": subnet["gateway_ip"]}],
            security_groups=[],
        )
        return port, subnet

    async def _by_port(
        self, tx: Transaction, caller: Caller, router: Row, port_id: str
    ) -> tuple[Row, Row]:
        port = await self._ports.own(tx, caller, port_id)
        if port["device_id"] or port["device_owner"]:
            raise Conflict(
                f"Unable to complete operation on port {port_id} for network "
                f"{port['network_id']}. Port already has an attached device "
                f"{port['device_id']}.",
                "PortInUse",
            )
        if not port["fixed_ips"]:
            raise BadRequest("Bad router request: Router port must have at least one fixed IP.")
        given = [ipaddress.ip_address(ip["ip_address"]) for ip in port["fixed_ips"]]
        if sum(address.version == 4 for address in given) > 1:
            raise BadRequest(
                "Bad router request: Cannot have multiple IPv4 subnets on router port."
            )
        subnet_id = port["fixed_ips"][0]["subnet_id"]
        subnet = await tx.one(Subnet.select().where(Subnet.id == subnet_id))
        assert subnet is not None
        await self._refuse_overlap(tx, router, subnet)
        owner = {
            "device_id": router["id"],
            "device_owner": DeviceOwner.ROUTER_INTERFACE,
            "security_groups": [],
        }
        return await self._ports.change(tx, port, owner), subnet

    async def _refuse_overlap(self, tx: Transaction, router: Row, subnet: Row) -> None:
        attached = select(Port.fixed_ips).where(
            Port.device_id == router["id"],
            Port.device_owner.in_(ROUTER_PORTS),
        )
        ids = {ip["subnet_id"] for row in await tx.all(attached) for ip in row["fixed_ips"]}
        if subnet["id"] in ids:
            raise BadRequest(
                f"Bad router request: Router already has a port on subnet {subnet['id']}."
            )
        cidr = ipaddress.ip_network(subnet["cidr"])
        for other in await tx.all(Subnet.select().where(Subnet.id.in_(ids))):
            if cidr.overlaps(ipaddress.ip_network(other.cidr)):
                raise BadRequest(
                    f"Bad router request: Cidr {subnet['cidr']} of subnet {subnet['id']} "
                    f"overlaps with cidr {other.cidr} of subnet {other.id}."
                )

    async def _attached(
        self, tx: Transaction, caller: Caller, router_id: str, subnet_id: str, port_id: str
    ) -> Row:
        statement = Port.select().where(
            Port.device_id == router_id, Port.device_owner == DeviceOwner.ROUTER_INTERFACE
        )
        rows = await tx.all(statement)
        if port_id:
            port = next((row for row in rows if row.id == port_id), None)
            if port is None:
                raise NotFound(
                    f"Router {router_id} does not have an interface with id {port_id}",
                    "RouterInterfaceNotFound",
                )
            if subnet_id and port.fixed_ips[0]["subnet_id"] != subnet_id:
                raise BadRequest(
                    f"Subnet on port {port_id} does not match the requested subnet {subnet_id}.",
                    "SubnetMismatchForPort",
                )
            return port
        for row in rows:
            if any(ip["subnet_id"] == subnet_id for ip in row.fixed_ips):
                return row
        await self._subnets.get(caller, subnet_id, tx)
        raise NotFound(
            f"Router {router_id} has no interface on subnet {subnet_id}",
            "RouterInterfaceNotFoundForSubnet",
        )

    async def _refuse_in_use(self, tx: Transaction, router: Row, subnet: Row) -> None:
        cidr = ipaddress.ip_network(subnet["cidr"])
        reached = select(FloatingIP.fixed_ip_address).where(
            FloatingIP.router_id == router["id"], FloatingIP.fixed_ip_address.is_not(None)
        )
        for row in await tx.all(reached):
            if ipaddress.ip_address(row["fixed_ip_address"]) in cidr:
                raise Conflict(
                    f"Router interface for subnet {subnet['id']} on router {router['id']} "
                    "cannot be deleted, as it is required by one or more floating IPs.",
                    "RouterInterfaceInUseByFloatingIP",
                )
        for route in router["routes"] or []:
            if ipaddress.ip_address(route["nexthop"]) in cidr:
                raise Conflict(
                    f"Router interface for subnet {subnet['id']} on router {router['id']} "
                    "cannot be deleted, as it is required by one or more routes.",
                    "RouterInterfaceInUseByRoute",
                )

    async def _operation(
        self, tx: Transaction, caller: Caller, router: Row, change: RouterChange, port: Row
    ) -> str:
        return await self._changes.accept(
            tx,
            change,
            router["id"],
            port["id"],
            project_id=router["project_id"],
            request_id=caller.request_id,
        )


async def _refuse_foreign(tx: Transaction, caller: Caller, subnet: Row) -> None:
    """Refuse another project's subnet, unless its network is shared with this very project."""
    if caller.admin or subnet["project_id"] == caller.project_id:
        return
    given = await shares(tx, NETWORKS, [subnet["network_id"]])
    if caller.project_id not in given.get(subnet["network_id"], {}).get(SHARED, ()):
        raise BadRequest(
            "Bad router request: Cannot add interface to router because subnet "
            f"{subnet['id']} is not owned by project making the request."
        )


def _which(body: Mapping[str, Any], *, both: bool = False) -> tuple[str, str]:
    """Return subnet id and port id of the request; Neutron's refusals of none and of both."""
    given = {key: body.get(key) for key in ("subnet_id", "port_id")}
    if not any(given.values()):
        raise BadRequest("Bad router request: Either subnet_id or port_id must be specified.")
    if all(given.values()) and not both:
        raise BadRequest("Bad router request: Cannot specify both subnet-id and port-id.")
    for value in filter(None, given.values()):
        try:
            shapes.uuid(value)
        except ValueError as error:
            raise BadRequest(f"Bad router request: {error}.") from None
    return given["subnet_id"] or "", given["port_id"] or ""


def _interface(router: Row, port: Row, subnet: Row) -> Row:
    return {
        "id": router["id"],
        "tenant_id": router["project_id"],
        "project_id": router["project_id"],
        "port_id": port["id"],
        "network_id": port["network_id"],
        "subnet_id": subnet["id"],
        "subnet_ids": [subnet["id"]],
    }
