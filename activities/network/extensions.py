"""PodExtensions: which optional parts of Neutron's API all pods have, from memory."""

import asyncio
import logging
import time
from contextlib import suppress

from activities.pods.region import Regions
from models.errors import GatewayError, PodFault
from models.pods import PodDirectory
from models.values import Pod

LOG = logging.getLogger(__name__)
_SECONDS = 60.0


class PodExtensions:
    """Learned when first asked for, and anew in the background later.

    Clients list extensions before their first call: only the very first one waits for pods, and
    not longer than ``patience`` seconds.
    """

    def __init__(self, regions: Regions, pods: PodDirectory, patience: float) -> None:
        self._regions = regions
        self._pods = pods
        self._patience = patience
        # By alias and pod; a pod that is silent has what it had.
        self._known: dict[str, dict[str, bool]] = {}
        self._until: dict[str, float] = {}
        self._learning: dict[str, asyncio.Task[None]] = {}

    async def everywhere(self, alias: str) -> bool:
        """Tell whether every pod that ever answered has the extension, and there is one."""
        if alias not in self._learning and time.monotonic() > self._until.get(alias, 0):
            task = asyncio.get_running_loop().create_task(self._learn(alias))
            self._learning[alias] = task
            task.add_done_callback(lambda _: self._learning.pop(alias, None))
        if alias not in self._known and alias in self._learning:
            await asyncio.wait([self._learning[alias]], timeout=self._patience)
        serving = {pod.pod_id for pod in await self._pods.serving("network")}
        known = self._known.get(alias, {})
        told = [has for pod_id, has in known.items() if pod_id in serving]
        return bool(told) and all(told)

    async def _learn(self, alias: str) -> None:
        with suppress(GatewayError):
            pods = await self._pods.serving("network")
            found = await asyncio.gather(*(self._has(pod, alias) for pod in pods))
            answers = zip(pods, found, strict=True)
            told = {pod.pod_id: has for pod, has in answers if has is not None}
            self._known[alias] = self._known.get(alias, {}) | told
            self._until[alias] = time.monotonic() + _SECONDS

    async def _has(self, pod: Pod, alias: str) -> bool | None:
        try:
            await self._regions.admin(pod, "network", "GET", f"/extensions/{alias}")
        except PodFault:
            return False
        except GatewayError as error:
            LOG.warning("%s: extension %s: %s", pod.pod_name, alias, error.message)
            return None
        return True
