"""Security groups and their rules."""

from typing import Any

from sqlalchemy import String

from models.database.record import Field, Unstored, attribute, column, fixed, unstored
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import (
    ANY_ID_OR_NONE,
    BOOLEAN,
    CIDR_OR_NONE,
    DESCRIPTION,
    DIRECTION,
    ETHERTYPE,
    INTEGER_OR_NONE,
    LIST,
    NAME,
    OWN_ID,
    PROTOCOL,
    TAGS,
    TEXT_OR_NONE,
)
from models.resource import REQUIRED, Kind


class SecurityGroup(Owned, table="security_groups"):
    """A security group; ``default_of`` is the project whose default group it is."""

    name: Field[str] = attribute(NAME, default="", copied=True)
    description: Field[str] = attribute(DESCRIPTION, default="")
    stateful: Field[bool] = attribute(BOOLEAN, default=True, copied=True)
    shared: Unstored[bool] = unstored(BOOLEAN, default=False)
    security_group_rules: Unstored[list[Any]] = unstored(LIST)
    tags: Field[list[str]] = fixed(TAGS, default=[])
    default_of: Field[str | None] = column(String(64), null=True, unique=True)


class SecurityGroupRule(Owned, table="security_group_rules"):
    """A rule of a security group."""

    description: Field[str] = attribute(DESCRIPTION, default="", put=False)
    security_group_id: Field[str] = attribute(OWN_ID, default=REQUIRED, put=False, index=True)
    direction: Field[str] = attribute(DIRECTION, default=REQUIRED, put=False, copied=True)
    ethertype: Field[str] = attribute(ETHERTYPE, default="IPv4", put=False, copied=True)
    protocol: Field[str | None] = attribute(PROTOCOL, put=False, copied=True)
    port_range_min: Field[int | None] = attribute(INTEGER_OR_NONE, put=False, copied=True)
    port_range_max: Field[int | None] = attribute(INTEGER_OR_NONE, put=False, copied=True)
    remote_ip_prefix: Field[str | None] = attribute(CIDR_OR_NONE, put=False, copied=True)
    remote_group_id: Field[str | None] = attribute(ANY_ID_OR_NONE, put=False, index=True)
    remote_address_group_id: Field[str | None] = attribute(ANY_ID_OR_NONE, put=False)
    normalized_cidr: Unstored[str | None] = unstored(TEXT_OR_NONE)
    belongs_to_default_sg: Unstored[bool] = unstored(BOOLEAN)


SECURITY_GROUPS = Kind(
    SecurityGroup,
    "security_group",
    "security_groups",
    "/security-groups",
    "SecurityGroupNotFound",
    noun="Security group",
)
SECURITY_GROUP_RULES = Kind(
    SecurityGroupRule,
    "security_group_rule",
    "security_group_rules",
    "/security-group-rules",
    "SecurityGroupRuleNotFound",
    noun="Security group rule",
)
