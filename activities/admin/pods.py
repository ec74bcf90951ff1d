"""PodServices: which services pods have, and whether those answer."""

import asyncio
from contextlib import suppress
from typing import Any

from activities.pods.faults import reason
from activities.pods.region import ENDPOINTS, Regions
from models.errors import PodFault, PodUnavailable
from models.settings import Settings
from models.values import Pod


class PodServices:
    """What an operator is told of a pod's services."""

    def __init__(self, settings: Settings, regions: Regions) -> None:
        self._deadline = settings.list_deadline
        self._regions = regions

    async def of(self, name: str) -> dict[str, Any]:
        """Return which services the region has and which it lacks; null while nobody knows."""
        try:
            there = await self._regions.catalog.services(name)
        except PodUnavailable:
            return {"services": None, "lacks": None}
        return {
            "services": [service for service in ENDPOINTS if service in there],
            "lacks": [service for service in ENDPOINTS if service not in there],
        }

    async def looked_for(self, pod: Pod) -> dict[str, Any]:
        """Return the same as it is now, and why services that are there do not answer."""
        with suppress(PodUnavailable):
            await self._regions.catalog.renew()
        told = await self.of(pod.pod_name)
        there = told["services"] or []
        answers = await asyncio.gather(*(self._silence(pod, service) for service in there))
        silent = {service: why for service, why in zip(there, answers, strict=True) if why}
        return told | {"unreachable": silent}

    async def _silence(self, pod: Pod, service: str) -> str:
        """Return why a service does not answer, or ''."""
        try:
            async with asyncio.timeout(self._deadline):
                await self._regions.admin(pod, service, "GET", "/")
        except PodFault:
            # It has nothing of this name, and says so.
            return ""
        except PodUnavailable as error:
            return error.reason
        except TimeoutError as error:
            return reason(error)
        return ""
