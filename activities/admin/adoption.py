"""Adoption: what is in pods without a routing, and routings without anything in their pod."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import select

from activities.pods.region import Regions
from models.admin.fields import known, text
from models.admin.routings import view
from models.database.store import Row, Store, new_id
from models.database.tables.base import now
from models.database.tables.pod import bindings
from models.database.tables.routing import Routing, routings
from models.errors import BadRequest, Conflict, NotFound, PodFault
from models.pods import PodDirectory
from models.values import Pod, PodState

_FIELDS = ("resource_type", "pod_id", "bottom_id")
_PARAMETERS = ("pod", "type")
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Type:
    service: str
    project: str
    created: str
    # Its routing goes with that of this other object.
    owner: str = ""


_TYPES = {
    "server": _Type("compute", "tenant_id", "created"),
    "volume": _Type("volume", "os-vol-tenant-attr:tenant_id", "created_at"),
    "snapshot": _Type(
        "volume", "os-extended-snapshot-attributes:project_id", "created_at", "volume_id"
    ),
}


class Adoption:
    """Compares pods with the routings, and takes over what was made behind the gateway's back."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods

    async def adoptable(self, params: Iterable[tuple[str, str]]) -> list[Row]:
        """Return what the pods have and the gateway does not know; ``PodUnavailable``."""
        found = []
        for pod, type_ in await self._asked(params):
            ours = await self._known(type_, pod)
            there = await self._listed(type_, pod)
            found += [_shown(type_, pod, item) for id_, item in there.items() if id_ not in ours]
        return found

    async def lost(self, params: Iterable[tuple[str, str]]) -> list[Row]:
        """Return the routings whose object its pod does not have (any more); nothing changes."""
        found = []
        for pod, type_ in await self._asked(params):
            # In this order: what is made meanwhile has no routing yet in what was read first.
            ours = await self._known(type_, pod)
            there = await self._listed(type_, pod)
            found += [view(row) for id_, row in ours.items() if id_ not in there]
        return found

    async def adopt(self, body: Mapping[str, Any]) -> Row:
        """Write the routing of an object that is in a pod, for the project that owns it there."""
        given = dict(body)
        known(given, _FIELDS)
        kind, pod_id, id_ = (text(given, field, required=True) for field in _FIELDS)
        pod = await self._pod(pod_id)
        _check_type(kind)
        item = await self._object(kind, pod, id_)
        type_ = _TYPES[kind]
        row = {
            "type": kind,
            "top_id": id_,
            "bottom_id": id_,
            "pod_id": pod.pod_id,
            "project_id": str(item[type_.project]),
            "owner_id": str(item.get(type_.owner) or ""),
            # Its place in merged lists is where its pod lists it.
            "created_at": _moment(str(item[type_.created])),
        }
        binding = {"id": new_id(), "tenant_id": row["project_id"], "pod_id": pod.pod_id}
        async with self._store.write() as tx:
            same = (Routing.type == kind, Routing.top_id == id_)
            if await tx.one(select(Routing.id).where(*same)):
                raise Conflict(f"{kind.capitalize()} {id_} has a routing already.")
            await tx.insert(routings, row)
            await tx.insert_new(bindings, {**binding, "reason": f"{kind} {id_}, adopted"})
            written = await tx.one(Routing.select().where(*same))
        assert written is not None
        return view(written)

    async def _asked(self, params: Iterable[tuple[str, str]]) -> list[tuple[Pod, str]]:
        given = dict(params)
        known(given, _PARAMETERS)
        pods = await self._pods.all()
        if "pod" in given:
            pods = [await self._pod(given["pod"])]
        else:
            pods = [pod for pod in pods if pod.state != PodState.DISABLED]
        types = [given["type"]] if "type" in given else list(_TYPES)
        having: dict[str, list[Pod]] = {}
        for type_ in types:
            _check_type(type_)
            having[type_] = await self._pods.having(_TYPES[type_].service)
        return [(pod, type_) for pod in pods for type_ in types if pod in having[type_]]

    async def _pod(self, name: str) -> Pod:
        """Return the pod with the id or the name."""
        pod = await self._pods.named(name)
        try:
            return pod or await self._pods.get(name)
        except NotFound as error:
            raise BadRequest(error.message, "PodNotFound") from None

    async def _known(self, type_: str, pod: Pod) -> dict[str, Row]:
        here = Routing.select().where(Routing.type == type_, Routing.pod_id == pod.pod_id)
        async with self._store.read() as tx:
            return {str(row.bottom_id): row for row in await tx.all(here)}

    async def _listed(self, type_: str, pod: Pod) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        marker = ""
        while True:
            query = {"all_tenants": "1", "limit": str(_PAGE)}
            if marker:
                query["marker"] = marker
            path = f"/{type_}s/detail?{urlencode(query)}"
            service = _TYPES[type_].service
            listed = (await self._regions.admin(pod, service, "GET", path))[f"{type_}s"]
            fresh = {str(item["id"]): item for item in listed}
            if not fresh.keys() - found.keys():
                return found
            found |= fresh
            marker = str(listed[-1]["id"])

    async def _object(self, type_: str, pod: Pod, id_: str) -> dict[str, Any]:
        path = f"/{type_}s/{quote(id_, safe='')}"
        try:
            body = await self._regions.admin(pod, _TYPES[type_].service, "GET", path)
        except PodFault as fault:
            if fault.status not in (400, 404):
                raise
            body = {}
        item: dict[str, Any] = (body or {}).get(type_, {})
        # A strange id may have led to something else, a list for one.
        if item.get("id") != id_:
            raise BadRequest(f"Pod {pod.pod_name} has no {type_} {id_}.")
        return item


def _check_type(type_: str) -> None:
    if type_ not in _TYPES:
        raise BadRequest(f"Nothing of type '{type_}' can be adopted, only: {', '.join(_TYPES)}.")


def _shown(kind: str, pod: Pod, item: Mapping[str, Any]) -> Row:
    type_ = _TYPES[kind]
    return {
        "resource_type": kind,
        "pod_id": pod.pod_id,
        "pod_name": pod.pod_name,
        "bottom_id": item["id"],
        "name": item.get("name"),
        "project_id": item.get(type_.project),
        "status": item.get("status"),
        "created_at": item.get(type_.created),
    }


def _moment(stamp: str) -> datetime:
    try:
        return datetime.fromisoformat(stamp.replace("Z", "")).replace(tzinfo=None)
    except ValueError:
        return now()
