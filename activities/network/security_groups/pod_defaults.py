"""PodDefaults: the default groups that the pods' Neutrons make for every project by themselves."""

from activities.pods.region import Regions
from activities.pods.together import all_of
from models.errors import PodFault
from models.pods import PodDirectory
from models.values import Pod

# In use by something that is not ours; and gone meanwhile.
_LET_BE = (404, 409)


class PodDefaults:
    """Their removal: a project whose default group an admin deletes is being dissolved.

    A Neutron makes a project's default group with the project's first object there. The copies
    of its ports have groups of their own, so nothing of ours ever uses it.
    """

    def __init__(self, regions: Regions, pods: PodDirectory) -> None:
        self._regions = regions
        self._pods = pods

    async def remove(self, project_id: str) -> None:
        """Remove the project's default group from every pod that has one."""
        pods = await self._pods.serving("network")
        await all_of(*(self._remove(pod, project_id) for pod in pods))

    async def _remove(self, pod: Pod, project_id: str) -> None:
        query = f"?name=default&project_id={project_id}&fields=id"
        path = "/security-groups"
        found = await self._regions.admin(pod, "network", "GET", f"{path}{query}")
        for group in found["security_groups"]:
            try:
                await self._regions.admin(pod, "network", "DELETE", f"{path}/{group['id']}")
            except PodFault as fault:
                if fault.status not in _LET_BE:
                    raise
