"""PodNumbers: integer ids of hypervisors and services, which every pod counts from one.

An id shown here is the pod's id and the pod's number in one: 3 of the second pod is 3002.
"""

from sqlalchemy import select

from models.database.store import Store
from models.database.tables.compute import PodNumber, pod_numbers
from models.pods import PodDirectory
from models.values import Pod

_PODS = 1000


class PodNumbers:
    """Numbers of pods, each given once and for all."""

    def __init__(self, store: Store, pods: PodDirectory) -> None:
        self._store = store
        self._pods = pods
        self._known: dict[str, int] = {}

    async def shown(self, pod: Pod, id_: int) -> int:
        """Return the id by which users know a thing that has this id in its pod."""
        if pod.pod_id not in self._known:
            async with self._store.write() as tx:
                await tx.insert_new(pod_numbers, {"pod_id": pod.pod_id})
                mine = select(PodNumber.number).where(PodNumber.pod_id == pod.pod_id)
                self._known[pod.pod_id] = int(await tx.value(mine))
        return id_ * _PODS + self._known[pod.pod_id]

    async def find(self, shown: str) -> tuple[Pod, int] | None:
        """Return pod and id there of a shown id; None when it can be no such."""
        if not shown.isdecimal() or len(shown) > 18:
            return None
        id_, number = divmod(int(shown), _PODS)
        wanted = select(PodNumber.pod_id).where(PodNumber.number == number)
        async with self._store.read() as tx:
            pod_id = await tx.value(wanted)
        serving = {pod.pod_id: pod for pod in await self._pods.serving("compute")}
        return (serving[pod_id], id_) if pod_id in serving else None
