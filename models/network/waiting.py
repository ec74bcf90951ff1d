"""Waiting: what was asked for before there was a copy to do it with, and is set going by one."""

from models.database.store import Transaction
from models.database.tables.network import FloatingIP, Port
from models.network.ports.owners import DeviceOwner
from models.operations import Operations
from models.work import RouterChange


async def of_network(tx: Transaction, operations: Operations, network_id: str) -> list[str]:
    """Write operations for router interfaces that waited for the network to get a pod."""
    attached = Port.select().where(
        Port.network_id == network_id, Port.device_owner == DeviceOwner.ROUTER_INTERFACE
    )
    return [
        await operations.add(
            tx,
            RouterChange.ADD_INTERFACE.on(port.device_id, port.id),
            project_id=port.project_id,
        )
        for port in await tx.all(attached)
    ]


async def of_port(tx: Transaction, operations: Operations, port_id: str) -> list[str]:
    """Write operations for floating IPs that waited for the port's copy."""
    associated = FloatingIP.select().where(
        FloatingIP.port_id == port_id, FloatingIP.router_id.is_not(None)
    )
    return [
        await operations.add(
            tx,
            RouterChange.ASSOCIATE_FLOATINGIP.on(floating.router_id or "", floating.id),
            project_id=floating.project_id,
        )
        for floating in await tx.all(associated)
    ]
