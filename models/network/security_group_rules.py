"""Security group rules: as users see them; the copies in pods follow."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, SecurityGroup
from models.errors import BadRequest, Conflict, NotFound
from models.network.address_groups import AddressGroups
from models.network.collections.collection import (
    Body,
    Collection,
    Quotas,
    Shown,
    revise_parents,
)
from models.network.collections.listing import Page, Params
from models.network.collections.sharing import shared_with
from models.network.security_groups.changes import SecurityGroupChanges
from models.network.security_groups.defaults import DefaultGroups
from models.network.security_groups.rule_checks import canonical, converted, key, normalized_cidr
from models.operations import Operations
from models.resources.network import SECURITY_GROUP_RULES, SECURITY_GROUPS
from models.values import Caller

groups = TABLES["security_groups"]


class SecurityGroupRules(Collection):
    """The rules of the groups. A rule does not change: it is made and deleted."""

    first_revision = 0

    def __init__(
        self,
        store: Store,
        quotas: Quotas,
        operations: Operations,
        changes: SecurityGroupChanges,
        defaults: DefaultGroups,
        address_groups: AddressGroups,
    ) -> None:
        super().__init__(SECURITY_GROUP_RULES, store, quotas)
        self._address_groups = address_groups
        self._defaults = defaults
        self._operations = operations
        self._changes = changes

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Add a rule to a group."""
        return (await self.create_all(caller, [body]))[0]

    async def create_all(self, caller: Caller, bodies: Sequence[Body]) -> Sequence[Shown]:
        """Add rules to one group: all of them, or none."""
        rows = [self._parse(body, caller) for body in bodies]
        if len({row["security_group_id"] for row in rows}) > 1:
            raise BadRequest(
                "Only allowed to update rules for one security profile at a time",
                "SecurityGroupNotSingleGroupRules",
            )
        async with self.store.write() as tx:
            own = rows[0]["security_group_id"]
            remotes = {row["remote_group_id"] for row in rows if row["remote_group_id"]} - {own}
            # Whoever holds several groups takes them in this order.
            for id_ in sorted({own, *remotes}):
                if id_ == own:
                    group = await self._group(tx, caller, own)
                else:
                    await self._admitted(tx, caller, id_)
            for named in sorted(filter(None, {row["remote_address_group_id"] for row in rows})):
                await self._address_groups.named(tx, caller, named)
            await self._refuse_duplicates(tx, group, rows)
            for row in rows:
                await self.insert(tx, row | {"project_id": group["project_id"]})
            shown = [await self.shown(caller, row, tx) for row in rows]
            waiting = await self._revised(tx, group["id"])
        self._operations.announce(*waiting)
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Take the rule out of its group."""
        async with self.store.write() as tx:
            of = (await self.get(caller, id_, tx))["security_group_id"]
            # Before its rules, as by whoever deletes it.
            await tx.locked(select(SecurityGroup.id).where(SecurityGroup.id == of))
            await self.own(tx, caller, id_, "delete")
            await tx.run(delete(self.table).where(self.table.c.id == id_))
            waiting = await self._revised(tx, of)
        self._operations.announce(*waiting)

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Refuse: Neutron has no update of a rule either."""
        self.parse_update(body, caller, await self.get(caller, id_))
        raise BadRequest("A security group rule cannot be updated.", "HTTPBadRequest")

    async def list(self, caller: Caller, params: Params) -> Page:
        """Return the page of rules; whoever looks finds at least those of the default group."""
        await self._defaults.looked_at(caller, params)
        return await super().list(caller, params)

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add the prefix without host bits, and whether the group is a default one."""
        ids = {row["security_group_id"] for row in rows}
        default = select(SecurityGroup.id).where(
            SecurityGroup.id.in_(ids), SecurityGroup.default_of.is_not(None)
        )
        defaults = {row["id"] for row in await tx.all(default)}
        for row in rows:
            row["normalized_cidr"] = normalized_cidr(row["remote_ip_prefix"])
            row["belongs_to_default_sg"] = row["security_group_id"] in defaults

    def missing(self, id_: str) -> NotFound:
        """Return the error that says there is no such rule."""
        return NotFound(f"Security group rule {id_} does not exist", self.kind.not_found)

    def _parse(self, body: Body, caller: Caller) -> Row:
        given: dict[str, Any] = converted(dict(body))
        row = self.parse_create(given, caller)
        return canonical(row | {"remote_ip_prefix": given.get("remote_ip_prefix")})

    async def _group(self, tx: Transaction, caller: Caller, id_: str) -> Row:
        group = await tx.locked(SecurityGroup.select().where(SecurityGroup.id == id_))
        if group is None or (group.project_id != caller.project_id and not caller.admin):
            raise NotFound(f"Security group {id_} does not exist", "SecurityGroupNotFound")
        return group

    async def _admitted(self, tx: Transaction, caller: Caller, id_: str) -> None:
        """Return if a rule may admit the group: one's own, or one that is shared."""
        shared = shared_with(SECURITY_GROUPS, groups, caller)
        given = select(SecurityGroup.id).where(SecurityGroup.id == id_, shared)
        if not await tx.value(given.with_for_update(read=True)):
            await self._group(tx, caller, id_)

    async def _refuse_duplicates(self, tx: Transaction, group: Row, rows: Sequence[Row]) -> None:
        if len({key(row) for row in rows}) < len(rows):
            raise Conflict(
                "Duplicate Security Group Rule in POST.", "DuplicateSecurityGroupRuleInPost"
            )
        own = select(self.table).where(self.table.c.security_group_id == group["id"])
        known = {key(rule): rule["id"] for rule in await tx.all(own)}
        for row in rows:
            if key(row) in known:
                raise Conflict(
                    f"Security group rule already exists. Rule id is {known[key(row)]}.",
                    "SecurityGroupRuleExists",
                )

    async def _revised(self, tx: Transaction, group_id: str) -> Sequence[str]:
        await revise_parents(tx, groups, group_id)
        return await self._changes.changed(tx, group_id)
