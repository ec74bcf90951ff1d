"""Server groups: kept at the top; a pod gets a copy with the first server of the group there.

Members on different hosts may as well be in different pods; members on one host may not.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import func, select

from activities.pods.region import Regions
from models.compute import checks
from models.database.store import Row, Store, new_id
from models.database.tables.compute import server_groups
from models.database.tables.routing import routings
from models.errors import BadRequest, Forbidden, NotFound, PodFault, PodUnavailable
from models.operations import Operations
from models.places import Home
from models.pods import PodDirectory
from models.routings import Routings, marker
from models.values import Caller, Pod

_PATH = "/os-server-groups"
_TYPE = "server_group"
_HARD = ["anti-affinity", "affinity"]
_POLICIES = [*_HARD, "soft-anti-affinity", "soft-affinity"]
_SOFT_FROM, _ONE_POLICY = (2, 15), (2, 64)
# In which copies are made: a group has one policy, and maybe rules.
GROUPS_VERSION = _ONE_POLICY


class ServerGroups:
    """The group rows, their copies in pods, and who is in them."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        copies: Routings,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._copies = copies

    async def create(
        self, caller: Caller, body: Mapping[str, Any], version: tuple[int, int], limit: int
    ) -> Row:
        """Write a group; ``Forbidden`` when the project has as many as the limit allows."""
        row = _parsed(body, version) | {
            "id": new_id(),
            "project_id": caller.project_id,
            "user_id": caller.user_id,
            "created_at": datetime.now(UTC).replace(tzinfo=None),
        }
        mine = select(func.count()).where(server_groups.c.project_id == caller.project_id)
        async with self._store.write() as tx:
            await tx.alone(f"server-groups/{caller.project_id}")
            if 0 <= limit <= int(await tx.value(mine)):
                raise Forbidden("Quota exceeded, too many server groups.")
            await tx.insert(server_groups, row)
        return row

    async def get(self, caller: Caller, id_: str) -> Row:
        """Return a group of the caller's project, or, to an admin, of any; ``NotFound``."""
        async with self._store.read() as tx:
            row = await tx.one(select(server_groups).where(server_groups.c.id == id_))
        if row is None or not (row["project_id"] == caller.project_id or caller.admin):
            raise NotFound(f"Instance group {id_} could not be found.")
        return row

    async def listed(self, caller: Caller, *, everybody: bool) -> list[Row]:
        """Return the project's groups, or everybody's, in the order of making."""
        wanted = select(server_groups).order_by(server_groups.c.created_at, server_groups.c.id)
        if not everybody:
            wanted = wanted.where(server_groups.c.project_id == caller.project_id)
        async with self._store.read() as tx:
            return await tx.all(wanted)

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete a group; its copies follow. Its servers stay."""
        await self.get(caller, id_)
        async with self._store.write() as tx:
            await tx.run(server_groups.delete().where(server_groups.c.id == id_))
            operation = await self._operations.add(
                tx,
                "clean-up",
                _TYPE,
                id_,
                project_id=caller.project_id,
                request_id=caller.request_id,
                workflow_id=f"clean-up/{_TYPE}/{id_}",
            )
        self._operations.announce(operation)

    async def members(self, ids: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
        """Return the servers in each group, and the pods that did not say."""
        rows = await self._copies.rows(routings.c.type == _TYPE, routings.c.top_id.in_(list(ids)))
        found: dict[str, list[str]] = {}
        missing: set[str] = set()

        async def ask(copy: Row) -> None:
            pod = await self._pods.get(copy["pod_id"])
            path = f"{_PATH}/{copy['bottom_id']}"
            try:
                group = (await self._regions.admin(pod, "compute", "GET", path))["server_group"]
            except PodUnavailable:
                missing.add(pod.pod_name)
            except PodFault as fault:
                if fault.status != 404:
                    raise
            else:
                found.setdefault(copy["top_id"], []).extend(group["members"])

        await asyncio.gather(*(ask(row) for row in rows if row["bottom_id"]))
        return found, sorted(missing)

    async def homes(self, caller: Caller, id_: str) -> list[Home]:
        """Return where a new member has to be: with the others, if they share a host."""
        row = await self._hinted(caller, id_)
        if row["policy"] != "affinity":
            return []
        of = (routings.c.type == _TYPE, routings.c.top_id == id_)
        rows = [copy for copy in await self._copies.rows(*of) if copy["bottom_id"]]
        return [(f"server group {id_}", await self._pods.get(row["pod_id"])) for row in rows[:1]]

    async def in_pod(
        self,
        caller: Caller,
        id_: str,
        pod: Pod,
        headers: Mapping[str, str],
    ) -> str:
        """Return the group's id in the pod, made there when it is not.

        ``headers`` carry the user's token, since groups belong to the project that makes them,
        and a version in which a group has one policy.
        """
        row = await self._hinted(caller, id_)
        name = marker(_TYPE, id_)

        async def find() -> str | None:
            listed = await self._as_user(pod, "GET", _PATH, headers)
            same = (group for group in listed["server_groups"] if group["name"] == name)
            return next((str(group["id"]) for group in same), None)

        async def create() -> str:
            body: dict[str, Any] = {"name": name, "policy": row["policy"]}
            if row["rules"]:
                body["rules"] = row["rules"]
            made = await self._as_user(pod, "POST", _PATH, headers, {"server_group": body})
            return str(made["server_group"]["id"])

        return await self._copies.materialise(
            _TYPE, id_, pod, find=find, create=create, project_id=row["project_id"]
        )

    async def view(self, pod: Pod, servers: Iterable[dict[str, Any]]) -> None:
        """Put in the groups' ids at the top, where servers tell theirs, in place."""
        telling = [server for server in servers if server.get("server_groups")]
        ids = {id_ for server in telling for id_ in server["server_groups"]}
        if not ids:
            return
        of = (routings.c.pod_id == pod.pod_id, routings.c.type == _TYPE)
        rows = await self._copies.rows(*of, routings.c.bottom_id.in_(ids))
        tops = {row["bottom_id"]: row["top_id"] for row in rows}
        for server in telling:
            server["server_groups"] = [tops.get(id_, id_) for id_ in server["server_groups"]]

    async def clean_up(self, id_: str) -> None:
        """Remove the copies of a group that is no more."""
        async with self._store.read() as tx:
            if await tx.one(select(server_groups.c.id).where(server_groups.c.id == id_)):
                return
        of = (routings.c.type == _TYPE, routings.c.top_id == id_)
        for copy in await self._copies.rows(*of):
            await self._remove(id_, await self._pods.get(copy["pod_id"]))

    async def _remove(self, id_: str, pod: Pod) -> None:
        async def delete(bottom: str) -> None:
            if not bottom:
                path = f"{_PATH}?all_projects=true"
                listed = await self._regions.admin(pod, "compute", "GET", path)
                name = marker(_TYPE, id_)
                same = (group for group in listed["server_groups"] if group["name"] == name)
                bottom = next((str(group["id"]) for group in same), "")
            if bottom:
                await self._regions.admin(pod, "compute", "DELETE", f"{_PATH}/{bottom}")

        await self._copies.remove(_TYPE, id_, pod, delete)

    async def _hinted(self, caller: Caller, id_: str) -> Row:
        """Return the group that a boot names; ``BadRequest`` for one that it cannot be in."""
        try:
            return await self.get(replace(caller, admin=False), id_)
        except NotFound as error:
            raise BadRequest(error.message) from None

    async def _as_user(
        self, pod: Pod, method: str, path: str, headers: Mapping[str, str], body: Any = None
    ) -> Any:
        sent = None if body is None else orjson.dumps(body)
        told = {**headers, "Content-Type": "application/json"}
        answer = await self._regions.forward(pod, "compute", method, path, headers=told, body=sent)
        if answer.status >= 500:
            raise PodUnavailable(pod.pod_name, f"it answered {answer.status}")
        if answer.status >= 400:
            raise PodFault(pod.pod_name, answer.status, answer.body, f"{method} {path}")
        return answer.json()


