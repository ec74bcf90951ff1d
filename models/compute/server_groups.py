"""Server groups: kept at the top; a pod gets a copy with the first server of the group there.

Members on different hosts may as well be in different pods; members on one host may not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from models import work
from models.compute import checks
from models.database.store import Row, Store, new_id
from models.database.tables.compute import ServerGroup, server_groups
from models.database.tables.routing import Routing
from models.errors import BadRequest, Forbidden, NotFound
from models.operations import Operations
from models.places import Home
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller, Pod

TYPE = "server_group"
_HARD = ["anti-affinity", "affinity"]
_POLICIES = [*_HARD, "soft-anti-affinity", "soft-affinity"]
_SOFT_FROM, _ONE_POLICY = (2, 15), (2, 64)


class ServerGroups:
    """The group rows, and where a new member of one has to be."""

    def __init__(
        self,
        store: Store,
        pods: PodDirectory,
        operations: Operations,
        copies: Routings,
    ) -> None:
        self._store = store
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
        mine = select(func.count()).where(ServerGroup.project_id == caller.project_id)
        async with self._store.write() as tx:
            await tx.alone(f"server-groups/{caller.project_id}")
            if 0 <= limit <= int(await tx.value(mine)):
                raise Forbidden("Quota exceeded, too many server groups.")
            await tx.insert(server_groups, row)
        return row

    async def get(self, caller: Caller, id_: str) -> Row:
        """Return a group of the caller's project, or, to an admin, of any; ``NotFound``."""
        async with self._store.read() as tx:
            row = await tx.one(ServerGroup.select().where(ServerGroup.id == id_))
        if row is None or not (row.project_id == caller.project_id or caller.admin):
            raise _not_found(id_)
        return row

    async def listed(self, caller: Caller, *, everybody: bool) -> list[ServerGroup]:
        """Return the project's groups, or everybody's, in the order of making."""
        wanted = ServerGroup.select().order_by(ServerGroup.created_at, ServerGroup.id)
        if not everybody:
            wanted = wanted.where(ServerGroup.project_id == caller.project_id)
        async with self._store.read() as tx:
            return await tx.all(wanted)

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete a group; its copies follow. Its servers stay."""
        await self.get(caller, id_)
        async with self._store.write() as tx:
            if not await tx.run(server_groups.delete().where(ServerGroup.id == id_)):
                raise _not_found(id_)
            operation = await self._operations.add(
                tx, work.CleanUp.SERVER_GROUP.on(id_), caller=caller
            )
        self._operations.announce(operation)

    async def homes(self, caller: Caller, id_: str) -> list[Home]:
        """Return where a new member has to be: with the others, if they share a host."""
        row = await self.hinted(caller, id_)
        if row["policy"] != "affinity":
            return []
        of = (Routing.type == TYPE, Routing.top_id == id_)
        rows = [copy for copy in await self._copies.rows(*of) if copy.bottom_id]
        return [(f"server group {id_}", await self._pods.get(row.pod_id)) for row in rows[:1]]

    async def view(self, pod: Pod, servers: Iterable[dict[str, Any]]) -> None:
        """Put in the groups' ids at the top, where servers tell theirs, in place."""
        telling = [server for server in servers if server.get("server_groups")]
        ids = {id_ for server in telling for id_ in server["server_groups"]}
        if not ids:
            return
        of = (Routing.pod_id == pod.pod_id, Routing.type == TYPE)
        rows = await self._copies.rows(*of, Routing.bottom_id.in_(ids))
        tops = {row.bottom_id: row.top_id for row in rows}
        for server in telling:
            server["server_groups"] = [tops.get(id_, id_) for id_ in server["server_groups"]]

    async def hinted(self, caller: Caller, id_: str) -> Row:
        """Return the group that a boot names; ``BadRequest`` for one that it cannot be in."""
        try:
            return await self.get(replace(caller, admin=False), id_)
        except NotFound as error:
            raise BadRequest(error.message) from None


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
    checks.only(body, ("name", "policy", "rules") if single else ("name", "policies"), TYPE)
    name = checks.named(checks.required(body, "name", TYPE))
    rules: Any = body.get("rules", {})
    if single:
        policy = checks.required(body, "policy", TYPE)
    else:
        policies = checks.required(body, "policies", TYPE)
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


def _not_found(id_: str) -> NotFound:
    return NotFound(f"Instance group {id_} could not be found.")
