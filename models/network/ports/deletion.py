"""PortDeletion: ports go, and what follows from that."""

from collections.abc import Sequence

from models import work
from models.database.store import Transaction
from models.database.tables.network import TABLES, Port
from models.network import addresses, holders
from models.network.consequences import clean_up, copied
from models.network.floatingips.associations import Associations
from models.network.security_groups.changes import SecurityGroupChanges
from models.operations import Operations
from models.values import Caller

ports = TABLES["ports"]


class PortDeletion:
    """Works in the transaction of the request; the operations returned are to be announced."""

    def __init__(
        self,
        operations: Operations,
        associations: Associations,
        group_changes: SecurityGroupChanges,
    ) -> None:
        self._operations = operations
        self._associations = associations
        self._group_changes = group_changes

    async def delete(
        self, tx: Transaction, port_ids: Sequence[str], caller: Caller | None = None
    ) -> list[str]:
        """Delete ports; their floating IPs lead nowhere, remote groups lose their addresses.

        The address of a port with a copy stays taken until the copy is gone: the pod would refuse
        it to the next port.
        """
        mine = Port.select().where(Port.id.in_(port_ids))
        rows = await tx.all_locked(mine.order_by(Port.id))
        request_id = caller.request_id if caller else ""
        waiting = await self._associations.ports_go(tx, port_ids, request_id)
        await tx.run(ports.delete().where(Port.id.in_(port_ids)))
        elsewhere = await copied(tx, [("port", row.id) for row in rows])
        for row in rows:
            waiting += await self._group_changes.port_changed(tx, row)
            if ("port", row.id) not in elsewhere:
                await addresses.release(tx, holders.port(row.id))
        gone = [(work.CleanUp.PORT, id_) for _, id_ in sorted(elsewhere)]
        waiting += await clean_up(tx, self._operations, gone, caller)
        return list(dict.fromkeys(waiting))
