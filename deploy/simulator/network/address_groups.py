"""Address groups: lists of prefixes that security group rules refer to."""

from __future__ import annotations

import ipaddress
from typing import Any, ClassVar

from deploy.simulator.http import Request, Response, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.attributes import UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, conflict
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp, touch


def _prefixes(value: Any) -> list[str]:
    """Prefixes in canonical form; a range start-end is not simulated."""
    found = []
    for item in checks.or_null(checks.list_of(checks.text()))(value):
        try:
            found.append(str(ipaddress.ip_network(item)))
        except ValueError:
            raise ValueError(f"'{item}' is not a valid CIDR") from None
    return found


class AddressGroups(Resource):
    """`/address-groups`."""

    name = "address_group"
    plural = "address_groups"
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.text(), ""),
        "description": Attr(checks.text(), ""),
        "addresses": Attr(_prefixes, [], put=False),
        "shared": Attr(checks.boolean, UNSET, post=False, put=False),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A group, possibly empty."""
        row: Row = {**stamp(int(bool(values["addresses"]))), **values, "shared": False}
        self.rows[row["id"]] = row
        return row

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, refused while a rule refers to the group."""
        for rule in self.service.security_group_rules.rows.values():
            if rule["remote_address_group_id"] == row["id"]:
                text = f"Address group {row['id']} is in use on one or more security group rules"
                raise conflict("AddressGroupInUse", text)
        del self.rows[row["id"]]

    def add(self, token: Token, request: Request) -> Response:
        """`PUT .../add_addresses`: refused when one of them is there already."""
        row, given = self._members(token, request)
        present = [item for item in given if item in row["addresses"]]
        if present:
            text = f"Addresses {present} already exist in the address group {row['id']}."
            raise NeutronError(400, "AddressesAlreadyExist", text)
        return self._with(token, row, row["addresses"] + given)

    def take(self, token: Token, request: Request) -> Response:
        """`PUT .../remove_addresses`: refused when one of them is not there."""
        row, given = self._members(token, request)
        absent = [item for item in given if item not in row["addresses"]]
        if absent:
            text = f"Addresses {absent} not found in the address group {row['id']}."
            raise NeutronError(404, "AddressesNotFound", text)
        return self._with(token, row, [a for a in row["addresses"] if a not in given])

    def _members(self, token: Token, request: Request) -> tuple[Row, list[str]]:
        row = self.changeable(token, request.params["id"], "update")
        document = request.json()
        if not isinstance(document, dict) or "addresses" not in document:
            # Real Neutron fails in its own code when the list is wrapped in an envelope.
            text = "Request Failed: internal server error while processing your request."
            raise NeutronError(500, "HTTPInternalServerError", text)
        try:
            return row, _prefixes(document["addresses"])
        except ValueError as error:
            raise NeutronError(400, "AddrFormatError", str(error)) from error

    def _with(self, token: Token, row: Row, addresses: list[str]) -> Response:
        row["addresses"] = addresses
        touch(row)
        # This call's answer is made without the policy that hides what the others do not show.
        raw = {"shared": row["shared"], "standard_attr_id": 1}
        return reply({self.name: {**self.view(token, row), **raw}})

    def decorate(self, row: Row) -> Row:
        """Without what is not told."""
        return {key: value for key, value in row.items() if key not in ("shared", "tags")}
