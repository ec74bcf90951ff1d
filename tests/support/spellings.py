"""What null and the empty values of JSON do to an attribute of the network API, as Neutron has it.

By kinds of attributes, so that a new attribute of a known kind is told already; ``OF_ATTRIBUTES``
has those that Neutron looks at once more. Written down from what a Neutron 2025.1 answered to each
of them, at POST and at PUT.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.network.collections import kinds
from models.resource import Attribute, AttributeKind, Kind

SPELLINGS: dict[str, Any] = {"null": None, '""': "", "[]": [], "{}": {}}


@dataclass(frozen=True)
class Refused:
    """The type of the refusal; empty: any, where Neutron itself answers 500."""

    type: str = ""


@dataclass(frozen=True)
class Word:
    """An effect that is no value."""

    said: str


# As if it were left out of a POST; as if it were left out of a PUT; a new one is made.
OMITTED, KEPT, ANOTHER = Word("omitted"), Word("kept"), Word("another")
FORM, INPUT = Refused("HTTPBadRequest"), Refused("InvalidInput")
# In the order of the spellings.
Effects = tuple[Any, Any, Any, Any]
_NO_FORM: Effects = (FORM, FORM, FORM, FORM)
_NO_INPUT: Effects = (INPUT, INPUT, INPUT, INPUT)
_TEXT: Effects = (FORM, "", FORM, FORM)
_NULL: Effects = (None, FORM, FORM, FORM)
_LIST: Effects = ([], FORM, [], FORM)
_EMPTY: Effects = ([], [], [], [])
_NONE: Effects = (None, None, None, None)
_READ_ONLY = _NO_FORM

OF_KINDS: dict[str, Effects] = {
    "NAME": _TEXT,
    "DESCRIPTION": _TEXT,
    "LONG_DESCRIPTION": _TEXT,
    "TEXT": _TEXT,
    "TEXT_IF_SET": (FORM, INPUT, FORM, FORM),
    "NAME_OF_POOL": _NO_FORM,
    "PROJECT": _TEXT,
    "HOST": ("", "", "", ""),
    "UUID": _NO_FORM,
    "UUID_OR_NONE": _NULL,
    "OWN_ID": (FORM, Refused("SecurityGroupNotFound"), FORM, FORM),
    "ANY_ID_OR_NONE": _NONE,
    "IP_OR_NONE": _NULL,
    "CIDR": (Refused(), INPUT, Refused(), Refused()),
    "CIDR_OR_NONE": _NONE,
    "MAC": (ANOTHER, FORM, FORM, FORM),
    "VNIC": _NO_FORM,
    "IPV6_MODE": _NO_FORM,
    "DIRECTION": _NO_FORM,
    "ETHERTYPE": (Refused("SecurityGroupRuleInvalidEtherType"),) * 4,
    "PROTOCOL": (None, Refused("SecurityGroupRuleInvalidProtocol"), Refused(), Refused()),
    "RBAC_TYPE": (Refused(), INPUT, Refused(), Refused()),
    "BOOLEAN": _NO_INPUT,
    "BOOLEAN_OR_NONE": (OMITTED, INPUT, INPUT, INPUT),
    "INTEGER_OR_NONE": (None, *((Refused("SecurityGroupInvalidPortValue"),) * 3)),
    "INTEGER_IF_SET": _NO_INPUT,
    "NATURAL_IF_SET": _NO_INPUT,
    "MTU": _NO_INPUT,
    "IP_VERSION": _NO_INPUT,
    "ZONE_HINTS": (FORM, FORM, [], FORM),
    "GROUPS": _LIST,
    "SERVICE_TYPES": _EMPTY,
    "IP_LIST": _EMPTY,
    "POOLS": _EMPTY,
    "FIXED_IPS": (FORM, FORM, [], FORM),
    "ROUTES": _LIST,
    "PAIRS": _LIST,
    "DHCP_OPTS": ([], INPUT, [], INPUT),
    "PREFIXES": _LIST,
    "POOL_PREFIXES": (FORM, FORM, Refused("EmptySubnetPoolPrefixList"), FORM),
    "GATEWAY_INFO": _NONE,
}
# What a service sets is refused to others before it is looked at.
_FORBIDDEN = Refused("PolicyNotAuthorized")
OF_ATTRIBUTES: dict[tuple[str, str, str], Effects] = {
    ("POST", "floatingips", "floating_ip_address"): (ANOTHER, FORM, FORM, FORM),
    ("POST", "rbac_policies", "action"): (FORM, Refused("InvalidActionForType"), FORM, FORM),
    # Nothing but a wish: no answer has it.
    ("POST", "floatingips", "subnet_id"): _NULL,
    ("PUT", "subnetpools", "prefixes"): (
        FORM, FORM, Refused("IllegalSubnetPoolPrefixUpdate"), FORM,
    ),
    ("POST", "subnets", "allocation_pools"): (OMITTED, OMITTED, OMITTED, OMITTED),
    ("PUT", "ports", "extra_dhcp_opts"): (KEPT, INPUT, KEPT, INPUT),
    ("PUT", "routers", "ha"): (KEPT, INPUT, INPUT, INPUT),
    ("PUT", "routers", "distributed"): (KEPT, INPUT, INPUT, INPUT),
    ("POST", "ports", "binding:profile"): (_FORBIDDEN, FORM, FORM, _FORBIDDEN),
    ("PUT", "ports", "binding:profile"): (_FORBIDDEN, FORM, FORM, _FORBIDDEN),
}  # fmt: skip
_NAMES = {id(kind): name for name, kind in vars(kinds).items() if isinstance(kind, AttributeKind)}


def effects(verb: str, kind: Kind, attribute: Attribute) -> Effects:
    """What each spelling of the attribute does; a kind that nobody told of is a ``KeyError``."""
    if not (attribute.post if verb == "POST" else attribute.put):
        return _READ_ONLY
    known = OF_ATTRIBUTES.get((verb, kind.collection, attribute.name))
    return known or OF_KINDS[_NAMES[id(attribute.kind)]]
