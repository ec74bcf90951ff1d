"""Security groups and their rules; every project has a default group."""

from __future__ import annotations

from typing import Any, ClassVar

from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.attributes import REQUIRED, UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, conflict, missing
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp, touch

_ETHERTYPES = {"ipv4": "IPv4", "ipv6": "IPv6"}
_PROTOCOLS = {
    "tcp", "udp", "icmp", "icmpv6", "ipv6-icmp", "ah", "dccp", "egp", "esp", "gre", "igmp",
    "ipip", "ospf", "pgm", "rsvp", "sctp", "udplite", "vrrp",
}  # fmt: skip


class SecurityGroups(Resource):
    """`/security-groups`."""

    name = "security_group"
    plural = "security_groups"
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.text(), ""),
        "description": Attr(checks.text(), ""),
        "stateful": Attr(checks.boolean, True),
        "shared": Attr(checks.boolean, UNSET, post=False, put=False),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A group that lets everything out and nothing in."""
        if values["name"].lower() == "default":
            raise conflict("SecurityGroupDefaultAlreadyExists", "Default security group exists.")
        self.ensure_default(values["project_id"])
        self.service.security_group_rules.within_quota(values["project_id"], 2)
        return self._build(values)

    def change(self, token: Token, row: Row, values: Row) -> None:
        """An update; the default group keeps its name."""
        if row["name"] == "default" and values.get("name", "default") != "default":
            text = "Updating default security group not allowed."
            raise conflict("SecurityGroupCannotUpdateDefault", text)
        row.update(values)

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, with the rules; refused while a port uses the group."""
        if row["name"] == "default" and not token.is_admin:
            text = "Insufficient rights for removing default security group."
            raise conflict("SecurityGroupCannotRemoveDefault", text)
        for port in self.state.table("ports").values():
            if row["id"] in port["security_groups"]:
                raise conflict("SecurityGroupInUse", f"Security Group {row['id']} in use.")
        rules = self.service.security_group_rules.rows
        for rule in list(rules.values()):
            if row["id"] in (rule["security_group_id"], rule["remote_group_id"]):
                touch(self.rows[rule["security_group_id"]])
                del rules[rule["id"]]
        del self.rows[row["id"]]

    def decorate(self, row: Row) -> Row:
        """With its rules."""
        rules = self.service.security_group_rules
        own = [r for r in rules.rows.values() if r["security_group_id"] == row["id"]]
        # Rules inside a group come straight from the database: with its number, and unfiltered.
        shown = [
            {
                **rule,
                "tenant_id": rule["project_id"],
                "standard_attr_id": number,
                "belongs_to_default_sg": None,
            }
            for number, rule in enumerate(own, 1)
        ]
        return {**row, "security_group_rules": shown}

    def before_list(self, token: Token) -> None:
        """Whoever looks finds at least the default group."""
        self.ensure_default(token.project.id)

    def ensure_default(self, project_id: str) -> Row:
        """The project's default group, made when there is none."""
        for row in self.rows.values():
            if row["project_id"] == project_id and row["name"] == "default":
                return row
        group = self._build(
            {
                "project_id": project_id,
                "name": "default",
                "description": "Default security group",
                "stateful": True,
            }
        )
        for ethertype in ("IPv4", "IPv6"):
            self.service.security_group_rules.build(
                group, direction="ingress", ethertype=ethertype, remote_group_id=group["id"]
            )
        return group

    def check(self, wanted: list[str] | None, project_id: str) -> None:
        """Refuse groups that do not exist."""
        for group_id in wanted or ():
            if group_id not in self.rows:
                raise missing("security_group", group_id)
        if len({self.rows[group_id]["stateful"] for group_id in wanted or ()}) > 1:
            text = (
                "Error Cannot apply both stateful and stateless security groups on the same port "
                "at the same time while attempting the operation."
            )
            raise conflict("SecurityGroupConflict", text)

    def _build(self, values: Row) -> Row:
        row: Row = {**stamp(), **values, "shared": False}
        self.rows[row["id"]] = row
        for ethertype in ("IPv4", "IPv6"):
            self.service.security_group_rules.build(row, direction="egress", ethertype=ethertype)
        return row


