"""PodFigures: what every pod says of its limits and usage, added up.

A pod that does not answer is never taken for an empty one: what it said last stands for it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import func, select

from activities.pods.region import PodAnswer, Regions
from activities.pods.versions import PodVersions
from models.database.store import Store
from models.database.tables.base import now
from models.database.tables.quota import quota_figures
from models.database.tables.routing import routings
from models.errors import PodFault, PodUnavailable
from models.pods import PodDirectory
from models.quotas.figures import Asker, Figures, merged
from models.settings import Settings
from models.values import Pod

# Routings by type, and the resource that a pod counts them as.
_COUNTED = {
    "server": "instances",
    "volume": "volumes",
    "snapshot": "snapshots",
    "backup": "backups",
}
# For a pod whose last figures are known: a boot elsewhere does not wait for one that hangs.
_DEADLINE = 3.0
_KEPT = 10_000


class PodFigures:
    """Asks the pods; remembers what they said."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        versions: PodVersions,
    ) -> None:
        self._settings = settings
        self._store = store
        self._regions = regions
        self._pods = pods
        self._versions = versions
        self._kept: OrderedDict[tuple[str, str, str], Figures] = OrderedDict()

    async def project(self, asker: Asker, project_id: str, user_id: str = "") -> Figures:
        """Return limits and usage of a project, or of a user in it, over all pods."""
        path = f"/os-quota-sets/{quote(project_id, safe='')}"
        query = {"user_id": user_id} if user_id else {}
        if asker.service == "compute":
            path += "/detail"
        else:
            query["usage"] = "true"
        path += f"?{urlencode(query)}" if query else ""
        question = f"project/{project_id}" + (f"/{user_id}" if user_id else "")
        return merged(await self._all(asker, path, "quota_set", question, project_id))

    async def defaults(self, asker: Asker, project_id: str) -> Figures:
        """Return the limits of a project for which none were set."""
        path = f"/os-quota-sets/{quote(project_id, safe='')}/defaults"
        return merged(await self._all(asker, path, "quota_set", "defaults"))

    async def named_class(self, asker: Asker, name: str) -> Figures:
        """Return the limits of a quota class."""
        path = f"/os-quota-class-sets/{quote(name, safe='')}"
        return merged(await self._all(asker, path, "quota_class_set", f"class/{name}"))

    async def grown(
        self, pod: Pod, service: str, project_id: str, amounts: Mapping[str, int]
    ) -> None:
        """Add what was made in the pod to what it said last: it may be silent when next asked."""
        question = f"project/{project_id}"
        if await self._last(pod, service, question) is None:
            return
        mine = _where(pod, service, question)
        async with self._store.write() as tx:
            row = await tx.locked(select(quota_figures.c.figures).where(*mine))
            if row is None:
                return
            figures: Figures = row["figures"]
            for resource, amount in amounts.items():
                if resource in figures:
                    figures[resource]["in_use"] += amount
            await tx.run(quota_figures.update().where(*mine).values(figures=figures))
        self._keep((pod.pod_id, service, question), figures)

    async def _all(
        self, asker: Asker, path: str, key: str, question: str, project_id: str = ""
    ) -> list[Figures]:
        """Return every pod's figures; ``PodUnavailable`` naming those that nobody knows."""
        pods = await self._pods.all()
        told = await asyncio.gather(
            *(self._figures(pod, asker, path, key, question, project_id) for pod in pods)
        )
        parts, unknown = [], []
        for pod, figures in zip(pods, told, strict=True):
            if figures is not None:
                parts.append(figures)
            elif pod.state != "disabled" and await self._may_have(pod, project_id):
                unknown.append(pod.pod_name)
        if unknown or (pods and not parts):
            names = ", ".join(unknown or [pod.pod_name for pod in pods])
            raise PodUnavailable(names, "its share of the sum is not known")
        return parts

    async def _figures(
        self, pod: Pod, asker: Asker, path: str, key: str, question: str, project_id: str
    ) -> Figures | None:
        """Return what the pod says, or has said last; None when it never said anything."""
        last = self._kept.get((pod.pod_id, asker.service, question))
        if last is None:
            last = await self._last(pod, asker.service, question)
        seconds = self._settings.list_deadline if last is None else _DEADLINE
        figures = await self._ask(pod, asker, path, key, seconds)
        if figures is None:
            # Another process may have heard more.
            known = await self._last(pod, asker.service, question)
            return await self._at_least(pod, project_id, known) if known and project_id else known
        if figures != last:
            await self._remember(pod, asker.service, question, figures)
        return figures

    async def _ask(
        self, pod: Pod, asker: Asker, path: str, key: str, seconds: float
    ) -> Figures | None:
        if pod.state == "disabled" or not self._versions.answers(pod):
            return None
        try:
            answer = await self._regions.forward(
                pod,
                asker.service,
                "GET",
                asker.prefix + path,
                headers=asker.headers,
                timeout=seconds,
            )
        except PodUnavailable:
            return None
        if answer.status >= 500 or answer.status == 429:
            return None
        return _parsed(answer, key)

    async def _remember(self, pod: Pod, service: str, question: str, figures: Figures) -> None:
        row = {"pod_id": pod.pod_id, "service": service, "question": question}
        async with self._store.write() as tx:
            if not await tx.insert_new(quota_figures, row | {"figures": figures}):
                mine = quota_figures.update().where(*_where(pod, service, question))
                await tx.run(mine.values(figures=figures, seen_at=now()))
        self._keep((pod.pod_id, service, question), figures)

    def _keep(self, key: tuple[str, str, str], figures: Figures) -> None:
        self._kept[key] = figures
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    async def _last(self, pod: Pod, service: str, question: str) -> Figures | None:
        wanted = select(quota_figures.c.figures).where(*_where(pod, service, question))
        async with self._store.read() as tx:
            found: Figures | None = await tx.value(wanted)
        if found is not None:
            self._keep((pod.pod_id, service, question), found)
        return found

    async def _at_least(self, pod: Pod, project_id: str, known: Figures) -> Figures:
        """Return what a silent pod said last, with all of the project's that is known to be there.

        What it said while others were at work there may be older than what they have made.
        """
        there = (
            select(routings.c.type, func.count().label("number"))
            .where(routings.c.pod_id == pod.pod_id, routings.c.project_id == project_id)
            .group_by(routings.c.type)
        )
        async with self._store.read() as tx:
            numbers = {row["type"]: int(row["number"]) for row in await tx.all(there)}
        figures = {resource: dict(figure) for resource, figure in known.items()}
        for type_, resource in _COUNTED.items():
            if resource in figures:
                figure = figures[resource]
                figure["in_use"] = max(figure["in_use"], numbers.get(type_, 0))
        return figures

    async def _may_have(self, pod: Pod, project_id: str) -> bool:
        """Tell whether the pod may have objects of the project that nobody has counted."""
        theirs = select(routings.c.id).where(
            routings.c.pod_id == pod.pod_id, routings.c.project_id == project_id
        )
        async with self._store.read() as tx:
            return not project_id or await tx.one(theirs.limit(1)) is not None


def _parsed(answer: PodAnswer, key: str) -> Figures:
    if answer.status >= 400:
        raise PodFault(answer.pod.pod_name, answer.status, answer.body, "quotas")
    figures: Figures = {}
    for resource, value in answer.json()[key].items():
        if isinstance(value, dict):
            names = ("limit", "in_use", "reserved")
            figures[resource] = {name: int(value.get(name, 0)) for name in names}
        elif isinstance(value, int) and not isinstance(value, bool):
            figures[resource] = {"limit": value, "in_use": 0, "reserved": 0}
    return figures


def _where(pod: Pod, service: str, question: str) -> tuple[Any, ...]:
    return (
        quota_figures.c.pod_id == pod.pod_id,
        quota_figures.c.service == service,
        quota_figures.c.question == question,
    )
