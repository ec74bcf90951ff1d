"""Address groups: named lists of prefixes."""

from sqlalchemy import ColumnElement, select

from models import work
from models.database.store import Row, Store, Transaction
from models.database.tables.network import SecurityGroupRule
from models.database.tables.routing import Routing
from models.errors import BadRequest, Conflict, NotFound
from models.network.collections.checks import more_prefixes
from models.network.collections.collection import Body, Collection, Quotas, Shown
from models.network.collections.sharing import forget_shares, shared_with
from models.operations import Operations
from models.pods import PodDirectory
from models.resource import ITEMS
from models.resources.network import ADDRESS_GROUPS
from models.values import Caller

# The routing of a copy; ``address_group`` stands for a security group's members in other pods.
NAMED = "named_address_group"


class AddressGroups(Collection):
    """The address groups as users see them."""

    first_revision = 0

    def __init__(
        self, store: Store, quotas: Quotas, pods: PodDirectory, operations: Operations
    ) -> None:
        super().__init__(ADDRESS_GROUPS, store, quotas)
        self._operations = operations
        self._pods = pods

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Add what is shared with the caller's project."""
        own = await super().visible(tx, caller)
        return own | shared_with(self.kind, self.table, caller)

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a group with the addresses given, which are a revision of it."""
        row = self.parse_create(body, caller)
        row["revision_number"] = int(bool(row["addresses"]))
        async with self.store.write() as tx:
            await self.insert(tx, row)
            return await self.shown(caller, row, tx)

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change name or description."""
        async with self.store.write() as tx:
            row = await self.held(tx, caller, id_)
            if row["project_id"] != caller.project_id and not caller.admin:
                # Neutron does not look here whether the caller sees it, as it does elsewhere.
                raise NotFound("The resource could not be found.", "HTTPNotFound")
            changes = self.parse_update(body, caller, row)
            if changes:
                row = await self.change(tx, row, changes)
            return await self.shown(caller, row, tx)

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the group; 409 ``AddressGroupInUse`` while a rule names it."""
        async with self.store.write() as tx:
            await self._ours(tx, caller, id_, "delete_address_group")
            used = select(SecurityGroupRule.id).where(
                SecurityGroupRule.remote_address_group_id == id_
            )
            if await tx.value(used.limit(1)):
                raise Conflict(
                    f"Address group {id_} is in use on one or more security group rules.",
                    "AddressGroupInUse",
                )
            await tx.run(self.table.delete().where(self.table.c.id == id_))
            await forget_shares(tx, id_)

    async def add(self, caller: Caller, id_: str, given: object) -> Shown:
        """Add addresses; all or, when one is there already, none."""
        wanted = self._addresses(given)
        async with self.store.write() as tx:
            row = await self._ours(tx, caller, id_, "add_addresses")
            known = set(row["addresses"])
            there = [one for one in wanted if one in known]
            if there:
                raise BadRequest(
                    f"Addresses {there} already exist in the address group {id_}.",
                    "AddressesAlreadyExist",
                )
            all_ = [*row["addresses"], *wanted]
            ITEMS.check("addresses", all_, self.settings, id_)
            shown, waiting = await self._set(tx, caller, row, all_)
        self._operations.announce(*waiting)
        return shown

    async def remove(self, caller: Caller, id_: str, given: object) -> Shown:
        """Remove addresses; all or, when one is not there, none."""
        wanted = self._addresses(given)
        async with self.store.write() as tx:
            row = await self._ours(tx, caller, id_, "remove_addresses")
            known, gone = set(row["addresses"]), set(wanted)
            absent = [one for one in wanted if one not in known]
            if absent:
                raise NotFound(
                    f"Addresses {absent} not found in the address group {id_}.",
                    "AddressesNotFound",
                )
            left = [one for one in row["addresses"] if one not in gone]
            shown, waiting = await self._set(tx, caller, row, left)
        self._operations.announce(*waiting)
        return shown

    async def named(self, tx: Transaction, caller: Caller, id_: str) -> None:
        """Keep a group that a rule is to name; ``NotFound`` if the caller sees no such group."""
        await self.held(tx, caller, id_)

    async def _set(
        self, tx: Transaction, caller: Caller, row: Row, addresses: list[str]
    ) -> tuple[Shown, list[str]]:
        """Write the addresses; return the group and the operations that tell its copies."""
        row = await self.change(tx, row, {"addresses": addresses})
        waiting = await self._changed(tx, row)
        return await self.shown(caller, row, tx), waiting

    async def _changed(self, tx: Transaction, group: Row) -> list[str]:
        """Write the operations that new addresses ask for: one for each pod with a copy."""
        copies = Routing.select().where(Routing.type == NAMED, Routing.top_id == group["id"])
        due = []
        for copy in await tx.all(copies.order_by(Routing.id)):
            pod = await self._pods.get(copy.pod_id)
            due.append(
                await self._operations.add(
                    tx,
                    work.InPod.ADDRESS_GROUP.on(group["id"], pod),
                    project_id=group["project_id"],
                )
            )
        return due

    async def _ours(self, tx: Transaction, caller: Caller, id_: str, rule: str) -> Row:
        row = await self.held(tx, caller, id_)
        self.refuse_foreign(caller, row, rule)
        return row

    def _addresses(self, given: object) -> list[str]:
        if given is None:
            raise BadRequest("Invalid input: 'addresses' is missing.", "HTTPBadRequest")
        ITEMS.check("addresses", given, self.settings, "")
        return more_prefixes(given)
