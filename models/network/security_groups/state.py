"""Security state: what the copies of a security group should be, read from the database.

A rule that admits a remote group becomes up to two rules in a pod: one for the copy of that group,
whose members in the pod Neutron knows, and one for an address group with the members elsewhere.
"""

import ipaddress
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import ColumnElement, String, cast, exists, select

from models.database.store import Row, Transaction
from models.database.tables.network import (
    TABLES,
    AddressGroup,
    Network,
    Port,
    SecurityGroup,
    SecurityGroupRule,
)
from models.database.tables.routing import Routing, routings
from models.resources.network import SECURITY_GROUP_RULES, SECURITY_GROUPS
from models.routings import mark
from models.values import Pod

groups = TABLES["security_groups"]
rules = TABLES["security_group_rules"]
ports = TABLES["ports"]
networks = TABLES["networks"]
address_groups = TABLES["address_groups"]
# Types of routings: the copy of a group, and the address group with its members elsewhere.
GROUP, ADDRESSES = "security_group", "address_group"
# What is declared to be copied of these is sent from here.
COPIED = (SECURITY_GROUPS, SECURITY_GROUP_RULES)


class Use(Enum):
    """Why a pod needs the copy of a group."""

    BY_PORTS = "a port in the pod is in the group"
    BY_RULES = "a rule of a group used in the pod admits the group"
    NONE = "nothing needs it"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The copy of one group in one pod as it should be; ids are the top's.

    ``elsewhere`` holds, for each remote group that needs an address group, its members' addresses;
    ``named`` those of the address groups that rules name.
    """

    group: Row
    rules: list[SecurityGroupRule]
    elsewhere: dict[str, list[str]]
    named: dict[str, list[str]]

    @property
    def name(self) -> str:
        """The copy's name: Neutron keeps ``default`` for itself."""
        if self.group["default_of"]:
            return f"default-{self.group['id'][:8]}"
        return str(self.group["name"])

    @property
    def body(self) -> Row:
        """What the group itself has in the pod, beside its rules."""
        return {a.name: self.group[a.column] for a in SECURITY_GROUPS.copied} | {"name": self.name}

    @property
    def remotes(self) -> set[str]:
        """The groups that rules admit."""
        return {rule.remote_group_id for rule in self.rules if rule.remote_group_id}

    def bodies(self, copies: dict[str, str], address_groups: dict[str, str]) -> dict[str, Row]:
        """Return the pod's rules by their marks, with the ids that remotes have there."""
        found: dict[str, Row] = {}
        for rule in self.rules:
            body = {a.name: getattr(rule, a.column) for a in SECURITY_GROUP_RULES.copied}
            if rule.remote_address_group_id:
                body["remote_address_group_id"] = address_groups[rule.remote_address_group_id]
            remote = rule.remote_group_id
            if not remote:
                found[mark("security_group_rule", rule.id)] = body
                continue
            inside = {**body, "remote_group_id": copies[remote]}
            found[mark("security_group_rule", rule.id)] = inside
            if remote in address_groups:
                outside = {**body, "remote_address_group_id": address_groups[remote]}
                found[mark("remote_members_rule", rule.id)] = outside
        return found

    @property
    def fingerprint(self) -> Row:
        """What is remembered as applied; equal means that the copy needs no call."""
        return {
            **self.body,
            "rules": sorted(rule.id for rule in self.rules),
            "elsewhere": sorted(self.elsewhere),
        }


def holds(sg_id: str) -> ColumnElement[bool]:
    """Return the condition that a port is in the group."""
    return cast(Port.security_groups, String).like(f'%"{sg_id}"%')


async def wanted(tx: Transaction, sg_id: str, pod: Pod) -> Wanted | None:
    """Return what the copy of the group should be; None when the group is gone."""
    group = await tx.one(SecurityGroup.select().where(SecurityGroup.id == sg_id))
    if group is None:
        return None
    own = await tx.all(
        SecurityGroupRule.select()
        .where(SecurityGroupRule.security_group_id == sg_id)
        .order_by(SecurityGroupRule.id)
    )
    elsewhere = {}
    for remote in {rule.remote_group_id for rule in own if rule.remote_group_id}:
        addresses = await members_elsewhere(tx, remote, pod)
        if addresses or await address_group(tx, remote, pod):
            elsewhere[remote] = addresses
    ids = {rule.remote_address_group_id for rule in own if rule.remote_address_group_id}
    named = await tx.all(AddressGroup.select().where(AddressGroup.id.in_(ids)))
    return Wanted(group, own, elsewhere, {row.id: row.addresses for row in named})


async def address_group(tx: Transaction, sg_id: str, pod: Pod) -> Row | None:
    """Return the routing of the address group with the group's members in other pods."""
    return await tx.one(
        Routing.select().where(
            Routing.type == ADDRESSES,
            Routing.top_id == sg_id,
            Routing.pod_id == pod.pod_id,
        )
    )


async def members_elsewhere(tx: Transaction, sg_id: str, pod: Pod) -> list[str]:
    """Return the addresses, as prefixes, of the group's ports that have copies in other pods."""
    copied = ports.join(routings, (Routing.top_id == Port.id) & (Routing.type == "port"))
    statement = select(Port.fixed_ips).select_from(copied)
    statement = statement.where(Routing.pod_id != pod.pod_id, holds(sg_id))
    found = {ip["ip_address"] for row in await tx.all(statement) for ip in row["fixed_ips"] or ()}
    return sorted(str(ipaddress.ip_network(address)) for address in found)


async def use(tx: Transaction, sg_id: str, pod: Pod) -> Use:
    """Return why the pod needs the group.

    A port counts as soon as it is written and its network belongs to the pod: its copy, about to
    be made, needs the groups before.
    """
    if await _has_ports(tx, sg_id, pod):
        return Use.BY_PORTS
    return Use.BY_RULES if await admitted(tx, sg_id, pod) else Use.NONE


async def admitted(tx: Transaction, sg_id: str, pod: Pod) -> bool:
    """Tell whether a rule of a group that ports in the pod use admits the group."""
    statement = select(SecurityGroupRule.security_group_id).distinct()
    for row in await tx.all(statement.where(SecurityGroupRule.remote_group_id == sg_id)):
        if await _has_ports(tx, row["security_group_id"], pod):
            return True
    return False


async def _has_ports(tx: Transaction, sg_id: str, pod: Pod) -> bool:
    here = ports.join(networks, Network.id == Port.network_id)
    port = select(Port.id).select_from(here).where(Network.pod_id == pod.pod_id)
    return bool(await tx.value(select(exists(port.where(holds(sg_id))))))


def alike(rule: Row, body: Row) -> bool:
    """Tell whether a rule found in a pod does what the body asks for."""
    own = (a.name for a in SECURITY_GROUP_RULES.copied)
    names = (*own, "remote_group_id", "remote_address_group_id")
    return all(rule.get(name) == body.get(name) for name in names)
