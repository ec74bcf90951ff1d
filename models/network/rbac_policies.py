"""RBAC policies: objects that their owners give to other projects."""

from sqlalchemy import ColumnElement, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, Port
from models.errors import BadRequest, Conflict, NotFound
from models.network.collections.checks import RBAC_ACTIONS, invalid_input
from models.network.collections.collection import (
    Body,
    Collection,
    Quotas,
    Shown,
    denied,
    revise_parents,
)
from models.network.collections.sharing import EVERYONE, EXTERNAL, SHARED
from models.network.consequences import copied
from models.network.ports.owners import SERVICE
from models.network.security_groups.state import holds
from models.operations import Operations
from models.resources.network import RBAC_POLICIES
from models.values import Caller

_TABLES = {name: TABLES[f"{name}s"] for name in RBAC_ACTIONS}


class RbacPolicies(Collection):
    """The policies as users see them: those of their own objects."""

    standard = False

    def __init__(self, store: Store, quotas: Quotas, operations: Operations) -> None:
        super().__init__(RBAC_POLICIES, store, quotas)
        self._operations = operations

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Return which policies the caller sees."""
        return await super().visible(tx, caller)

    def missing(self, id_: str) -> NotFound:
        """Return the error that says there is no such policy."""
        return NotFound(
            f"RBAC policy of type unknown with ID {id_} not found", self.kind.not_found
        )

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Give an object to a project; only its owner or an admin may."""
        row = self.parse_create(body, caller)
        if row["action"] not in RBAC_ACTIONS[row["object_type"]]:
            raise BadRequest(
                f"Invalid action '{row['action']}' for object type '{row['object_type']}'. Valid "
                f"actions: {RBAC_ACTIONS[row['object_type']]}",
                "InvalidActionForType",
            )
        self._permit_target("create", caller, row["target_tenant"])
        async with self.store.write() as tx:
            await self._owned(tx, caller, row)
            await self._quotas.guard(tx, self.kind, row["project_id"])
            stored = {c.name: row[c.name] for c in self.table.c}
            if not await tx.insert_new(self.table, stored):
                raise _second()
            waiting = await self._follow(tx, caller, row)
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        return shown

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Give the object to another project instead."""
        async with self.store.write() as tx:
            await self._hold_object(tx, await self.get(caller, id_, tx))
            row = await self.own(tx, caller, id_)
            changes = self.parse_update(body, caller, row)
            waiting: list[str] = []
            if changes:
                self._permit_target("update", caller, changes["target_tenant"])
                await self._refuse_used(tx, row)
                await self._refuse_second(tx, {**row, **changes})
                row = await self.change(tx, row, changes)
                waiting = await self._follow(tx, caller, row)
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Take the object back; 409 ``RbacPolicyInUse`` while the project uses it."""
        async with self.store.write() as tx:
            await self._hold_object(tx, await self.get(caller, id_, tx))
            row = await self.own(tx, caller, id_, "delete")
            await self._refuse_used(tx, row)
            await tx.run(self.table.delete().where(self.table.c.id == id_))
            waiting = await self._follow(tx, caller, row)
        self._operations.announce(*waiting)

    def _permit_target(self, verb: str, caller: Caller, target: str) -> None:
        if target == EVERYONE and not caller.admin:
            raise denied(f"{verb}_rbac_policy", "target_tenant")

    async def _owned(self, tx: Transaction, caller: Caller, row: Row) -> None:
        """Return if the caller may give the object away."""
        owner = await self._hold_object(tx, row)
        if owner is None or (owner != caller.project_id and not caller.admin):
            noun = row["object_type"].replace("_", " ").capitalize()
            kind = "".join(word.capitalize() for word in row["object_type"].split("_"))
            kind = kind.replace("Subnetpool", "SubnetPool")
            raise NotFound(f"{noun} {row['object_id']} could not be found.", f"{kind}NotFound")
        if row["action"] == EXTERNAL and not caller.admin:
            raise invalid_input("Only admins can manipulate policies of external access")

    async def _refuse_second(self, tx: Transaction, row: Row) -> None:
        same = select(self.table.c.id).where(
            *(self.table.c[name] == row[name] for name in ("object_id", "action", "target_tenant"))
        )
        if await tx.value(same):
            raise _second()

    async def _hold_object(self, tx: Transaction, row: Row) -> str | None:
        """Hold what the policy is about: before its policies, as by whoever deletes it.

        Return its owner; None where there is no such object.
        """
        table = _TABLES[row["object_type"]]
        object_ = select(table.c.project_id).where(table.c.id == row["object_id"])
        held = await tx.locked(object_)
        return held["project_id"] if held else None

    async def _refuse_used(self, tx: Transaction, row: Row) -> None:
        """Refuse to take an object from a project that uses it."""
        if row["action"] != SHARED:
            return
        table = _TABLES[row["object_type"]]
        object_ = await tx.one(select(table).where(table.c.id == row["object_id"]))
        if object_ is None or object_.get("shared"):
            return
        kept = select(self.table.c.target_tenant).where(
            self.table.c.object_id == row["object_id"],
            self.table.c.action == SHARED,
            self.table.c.id != row["id"],
        )
        keeping = {one["target_tenant"] for one in await tx.all(kept)}
        if EVERYONE in keeping:
            return
        user, uses = _users(row["object_type"], row["object_id"])
        used = select(user).where(uses, user.not_in(("", object_["project_id"], *keeping)))
        if row["target_tenant"] != EVERYONE:
            used = used.where(user == row["target_tenant"])
        if await tx.value(used.limit(1)):
            reason = f"project_id={row['target_tenant']}"
            if row["object_type"] == "network":
                reason = (
                    f"Unable to reconfigure sharing settings for network {row['object_id']}. "
                    "Multiple tenants are using it."
                )
            raise Conflict(
                f"RBAC policy on object {row['object_id']} cannot be removed because other "
                f"objects depend on it.\nDetails: {reason}",
                "RbacPolicyInUse",
            )

    async def _follow(self, tx: Transaction, caller: Caller, row: Row) -> list[str]:
        """Count it for a network; return the operation that tells its copies, if it has any."""
        if row["object_type"] != "network":
            return []
        await revise_parents(tx, TABLES["networks"], row["object_id"])
        if not await copied(tx, [("network", row["object_id"])]):
            return []
        return [
            await self._operations.add(
                tx,
                work.UpdateCopies.NETWORK.on(row["object_id"]),
                project_id=row["project_id"],
                request_id=caller.request_id,
            )
        ]


def _users(type_: str, id_: str) -> tuple[ColumnElement[str], ColumnElement[bool]]:
    """Return the projects of what uses an object of the type, and the condition that it does."""
    rules, subnets, pools = (
        TABLES[name] for name in ("security_group_rules", "subnets", "subnetpools")
    )
    inside = (Port.network_id == id_) & ~Port.device_owner.startswith(SERVICE)
    found: dict[str, tuple[ColumnElement[str], ColumnElement[bool]]] = {
        "network": (Port.project_id, inside),
        "security_group": (Port.project_id, holds(id_)),
        "address_group": (rules.c.project_id, rules.c.remote_address_group_id == id_),
        "subnetpool": (subnets.c.project_id, subnets.c.subnetpool_id == id_),
        "address_scope": (pools.c.project_id, pools.c.address_scope_id == id_),
    }
    return found[type_]


def _second() -> Conflict:
    return Conflict("An RBAC policy already exists with those values.", "DuplicateRbacPolicy")
