"""Pages: the order of merged lists, and where in each pod a page begins.

The order is that of the routing rows, (created_at, id) newest first. It never changes, so the
marker of one pod's object means a place in every other pod's list.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_

from activities.pods.questions import Question
from models.cache import Cache
from models.database.store import Store
from models.database.tables.routing import Routing
from models.errors import BadRequest, NotFound
from models.sorts import Sort, sort_value
from models.values import Pod

# How far a pod's idea of when objects were made may be from the routing rows'.
_SKEW = timedelta(seconds=10)
# Databases take some 32,000 parameters in one statement.
_PARAMETERS = 20_000
_KEPT = 50_000
# Pods go on listing these to who asks for them, when their routings are gone.
_GONE = ("DELETED", "SOFT_DELETED")
Place = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Item:
    """An object of a pod, with the place that its routing row gives it."""

    pod: Pod
    value: dict[str, Any]
    place: Place


class Pages:
    """Places of objects in merged lists."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lookups = _Lookups(store)

    async def place(self, question: Question, marker: str) -> Place | None:
        """Return the place of the marker's object; ``BadRequest`` when there is no such."""
        if not marker:
            return None
        row = Routing.type == question.resource.type, Routing.top_id == marker
        wanted = select(Routing.created_at, Routing.top_id).where(*row)
        if not question.caller.admin:
            wanted = wanted.where(Routing.project_id == question.caller.project_id)
        async with self._store.read() as tx:
            found = await tx.one(wanted)
        if found is None and question.service == "volume":
            noun = question.resource.member.capitalize()
            raise NotFound(f"{noun} {marker} could not be found.")
        if found is None:
            raise BadRequest(f"marker [{marker}] not found")
        return found["created_at"], found["top_id"]

    async def window(self, question: Question, pod: Pod, place: Place | None) -> tuple[str, int]:
        """Return a marker in the pod safely before the place, and how many lie between them."""
        if place is None:
            return "", 0
        mine = [Routing.type == question.resource.type, Routing.pod_id == pod.pod_id]
        if not _all_projects(question):
            mine.append(Routing.project_id == question.caller.project_id)
        edge = place[0] + _SKEW
        order = (Routing.created_at, Routing.top_id)
        newer = select(*order).where(*mine, Routing.created_at > edge).order_by(*order)
        between = select(func.count()).where(*mine, tuple_(*order) >= tuple_(*place))
        async with self._store.read() as tx:
            anchor = await tx.one(newer.limit(1))
            if anchor:
                until = tuple_(anchor["created_at"], anchor["top_id"])
                between = between.where(tuple_(*order) < until)
            return (anchor["top_id"] if anchor else ""), int(await tx.value(between))

    async def has_any(self, question: Question, pod: Pod) -> bool:
        """Tell whether anything that is asked for is known to be in the pod."""
        mine = [Routing.type == question.resource.type, Routing.pod_id == pod.pod_id]
        if not _all_projects(question):
            mine.append(Routing.project_id == question.caller.project_id)
        async with self._store.read() as tx:
            return await tx.one(select(Routing.id).where(*mine).limit(1)) is not None

    async def routed(
        self, question: Question, pod: Pod, listed: list[dict[str, Any]]
    ) -> list[Item]:
        """Return those of a pod's objects that have a routing there."""
        ids = [str(item.get("id")) for item in listed]
        gone = {id_ for id_, item in zip(ids, listed, strict=True) if item.get("status") in _GONE}
        places = await self._lookups.places(question.resource.type, pod, ids, gone)
        for id_, item in zip(ids, listed, strict=True):
            # Who asks what has changed, or an admin, is told of the deleted ones as well.
            if id_ in gone and id_ not in places and item.get("created"):
                made = datetime.fromisoformat(item["created"].removesuffix("Z"))
                places[id_] = (made, id_)
        return [
            Item(pod, item, places[id_])
            for id_, item in zip(ids, listed, strict=True)
            if id_ in places
        ]

    def ordered(self, items: list[Item], fields: Sort) -> list[Item]:
        """Return the items in the order asked for; ties, and no order at all: newest first."""
        items = sorted(items, key=lambda item: item.place, reverse=True)
        for names, descending in reversed(fields):
            items.sort(key=lambda item: sort_value(item.value, names), reverse=descending)
        return items

    def after(self, items: list[Item], place: Place | None, fields: Sort) -> int:
        """Return the index of the first item after the place."""
        if place is None:
            return 0
        if fields:
            return next((n + 1 for n, item in enumerate(items) if item.place == place), 0)
        return next((n for n, item in enumerate(items) if item.place < place), len(items))


class _Lookups:
    """Looks up for all pods at once: those that answer during one query share the next one.

    What was found is kept: an object never moves, its id is never given again, and once it is
    gone its pod lists it no more.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Cache[tuple[str, str, str], Place] = Cache(_KEPT)
        self._waiting: list[_Lookup] = []
        self._task: asyncio.Task[None] | None = None

    async def places(
        self, type_: str, pod: Pod, ids: list[str], gone: set[str]
    ) -> dict[str, Place]:
        """Return the places of those of a pod's objects that have a routing there."""
        known = {}
        for id_ in ids:
            place = self._known.get((type_, pod.pod_id, id_))
            if place is not None and id_ not in gone:
                known[id_] = place
        asked = [id_ for id_ in ids if id_ not in known]
        if not asked:
            return known
        lookup = _Lookup(type_, pod.pod_id, asked, asyncio.get_running_loop().create_future())
        self._waiting.append(lookup)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        found = await lookup.found
        for id_, place in found.items():
            self._known[type_, pod.pod_id, id_] = place
        return known | found

    async def _run(self) -> None:
        while self._waiting:
            together = [lookup for lookup in self._waiting if lookup.type == self._waiting[0].type]
            together = together[: _most(together)]
            self._waiting = [lookup for lookup in self._waiting if lookup not in together]
            try:
                await self._answer(together)
            except Exception as error:
                for lookup in together:
                    if not lookup.found.done():
                        lookup.found.set_exception(error)

    async def _answer(self, together: "list[_Lookup]") -> None:
        ids = {id_ for lookup in together for id_ in lookup.ids}
        columns = (Routing.pod_id, Routing.bottom_id, Routing.created_at)
        # An object that lives in one pod has the same id there and here.
        rows = select(*columns, Routing.top_id).where(
            Routing.type == together[0].type, Routing.top_id.in_(ids)
        )
        found: dict[str, dict[str, Place]] = {}
        async with self._store.read() as tx:
            for row in await tx.all(rows):
                place = (row["created_at"], row["top_id"])
                found.setdefault(row["pod_id"], {})[row["bottom_id"]] = place
        for lookup in together:
            if not lookup.found.done():
                lookup.found.set_result(found.get(lookup.pod_id, {}))


@dataclass(slots=True, eq=False)
class _Lookup:
    type: str
    pod_id: str
    ids: list[str]
    found: asyncio.Future[dict[str, Place]]


def _most(together: list[_Lookup]) -> int:
    """Return how many of them fit into one statement; one always does."""
    size = 0
    for number, lookup in enumerate(together):
        size += len(lookup.ids)
        if number and size > _PARAMETERS:
            return number
    return len(together)


def _all_projects(question: Question) -> bool:
    asked = dict(question.params).get("all_tenants", "0").lower()
    return question.caller.admin and asked not in ("0", "false", "no", "off")
