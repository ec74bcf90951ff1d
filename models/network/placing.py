"""Placing: networks that are made in a pod at once, in the first one that takes them."""

from collections.abc import Sequence

from models.database.store import Store
from models.database.tables.network import TABLES, Network
from models.errors import PodBusy, PodFault
from models.network.collections.checks import invalid_input
from models.network.consequences import complete_copies
from models.network.copies import NetworkCopies
from models.operations import Operations
from models.values import Caller, Pod, PodState

networks = TABLES["networks"]


class Placing:
    """Makes external and provider networks, which a pod may refuse, before their answer."""

    def __init__(self, store: Store, operations: Operations, copies: NetworkCopies) -> None:
        self._store = store
        self._operations = operations
        self._copies = copies

    async def place(self, caller: Caller, id_: str, allowed: Sequence[Pod]) -> None:
        """Make the network in the first active pod that does not refuse it."""
        active = [pod for pod in allowed if pod.state == PodState.ACTIVE]
        if not active:
            raise invalid_input("there is no active pod for a network that is made at once")
        mine = networks.update().where(Network.id == id_)
        for pod in active:
            async with self._store.write() as tx:
                await tx.run(mine.values(pod_id=None))
            try:
                await self.make(caller, id_, pod)
            except PodFault:
                if pod is active[-1]:
                    raise
            else:
                return

    async def make(self, caller: Caller, id_: str, pod: Pod) -> None:
        """Make the network in the pod; the pod's refusal otherwise.

        Where one that was deleted is still in its way there, it is accepted all the same, as it
        would be by a Neutron whose deletions are over when they are answered.
        """
        try:
            await self._copies.network(id_, pod)
        except PodBusy:
            async with self._store.write() as tx:
                row = await tx.one(Network.select().where(Network.id == id_))
                waiting = [await complete_copies(tx, self._operations, row, caller)] if row else []
            self._operations.announce(*waiting)
