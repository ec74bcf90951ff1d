"""Subnet pools: prefixes that subnets are cut from, so that no two of them overlap."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from models.database.store import Row, Store, Transaction
from models.database.tables.network import Subnet
from models.errors import BadRequest, Conflict, OverQuota
from models.network.address_scopes import AddressScopes
from models.network.collections.checks import invalid_input, more_prefixes
from models.network.collections.collection import Body, Quotas, Shown, revise
from models.network.collections.shared_collection import SharedCollection
from models.network.collections.sharing import forget_shares
from models.network.prefixes import collapse, contains, cut, free, networks
from models.resource import ITEMS
from models.resources.network import SUBNETPOOLS
from models.values import Caller

_BITS = {4: 32, 6: 128}
_SMALLEST = {4: 8, 6: 64}
# What one unit of a pool's default_quota is: an address, or a /64.
_UNIT = {4: 32, 6: 64}
_LENGTHS = ("default_prefixlen", "min_prefixlen", "max_prefixlen")


class Subnetpools(SharedCollection):
    """The subnet pools as users see them, and what subnets get from them."""

    first_revision = 0

    def __init__(self, store: Store, quotas: Quotas, scopes: AddressScopes) -> None:
        super().__init__(SUBNETPOOLS, store, quotas)
        self._scopes = scopes

    def view(self, row: Row, caller: Caller) -> Shown:
        """Show the pool; Neutron shows lengths of prefixes as text."""
        shown = super().view(row, caller)
        return shown | {name: str(row[name]) for name in _LENGTHS}

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a pool; the version of its prefixes decides its bounds."""
        row = self.parse_create(body, caller)
        _complete(row)
        async with self.store.write() as tx:
            await self._refuse_second_default(tx, row)
            await self._scopes.admit(tx, caller, row)
            await self.insert(tx, row)
            return await self.shown(caller, row, tx)

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change attributes; prefixes can only be added."""
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            changes = self.parse_update(body, caller, row)
            await self._scopes.refuse_foreign_to(tx, caller, row)
            return await self._update(tx, caller, row, changes)

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete the pool; refused while subnets were cut from it."""
        async with self.store.write() as tx:
            await self.own(tx, caller, id_)
            if await self._given(tx, id_):
                reason = "Subnet pool has existing allocations"
                raise BadRequest(
                    f"Unable to delete subnet pool: {reason}.", "SubnetPoolDeleteError"
                )
            await tx.run(self.table.delete().where(self.table.c.id == id_))
            await forget_shares(tx, id_)

    async def add_prefixes(self, caller: Caller, id_: str, given: object) -> list[str]:
        """Add prefixes and return all of the pool."""
        ITEMS.check("prefixes", given, self.settings, id_)
        wanted = _more(given)
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            await self._scopes.refuse_foreign_to(tx, caller, row)
            if wanted:
                changes = {"prefixes": [*row["prefixes"], *wanted]}
                ITEMS.check("prefixes", changes["prefixes"], self.settings, id_)
                row = await self._update(tx, caller, row, changes)
            return list(row["prefixes"])

    async def remove_prefixes(self, caller: Caller, id_: str, given: object) -> list[str]:
        """Remove prefixes and return the pool's others; refused where subnets use them."""
        ITEMS.check("prefixes", given, self.settings, id_)
        wanted = networks(_more(given))
        async with self.store.write() as tx:
            row = await self.own(tx, caller, id_)
            used = networks(subnet["cidr"] for subnet in await self._given(tx, id_))
            if any(one.version == two.version and one.overlaps(two)
                   for one in used for two in wanted):  # fmt: skip
                raise _bad_prefixes("One or more the prefixes to be removed is in use by a subnet")
            left = [str(one) for one in free(networks(row["prefixes"]), wanted)]
            if left != row["prefixes"]:
                changes = {"prefixes": collapse(left)}
                # Neutron counts what is added only.
                row = await revise(tx, self.table, row, changes, counted=False)
            return list(row["prefixes"])

    # What subnets ask for.

    async def cut(self, tx: Transaction, caller: Caller, subnet: Row) -> None:
        """Give a new subnet its CIDR, or check the one it asks for, if a pool is meant.

        The pool is held until the transaction ends, so that two never get the same.
        """
        pool = await self._meant(tx, caller, subnet)
        await self._refuse_mixture(tx, subnet, pool)
        if pool is None:
            return
        subnet["subnetpool_id"] = pool["id"]
        version = pool["ip_version"]
        if subnet["ip_version"] != version:
            raise _bad_subnet(
                f"Cannot allocate IPv{subnet['ip_version']} subnet from IPv{version} subnet pool"
            )
        asked = ipaddress.ip_network(subnet["cidr"]) if subnet["cidr"] else None
        length = asked.prefixlen if asked else subnet["prefixlen"]
        length = pool["default_prefixlen"] if length is None else length
        _check_length(pool, length)
        given = await self._given(tx, pool["id"])
        _check_quota(pool, subnet, length, given)
        gaps = free(networks(pool["prefixes"]), networks(one["cidr"] for one in given))
        if asked is None:
            found = cut(gaps, length)
            if found is None:
                raise _none_left(f"Insufficient prefix space to allocate subnet size /{length}")
            subnet["cidr"] = str(found)
        elif not contains(gaps, asked):
            raise _none_left("Cannot allocate requested subnet from the available set of prefixes")

    async def default(self, tx: Transaction, version: int) -> Row | None:
        """Return the pool that is the default of an address family."""
        return await tx.one(
            select(self.table).where(
                self.table.c.is_default.is_(True), self.table.c.ip_version == version
            )
        )

    async def _meant(self, tx: Transaction, caller: Caller, subnet: Row) -> Row | None:
        wanted = subnet["subnetpool_id"]
        if wanted and subnet["use_default_subnetpool"]:
            raise _bad_subnet("subnetpool_id and use_default_subnetpool cannot both be specified")
        if subnet["use_default_subnetpool"]:
            pool = await self.default(tx, subnet["ip_version"])
            if pool is None:
                version = subnet["ip_version"]
                raise _bad_subnet(f"No default subnetpool found for IPv{version}")
            wanted = pool["id"]
        if not wanted:
            if subnet["cidr"] is None:
                raise _bad_subnet("a subnetpool must be specified in the absence of a cidr")
            return None
        return await self.held(tx, caller, wanted)

    async def _refuse_mixture(self, tx: Transaction, subnet: Row, pool: Row | None) -> None:
        """Refuse a second pool in a network, unless both are of one address scope."""
        others = (
            select(Subnet.subnetpool_id, self.table.c.address_scope_id)
            .outerjoin(self.table, self.table.c.id == Subnet.subnetpool_id)
            .where(
                Subnet.network_id == subnet["network_id"],
                Subnet.ip_version == subnet["ip_version"],
            )
        )
        own, scope = (pool["id"], pool["address_scope_id"]) if pool else (None, None)
        for other in await tx.all(others):
            if other["address_scope_id"] and pool is not None:
                if other["address_scope_id"] != scope:
                    raise BadRequest(
                        "Subnets of the same address family hosted on the same network must all "
                        "participate in the same address scope.",
                        "NetworkAddressScopeAffinityError",
                    )
            elif other["subnetpool_id"] != own:
                raise BadRequest(
                    "Subnets hosted on the same network must be allocated from the same subnet "
                    "pool.",
                    "NetworkSubnetPoolAffinityError",
                )

    async def _update(self, tx: Transaction, caller: Caller, row: Row, changes: Row) -> Shown:
        if "prefixes" in changes:
            _version(changes["prefixes"] or row["prefixes"])
            old, new = networks(row["prefixes"]), networks(changes["prefixes"])
            if not all(contains(networks(collapse(map(str, new))), one) for one in old):
                raise _bad_prefixes("Existing prefixes must be a subset of the new prefixes")
        after = {**row, **changes}
        _complete(after)
        if changes.get("is_default"):
            await self._refuse_second_default(tx, after)
        if changes.get("address_scope_id") or "prefixes" in changes:
            await self._scopes.admit(tx, caller, after)
        changes |= {name: after[name] for name in changes}
        # Neutron counts every update, be nothing new in it.
        row = await self.change(tx, row, changes)
        return await self.shown(caller, row, tx)

    async def _given(self, tx: Transaction, id_: str) -> list[Row]:
        given = select(Subnet.cidr, Subnet.project_id)
        return await tx.all(given.where(Subnet.subnetpool_id == id_))

    async def _refuse_second_default(self, tx: Transaction, row: Row) -> None:
        if not row["is_default"]:
            return
        await tx.alone("default subnetpool")
        found = await self.default(tx, row["ip_version"])
        if found and found["id"] != row["id"]:
            raise invalid_input(
                "A default subnetpool for this IP family has already been set. Only one default "
                "may exist per IP family"
            )


