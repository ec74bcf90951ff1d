"""Security groups: as users see them; every project has a default one."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, delete, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, Port, SecurityGroup, SecurityGroupRule
from models.errors import Conflict, NotFound
from models.network.collections.collection import (
    Body,
    Collection,
    Quotas,
    Shown,
    revise_parents,
)
from models.network.collections.listing import Filter, Page, Params
from models.network.collections.shared_collection import either
from models.network.collections.sharing import forget_shares, is_given, shared_with, tell_shares
from models.network.security_group_rules import SecurityGroupRules
from models.network.security_groups.changes import SecurityGroupChanges
from models.network.security_groups.defaults import DefaultGroups, egress
from models.network.security_groups.state import holds
from models.operations import Operations
from models.resources.network import SECURITY_GROUP_RULES, SECURITY_GROUPS
from models.values import Caller

rules = TABLES["security_group_rules"]
_DEFAULT = "default"


class SecurityGroups(Collection):
    """The groups of a project; looking at them makes its default group."""

    def __init__(
        self,
        store: Store,
        quotas: Quotas,
        operations: Operations,
        changes: SecurityGroupChanges,
        defaults: DefaultGroups,
        group_rules: SecurityGroupRules,
    ) -> None:
        super().__init__(SECURITY_GROUPS, store, quotas)
        self._defaults = defaults
        self._operations = operations
        self._changes = changes
        self._rules = group_rules

    async def default_id(self, project_id: str) -> str:
        """Return the id of the project's default group, made now if there is none."""
        return await self._defaults.id(project_id)

    async def default_in(self, tx: Transaction, project_id: str) -> str:
        """Return the id of the project's default group, made in the transaction if need be."""
        return await self._defaults.id_in(tx, project_id)

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Make a group that lets everything out and nothing in."""
        row = self.parse_create(body, caller)
        _refuse_default_name(row["name"])
        async with self.store.write() as tx:
            await self.default_in(tx, row["project_id"])
            await self.insert(tx, row)
            own = egress(row)
            await self._quotas.guard(tx, SECURITY_GROUP_RULES, row["project_id"], number=len(own))
            await tx.insert(rules, own)
            return await self.shown(caller, row, tx)

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change name, description or statefulness."""
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            changes = self.parse_update(body, caller, row)
            if "name" in body:
                _refuse_default_name(str(body["name"]))
                if row["default_of"]:
                    raise Conflict(
                        "Updating default security group not allowed.",
                        "SecurityGroupCannotUpdateDefault",
                    )
            if "stateful" in changes:
                await self._refuse_used(tx, id_)
            if changes:
                row = await self.change(tx, row, changes)
            shows = any(a.column in changes for a in self.kind.copied)
            waiting = await self._changes.changed(tx, id_) if shows else []
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the group, its rules, and the rules that admit it; the copies go after."""
        async with self.store.write() as tx:
            # What changes with it too, in the order of whoever holds several.
            mine = SecurityGroup.id.in_(await self._affected(tx, id_))
            await tx.all_locked(select(SecurityGroup.id).where(mine).order_by(SecurityGroup.id))
            row = await self.own(tx, caller, id_, "delete")
            await self._refuse_used(tx, id_)
            if row["default_of"] and not caller.admin:
                raise Conflict(
                    "Insufficient rights for removing default security group.",
                    "SecurityGroupCannotRemoveDefault",
                )
            affected = await self._affected(tx, id_)
            admitting = SecurityGroupRule.remote_group_id == id_
            await tx.run(
                delete(rules).where((SecurityGroupRule.security_group_id == id_) | admitting)
            )
            await tx.run(delete(self.table).where(self.table.c.id == id_))
            await forget_shares(tx, id_)
            await revise_parents(tx, self.table, *sorted(affected))
            waiting = [i for sg in sorted(affected) for i in await self._changes.changed(tx, sg)]
            if row["default_of"]:
                waiting.append(await self._leave_pods(tx, row["default_of"]))
        self._operations.announce(*waiting)

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Add what is shared with the caller's project."""
        own = await super().visible(tx, caller)
        return own | shared_with(self.kind, self.table, caller)

    async def list(self, caller: Caller, params: Params) -> Page:
        """Return the page of groups; whoever looks finds at least the default one."""
        await self._defaults.looked_at(caller, params)
        return await super().list(caller, params)

    def filters(self, caller: Caller) -> Mapping[str, Filter]:
        """Add ``shared``: what policies give to the caller."""
        given = shared_with(self.kind, self.table, caller)
        return {**self.more_filters, "shared": either(given)}

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add the groups' rules."""
        by_id: dict[str, list[Row]] = {row["id"]: [] for row in rows}
        own = SecurityGroupRule.select().where(SecurityGroupRule.security_group_id.in_(by_id))
        found = await tx.all(own.order_by(SecurityGroupRule.created_at, SecurityGroupRule.id))
        await self._rules.decorate(tx, found)
        await tell_shares(tx, SECURITY_GROUPS, rows)
        for rule in found:
            by_id[rule.security_group_id].append(rule)
        for row in rows:
            row["security_group_rules"] = by_id[row["id"]]

    def view(self, row: Row, caller: Caller) -> Shown:
        """Return the group as Neutron shows it, with its rules."""
        shown = super().view(row, caller)
        shown["shared"] = is_given(row, caller)
        shown["security_group_rules"] = [
            self._rules.view(rule, caller) for rule in row["security_group_rules"]
        ]
        return shown

    def missing(self, id_: str) -> NotFound:
        """Return the error that says there is no such group."""
        return NotFound(f"Security group {id_} does not exist", self.kind.not_found)

    async def _leave_pods(self, tx: Transaction, project_id: str) -> str:
        """Write the removal of the default groups that the pods' Neutrons made by themselves.

        A project whose default group an admin deletes is being dissolved.
        """
        return await self._operations.add(
            tx, work.CleanUp.POD_DEFAULTS.on(project_id), project_id=project_id
        )

    async def _affected(self, tx: Transaction, id_: str) -> set[str]:
        """Return the group, and those whose rules go with it."""
        admitting = SecurityGroupRule.remote_group_id == id_
        statement = select(SecurityGroupRule.security_group_id).where(admitting).distinct()
        return {rule["security_group_id"] for rule in await tx.all(statement)} | {id_}

    async def _refuse_used(self, tx: Transaction, id_: str) -> None:
        if await tx.value(select(Port.id).where(holds(id_)).limit(1)):
            raise Conflict(f"Security Group {id_} in use.", "SecurityGroupInUse")


def _refuse_default_name(name: str) -> None:
    if name.lower() == _DEFAULT:
        raise Conflict(
            "Default security group already exists.", "SecurityGroupDefaultAlreadyExists"
        )
