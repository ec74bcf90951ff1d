"""Quotas: the limit and the usage of a project, each one figure for all its pods."""

import time
from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from models.database.store import Store
from models.database.tables.compute import ServerGroup
from models.errors import BadRequest, PodUnavailable
from models.keystone import Keystone
from models.quotas.figures import Asker, Figures, FiguresOfPods, Heard
from models.quotas.limits import DEFAULT_CLASS, Limits
from models.values import Caller, Pod

# Pods' own defaults change with their configuration only.
_DEFAULTS_SECONDS = 60.0


class Quotas:
    """Limits set at the top win over the sum of what the pods allow."""

    def __init__(
        self, store: Store, keystone: Keystone, figures: FiguresOfPods, limits: Limits
    ) -> None:
        self._store = store
        self._keystone = keystone
        self._figures = figures
        self.limits = limits
        self._defaults: tuple[Figures, float] = ({}, 0.0)

    async def project(self, asker: Asker, project_id: str, user_id: str = "") -> Figures:
        """Return limit and usage of every resource of a project, or of a user in it."""
        figures = await self._figures.project(asker, project_id, user_id)
        service = asker.service
        _limit(figures, await self.limits.named_class(service))
        _limit(figures, await self.limits.project(service, project_id))
        if user_id:
            _limit(figures, await self.limits.project(service, project_id, user_id))
        if service == "compute":
            await self._count_own(figures, project_id, user_id)
        return figures

    async def heard(self, service: str, project_id: str) -> Heard:
        """Return how often each pod was heard about the project."""
        return await self._figures.heard(service, project_id)

    async def grown(
        self, asker: Asker, pod: Pod, project_id: str, amounts: Mapping[str, int], before: Heard
    ) -> None:
        """Remember what was made in the pod, for when it is silent."""
        await self._figures.grown(asker, pod, project_id, amounts, before)

    async def defaults(self, asker: Asker, project_id: str) -> dict[str, int]:
        """Return the limits that hold where none are set."""
        figures = await self._figures.defaults(asker, project_id)
        _limit(figures, await self.limits.named_class(asker.service))
        return {resource: figure["limit"] for resource, figure in figures.items()}

    async def named_class(self, asker: Asker, name: str) -> dict[str, int]:
        """Return the limits of a quota class; those of the default class where it has none."""
        figures = await self._figures.named_class(asker, name)
        for class_name in dict.fromkeys((DEFAULT_CLASS, name)):
            _limit(figures, await self.limits.named_class(asker.service, class_name))
        return {resource: figure["limit"] for resource, figure in figures.items()}

    async def user_limited(self, service: str, caller: Caller) -> bool:
        """Tell whether the caller has limits of their own in their project."""
        return bool(await self.limits.project(service, caller.project_id, caller.user_id))

    async def unlimited(self, service: str, project_id: str, resources: Iterable[str]) -> bool:
        """Tell whether a project was given all it wants of the resources: nobody need count."""
        limits = await self.limits.project(service, project_id)
        return all(limits.get(resource) == -1 for resource in resources)

    async def check_project(self, caller: Caller, project_id: str) -> None:
        """Return if Keystone knows the project; ``BadRequest`` in Nova's words."""
        mine = project_id == caller.project_id
        if not mine and not await self._keystone.has_project(project_id):
            raise BadRequest(f"Project ID {project_id} is not a valid project.")

    async def _count_own(self, figures: Figures, project_id: str, user_id: str) -> None:
        """Put in what the gateway keeps itself; copies in pods are not the user's objects."""
        groups = select(func.count()).where(ServerGroup.project_id == project_id)
        if user_id:
            groups = groups.where(ServerGroup.user_id == user_id)
        async with self._store.read() as tx:
            if "server_groups" in figures:
                figures["server_groups"]["in_use"] = int(await tx.value(groups))

    async def own_limit(self, asker: Asker, caller: Caller, resource: str) -> int:
        """Return the limit on what the gateway counts itself; -1: none is known."""
        for limits in (
            await self.limits.project("compute", caller.project_id, caller.user_id),
            await self.limits.project("compute", caller.project_id),
            await self.limits.named_class("compute"),
        ):
            if resource in limits:
                return limits[resource]
        if self._defaults[1] < time.monotonic():
            try:
                figures = await self._figures.defaults(asker, caller.project_id)
            except PodUnavailable:
                return -1
            self._defaults = (figures, time.monotonic() + _DEFAULTS_SECONDS)
        return self._defaults[0].get(resource, {}).get("limit", -1)


def _limit(figures: Figures, limits: Mapping[str, int]) -> None:
    for resource, limit in limits.items():
        if resource in figures:
            figures[resource]["limit"] = limit
        else:
            figures[resource] = {"limit": limit, "in_use": 0, "reserved": 0}
