"""Zones: the availability zones that users choose from, with live state."""

from activities.pods.versions import PodVersions
from models.pods import PodDirectory
from models.values import Pod, PodState


class Zones:
    """Availability zones as the pods make them up."""

    def __init__(self, pods: PodDirectory, versions: PodVersions) -> None:
        self._pods = pods
        self._versions = versions

    async def states(self) -> list[tuple[str, bool]]:
        """Return name and availability of each zone: is there a pod that takes new objects?"""
        zones: dict[str, bool] = {}
        for pod in await self._pods.all():
            takes = pod.state == PodState.ACTIVE and self._versions.answers(pod)
            zones[pod.az_name] = takes or zones.get(pod.az_name, False)
        return sorted(zones.items())

    async def pods(self) -> list[tuple[Pod, bool]]:
        """Return each pod that may be asked, and whether it answered lately."""
        return [(pod, self._versions.answers(pod)) for pod in await self._pods.serving()]
