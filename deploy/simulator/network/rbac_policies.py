"""RBAC policies: networks that are given to single projects."""

from __future__ import annotations

from typing import ClassVar

from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.attributes import REQUIRED, Attr, Attrs
from deploy.simulator.network.errors import conflict
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp, touch

SHARED = "access_as_shared"
_NOT_KEPT = ("tags", "created_at", "updated_at", "revision_number")


class RbacPolicies(Resource):
    """`/rbac-policies`."""

    name = "rbac_policy"
    plural = "rbac_policies"
    attributes: ClassVar[Attrs] = {
        "object_type": Attr(checks.text(), REQUIRED, put=False),
        "object_id": Attr(checks.uuid, REQUIRED, put=False),
        "action": Attr(checks.text(), REQUIRED, put=False),
        "target_tenant": Attr(checks.text(), REQUIRED),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A policy; there is one at most of the same effect."""
        self.service.networks.get(token, values["object_id"])
        same = ("object_id", "action", "target_tenant")
        if any(all(row[key] == values[key] for key in same) for row in self.rows.values()):
            text = "An RBAC policy already exists with those values."
            raise conflict("DuplicateRbacPolicy", text)
        row: Row = {**stamp(), **values}
        self.rows[row["id"]] = row
        touch(self.state.table("networks")[row["object_id"]])
        return row

    def counts(self, before: Row, row: Row) -> bool:
        """A network has its policies' revisions."""
        if row != before:
            touch(self.state.table("networks")[row["object_id"]])
        return row != before

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, which is a revision of the network."""
        touch(self.state.table("networks")[row["object_id"]])
        super().remove(token, row)

    def decorate(self, row: Row) -> Row:
        """Neutron keeps no times of it."""
        return {key: value for key, value in row.items() if key not in _NOT_KEPT}

    def admits(self, network: Row, token: Token) -> bool:
        """Whether a network is given to the caller's project."""
        return any(
            row["object_id"] == network["id"] and row["target_tenant"] in (token.project.id, "*")
            for row in self.rows.values()
        )

    def forget(self, object_id: str) -> None:
        """The policies of a deleted object go with it."""
        for row in [row for row in self.rows.values() if row["object_id"] == object_id]:
            del self.rows[row["id"]]
