"""The kinds of attributes: each names column, check, filter and the meaning of null at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import JSON, Boolean, Integer, String

from models.network.collections import checks, shapes
from models.resource import REFUSED, AttributeKind, Match, Most

T = TypeVar("T")
Texts = list[str]
Structures = list[dict[str, Any]]


def _text(check: Callable[[Any], str]) -> AttributeKind[str]:
    return AttributeKind(String(255), check)


def _integer(check: Callable[[Any], int]) -> AttributeKind[int]:
    return AttributeKind(Integer(), check)


def _texts(check: Callable[[Any], str]) -> AttributeKind[Texts]:
    return AttributeKind(JSON(), checks.list_of(check), Match.CONTAINS)


def _structure(check: Callable[[Any], T], null: Any) -> AttributeKind[T]:
    return AttributeKind(JSON(), check, Match.NEVER, null)


def _or_none(kind: AttributeKind[T]) -> AttributeKind[T | None]:
    """Return the kind that also takes null for what is not set."""
    check: Callable[[Any], T | None] = kind.check
    return AttributeKind(kind.type, check, kind.match, None, kind.word)


def _unset(kind: AttributeKind[T]) -> AttributeKind[T | None]:
    """Return the kind that may be not set, which no client can say: null is refused."""
    check: Callable[[Any], T | None] = kind.check
    return AttributeKind(kind.type, check, kind.match, REFUSED, kind.word)


def _limited(limit: int) -> Callable[[Any], str]:
    return lambda value: shapes.text(value, limit)


TEXT = _text(_limited(255))
TEXT_OR_NONE = _or_none(TEXT)
TEXT_IF_SET = _unset(TEXT)
HOST = _text(checks.host)
NAME = _text(_limited(255))
NAME_OF_POOL = _text(checks.not_blank)
DESCRIPTION = _text(_limited(255))
LONG_DESCRIPTION = AttributeKind(String(1024), _limited(1024))
PROJECT = _text(_limited(64))
UUID = _text(shapes.uuid)
UUID_OR_NONE = _or_none(UUID)
# What Neutron looks up without a look at its form: no such object is no wrong input.
OWN_ID = _text(_limited(36))
ANY_ID_OR_NONE = AttributeKind(String(255), shapes.any_id, null=None)
IP_OR_NONE = _or_none(_text(shapes.ip))
CIDR = _text(checks.cidr)
CIDR_OR_NONE = _or_none(_text(checks.host_or_subnet))
MAC = replace(_text(checks.mac), word=str.lower)
VNIC = _text(checks.one_of(*checks.VNICS))
IPV6_MODE = _unset(_text(checks.one_of(*checks.IPV6_MODES)))
DIRECTION = _text(checks.one_of("ingress", "egress"))
ETHERTYPE = _text(checks.ethertype)
PROTOCOL = _or_none(_text(checks.protocol))
RBAC_TYPE = _text(checks.rbac_type)

BOOLEAN = AttributeKind(Boolean(), shapes.boolean)
BOOLEAN_OR_NONE = _or_none(BOOLEAN)
INTEGER_OR_NONE = _or_none(_integer(checks.integer))
INTEGER_IF_SET = _unset(_integer(checks.integer))
MTU = _integer(checks.natural)
IP_VERSION = _integer(checks.ip_version)
NATURAL_IF_SET = _unset(_integer(checks.natural))

TEXT_LIST = _texts(_limited(255))
ZONE_HINTS: AttributeKind[Texts] = AttributeKind(JSON(), checks.zone_hints, Match.CONTAINS)
SERVICE_TYPES: AttributeKind[Texts] = AttributeKind(
    JSON(), checks.service_types, Match.CONTAINS, []
)
UUID_LIST = _texts(shapes.uuid)
GROUPS = replace(UUID_LIST, null=[])
IP_LIST: AttributeKind[Texts] = AttributeKind(JSON(), checks.nameservers, Match.CONTAINS, [])
TAGS: AttributeKind[Texts] = AttributeKind(JSON(), checks.tags, Match.TAGS)

POOLS = _structure(checks.pools, [])
FIXED_IPS = _structure(shapes.fixed_ips, REFUSED)
ROUTES = _structure(shapes.routes, [])
PAIRS = _structure(lambda value: shapes.pairs(value, checks.mac), [])
DHCP_OPTS = _structure(shapes.dhcp_opts, [])
PREFIXES = _structure(checks.prefixes, [])
POOL_PREFIXES = _structure(checks.prefixes, REFUSED)
DICTIONARY = _structure(checks.dictionary, {})
DICTIONARY_OR_NONE = _or_none(DICTIONARY)
# Without null: Neutron refuses it.
LIST: AttributeKind[list[Any]] = AttributeKind(JSON(), shapes.items, Match.NEVER)
GATEWAY_INFO = _structure(shapes.gateway_info, None)

MOST_FIXED_IPS = Most(
    lambda settings: settings.max_fixed_ips_per_port,
    "Invalid input for operation: Exceeded maximum amount of fixed ips per port: {most} "
    "(max_fixed_ips_per_port).",
    "InvalidInput",
)
MOST_PAIRS = Most(
    lambda settings: settings.max_allowed_address_pair,
    "The number of allowed address pair exceeds the maximum {most}.",
    "AllowedAddressPairExhausted",
)
MOST_NAMESERVERS = Most(
    lambda settings: settings.max_dns_nameservers,
    "Unable to complete operation for {whose}. The number of DNS nameservers exceeds the limit "
    "{most}.",
    "DNSNameServersExhausted",
)
MOST_HOST_ROUTES = Most(
    lambda settings: settings.max_subnet_host_routes,
    "Unable to complete operation for {whose}. The number of host routes exceeds the limit "
    "{most}.",
    "HostRoutesExhausted",
)
MOST_ROUTES = Most(
    lambda settings: settings.max_routes,
    "Unable to complete operation for {whose}. The number of routes exceeds the maximum {most}.",
    "RoutesExhausted",
)