def _complete(row: Row) -> None:
    """Fill in what follows from the prefixes, or refuse what does not go with them."""
    if not row["prefixes"]:
        raise BadRequest("Empty subnet pool prefix list.", "EmptySubnetPoolPrefixList")
    version = row["ip_version"] = _version(row["prefixes"])
    row["prefixes"] = collapse(row["prefixes"])
    if row["min_prefixlen"] is None:
        row["min_prefixlen"] = _SMALLEST[version]
    if row["max_prefixlen"] is None:
        row["max_prefixlen"] = _BITS[version]
    if row["default_prefixlen"] is None:
        row["default_prefixlen"] = row["min_prefixlen"]
    bounds: Sequence[tuple[str, int, str, int]] = (
        ("min_prefixlen", row["min_prefixlen"], "max_prefixlen", row["max_prefixlen"]),
        ("max_prefixlen", row["max_prefixlen"], "ip_version_max", _BITS[version]),
        ("default_prefixlen", row["default_prefixlen"], "max_prefixlen", row["max_prefixlen"]),
    )
    for name, value, limit_name, limit in bounds:
        if value > limit:
            raise _bounds(name, value, limit_name, limit)
    if row["default_prefixlen"] < row["min_prefixlen"]:
        raise _bounds(
            "default_prefixlen", row["default_prefixlen"], "min_prefixlen", row["min_prefixlen"]
        )


