"""PodFigures: what every pod says of its limits and usage, added up.

A pod that does not answer is never taken for an empty one: what it said last stands for it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import func, select

from activities.pods.region import PodAnswer, Regions
from activities.pods.versions import PodVersions
from models.database.store import Row, Store
from models.database.tables.base import now
from models.database.tables.quota import QuotaFigure, quota_figures
from models.database.tables.routing import Routing
from models.errors import PodFault, PodUnavailable
from models.failures import lacking, nobody
from models.pods import PodDirectory
from models.quotas.figures import Asker, Figures, Heard, merged
from models.settings import Settings
from models.values import Pod, PodState

# Routings by type, and the resource that a pod counts them as.
_COUNTED = {
    "compute": {"server": "instances"},
    "volume": {"volume": "volumes", "snapshot": "snapshots", "backup": "backups"},
}
# For a pod whose last figures are known: a boot elsewhere does not wait for one that hangs.
_DEADLINE = 3.0
# So often it is asked again after something was made in it, while others make things there.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What a pod is asked: the name that its answer is kept by, the path, the answer's key."""

    name: str
    path: str
    key: str


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

    async def project(self, asker: Asker, project_id: str, user_id: str = "") -> Figures:
        """Return limits and usage of a project, or of a user in it, over all pods."""
        question = _about(asker, project_id, user_id)
        return merged(await self._all(asker, question, project_id))

    async def defaults(self, asker: Asker, project_id: str) -> Figures:
        """Return the limits of a project for which none were set."""
        path = f"/os-quota-sets/{quote(project_id, safe='')}/defaults"
        return merged(await self._all(asker, Question("defaults", path, "quota_set")))

    async def named_class(self, asker: Asker, name: str) -> Figures:
        """Return the limits of a quota class."""
        path = f"/os-quota-class-sets/{quote(name, safe='')}"
        question = Question(f"class/{name}", path, "quota_class_set")
        return merged(await self._all(asker, question))

    async def heard(self, service: str, project_id: str) -> Heard:
        """Return how often each pod was heard about the project."""
        wanted = select(QuotaFigure.pod_id, QuotaFigure.answers).where(
            QuotaFigure.service == service,
            QuotaFigure.question == _name(project_id),
        )
        async with self._store.read() as tx:
            return {row["pod_id"]: row["answers"] for row in await tx.all(wanted)}

    async def grown(
        self, asker: Asker, pod: Pod, project_id: str, amounts: Mapping[str, int], before: Heard
    ) -> None:
        """Have what was made in the pod counted by what it said last.

        It may be silent when it is next asked. What it said before counts it not; what it said
        meanwhile may count it or not: then it is asked once more.
        """
        question = _about(asker, project_id)
        mine = _where(pod, asker.service, question)
        async with self._store.write() as tx:
            row = await tx.locked(QuotaFigure.select().where(*mine))
            if row is None:
                return
            number = row.growths + 1
            values: dict[str, Any] = {"growths": number}
            heard = row.answers != before.get(pod.pod_id)
            if not heard:
                values["figures"] = _with(row.figures, amounts)
            await tx.run(quota_figures.update().where(*mine).values(**values))
        if not heard or await self._heard_since(asker, pod, question, number):
            return
        async with self._store.write() as tx:
            row = await tx.locked(QuotaFigure.select().where(*mine))
            if row is not None:
                more = _with(row.figures, amounts)
                await tx.run(quota_figures.update().where(*mine).values(figures=more))

    async def _heard_since(self, asker: Asker, pod: Pod, question: Question, number: int) -> bool:
        """Ask the pod until its answer is younger than so many growths; tell whether it is."""
        for _ in range(_TRIES):
            last = await self._last(pod, asker, question)
            if last is None or last["seen"] >= number:
                return True
            try:
                figures = await self._ask(pod, asker, question, _DEADLINE)
            except (PodFault, PodUnavailable):
                return False
            if await self._remember(pod, asker, question, figures, last["growths"]):
                return True
        return False

    async def _all(self, asker: Asker, question: Question, project_id: str = "") -> list[Figures]:
        """Return every pod's figures; ``PodUnavailable`` naming those that nobody knows."""
        pods = await self._pods.having(asker.service)
        for pod in await self._pods.lacking(asker.service):
            # What it had when it still had the service counts on.
            if project_id and await self._numbers(pod, project_id, asker.service):
                pods = [*pods, pod]
        told = await asyncio.gather(
            *(self._figures(pod, asker, question, project_id) for pod in pods)
        )
        parts, silent, unknown = list[Figures](), list[PodUnavailable](), list[PodUnavailable]()
        for pod, (figures, failure) in zip(pods, told, strict=True):
            if figures is not None:
                parts.append(figures)
            if failure is not None and pod.state != PodState.DISABLED:
                silent.append(failure)
                if figures is None and await self._may_have(pod, project_id):
                    unknown.append(failure)
        answers = any(failure is None for _, failure in told)
        if silent and not answers and (asker.live or not parts):
            raise nobody(silent)
        if unknown:
            raise lacking(unknown, "its share of the sum is not known")
        if pods and not parts:
            names = ", ".join(pod.pod_name for pod in pods)
            raise PodUnavailable(names, "its share of the sum is not known")
        asker.silent.extend(silent)
        return parts

    async def _figures(
        self, pod: Pod, asker: Asker, question: Question, project_id: str
    ) -> tuple[Figures | None, PodUnavailable | None]:
        """Return what the pod says, or has said last, if anything, and why it says nothing now."""
        last = await self._last(pod, asker, question)
        seconds = self._settings.list_deadline if last is None else _DEADLINE
        try:
            figures = await self._ask(pod, asker, question, seconds)
        except PodUnavailable as error:
            # Others may have heard more.
            last = await self._last(pod, asker, question)
            known: Figures | None = last["figures"] if last else None
            if known and project_id:
                known = await self._at_least(pod, project_id, asker.service, known)
            return known, error
        if last is None or figures != last["figures"]:
            growths = last["growths"] if last else 0
            await self._remember(pod, asker, question, figures, growths)
        return figures, None

    async def _ask(self, pod: Pod, asker: Asker, question: Question, seconds: float) -> Figures:
        """Return what the pod says; ``PodUnavailable``."""
        if pod.state == PodState.DISABLED:
            raise PodUnavailable(pod.pod_name, "it is disabled")
        if not self._versions.answers(pod):
            raise PodUnavailable(pod.pod_name, "it did not answer lately")
        answer = await self._regions.forward(
            pod,
            asker.service,
            "GET",
            asker.prefix + question.path,
            headers=asker.headers,
            timeout=seconds,
        )
        return _parsed(answer.judged(), question.key)

    async def _remember(
        self, pod: Pod, asker: Asker, question: Question, figures: Figures, growths: int
    ) -> bool:
        """Write what the pod said when asked after so many growths; tell whether that holds.

        It does not where something was made in the pod since: that may be counted in it or not.
        """
        row = {"pod_id": pod.pod_id, "service": asker.service, "question": question.name}
        mine = _where(pod, asker.service, question)
        async with self._store.write() as tx:
            if await tx.insert_new(quota_figures, row | {"figures": figures, "answers": 1}):
                return True
            heard = quota_figures.update().where(*mine, QuotaFigure.growths == growths)
            return bool(
                await tx.run(
                    heard.values(
                        figures=figures,
                        seen_at=now(),
                        seen=growths,
                        answers=QuotaFigure.answers + 1,
                    )
                )
            )

    async def _last(self, pod: Pod, asker: Asker, question: Question) -> Row | None:
        """Return the row of what the pod said last, if anything."""
        wanted = QuotaFigure.select().where(*_where(pod, asker.service, question))
        async with self._store.read() as tx:
            return await tx.one(wanted)

    async def _at_least(self, pod: Pod, project_id: str, service: str, known: Figures) -> Figures:
        """Return what a silent pod said last, with all of the project's that is known to be there.

        What it said while others were at work there may be older than what they have made.
        """
        numbers = await self._numbers(pod, project_id, service)
        figures = {resource: dict(figure) for resource, figure in known.items()}
        for resource, number in numbers.items():
            if resource in figures:
                figure = figures[resource]
                figure["in_use"] = max(figure["in_use"], number)
        return figures

    async def _numbers(self, pod: Pod, project_id: str, service: str) -> dict[str, int]:
        """Return how much of the project's is known to be in the pod, by resource."""
        counted = _COUNTED[service]
        there = (
            select(Routing.type, func.count().label("number"))
            .where(
                Routing.pod_id == pod.pod_id,
                Routing.project_id == project_id,
                Routing.type.in_(counted),
            )
            .group_by(Routing.type)
        )
        async with self._store.read() as tx:
            return {counted[row["type"]]: int(row["number"]) for row in await tx.all(there)}

    async def _may_have(self, pod: Pod, project_id: str) -> bool:
        """Tell whether the pod may have objects of the project that nobody has counted.

        Copies are none: what a boot has left there that failed must not refuse one elsewhere.
        """
        theirs = select(Routing.id).where(
            Routing.pod_id == pod.pod_id,
            Routing.project_id == project_id,
            Routing.type.in_((*_COUNTED, "group")),
        )
        async with self._store.read() as tx:
            return not project_id or await tx.one(theirs.limit(1)) is not None


