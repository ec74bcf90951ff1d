"""Subnet pools, and the address scopes that they may be in."""

from __future__ import annotations

import ipaddress
from typing import Any, ClassVar

from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.attributes import REQUIRED, UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, conflict
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp

_NOT_KEPT = ("tags", "created_at", "updated_at", "revision_number")


class AddressScopes(Resource):
    """`/address-scopes`."""

    name = "address_scope"
    plural = "address_scopes"
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.text(), ""),
        "ip_version": Attr(checks.integer(4, 6), REQUIRED, put=False),
        "shared": Attr(checks.boolean, False, admin=True),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A scope with nothing in it."""
        row: Row = {**stamp(), **values}
        self.rows[row["id"]] = row
        return row

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, refused while pools are in it."""
        for pool in self.state.table("subnetpools").values():
            if pool["address_scope_id"] == row["id"]:
                text = (
                    f"Unable to complete operation on address scope {row['id']}. There are one "
                    "or more subnet pools in use on the address scope."
                )
                raise conflict("AddressScopeInUse", text)
        del self.rows[row["id"]]

    def visible(self, token: Token, row: Row) -> bool:
        """Everybody sees what is shared."""
        return bool(row["shared"]) or super().visible(token, row)

    def decorate(self, row: Row) -> Row:
        """Neutron keeps no times of it."""
        return {key: value for key, value in row.items() if key not in _NOT_KEPT}


class SubnetPools(Resource):
    """`/subnetpools`, without the operations on single prefixes."""

    name = "subnetpool"
    plural = "subnetpools"
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.filled, REQUIRED),
        "description": Attr(checks.text(), ""),
        "prefixes": Attr(checks.list_of(checks.cidr), REQUIRED),
        "default_prefixlen": Attr(checks.integer(0, 128), UNSET),
        "min_prefixlen": Attr(checks.integer(0, 128), UNSET),
        "max_prefixlen": Attr(checks.integer(0, 128), UNSET),
        "default_quota": Attr(checks.integer(), None),
        "address_scope_id": Attr(checks.nullable(checks.uuid), None),
        "is_default": Attr(checks.boolean, False, admin=True),
        "shared": Attr(checks.boolean, False, put=False, admin=True),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A pool of one address family."""
        if not values["prefixes"]:
            raise NeutronError(400, "EmptySubnetPoolPrefixList", "Empty subnet pool prefix list.")
        versions = {ipaddress.ip_network(prefix).version for prefix in values["prefixes"]}
        if len(versions) > 1:
            text = "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."
            raise NeutronError(400, "PrefixVersionMismatch", text)
        if values["address_scope_id"]:
            self.service.address_scopes.get(token, values["address_scope_id"])
        version = versions.pop()
        least = values.setdefault("min_prefixlen", 8 if version == 4 else 64)
        values.setdefault("max_prefixlen", 32 if version == 4 else 128)
        values.setdefault("default_prefixlen", least)
        row: Row = {**stamp(0), **values, "ip_version": version}
        self.rows[row["id"]] = row
        return row

    def change(self, token: Token, row: Row, values: Row) -> None:
        """An update, refused while the pool is in a scope that is another project's."""
        scopes = self.service.address_scopes
        if row["address_scope_id"] and not token.is_admin:
            scope = scopes.get(token, row["address_scope_id"])
            if scope["project_id"] != token.project.id:
                text = (
                    f"Illegal subnetpool update : subnetpool {row['id']} cannot be updated when "
                    f"associated with shared address scope {scope['id']}."
                )
                raise NeutronError(400, "IllegalSubnetPoolUpdate", text)
        if values.get("address_scope_id"):
            scopes.get(token, values["address_scope_id"])
        row.update(values)

    def decorate(self, row: Row) -> Row:
        """Lengths of prefixes are text."""
        lengths = ("default_prefixlen", "min_prefixlen", "max_prefixlen")
        return {**row, **{name: str(row[name]) for name in lengths}}

    def changed(self, row: Row) -> Row:
        """Lengths are numbers, and what is not set is not shown."""
        unset = ("default_quota", "address_scope_id")
        return {name: row[name] for name in row if name not in unset or row[name] is not None}

    def counts(self, before: Row, row: Row) -> bool:
        """Always: Neutron writes it anew."""
        return True

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, refused while subnets are out of it."""
        if self._given(row):
            text = "Unable to delete subnet pool: Subnet pool has existing allocations."
            raise NeutronError(400, "SubnetPoolDeleteError", text)
        del self.rows[row["id"]]

    def visible(self, token: Token, row: Row) -> bool:
        """Everybody sees what is shared."""
        return bool(row["shared"]) or super().visible(token, row)

    def cut(self, token: Token, pool_id: str, length: int | None) -> str:
        """The first free network of the length."""
        pool = self.get(token, pool_id)
        wanted = pool["default_prefixlen"] if length is None else length
        given = self._given(pool)
        for prefix in pool["prefixes"]:
            network: Any = ipaddress.ip_network(prefix)
            candidates = network.subnets(new_prefix=max(wanted, network.prefixlen))
            for candidate in candidates:
                if not any(candidate.overlaps(one) for one in given):
                    return str(candidate)
        text = f"Insufficient prefix space to allocate subnet size /{wanted}"
        raise NeutronError(500, "SubnetAllocationError", f"Failed to allocate subnet: {text}.")

    def _given(self, pool: Row) -> list[Any]:
        subnets = self.state.table("subnets").values()
        own = [row["cidr"] for row in subnets if row["subnetpool_id"] == pool["id"]]
        return [ipaddress.ip_network(cidr) for cidr in own]
