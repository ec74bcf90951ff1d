"""PodVersions: what microversions all pods speak, and which pods answer, learned beforehand.

Discovery is asked before every client command, so it never waits for a pod.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

from activities.pods.faults import reason
from activities.pods.region import Regions
from models.errors import GatewayError
from models.logs import failed
from models.pods import PodDirectory
from models.values import Pod

LOG = logging.getLogger(__name__)
Version = tuple[int, int]
Range = tuple[Version, Version]

_LOWEST: dict[str, Version] = {"compute": (2, 1), "volume": (3, 0)}
_REFRESH_SECONDS = 20.0
_RETRY_SECONDS = 5.0
# One that takes longer must not keep us from asking the others.
_ANSWER_SECONDS = 10.0
_AT_ONCE = 8
# Of the kept list of pods, which a new pod renews at once.
_LOOK_SECONDS = 0.2


class PodVersions:
    """The versions that every pod speaks, from memory; refreshed in the background."""

    def __init__(self, regions: Regions, pods: PodDirectory) -> None:
        self._regions = regions
        self._pods = pods
        self._known: dict[tuple[str, str], Range] = {}
        # What follows from it, for each service; asked for by every request.
        self._common: dict[str, Range] = {}
        self._asked: dict[str, float] = {}
        self._silent: set[str] = set()
        self._learned = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        # A hundred pods at once would keep clients' requests waiting for the processor.
        self._turn = asyncio.Semaphore(_AT_ONCE)

    def range(self, service: str) -> Range:
        """Return the lowest and the highest version that all known pods speak."""
        common = self._common.get(service)
        if common is None:
            ranges = [known for (_, of), known in self._known.items() if of == service]
            low, high = _LOWEST[service], _LOWEST[service]
            if ranges:
                low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
            common = self._common[service] = (low, high)
        return common

    def answers(self, pod: Pod) -> bool:
        """Tell whether the pod's compute API answered when it was last asked."""
        if self._regions.health(pod.pod_name, "compute").reason:
            return False
        return pod.pod_id not in self._silent

    async def ready(self, seconds: float) -> None:
        """Wait until every pod was asked once, but not longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._learned.wait()

    def start(self) -> None:
        """Begin to learn, in the background."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._learn())

    async def stop(self) -> None:
        """Stop learning."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _learn(self) -> None:
        while True:
            try:
                having = {service: await self._pods.serving(service) for service in _LOWEST}
                self._forget(
                    {(pod.pod_id, service) for service in having for pod in having[service]}
                )
                asked = {pod.pod_id: pod for pods in having.values() for pod in pods}
                due = [
                    pod for id_, pod in asked.items() if self._asked.get(id_, 0) < time.monotonic()
                ]
                await asyncio.gather(
                    *(
                        self._ask_in_turn(pod, [of for of in having if pod in having[of]])
                        for pod in due
                    )
                )
                self._learned.set()
            except Exception as error:
                # The task has to outlive a database that is away for a while.
                failed(LOG, "The pods' versions were not refreshed", error)
                await asyncio.sleep(_RETRY_SECONDS)
            await asyncio.sleep(_LOOK_SECONDS)

    def _forget(self, there: set[tuple[str, str]]) -> None:
        """Forget all but these services of these pods."""
        self._known = {key: known for key, known in self._known.items() if key in there}
        self._common.clear()
        serving = {pod for pod, _ in there}
        self._asked = {pod: at for pod, at in self._asked.items() if pod in serving}
        self._silent &= serving

    async def _ask_in_turn(self, pod: Pod, services: list[str]) -> None:
        async with self._turn:
            await self._ask(pod, services)

    async def _ask(self, pod: Pod, services: list[str]) -> None:
        pause = _REFRESH_SECONDS
        for service in services:
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    answer = await self._regions.admin(pod, service, "GET", "/")
                self._known[pod.pod_id, service] = _range(answer, _LOWEST[service])
                self._common.clear()
                if service == "compute":
                    self._silent.discard(pod.pod_id)
            except (GatewayError, TimeoutError) as error:
                told = error.message if isinstance(error, GatewayError) else reason(error)
                LOG.warning("%s: %s versions: %s", pod.pod_name, service, told)
                pause = _RETRY_SECONDS
                if service == "compute":
                    self._silent.add(pod.pod_id)
        self._asked[pod.pod_id] = time.monotonic() + pause


def _range(document: Any, lowest: Version) -> Range:
    """Return the range that a version document names; pods before microversions have only one."""
    entry = document.get("version") or document["versions"][-1]
    parts = [str(entry.get(key) or "") for key in ("min_version", "version")]
    low, high = (tuple(map(int, part.split("."))) if part else lowest for part in parts)
    return (low[0], low[1]), (high[0], high[1])
