"""Sharing: what RBAC policies let other projects see."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, select

from models.database.store import Row, Transaction, new_id
from models.database.tables.base import now
from models.database.tables.network import TABLES, RbacPolicy
from models.resource import Kind
from models.values import Caller

policies = TABLES["rbac_policies"]
SHARED, EXTERNAL = "access_as_shared", "access_as_external"
EVERYONE = "*"
# The attributes that say of an object that a policy gives it to everyone.
_ATTRIBUTES = {"shared": SHARED, "router_external": EXTERNAL}


def shared_with(kind: Kind, table: Table, caller: Caller, *actions: str) -> ColumnElement[bool]:
    """Return in SQL whether a policy gives an object of the kind to the caller's project."""
    given = select(RbacPolicy.object_id).where(
        RbacPolicy.object_type == kind.member,
        RbacPolicy.action.in_(actions or (SHARED,)),
        RbacPolicy.target_tenant.in_((caller.project_id, EVERYONE)),
    )
    return table.c.id.in_(given)


def given_away(kind: Kind, table: Table) -> ColumnElement[bool]:
    """Return in SQL whether a policy gives an object of the kind to anybody."""
    given = select(RbacPolicy.object_id).where(RbacPolicy.object_type == kind.member)
    return table.c.id.in_(given)


async def shares(
    tx: Transaction, kind: Kind, ids: Sequence[str]
) -> dict[str, dict[str, set[str]]]:
    """Return by object and action the projects to which policies give the objects."""
    given = RbacPolicy.select().where(
        RbacPolicy.object_type == kind.member, RbacPolicy.object_id.in_(ids)
    )
    found: dict[str, dict[str, set[str]]] = {}
    for row in await tx.all(given):
        actions = found.setdefault(row.object_id, {})
        actions.setdefault(row.action, set()).add(row.target_tenant)
    return found


async def tell_shares(tx: Transaction, kind: Kind, rows: Sequence[Row]) -> None:
    """Put into each row, as ``given``, to whom policies give it."""
    given = await shares(tx, kind, [row["id"] for row in rows])
    for row in rows:
        row["given"] = given.get(row["id"], {})


def is_given(row: Row, caller: Caller, action: str = SHARED) -> bool:
    """Tell whether a policy gives the object to the caller; its owner has it anyway."""
    return not row["given"].get(action, set()).isdisjoint((caller.project_id, EVERYONE))


async def forget_shares(tx: Transaction, object_id: str) -> None:
    """Delete the policies of an object that is deleted."""
    await tx.run(policies.delete().where(RbacPolicy.object_id == object_id))


async def follow_attributes(tx: Transaction, kind: Kind, object_: Row, values: Row) -> None:
    """Write or delete the policies that attributes which are set stand for.

    A network that leads outside no more leads nobody there, whatever policies there were.
    """
    for name, action in _ATTRIBUTES.items():
        if name not in values:
            continue
        if values[name]:
            await tx.insert_new(policies, _for_everyone(kind, object_, action))
        else:
            gone = [RbacPolicy.object_id == object_["id"], RbacPolicy.action == action]
            if action == SHARED:
                gone.append(RbacPolicy.target_tenant == EVERYONE)
            await tx.run(policies.delete().where(*gone))


async def everyone_has(tx: Transaction, object_id: str) -> bool:
    """Tell whether a policy shares the object with everyone."""
    given = select(RbacPolicy.id).where(
        RbacPolicy.object_id == object_id,
        RbacPolicy.action == SHARED,
        RbacPolicy.target_tenant == EVERYONE,
    )
    return await tx.value(given) is not None


def _for_everyone(kind: Kind, object_: Row, action: str) -> Row:
    moment = now()
    return {
        "id": new_id(),
        "project_id": object_["project_id"],
        "object_type": kind.member,
        "object_id": object_["id"],
        "action": action,
        "target_tenant": EVERYONE,
        "created_at": moment,
        "updated_at": moment,
        "revision_number": 1,
    }
