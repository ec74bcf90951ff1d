"""Fanout: one question to every pod, and one list out of their answers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any, TypeVar
from urllib.parse import urlencode

from activities.pods.faults import reason
from activities.pods.pages import Pages, Place
from activities.pods.questions import Merged, Question
from activities.pods.region import PodAnswer, Regions
from models.errors import BadRequest, NotFound, PodUnavailable
from models.failures import nobody
from models.numbers import digits
from models.pages import cut
from models.pods import PodDirectory
from models.resource import Resource
from models.settings import Settings
from models.sorts import Params, sort_of, sort_value
from models.values import Pod

MAX_LIMIT = 1000
# Two objects made at one moment may stand in one order here and in the other in their pod.
_SPARE = 5
_OURS = {"limit", "offset", "marker", "availability_zone"}
_TELL_OF_GONE = {"changes-since", "changes-before", "deleted"}
_ZONE = "OS-EXT-AZ:availability_zone"
_SORTING = {"sort", "sort_key", "sort_dir"}
R = TypeVar("R")


class Fanout:
    """Merged lists. A pod that does not answer in time is named, not waited for.

    Nothing is listed when none does.
    """

    def __init__(
        self, settings: Settings, regions: Regions, pods: PodDirectory, pages: Pages
    ) -> None:
        self._settings = settings
        self._regions = regions
        self._pods = pods
        self._pages = pages

    async def ask(
        self, service: str, path: str, headers: Mapping[str, str]
    ) -> tuple[list[PodAnswer], list[PodUnavailable]]:
        """Send one GET to every pod; return the answers, and why others have none.

        ``PodUnavailable`` where all of them have none.
        """

        async def one(pod: Pod) -> PodAnswer:
            answer = await self._get(pod, service, path, headers)
            if answer.status == 200:
                answer.json()
            return answer

        return await self.each(await self._pods.serving(service), one)

    async def merged(self, question: Question) -> Merged:
        """Return a list of things that pods report about themselves, one pod after the other."""
        query = f"?{urlencode(question.params)}" if question.params else ""
        answers, missing = await self.ask(
            question.service, question.path + query, question.headers
        )
        merged = Merged(missing=missing)
        seen = set()
        by = question.resource.merge_by
        for answer in answers:
            for item in _listed(answer, question.resource):
                if by and item.get(by) in seen:
                    continue
                seen.add(item.get(by) if by else None)
                merged.objects.append((answer.pod, item))
        return merged

    async def everything(self, question: Question, marker: str = "id") -> Merged:
        """Return every object that pods list, however many pages that takes in a pod.

        ``marker`` is the field that the pods' own pages are marked by.
        """

        async def one(pod: Pod) -> list[tuple[Pod, dict[str, Any]]]:
            found: dict[str, dict[str, Any]] = {}
            params = list(question.params)
            while True:
                # No limit: older Cinders take it for a filter, and find nothing.
                path = f"{question.path}?{urlencode(params)}"
                answer = await self._get(pod, question.service, path, question.headers)
                listed = {str(item["id"]): item for item in _listed(answer, question.resource)}
                more = question.resource.links_key in answer.json()
                if not listed.keys() - found.keys():
                    return list(zip(repeat(pod), found.values(), strict=False))
                found |= listed
                if not more and len(listed) < MAX_LIMIT:
                    return list(zip(repeat(pod), found.values(), strict=False))
                last = next(reversed(listed.values()))
                params = [*question.params, ("marker", str(last[marker]))]

        parts, missing = await self.each(await self._pods.serving(question.service), one)
        return Merged(objects=[item for part in parts for item in part], missing=missing)

    async def sorted(self, question: Question, params: Params) -> Merged:
        """Return one page of what all pods list; newest first, or as asked.

        ``NotFound`` for a marker that no pod lists.
        """
        asked = dict(params)
        limit = min(_number(asked.get("limit", ""), "limit", MAX_LIMIT), MAX_LIMIT)
        start = _number(asked.get("offset", ""), "offset", 0)
        kept = [(key, value) for key, value in params if key not in _OURS | _SORTING]
        merged = await self.everything(replace(question, params=kept))
        fields = sort_of(params) or [(("created_at",), True)]
        for names, descending in reversed([*fields, (("id",), True)]):
            merged.objects.sort(key=lambda pair: sort_value(pair[1], names), reverse=descending)

        def missing(marker: str) -> NotFound:
            noun = question.resource.member.capitalize()
            return NotFound(f"{noun} {marker} could not be found.")

        merged.objects, merged.full = cut(
            merged.objects,
            asked.get("marker"),
            limit,
            missing,
            offset=start,
            key=lambda pair: str(pair[1].get("id")),
        )
        return merged

    async def page(self, question: Question) -> Merged:
        """Return one page of the objects that have a routing, newest first or as asked."""
        params = dict(question.params)
        limit = min(_number(params.get("limit", ""), "limit", MAX_LIMIT), MAX_LIMIT)
        offset = _number(params.get("offset", ""), "offset", 0)
        zone = params.get("availability_zone", "")
        pods, lost = await self._candidates(question, "" if question.inner_zone else zone)
        place = await self._pages.place(question, params.get("marker", ""))
        fields = sort_of(question.params)
        ours = _OURS - {"availability_zone"} if question.inner_zone else _OURS
        kept = [(key, value) for key, value in question.params if key not in ours]
        plain = replace(question, params=kept)
        # Only details say of which objects the routing may be gone.
        detailed = fields or question.other_zones or _TELL_OF_GONE & params.keys()
        if detailed and question.detail_path:
            plain = replace(plain, path=question.detail_path)
        wanted = None if fields else limit + offset + _SPARE

        async def one(pod: Pod) -> _Part:
            return await self._part(plain, pod, place, wanted)

        parts, missing = await self.each(pods, one)
        found = self._pages.ordered([item for part in parts for item in part.items], fields)
        start = self._pages.after(found, place, fields) + offset
        chosen = found[start : start + limit]
        counts = [part.count for part in parts if part.count is not None]
        return Merged(
            objects=[(item.pod, item.value) for item in chosen],
            missing=[*missing, *lost],
            full=bool(chosen) and len(chosen) == limit,
            count=sum(counts) if counts else None,
        )

    async def _candidates(
        self, question: Question, zone: str
    ) -> tuple[list[Pod], list[PodUnavailable]]:
        """Return the pods to ask, and why others say nothing of what is known to be there."""
        service = question.service
        pods = [pod for pod in await self._pods.serving(service) if zone in ("", pod.az_name)]
        lost = [
            PodUnavailable(pod.pod_name, f"it has no {service} service any more", asked=False)
            for pod in await self._pods.lacking(service)
            if zone in ("", pod.az_name) and await self._pages.has_any(question, pod)
        ]
        return pods, lost

    async def each(
        self, pods: Iterable[Pod], ask: Callable[[Pod], Awaitable[R]]
    ) -> tuple[list[R], list[PodUnavailable]]:
        """Ask pods at once; return what they say, and why others say nothing.

        ``PodUnavailable`` where there are pods, and all of them say nothing: that they have none
        of it is not known.
        """
        answers = await asyncio.gather(*(self._in_time(pod, ask) for pod in pods))
        missing = [answer for answer in answers if isinstance(answer, PodUnavailable)]
        if missing and len(missing) == len(answers):
            raise nobody(missing)
        return [answer for answer in answers if not isinstance(answer, PodUnavailable)], missing

    async def _in_time(self, pod: Pod, ask: Callable[[Pod], Awaitable[R]]) -> R | PodUnavailable:
        try:
            async with asyncio.timeout(self._settings.list_deadline):
                return await ask(pod)
        except PodUnavailable as error:
            return error
        except TimeoutError as error:
            return PodUnavailable(pod.pod_name, reason(error))

    async def _get(
        self, pod: Pod, service: str, path: str, headers: Mapping[str, str]
    ) -> PodAnswer:
        answer = await self._regions.forward(pod, service, "GET", path, headers=headers)
        return answer.judged()

    async def _part(
        self, question: Question, pod: Pod, place: Place | None, wanted: int | None
    ) -> "_Part":
        """Return the pod's objects from shortly before the place on, ``wanted`` after it."""
        marker, before = await self._pages.window(question, pod, place if wanted else None)
        part = _Part()
        while wanted is None or len(part.items) < wanted + before:
            size = MAX_LIMIT if wanted is None else min(MAX_LIMIT, wanted + before)
            params = [*question.params, ("limit", str(size))]
            if marker:
                params.append(("marker", marker))
            path = f"{question.path}?{urlencode(params)}"
            answer = await self._get(pod, question.service, path, question.headers)
            if answer.status == 400 and marker and b"marker" in answer.body:
                # The object before the window was deleted a moment ago: begin at the start.
                return await self._part(question, pod, None, None)
            listed = _listed(answer, question.resource)
            found = await self._pages.routed(question, pod, listed)
            part.items += [item for item in found if _asked(question, item.value)]
            if part.count is None:
                part.count = answer.json().get("count")
            if len(listed) < size:
                break
            marker = str(listed[-1]["id"])
        return part


@dataclass(slots=True)
class _Part:
    items: list[Any] = field(default_factory=list)
    count: int | None = None


def _asked(question: Question, value: Mapping[str, Any]) -> bool:
    """Tell whether an object is what the gateway alone knows to be asked for."""
    if question.only is not None and value["id"] not in question.only:
        return False
    return value.get(_ZONE) not in question.other_zones


def _listed(answer: PodAnswer, resource: Resource) -> list[dict[str, Any]]:
    if answer.status >= 400:
        raise answer.refusal(f"list {resource.collection}")
    listed = answer.json().get(resource.collection)
    return listed if isinstance(listed, list) else []


def _number(text: str, name: str, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal():
        raise BadRequest(
            f"Invalid input for query parameters {name}. "
            f"Value: {text}. '{text}' is not a non-negative integer."
        )
    return digits(text)
