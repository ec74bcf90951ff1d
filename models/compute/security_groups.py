"""ComputeSecurityGroups: security groups as Nova showed them until 2.35, and still on servers."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from models.compute import checks
from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from models.network.security_group_rules import SecurityGroupRules
from models.network.security_groups.rows import SecurityGroups
from models.values import Caller

_WHOLE = {"TCP": (1, 65535), "UDP": (1, 65535)}
_PORTS = "To and From ports must be integers"
_TYPES = "Type and Code must be integers for ICMP protocol type"
Shown = dict[str, Any]


class ComputeSecurityGroups:
    """The network API's groups in Nova's words: only what lets packets in is shown."""

    def __init__(self, groups: SecurityGroups, rules: SecurityGroupRules) -> None:
        self._groups = groups
        self._rules = rules

    async def all(self, caller: Caller, *, everywhere: bool) -> list[Shown]:
        """Return the project's groups, or those of all projects, by project and name."""
        mine = [] if everywhere else [("project_id", caller.project_id)]
        found = (await self._groups.list(caller, mine)).items
        names = {group["id"]: _name(group) for group in found}
        shown = [await self._shown(caller, group, names) for group in found]
        return sorted(shown, key=lambda group: (group["tenant_id"], group["name"]))

    async def show(self, caller: Caller, id_: str) -> Shown:
        """Return one group; ``NotFound``."""
        return await self._shown(caller, await self._groups.show(caller, checked_id(id_)), {})

    async def create(self, caller: Caller, body: Mapping[str, Any]) -> Shown:
        """Make a group; ``Forbidden`` when the quota is used up, as Nova has it."""
        try:
            group = await self._groups.create(caller, _named(body))
        except Conflict as error:
            raise Forbidden(error.message) from None
        return await self._shown(caller, group, {})

    async def update(self, caller: Caller, id_: str, body: Mapping[str, Any]) -> Shown:
        """Change name and description."""
        try:
            group = await self._groups.update(caller, checked_id(id_), _named(body))
        except Conflict as error:
            raise BadRequest(error.message) from None
        return await self._shown(caller, group, {})

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete a group; ``BadRequest`` while it is in use."""
        try:
            await self._groups.delete(caller, checked_id(id_))
        except Conflict as error:
            raise BadRequest(error.message) from None

    async def add_rule(self, caller: Caller, given: Mapping[str, Any]) -> Shown:
        """Let packets of a prefix, or from the servers of a group, in."""
        group_id = given.get("group_id")
        parent = checks.required(given, "parent_group_id", "security_group_rule")
        for name, value in (("parent_group_id", parent), ("group_id", group_id)):
            if not (isinstance(value, str) or (value is None and name == "group_id")):
                raise checks.refuse(name, value, f"{value!r} is not a 'uuid'")
        prefix = None if group_id else _prefix(given.get("cidr"))
        protocol, ports = _ports(given, open_=bool(group_id))
        await self.show(caller, parent)
        remote = _name(await self._groups.show(caller, checked_id(group_id))) if group_id else {}
        rule = {
            "security_group_id": parent,
            "direction": "ingress",
            "ethertype": "IPv6" if prefix and ":" in prefix else "IPv4",
            "protocol": protocol,
            "port_range_min": ports[0],
            "port_range_max": ports[1],
            "remote_ip_prefix": prefix,
            "remote_group_id": group_id,
        }
        try:
            made = await self._rules.create(caller, rule)
        except Conflict as error:
            if error.kind == "OverQuota":
                raise Forbidden(error.message) from None
            raise BadRequest(f"This rule already exists in group {parent}") from None
        return rule_view(made, remote)

    async def delete_rule(self, caller: Caller, id_: str) -> None:
        """Let no more packets in by a rule."""
        await self._rules.delete(caller, checked_id(id_))

    async def _shown(
        self, caller: Caller, group: Mapping[str, Any], names: dict[str, Shown]
    ) -> Shown:
        rules = [r for r in group["security_group_rules"] if r["direction"] == "ingress"]
        await self._learn(caller, rules, names)
        return {
            "id": group["id"],
            "name": group["name"],
            "description": group["description"],
            "tenant_id": group["tenant_id"],
            "rules": [rule_view(rule, names.get(rule["remote_group_id"]) or {}) for rule in rules],
        }

    async def _learn(
        self, caller: Caller, rules: Sequence[Mapping[str, Any]], names: dict[str, Shown]
    ) -> None:
        for id_ in {rule["remote_group_id"] for rule in rules} - {None} - names.keys():
            try:
                names[id_] = _name(await self._groups.get(caller, id_))
            except NotFound:
                names[id_] = {}


def rule_view(rule: Mapping[str, Any], group: Mapping[str, Any]) -> Shown:
    """Return a rule as Nova shows it; ``group`` names the one that it admits, if it does."""
    protocol = rule["protocol"]
    first, last = rule["port_range_min"], rule["port_range_max"]
    if protocol and first is None and last is None:
        first, last = _WHOLE.get(protocol.upper(), (-1, -1))
    everywhere = "::/0" if rule["ethertype"] == "IPv6" else "0.0.0.0/0"
    return {
        "id": rule["id"],
        "parent_group_id": rule["security_group_id"],
        "ip_protocol": protocol,
        "from_port": first,
        "to_port": last,
        "group": dict(group),
        "ip_range": {} if group else {"cidr": rule["remote_ip_prefix"] or everywhere},
    }


def checked_id(id_: str) -> str:
    """Return an id that has the form of one; ``BadRequest``."""
    if not checks.is_uuid(id_):
        raise BadRequest("Security group id should be uuid")
    return id_


def _name(group: Mapping[str, Any]) -> Shown:
    return {"name": group["name"], "tenant_id": group["project_id"]}


def _named(body: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: checks.text(checks.required(body, key, "security_group"), key, least=0)
        for key in ("name", "description")
    }


def _prefix(cidr: Any) -> str:
    prefix = str(cidr or "0.0.0.0/0")
    try:
        ipaddress.ip_interface(prefix)
    except ValueError:
        raise BadRequest(f"Invalid cidr {cidr}.") from None
    if "/" not in prefix:
        raise BadRequest(f"Invalid cidr {cidr}.")
    return prefix


def _ports(given: Mapping[str, Any], *, open_: bool) -> tuple[str | None, tuple[Any, Any]]:
    """Return protocol and ports; ``BadRequest`` where there is too little to make a rule of."""
    protocol = str(given.get("ip_protocol") or "").upper()
    first, last = given.get("from_port"), given.get("to_port")
    if open_ and first is None and last is None:
        first, last = _WHOLE.get(protocol, (-1, -1) if protocol == "ICMP" else (None, None))
    if not protocol or first is None or last is None:
        if not open_:
            raise BadRequest("Not enough parameters to build a valid rule.")
        return None, (None, None)
    try:
        first, last = int(first), int(last)
    except (TypeError, ValueError, OverflowError):
        reason = _TYPES if protocol == "ICMP" else _PORTS
        raise BadRequest(f"Invalid input received: {reason}") from None
    _check_ports(protocol, first, last)
    named = [None if port == -1 else port for port in (first, last)]
    return protocol.lower(), (named[0], named[1])


def _check_ports(protocol: str, first: int, last: int) -> None:
    if protocol not in ("TCP", "UDP", "ICMP"):
        raise BadRequest(f"Invalid IP protocol {protocol.lower()}.")
    if protocol == "ICMP":
        reason = "For ICMP, the type:code must be valid"
        wrong = not (-1 <= first <= 255 and -1 <= last <= 255)
    elif first > last:
        reason, wrong = "Former value cannot be greater than the later", True
    else:
        reason = f"Valid {protocol} ports should be between 1-65535"
        wrong = first < 1 or last > 65535
    if wrong:
        raise _range(first, last, reason)


def _range(first: int, last: int, reason: str) -> GatewayError:
    return BadRequest(f"Invalid port range {first}:{last}. {reason}")
