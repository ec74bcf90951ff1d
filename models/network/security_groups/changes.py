"""SecurityGroupChanges: which copies a change of a group, or of a port in it, has to reach."""

from sqlalchemy import select

from models import work
from models.database.store import Row, Transaction
from models.database.tables.routing import Routing
from models.network.security_groups import state
from models.network.security_groups.state import ADDRESSES, GROUP
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Pod


class SecurityGroupChanges:
    """Writes one operation for each group and pod, in the transaction of the change.

    One for each pod: a pod that is out keeps no other from it.
    """

    def __init__(self, pods: PodDirectory, operations: Operations) -> None:
        self._pods = pods
        self._operations = operations

    async def port_changed(self, tx: Transaction, port: Row) -> list[str]:
        """Write the operations that a change of the port's membership or addresses asks for.

        To be called with a port that has got its copy, with one that was deleted, and with the
        row before and after an update. Announce the returned ids after the commit.
        """
        mine = port["security_groups"] or []
        if not mine:
            return []
        networks, rules = state.networks, state.rules
        home = select(networks.c.pod_id).where(networks.c.id == port["network_id"])
        pod_id = await tx.value(home)
        admitting = select(rules.c.security_group_id).where(rules.c.remote_group_id.in_(mine))
        # The port's own pod knows its members by itself.
        chosen = (Routing.pod_id != (pod_id or "")) & Routing.top_id.in_(admitting)
        if pod_id:
            needed = (Routing.pod_id == pod_id) & Routing.top_id.in_(mine)
            if await self._has_copy(tx, port["id"]):
                # Who changes or removes it comes by to remove what only it needed there, but
                # looks at its own project's groups.
                needed &= Routing.project_id != port["project_id"]
            chosen |= needed
        copies = Routing.select().where(Routing.type == GROUP, chosen)
        due = []
        for copy in await tx.all(copies.order_by(Routing.id)):
            pod = await self._pods.get(copy.pod_id)
            here = pod.pod_id == pod_id
            if not here or await state.use(tx, copy.top_id, pod) is state.Use.NONE:
                due.append(await self._write_sync(tx, copy, pod))
        return due

    async def changed(self, tx: Transaction, sg_id: str) -> list[str]:
        """Write the operations that a change of the group or its rules asks for."""
        copies = Routing.select().where(
            Routing.top_id == sg_id, Routing.type.in_((GROUP, ADDRESSES))
        )
        found = {row.pod_id: row for row in await tx.all(copies.order_by(Routing.id))}
        return [
            await self._write_sync(tx, row, await self._pods.get(pod_id))
            for pod_id, row in found.items()
        ]

    async def _write_sync(self, tx: Transaction, copy: Row, pod: Pod) -> str:
        return await self._operations.add(
            tx, work.InPod.SECURITY_GROUP.on(copy["top_id"], pod), project_id=copy["project_id"]
        )

    async def _has_copy(self, tx: Transaction, port_id: str) -> bool:
        copy = select(Routing.id).where(Routing.type == "port", Routing.top_id == port_id)
        return await tx.value(copy) is not None