class SecurityGroupRules(Resource):
    """`/security-group-rules`."""

    name = "security_group_rule"
    plural = "security_group_rules"
    attributes: ClassVar[Attrs] = {
        "security_group_id": Attr(checks.uuid, REQUIRED, put=False),
        "direction": Attr(checks.one_of("ingress", "egress"), REQUIRED, put=False),
        "ethertype": Attr(checks.text(), "IPv4", put=False),
        "protocol": Attr(checks.nullable(str), None, put=False),
        "port_range_min": Attr(checks.nullable(checks.integer(-1, 65535)), None, put=False),
        "port_range_max": Attr(checks.nullable(checks.integer(-1, 65535)), None, put=False),
        "remote_ip_prefix": Attr(checks.nullable(checks.cidr), None, put=False),
        "remote_group_id": Attr(checks.nullable(checks.uuid), None, put=False),
        "remote_address_group_id": Attr(checks.nullable(checks.uuid), None, put=False),
        "description": Attr(checks.text(), ""),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A rule of a group that has no equal one yet."""
        group = self.service.security_groups.get(token, values["security_group_id"])
        values["ethertype"] = self._ethertype(values["ethertype"])
        self._check(token, values)
        for other in self.rows.values():
            if all(other[key] == values[key] for key in self._identity):
                text = f"Security group rule already exists. Rule id is {other['id']}."
                raise conflict("SecurityGroupRuleExists", text)
        values["project_id"] = group["project_id"]
        touch(group)
        return self.build(group, **values)

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, which is a revision of the group."""
        touch(self.state.table("security_groups")[row["security_group_id"]])
        super().remove(token, row)

    _identity = tuple(key for key in attributes if key != "description")

    def build(self, group: Row, **values: Any) -> Row:
        """A rule on anybody's behalf."""
        defaults = {
            name: attr.default
            for name, attr in self.attributes.items()
            if attr.default is not REQUIRED
        }
        row: Row = {
            **stamp(0),
            **defaults,
            "project_id": group["project_id"],
            "security_group_id": group["id"],
            **values,
        }
        row["normalized_cidr"] = row["remote_ip_prefix"]
        self.rows[row["id"]] = row
        return row

    def decorate(self, row: Row) -> Row:
        """With whether it belongs to a default group."""
        group = self.state.table("security_groups")[row["security_group_id"]]
        shown = {key: value for key, value in row.items() if key != "tags"}
        return {**shown, "belongs_to_default_sg": group["name"] == "default"}

    def _ethertype(self, value: str) -> str:
        known = _ETHERTYPES.get(value.lower())
        if known is None:
            text = f"Security group rule for ethertype '{value}' not supported."
            raise NeutronError(400, "SecurityGroupRuleInvalidEtherType", text)
        return known

    def _check(self, token: Token, values: Row) -> None:
        protocol = values["protocol"]
        if protocol is not None:
            values["protocol"] = protocol = protocol.lower()
            if protocol not in _PROTOCOLS and not protocol.isdigit():
                text = f"Security group rule protocol {protocol} not supported."
                raise NeutronError(400, "SecurityGroupRuleInvalidProtocol", text)
        low, high = values["port_range_min"], values["port_range_max"]
        if protocol in ("tcp", "udp") and low is not None and high is not None and low > high:
            text = "For TCP/UDP protocols, port_range_min must be <= port_range_max"
            raise NeutronError(400, "SecurityGroupInvalidPortRange", text)
        if protocol is None and (low is not None or high is not None):
            text = "Must also specify protocol if port range is given."
            raise NeutronError(400, "SecurityGroupProtocolRequiredWithPorts", text)
        remotes = ("remote_ip_prefix", "remote_group_id", "remote_address_group_id")
        if sum(values[key] is not None for key in remotes) > 1:
            text = "Only one of remote_ip_prefix, remote_group_id and remote_address_group_id."
            raise NeutronError(400, "SecurityGroupMultipleRemoteEntites", text)
        if values["remote_ip_prefix"]:
            version = "IPv6" if ":" in values["remote_ip_prefix"] else "IPv4"
            if version != values["ethertype"]:
                text = f"Conflicting value ethertype {values['ethertype']} for prefix."
                raise NeutronError(400, "SecurityGroupRuleParameterConflict", text)
        if values["remote_group_id"]:
            self.service.security_groups.get(token, values["remote_group_id"])
        if values["remote_address_group_id"]:
            self.service.address_groups.get(token, values["remote_address_group_id"])
