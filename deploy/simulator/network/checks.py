"""Checks of single values: each returns the value as it is stored or raises ValueError."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json
from deploy.simulator.network.errors import NeutronError

_MAC = re.compile(r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")
_UUID = re.compile(r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$")


class Unconvertible(ValueError):
    """Neutron converts some values before it checks them, and refuses those in other words."""


def text(limit: int = 255) -> Callable[[Any], str]:
    """A string of at most `limit` characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"'{value}' is not a valid string")
        if len(value) > limit:
            raise ValueError(f"'{value}' exceeds maximum length of {limit}")
        return value

    return check


def boolean(value: Any) -> bool:
    """True or false, also as the words and numbers Neutron takes for them."""
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "1"):
        return True
    if str(value).lower() in ("false", "0"):
        return False
    raise Unconvertible(f"'{value}' cannot be converted to boolean")


def integer(low: int = 0, high: int = 2**31 - 1) -> Callable[[Any], int]:
    """A whole number in a range."""

    def check(value: Any) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise Unconvertible(f"'{value}' is not an integer") from None
        if not low <= number <= high:
            raise ValueError(f"'{value}' is not in the range {low} to {high}")
        return number

    return check


def uuid(value: Any) -> str:
    """A UUID."""
    if not isinstance(value, str) or not _UUID.match(value):
        raise ValueError(f"'{value}' is not a valid UUID")
    return value


def nullable(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same check, with null allowed."""
    return lambda value: None if value is None else check(value)


def one_of(*allowed: str) -> Callable[[Any], str]:
    """One of some words."""

    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"'{value}' is not in {list(allowed)}")
        return str(value)

    return check


def list_of(check: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """A list whose items pass a check."""

    def check_all(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"'{value}' is not a list")
        return [check(item) for item in value]

    return check_all


def at_most(
    most: int, check: Callable[[Any], list[Any]], kind: str, words: str
) -> Callable[[Any], list[Any]]:
    """The same check of a list that has at most so many items."""

    def check_some(value: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > most:
            raise NeutronError(400, kind, words)
        return check(value)

    return check_some


def or_null(check: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    """The same check of a list, for which null is the empty one."""
    return lambda value: [] if value is None else check(value)


def or_empty(check: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    """The same check of a list, for which whatever is empty is the empty one."""
    return lambda value: check(value) if value else []


def host(value: Any) -> str:
    """The name of a host; whatever is empty is none."""
    return text()(value) if value else ""


def filled(value: Any) -> str:
    """A string with more in it than white space."""
    if not text()(value).strip():
        raise ValueError(f"'{value}' Blank strings are not permitted")
    return str(value)


def gateway(value: Any) -> Json | None:
    """What a router is to have for a gateway; whatever is empty is none."""
    return table(value) if value else None


def given(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A value that passes a check and is kept as it was given."""

    def keep(value: Any) -> Any:
        check(value)
        return value

    return keep


def pair(value: Any) -> Json:
    """An allowed address pair."""
    if not isinstance(value, dict) or not value.get("ip_address"):
        raise ValueError("AllowedAddressPair must contain ip_address")
    address = value["ip_address"]
    if not isinstance(address, str) or "/" not in address:
        ip(address)
    else:
        cidr(address)
    if "mac_address" in value:
        mac(value["mac_address"])
    return value


_OPTION = {"opt_name", "opt_value", "ip_version"}


def dhcp_option(value: Any) -> Json:
    """An extra DHCP option; without a value it is to go."""
    refused = Unconvertible(f"No valid key specs matched for: {value}")
    if not isinstance(value, dict) or not {"opt_name", "opt_value"} <= set(value) <= _OPTION:
        raise refused
    version, setting = integer()(value.get("ip_version", 4)), value["opt_value"]
    may_be_empty = value["opt_name"] in ("router", "classless-static-route")
    if version not in (4, 6) or not str(value["opt_name"]).strip():
        raise refused
    if setting is not None and not (
        isinstance(setting, str) and (setting.strip() or may_be_empty)
    ):
        raise refused
    return {**value, "ip_version": version}


def mac(value: Any) -> str:
    """A hardware address."""
    address = str(value).lower().replace("-", ":")
    if not _MAC.match(address):
        raise ValueError(f"'{value}' is not a valid MAC address")
    return address


def ip(value: Any) -> str:
    """An IP address."""
    try:
        if not isinstance(value, str) or "%" in value:
            raise ValueError
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a valid IP address") from None


def cidr(value: Any) -> str:
    """A network prefix, stored in its canonical form."""
    try:
        if not isinstance(value, str) or "%" in value:
            raise ValueError
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise Unconvertible(f"'{value}' is not in a CIDR format") from None


def mode(value: Any) -> str:
    """How hosts of an IPv6 subnet get their addresses."""
    if value not in ("dhcpv6-stateful", "dhcpv6-stateless", "slaac"):
        raise ValueError(f"{value} is not in valid_values")
    return str(value)


def table(value: Any) -> Json:
    """An object."""
    if not isinstance(value, dict):
        raise ValueError(f"'{value}' is not a dictionary")
    return value


def optional_table(value: Any) -> Json:
    """An object; null is the empty one."""
    return {} if value is None else table(value)


def record(**fields: Callable[[Any], Any]) -> Callable[[Any], Json]:
    """An object that has some of these fields and no other."""

    def check(value: Any) -> Json:
        unknown = set(table(value)) - set(fields)
        if unknown:
            raise ValueError(f"unexpected keys {sorted(unknown)}")
        try:
            return {name: fields[name](item) for name, item in value.items()}
        except Unconvertible as error:
            # Inside a list nothing is converted, only checked.
            raise ValueError(str(error)) from error

    return check


def fixed_ips(value: Any) -> list[Json]:
    """Addresses asked for, each by subnet, by address or by both."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError(f"Invalid data format for fixed IP: '{value}'")
    rows: list[Json] = list_of(record(subnet_id=uuid, ip_address=ip))(value)
    if any(not row for row in rows):
        raise ValueError("a fixed IP needs a subnet_id or an ip_address")
    return rows


def pools(value: Any) -> list[Json]:
    """Allocation pools, in the order given."""
    rows: list[Json] = list_of(record(start=ip, end=ip))(value)
    if any(set(row) != {"start", "end"} for row in rows):
        raise ValueError("an allocation pool needs a start and an end")
    return rows


def routes(value: Any) -> list[Json]:
    """Extra routes."""
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for hostroute: '{value}'")
    rows: list[Json] = list_of(record(destination=given(cidr), nexthop=ip))(value)
    if any(set(row) != {"destination", "nexthop"} for row in rows):
        raise ValueError("a route needs a destination and a nexthop")
    return rows
