"""RBAC policies: networks that are given to single projects."""

from __future__ import annotations

from typing import ClassVar

from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.attributes import REQUIRED, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, conflict, forbidden, invalid
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp, touch

SHARED, EXTERNAL = "access_as_shared", "access_as_external"
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
        network = self._given_away(token, values)
        same = ("object_id", "action", "target_tenant")
        if any(all(row[key] == values[key] for key in same) for row in self.rows.values()):
            text = "An RBAC policy already exists with those values."
            raise conflict("DuplicateRbacPolicy", text)
        row: Row = {**stamp(), **values}
        self.rows[row["id"]] = row
        touch(network)
        self._mirror(network)
        return row

    def counts(self, before: Row, row: Row) -> bool:
        """A network has its policies' revisions."""
        if row != before:
            touch(self.state.table("networks")[row["object_id"]])
        return row != before

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, which is a revision of the network; refused while routers need the policy."""
        network = self.service.networks.rows[row["object_id"]]
        if row["action"] == EXTERNAL and self._needing(row):
            text = (
                f"RBAC policy on object {network['id']} cannot be removed because other objects "
                "depend on it.\nDetails: There are routers attached to this network that depend "
                "on this policy for access."
            )
            raise conflict("RbacPolicyInUse", text)
        del self.rows[row["id"]]
        touch(network)
        self._mirror(network)

    def follow(self, network: Row, values: Row) -> None:
        """The policies that a network's attributes stand for come and go with them."""
        for name, action in (("shared", SHARED), ("router:external", EXTERNAL)):
            there = self._of(network["id"], action)
            if values.get(name) and all(row["target_tenant"] != "*" for row in there):
                row: Row = {**stamp(), "project_id": network["project_id"]}
                row |= {"object_type": "network", "object_id": network["id"]}
                row |= {"action": action, "target_tenant": "*"}
                self.rows[row["id"]] = row
            elif values.get(name) is False:
                for row in there:
                    if action == EXTERNAL or row["target_tenant"] == "*":
                        del self.rows[row["id"]]

    def _given_away(self, token: Token, values: Row) -> Row:
        try:
            network = self.service.networks.get(token, values["object_id"])
        except NeutronError as error:
            raise invalid(f'Callback failed with "{error.message}"') from error
        if not self.service.networks.owned(token, network):
            text = "Only admins can manipulate policies on networks they do not own"
            raise invalid(f'Callback failed with "Invalid input for operation: {text}."')
        if values["target_tenant"] == "*" and not token.is_admin:
            raise forbidden("create_rbac_policy:target_tenant")
        return network

    def _of(self, object_id: str, action: str) -> list[Row]:
        return [
            row
            for row in self.rows.values()
            if (row["object_id"], row["action"]) == (object_id, action)
        ]

    def _needing(self, policy: Row) -> set[str]:
        """The projects whose routers lead out by this policy only."""
        same = self._of(policy["object_id"], EXTERNAL)
        others = {row["target_tenant"] for row in same if row["id"] != policy["id"]}
        users = self._led_out(policy["object_id"])
        if policy["target_tenant"] == "*":
            return users - others
        return set() if "*" in others else users & {policy["target_tenant"]}

    def _led_out(self, network_id: str) -> set[str]:
        """The projects whose routers have their gateway there."""
        routers = self.service.routers.rows
        return {
            routers[port["device_id"]]["project_id"]
            for port in self.state.ports_of_network[network_id].values()
            if port["device_owner"] == "network:router_gateway" and port["device_id"] in routers
        }

    def _mirror(self, network: Row) -> None:
        shared = self._of(network["id"], SHARED)
        network["shared"] = any(row["target_tenant"] == "*" for row in shared)
        led = bool(self._led_out(network["id"])) and network["router:external"]
        network["router:external"] = bool(self._of(network["id"], EXTERNAL)) or led

    def decorate(self, row: Row) -> Row:
        """Neutron keeps no times of it."""
        return {key: value for key, value in row.items() if key not in _NOT_KEPT}

    def admits(self, network: Row, token: Token, *actions: str) -> bool:
        """Whether a network is given to the caller's project, in one of these ways or any."""
        return any(
            row["object_id"] == network["id"]
            and row["target_tenant"] in (token.project.id, "*")
            and (not actions or row["action"] in actions)
            for row in self.rows.values()
        )

    def forget(self, object_id: str) -> None:
        """The policies of a deleted object go with it."""
        for row in [row for row in self.rows.values() if row["object_id"] == object_id]:
            del self.rows[row["id"]]