def _parsed(answer: PodAnswer, key: str) -> Figures:
    if answer.status >= 400:
        raise answer.refusal("quotas")
    figures: Figures = {}
    for resource, value in answer.json()[key].items():
        if isinstance(value, dict):
            names = ("limit", "in_use", "reserved")
            figures[resource] = {name: int(value.get(name, 0)) for name in names}
        elif isinstance(value, int) and not isinstance(value, bool):
            figures[resource] = {"limit": value, "in_use": 0, "reserved": 0}
    return figures


def _with(figures: Figures, amounts: Mapping[str, int]) -> Figures:
    """Return figures that count more as used."""
    return {
        resource: figure | {"in_use": figure["in_use"] + amounts.get(resource, 0)}
        for resource, figure in figures.items()
    }


def _about(asker: Asker, project_id: str, user_id: str = "") -> Question:
    """Return the question for limits and usage of a project, or of a user in it."""
    path = f"/os-quota-sets/{quote(project_id, safe='')}"
    query = {"user_id": user_id} if user_id else {}
    if asker.service == "compute":
        path += "/detail"
    else:
        query["usage"] = "true"
    path += f"?{urlencode(query)}" if query else ""
    return Question(_name(project_id, user_id), path, "quota_set")


def _name(project_id: str, user_id: str = "") -> str:
    return f"project/{project_id}" + (f"/{user_id}" if user_id else "")


def _where(pod: Pod, service: str, question: Question) -> tuple[Any, ...]:
    return (
        QuotaFigure.pod_id == pod.pod_id,
        QuotaFigure.service == service,
        QuotaFigure.question == question.name,
    )
