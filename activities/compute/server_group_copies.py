"""ServerGroupCopies: a server group in each pod that has servers of it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from activities.copies import Copies, CopyKind
from activities.pods.region import Regions
from models.compute.server_groups import TYPE, ServerGroups
from models.database.store import Row, Store
from models.database.tables.compute import ServerGroup
from models.database.tables.routing import Routing
from models.errors import PodFault, PodUnavailable
from models.failures import nobody
from models.pods import PodDirectory
from models.routings import Made, Routings, mark
from models.values import Caller, Pod

_PATH = "/os-server-groups"
# In which copies are made: a group has one policy, and maybe rules.
GROUPS_VERSION = (2, 64)


class _ServerGroups(CopyKind):
    """Found by their names, which nobody sees: those of the copies are their marks.

    ``headers`` carry the user's token, since groups belong to the project that makes them, and a
    version in which a group has one policy. Nothing of a group ever changes.
    """

    type = TYPE

    def __init__(
        self, store: Store, regions: Regions, headers: Mapping[str, str] | None = None
    ) -> None:
        self._store = store
        self._regions = regions
        self._headers = headers or {}

    def project(self, row: Row) -> str:
        return str(row["project_id"])

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(ServerGroup.select().where(ServerGroup.id == id_))

    async def find(self, row: Row, pod: Pod) -> str | None:
        return _named(await self._as_user(pod, "GET", _PATH), row["id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        body: dict[str, Any] = {"name": mark(TYPE, row["id"]), "policy": row["policy"]}
        if row["rules"]:
            body["rules"] = row["rules"]
        made = await self._as_user(pod, "POST", _PATH, {"server_group": body})
        return Made(str(made["server_group"]["id"]), None)

    async def delete(self, copy: Row, pod: Pod) -> None:
        bottom = copy["bottom_id"]
        if not bottom:
            path = f"{_PATH}?all_projects=true"
            listed = await self._regions.admin(pod, "compute", "GET", path)
            bottom = _named(listed, copy["top_id"])
        if bottom:
            await self._regions.admin(pod, "compute", "DELETE", f"{_PATH}/{bottom}")

    async def _as_user(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        sent = None if body is None else orjson.dumps(body)
        told = {**self._headers, "Content-Type": "application/json"}
        answer = await self._regions.forward(pod, "compute", method, path, headers=told, body=sent)
        if answer.judged().status >= 400:
            raise answer.refusal(f"{method} {path}")
        return answer.json()


class ServerGroupCopies:
    """Copies of groups, and who is in them."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        rows: Routings,
        groups: ServerGroups,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._rows = rows
        self._groups = groups

    async def members(
        self, ids: Iterable[str]
    ) -> tuple[dict[str, list[str]], list[PodUnavailable]]:
        """Return the servers in each group, and why pods did not say; that, where none did."""
        rows = await self._rows.rows(Routing.type == TYPE, Routing.top_id.in_(list(ids)))
        copies = [row for row in rows if row.bottom_id]
        found: dict[str, list[str]] = {}
        missing: list[PodUnavailable] = []

        async def ask(copy: Row) -> None:
            pod = await self._pods.get(copy["pod_id"])
            path = f"{_PATH}/{copy['bottom_id']}"
            try:
                group = (await self._regions.admin(pod, "compute", "GET", path))["server_group"]
            except PodUnavailable as error:
                missing.append(error)
            except PodFault as fault:
                if fault.status != 404:
                    raise
            else:
                found.setdefault(copy["top_id"], []).extend(group["members"])

        await asyncio.gather(*(ask(row) for row in copies))
        if missing and len(missing) == len(copies):
            raise nobody(missing)
        return found, missing

    async def materialise(
        self,
        caller: Caller,
        id_: str,
        pod: Pod,
        headers: Mapping[str, str],
    ) -> str:
        """Return the group's id in the pod, made there, as the user, when it is not.

        ``headers`` carry the user's token, and a version in which a group has one policy.
        """
        row = await self._groups.hinted(caller, id_)
        return await self._of(headers).materialise(row, pod)

    async def clean_up(self, id_: str) -> None:
        """Remove the copies of a group that is no more."""
        await self._of({}).clean_up(id_)

    def _of(self, headers: Mapping[str, str]) -> Copies:
        kind = _ServerGroups(self._store, self._regions, headers)
        return Copies(self._rows, self._pods, kind)


def _named(listed: Mapping[str, Any], id_: str) -> str | None:
    name = mark(TYPE, id_)
    same = (group for group in listed["server_groups"] if group["name"] == name)
    return next((str(group["id"]) for group in same), None)
