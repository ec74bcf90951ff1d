"""Hosts: in which pod a compute host is."""

import asyncio
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from activities.pods.region import Regions
from models.errors import BadRequest, PodUnavailable
from models.failures import lacking
from models.pods import PodDirectory
from models.values import Pod

# Hypervisors are found by their whole name from here on.
_PATTERN = "2.53"


class Hosts:
    """Asks pods for compute services and hypervisors."""

    def __init__(self, regions: Regions, pods: PodDirectory) -> None:
        self._regions = regions
        self._pods = pods

    async def pod_of_host(self, name: str) -> Pod:
        """Return the pod with the compute service of this host; ``BadRequest``."""
        path = f"/os-services?binary=nova-compute&host={quote(name)}"
        return await self._having(path, "services", {"host": name}, name)

    async def pod_of_node(self, name: str) -> Pod:
        """Return the pod with the hypervisor of this name; ``BadRequest``."""
        path = f"/os-hypervisors?hypervisor_hostname_pattern={quote(name)}"
        return await self._having(path, "hypervisors", {"hypervisor_hostname": name}, name)

    async def with_host(self, pods: Iterable[Pod], name: str) -> list[Pod]:
        """Return those of the pods that have a compute host of this name."""
        path = f"/os-services?binary=nova-compute&host={name}"
        return [
            pod
            for pod in pods
            if (await self._regions.admin(pod, "compute", "GET", path))["services"]
        ]

    async def _having(self, path: str, key: str, match: Mapping[str, str], name: str) -> Pod:
        async def ask(pod: Pod) -> bool:
            found = await self._regions.admin(pod, "compute", "GET", path, microversion=_PATTERN)
            return any(match.items() <= row.items() for row in found[key])

        pods = await self._pods.serving("compute")
        answers = await asyncio.gather(*(ask(pod) for pod in pods), return_exceptions=True)
        for pod, answer in zip(pods, answers, strict=True):
            if answer is True:
                return pod
        silent = [answer for answer in answers if isinstance(answer, PodUnavailable)]
        if silent:
            raise lacking(silent, f"no other pod has a compute host {name}")
        raise BadRequest(f"Compute host {name} could not be found.")