def group_hint(body: Mapping[str, Any]) -> str:
    """Return the id of the group that a boot asks for; none: empty."""
    for key in ("os:scheduler_hints", "OS-SCH-HNT:scheduler_hints"):
        hints = body.get(key)
        if isinstance(hints, dict) and isinstance(hints.get("group"), str):
            return str(hints["group"])
    return ""


def with_group(body: Mapping[str, Any], id_: str) -> dict[str, Any]:
    """Return the body with another group in its hints."""
    changed = dict(body)
    for key in ("os:scheduler_hints", "OS-SCH-HNT:scheduler_hints"):
        if isinstance(body.get(key), dict) and "group" in body[key]:
            changed[key] = body[key] | {"group": id_}
    return changed


def _parsed(body: Mapping[str, Any], version: tuple[int, int]) -> Row:
    single = version >= _ONE_POLICY
    checks.only(body, ("name", "policy", "rules") if single else ("name", "policies"), _TYPE)
    name = checks.required(body, "name", _TYPE)
    if isinstance(name, str) and name != name.strip():
        raise checks.refuse("name", name, f"{name!r} has white space around it")
    name = checks.text(name, "name")
    rules: Any = body.get("rules", {})
    if single:
        policy = checks.required(body, "policy", _TYPE)
    else:
        policies = checks.required(body, "policies", _TYPE)
        if not isinstance(policies, list) or len(policies) != 1:
            raise checks.refuse("policies", policies, f"{policies!r} is no array of one item")
        policy = policies[0]
    allowed = _POLICIES if version >= _SOFT_FROM else _HARD
    if policy not in allowed:
        where = "policy" if single else "0"
        raise checks.refuse(where, policy, f"{policy!r} is not one of {allowed}")
    if not isinstance(rules, dict):
        raise checks.refuse("rules", rules, f"{rules!r} is not of type 'object'")
    checks.only(rules, ("max_server_per_host",), "rules")
    rules = {key: checks.integer(value, key, least=1) for key, value in rules.items()}
    if rules and policy != "anti-affinity":
        raise BadRequest("Only anti-affinity policy supports rules.")
    return {"name": name, "policy": policy, "rules": rules}
