"""LimitCopies: the limits that admins have set at the top, brought into the pods."""

from typing import Any
from urllib.parse import quote, unquote

from activities.pods.region import Regions
from activities.pods.together import all_of
from models.database.store import Store
from models.pods import PodDirectory
from models.quotas.limits import SetLimits
from models.values import Pod

# Nova's classes have server groups from here on, and nothing of networks any more.
_CLASS_VERSION = "2.50"
_OF_NETWORKS = {"fixed_ips", "floating_ips", "security_groups", "security_group_rules"}


class LimitCopies:
    """Sets in every pod what is set at the top, and nothing else."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._limits = SetLimits(store)

    async def converge(self, id_: str) -> None:
        """Bring limits into every pod: ``<service>/project/<project>/<user>`` or a class.

        One that is silent keeps the others from nothing.
        """
        # Who read limits before a change must not bring them into a pod after it.
        async with self._store.hold(f"quota/{id_}"):
            pods = await self._pods.serving(id_.partition("/")[0])
            await all_of(*(self._into(pod, id_) for pod in pods))

    async def _into(self, pod: Pod, id_: str) -> None:
        service, kind, *names = (unquote(part) for part in id_.split("/"))
        if kind == "class":
            await self._class_into(pod, service, names[0])
            return
        project_id, user_id = names
        path = f"/os-quota-sets/{quote(project_id, safe='')}"
        path += f"?user_id={quote(user_id, safe='')}" if user_id else ""
        limits = await self._limits.project(service, project_id, user_id)
        if not limits:
            await self._regions.admin(pod, service, "DELETE", path)
            return
        body: dict[str, Any] = dict(limits)
        if service == "compute":
            # What is in use elsewhere too was compared at the top already.
            body["force"] = True
        else:
            known = (await self._regions.admin(pod, service, "GET", path))["quota_set"]
            body = {key: value for key, value in body.items() if key in known}
        if body:
            await self._regions.admin(pod, service, "PUT", path, {"quota_set": body})

    async def _class_into(self, pod: Pod, service: str, name: str) -> None:
        path = f"/os-quota-class-sets/{quote(name, safe='')}"
        body: dict[str, Any] = await self._limits.named_class(service, name)
        version = _CLASS_VERSION if service == "compute" else ""
        if service == "compute":
            body = {key: value for key, value in body.items() if key not in _OF_NETWORKS}
        else:
            known = (await self._regions.admin(pod, service, "GET", path))["quota_class_set"]
            body = {key: value for key, value in body.items() if key in known}
        if body:
            wanted = {"quota_class_set": body}
            await self._regions.admin(pod, service, "PUT", path, wanted, microversion=version)
