"""RBAC policies: objects that their owners give to other projects."""

from sqlalchemy import ColumnElement, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, Network, Port, Router
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
from models.network.collections.sharing import EVERYONE, EXTERNAL, SHARED, everyone_has
from models.network.consequences import copied
from models.network.networks import Networks
from models.network.ports.owners import OUTWARD, SERVICE, DeviceOwner
from models.network.security_groups.state import holds
from models.operations import Operations
from models.resources.network import RBAC_POLICIES
from models.values import Caller

_TABLES = {name: TABLES[f"{name}s"] for name in RBAC_ACTIONS}


class RbacPolicies(Collection):
    """The policies as users see them: those of their own objects."""

    standard = False

    def __init__(
        self, store: Store, quotas: Quotas, operations: Operations, network_rows: Networks
    ) -> None:
        super().__init__(RBAC_POLICIES, store, quotas)
        self._operations = operations
        self._networks = network_rows

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
            object_ = await self._owned(tx, caller, row)
            await self._refuse_without_scope(tx, row, object_)
            await self._quotas.guard(tx, self.kind, row["project_id"])
            stored = {c.name: row[c.name] for c in self.table.c}
            if not await tx.insert_new(self.table, stored):
                raise _second()
            await self._mirror(tx, row)
            waiting = await self._follow(tx, caller, row)
            shown = await self.shown(caller, row, tx)
        self._operations.announce(*waiting)
        if row["action"] == EXTERNAL and not object_["router_external"]:
            await self._networks.lead_outside(caller, object_)
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
                await self._refuse_led_out(tx, row, changes["target_tenant"])
                await self._refuse_second(tx, {**row, **changes})
                row = await self.change(tx, row, changes)
                await self._mirror(tx, row)
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
            await self._refuse_led_out(tx, row, None)
            await tx.run(self.table.delete().where(self.table.c.id == id_))
            await self._mirror(tx, row)
            waiting = await self._follow(tx, caller, row)
        self._operations.announce(*waiting)

    def _permit_target(self, verb: str, caller: Caller, target: str) -> None:
        if target == EVERYONE and not caller.admin:
            raise denied(f"{verb}_rbac_policy", "target_tenant")

    async def _owned(self, tx: Transaction, caller: Caller, row: Row) -> Row:
        """Return the object, held, if the caller may give it away."""
        type_ = row["object_type"]
        table = _TABLES[type_]
        object_ = await self._hold_object(tx, row)
        foreign = object_ and object_["project_id"] != caller.project_id and not caller.admin
        if type_ == "network" and foreign:
            # Of networks Neutron looks for those that the caller sees.
            seen = select(table.c.id).where(await self._networks.visible(tx, caller))
            if not await tx.value(seen.where(table.c.id == row["object_id"])):
                object_ = None
        if object_ is None:
            noun = type_.replace("_", " ").capitalize()
            raise invalid_input(f"{noun} {row['object_id']} could not be found")
        if foreign:
            what = "networks" if type_ == "network" else "objects"
            raise invalid_input(f"Only admins can manipulate policies on {what} they do not own")
        return object_

    async def _refuse_without_scope(self, tx: Transaction, row: Row, object_: Row) -> None:
        """Refuse to give a pool to a project that its address scope is not given to."""
        scope_id = object_.get("address_scope_id")
        if row["object_type"] != "subnetpool" or scope_id is None:
            return
        given = select(self.table.c.id).where(
            self.table.c.object_id == scope_id,
            self.table.c.target_tenant.in_((EVERYONE, row["target_tenant"])),
        )
        if not await tx.value(given.limit(1)):
            raise invalid_input(
                f"Failed to create RBAC policy on object {row['object_id']} because target "
                "project doesn't have access to associated address scope"
            )

    async def _mirror(self, tx: Transaction, row: Row) -> None:
        """Bring the attributes that policies stand behind to what the policies are now."""
        table = _TABLES[row["object_type"]]
        object_ = await tx.one(select(table).where(table.c.id == row["object_id"]))
        if object_ is None:
            return
        after: Row = {}
        if row["action"] == SHARED and "shared" in table.c:
            after["shared"] = await everyone_has(tx, row["object_id"])
        if row["action"] == EXTERNAL:
            after["router_external"] = await self._leads_outside(tx, row["object_id"])
        if after and after != {name: object_[name] for name in after}:
            await tx.run(table.update().where(table.c.id == row["object_id"]).values(**after))

    async def _leads_outside(self, tx: Transaction, network_id: str) -> bool:
        """Tell whether a policy gives the network as external, or something leads out by it."""
        given = select(self.table.c.id).where(
            self.table.c.object_id == network_id, self.table.c.action == EXTERNAL
        )
        used = select(Port.id).where(Port.network_id == network_id, Port.device_owner.in_(OUTWARD))
        found = await tx.value(given.limit(1)) or await tx.value(used.limit(1))
        return found is not None

    async def _others(self, tx: Transaction, row: Row) -> set[str]:
        """Return to whom other policies give the object in the same way."""
        others = select(self.table.c.target_tenant).where(
            self.table.c.object_id == row["object_id"],
            self.table.c.action == row["action"],
            self.table.c.id != row["id"],
        )
        return {one["target_tenant"] for one in await tx.all(others)}

    async def _refuse_led_out(self, tx: Transaction, row: Row, heir: str | None) -> None:
        """Refuse to take an external network from a project whose routers lead out by it."""
        if row["action"] != EXTERNAL:
            return
        network_id, keeping = row["object_id"], await self._others(tx, row)
        of = select(Network.id).where(Network.id == network_id)
        if row["target_tenant"] == EVERYONE:
            if await tx.value(of.where(Network.is_default.is_(True))):
                raise _in_use(row, "Default external networks must be shared to everyone.")
            users = Router.project_id.not_in(keeping | {heir} if heir else keeping)
        elif EVERYONE in keeping:
            return
        else:
            users = Router.project_id == row["target_tenant"]
        gateways = select(Port.device_id).where(
            Port.network_id == network_id, Port.device_owner == DeviceOwner.ROUTER_GATEWAY
        )
        if await tx.value(select(Router.id).where(Router.id.in_(gateways), users).limit(1)):
            reason = "There are routers attached to this network that depend on this policy for"
            raise _in_use(row, f"{reason} access.")

    async def _refuse_second(self, tx: Transaction, row: Row) -> None:
        same = select(self.table.c.id).where(
            *(self.table.c[name] == row[name] for name in ("object_id", "action", "target_tenant"))
        )
        if await tx.value(same):
            raise _second()

    async def _hold_object(self, tx: Transaction, row: Row) -> Row | None:
        """Hold what the policy is about: before its policies, as by whoever deletes it.

        Return it; None where there is no such object.
        """
        table = _TABLES[row["object_type"]]
        return await tx.locked(select(table).where(table.c.id == row["object_id"]))

    async def _refuse_used(self, tx: Transaction, row: Row) -> None:
        """Refuse to take an object from a project that uses it."""
        if row["action"] != SHARED:
            return
        table = _TABLES[row["object_type"]]
        object_ = await tx.one(select(table).where(table.c.id == row["object_id"]))
        if object_ is None:
            return
        keeping = await self._others(tx, row)
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
            raise _in_use(row, reason)

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


def _in_use(row: Row, reason: str) -> Conflict:
    return Conflict(
        f"RBAC policy on object {row['object_id']} cannot be removed because other objects "
        f"depend on it.\nDetails: {reason}",
        "RbacPolicyInUse",
    )


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
