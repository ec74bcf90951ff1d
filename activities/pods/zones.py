"""Zones: the availability zones that users choose from, with live state."""

from activities.pods.region import Regions
from activities.pods.versions import PodVersions
from models.pods import PodDirectory
from models.values import Pod, PodState


class Zones:
    """Availability zones as the pods make them up."""

    def __init__(self, regions: Regions, pods: PodDirectory, versions: PodVersions) -> None:
        self._regions = regions
        self._pods = pods
        self._versions = versions

    async def states(self, service: str) -> list[tuple[str, bool]]:
        """Return name and availability of the service's zones: does a pod take new objects?"""
        zones: dict[str, bool] = {}
        for pod in await self._pods.having(service):
            takes = pod.state == PodState.ACTIVE and self._answers(pod, service)
            zones[pod.az_name] = takes or zones.get(pod.az_name, False)
        return sorted(zones.items())

    async def pods(self) -> list[tuple[Pod, bool]]:
        """Return each pod whose servers may be asked for, and whether it answered lately."""
        pods = await self._pods.serving("compute")
        return [(pod, self._versions.answers(pod)) for pod in pods]

    def _answers(self, pod: Pod, service: str) -> bool:
        silent = self._regions.health(pod.pod_name, service).reason
        return not silent and (service != "compute" or self._versions.answers(pod))
