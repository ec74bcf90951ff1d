"""DefaultGroups: the security group that every project has without asking for it."""

from sqlalchemy import select

from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.base import now
from models.database.tables.network import TABLES, SecurityGroup
from models.network.collections.listing import Params
from models.values import Caller

groups, rules = TABLES["security_groups"], TABLES["security_group_rules"]


class DefaultGroups:
    """The default group of a project, made when it is first needed or looked at."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def id(self, project_id: str) -> str:
        """Return the id of the project's default group, made now if there is none.

        Not to be called within a write transaction: that is what ``id_in`` is for.
        """
        async with self._store.read() as tx:
            known = await self._known(tx, project_id)
        if known:
            return known
        async with self._store.write() as tx:
            return await self.id_in(tx, project_id)

    async def id_in(self, tx: Transaction, project_id: str) -> str:
        """Return the id of the project's default group, made in the transaction if need be."""
        known = await self._known(tx, project_id)
        if known:
            return known
        moment = now()
        row = {
            "id": new_id(),
            "project_id": project_id,
            "name": "default",
            "description": "Default security group",
            "stateful": True,
            "tags": [],
            "default_of": project_id,
            "created_at": moment,
            "updated_at": moment,
            "revision_number": 1,
        }
        # Two at once: the unique owner lets one of them in.
        if not await tx.insert_new(groups, row):
            return str(await self._known(tx, project_id))
        await tx.insert(rules, [*_ingress(row), *egress(row)])
        return str(row["id"])

    async def looked_at(self, caller: Caller, params: Params) -> None:
        """See to it that a list finds the default group of the project it asks for."""
        if not caller.project_id:
            return  # Who reads the whole system makes nothing.
        wanted = [value for name, value in params if name in ("project_id", "tenant_id")]
        project_id = wanted[0] if wanted and caller.admin else caller.project_id
        if project_id:
            await self.id(project_id)

    async def _known(self, tx: Transaction, project_id: str) -> str | None:
        found = await tx.value(
            select(SecurityGroup.id).where(SecurityGroup.default_of == project_id)
        )
        return str(found) if found else None


def egress(group: Row) -> list[Row]:
    """Return the rules of a new group: everything out."""
    return [_rule(group, "egress", ethertype, None) for ethertype in ("IPv4", "IPv6")]


def _ingress(group: Row) -> list[Row]:
    return [_rule(group, "ingress", ethertype, group["id"]) for ethertype in ("IPv4", "IPv6")]


def _rule(group: Row, direction: str, ethertype: str, remote_group_id: str | None) -> Row:
    return {
        "id": new_id(),
        "project_id": group["project_id"],
        "security_group_id": group["id"],
        "direction": direction,
        "ethertype": ethertype,
        "remote_group_id": remote_group_id,
        "created_at": group["created_at"],
        "updated_at": group["created_at"],
        "revision_number": 0,
    }
