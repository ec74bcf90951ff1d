"""QuotaCopies: a project's limits of the network API in the pods."""

import asyncio
from urllib.parse import quote

from activities.pods.region import Regions
from models.database.store import Store
from models.errors import PodFault
from models.network.collections.checks import LARGEST
from models.network.quotas import own_limits
from models.pods import PodDirectory
from models.values import Pod

# A pod makes groups and ports of its own beside the copies.
_POD_NEEDS_MORE = {"port", "security_group", "security_group_rule"}


class QuotaCopies:
    """Level-triggered: what the rows say now is what the pods get."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods

    async def converge(self, project_id: str) -> None:
        """Bring the project's limits into every pod."""
        await asyncio.gather(
            *(self._into(pod, project_id) for pod in await self._pods.serving("network"))
        )

    async def _into(self, pod: Pod, project_id: str) -> None:
        path = f"/quotas/{quote(project_id, safe='')}"
        async with self._store.read() as tx:
            own = await own_limits(tx, project_id)
        known = (await self._regions.admin(pod, "network", "GET", path))["quota"]
        body = {name: _in_pod(name, limit) for name, limit in own.items() if name in known}
        if body:
            wanted = {"quota": body | {"force": True}}
            await self._regions.admin(pod, "network", "PUT", path, wanted)
            return
        try:
            await self._regions.admin(pod, "network", "DELETE", path)
        except PodFault as refusal:
            if refusal.status != 404:
                raise


def _in_pod(name: str, limit: int) -> int:
    return limit if limit < 0 or name not in _POD_NEEDS_MORE else min(2 * limit + 100, LARGEST)
