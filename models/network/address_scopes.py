"""Address scopes: subnet pools whose prefixes never overlap."""

from sqlalchemy import select

from models.database.store import Row, Store, Transaction
from models.database.tables.network import SubnetPool
from models.errors import BadRequest, Conflict
from models.network.collections.collection import Body, Quotas, Shown
from models.network.collections.shared_collection import SharedCollection
from models.network.collections.sharing import forget_shares
from models.network.prefixes import networks
from models.resources.network import ADDRESS_SCOPES
from models.values import Caller


class AddressScopes(SharedCollection):
    """The address scopes as users see them."""

    standard = False

    def __init__(self, store: Store, quotas: Quotas) -> None:
        super().__init__(ADDRESS_SCOPES, store, quotas)

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a scope."""
        row = self.parse_create(body, caller)
        async with self.store.write() as tx:
            await self.insert(tx, row)
            return await self.shown(caller, row, tx)

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Rename or share the scope; what is shared stays so."""
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            changes = self.parse_update(body, caller, row)
            if changes.get("shared") is False:
                raise BadRequest(
                    f"Unable to update address scope {id_} : Shared address scope can't be "
                    "unshared.",
                    "AddressScopeUpdateError",
                )
            if changes:
                row = await self.change(tx, row, changes)
            return await self.shown(caller, row, tx)

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the scope; 409 ``AddressScopeInUse`` while it has pools."""
        async with self.store.write() as tx:
            await self.own(tx, caller, id_, "delete")
            used = select(SubnetPool.id).where(SubnetPool.address_scope_id == id_)
            if await tx.value(used.limit(1)):
                raise Conflict(
                    f"Unable to complete operation on address scope {id_}. There are one or more "
                    "subnet pools in use on the address scope.",
                    "AddressScopeInUse",
                )
            await tx.run(self.table.delete().where(self.table.c.id == id_))
            await forget_shares(tx, id_)

    async def admit(self, tx: Transaction, caller: Caller, pool: Row) -> None:
        """Return if the pool may be in the scope that it names; Neutron's error otherwise."""
        scope_id = pool["address_scope_id"]
        if scope_id is None:
            return
        scope = await self.held(tx, caller, scope_id)
        if scope["ip_version"] != pool["ip_version"]:
            raise BadRequest(
                f"Illegal subnetpool association: subnetpool {pool['id']} cannot associate with "
                f"address scope {scope_id} because subnetpool ip_version is not "
                f"{scope['ip_version']}.",
                "IllegalSubnetPoolIpVersionAssociationToAddressScope",
            )
        others = select(SubnetPool.prefixes).where(
            SubnetPool.address_scope_id == scope_id, SubnetPool.id != pool["id"]
        )
        taken = [one for row in await tx.all(others) for one in networks(row["prefixes"])]
        if any(one.overlaps(two) for one in networks(pool["prefixes"]) for two in taken):
            raise Conflict(
                "Failed to associate address scope: subnetpools within an address scope must "
                "have unique prefixes.",
                "AddressScopePrefixConflict",
            )

    async def refuse_foreign_to(self, tx: Transaction, caller: Caller, pool: Row) -> None:
        """Refuse to change a pool that is in a scope of another project."""
        scope_id = pool["address_scope_id"]
        if scope_id is None or caller.admin:
            return
        scope = await self.get(caller, scope_id, tx)
        if scope["project_id"] != caller.project_id:
            raise BadRequest(
                f"Illegal subnetpool update : subnetpool {pool['id']} cannot be updated when "
                f"associated with shared address scope {scope_id}.",
                "IllegalSubnetPoolUpdate",
            )