def _version(prefixes: Sequence[str]) -> int:
    versions = {one.version for one in networks(prefixes)}
    if len(versions) > 1:
        raise BadRequest(
            "Cannot mix IPv4 and IPv6 prefixes in a subnet pool.", "PrefixVersionMismatch"
        )
    return versions.pop()


def _more(given: object) -> list[str]:
    if given is None:
        raise BadRequest("Request body contains invalid data", "HTTPBadRequest")
    return more_prefixes(given)


def _check_length(pool: Row, length: int) -> None:
    if length > pool["max_prefixlen"]:
        raise BadRequest(
            f"Unable to allocate subnet with prefix length {length}, maximum allowed prefix is "
            f"{pool['max_prefixlen']}.",
            "MaxPrefixSubnetAllocationError",
        )
    if length < pool["min_prefixlen"]:
        raise BadRequest(
            f"Unable to allocate subnet with prefix length {length}, minimum allowed prefix is "
            f"{pool['min_prefixlen']}.",
            "MinPrefixSubnetAllocationError",
        )


def _check_quota(pool: Row, subnet: Row, length: int, given: Sequence[Row]) -> None:
    if not pool["default_quota"]:
        return
    unit = _UNIT[pool["ip_version"]]
    mine = [one["cidr"] for one in given if one["project_id"] == subnet["project_id"]]
    lengths = [ipaddress.ip_network(cidr).prefixlen for cidr in mine]
    if sum(2.0 ** (unit - one) for one in [*lengths, length]) > pool["default_quota"]:
        raise OverQuota("Per-tenant subnet pool prefix quota exceeded.", "SubnetPoolQuotaExceeded")


def _bounds(name: str, value: Any, limit_name: str, limit: Any) -> BadRequest:
    return BadRequest(
        f"Illegal prefix bounds: {name}={value}, {limit_name}={limit}.",
        "IllegalSubnetPoolPrefixBounds",
    )


def _bad_prefixes(reason: str) -> BadRequest:
    return BadRequest(f"Illegal update to prefixes: {reason}.", "IllegalSubnetPoolPrefixUpdate")


def _bad_subnet(reason: str) -> BadRequest:
    return BadRequest(f"Bad subnets request: {reason}.", "BadRequest")


def _none_left(reason: str) -> Conflict:
    # Neutron has no status for it and answers 500; what is used up is a conflict.
    return Conflict(f"Failed to allocate subnet: {reason}.", "SubnetAllocationError")
