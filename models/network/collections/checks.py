"""Checks: what one attribute of a network resource may be; ``kinds`` says which is for which.

A check returns the value in its stored form or raises ``ValueError`` with Neutron's reason.
"""

import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from models.errors import BadRequest
from models.network.collections import shapes
from models.network.collections.shapes import ip, items, text
from models.resource import Attribute
from models.settings import Settings

Check = Callable[[Any], Any]

# What an integer column of every database holds.
LARGEST = 2**31 - 1
_HEX = re.compile("[0-9a-f]+")
# The digits of each part, by how many parts there are: netaddr's notations.
_MACS = {6: (1, 2), 3: (1, 4), 2: (5, 6), 1: (11, 12)}
VNICS = (
    "normal", "direct", "macvtap", "baremetal", "direct-physical", "virtio-forwarder",
    "smart-nic", "vdpa", "accelerator-direct", "accelerator-direct-physical",
    "remote-managed",
)  # fmt: skip
# What may be shared with single projects, and how.
RBAC_ACTIONS = {
    "network": ("access_as_shared", "access_as_external"),
    "subnetpool": ("access_as_shared",),
    "address_scope": ("access_as_shared",),
    "address_group": ("access_as_shared",),
    "security_group": ("access_as_shared",),
}
IPV6_MODES = ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")


def invalid_input(reason: str) -> BadRequest:
    """Return Neutron's error for a request that is well formed and yet wrong."""
    return BadRequest(f"Invalid input for operation: {reason}.", "InvalidInput")


def check(attribute: Attribute, value: Any, settings: Settings, whose: str) -> Any:
    """Return the value as it is stored; Neutron's ``HTTPBadRequest`` when it is not one.

    How much of it there is comes first: nobody looks at what is too much.
    """
    attribute.most.check(attribute.name, value, settings, whose)
    try:
        return attribute.kind.stored(value)
    except ValueError as error:
        raise BadRequest(
            f"Invalid input for {attribute.name}. Reason: {error}.", "HTTPBadRequest"
        ) from None


def integer(value: Any) -> int:
    """Return the integer, also from its digits; ``InvalidInput`` otherwise, and if it is huge."""
    try:
        if abs(number := int(value)) > LARGEST:
            raise ValueError
        return number
    except (TypeError, ValueError, OverflowError):
        raise invalid_input(f"'{value}' is not an integer") from None


def one_of(*valid: Any) -> Check:
    """Return the check that takes these values and no others."""

    def checker(value: Any) -> Any:
        if value not in valid:
            raise ValueError(f"{value} is not in valid_values")
        return value

    return checker


def list_of(checker: Check) -> Check:
    """Return the check of a list of different such values."""

    def checked(value: Any) -> list[Any]:
        found = [checker(item) for item in items(value)]
        _refuse_repeated(found)
        return found

    return checked


def host(value: Any) -> str:
    """Return the name of a host; whatever is empty is none."""
    return text(value, 255) if value else ""


def service_types(value: Any) -> list[str]:
    """Return the list of different words; an empty value of any kind is an empty list."""
    return [] if shapes.is_empty(value) else list_of(lambda word: text(word, 255))(value)


def zone_hints(value: Any) -> list[str]:
    """Return the list of different words, no longer in JSON than Neutron's column."""
    hints: list[str] = list_of(lambda word: text(word, 255))(value)
    if len(json.dumps(hints)) > 255:
        raise invalid_input("Too many availability_zone_hints specified")
    return hints


def not_blank(value: Any) -> str:
    """Return the text, of which there has to be some."""
    if not text(value, 255).strip():
        raise ValueError(f"'{value}' Blank strings are not permitted")
    return str(value)


def _refuse_repeated(found: list[Any]) -> None:
    if len(set(found)) < len(found):
        repeated = sorted(str(item) for item, times in Counter(found).items() if times > 1)
        raise ValueError(f"Duplicate items in the list: '{', '.join(repeated)}'")


def ip_version(value: Any) -> int:
    """Return 4 or 6."""
    return int(one_of(4, 6)(integer(value)))


def mac(value: Any) -> str:
    """Return the MAC address in Neutron's notation."""
    given = value.lower() if isinstance(value, str) else ""
    separator = next((char for char in ":-." if char in given), ":")
    parts = given.split(separator)
    least, most = _MACS.get(len(parts), (0, 0))
    whole = all(least <= len(part) <= most and _HEX.fullmatch(part) for part in parts)
    digits = "".join(part.zfill(most) for part in parts) if whole else ""
    # The dot is Cisco's, of three parts only.
    if not digits.strip("0") or (separator == "." and len(parts) != 3):
        raise ValueError(f"'{value}' is not a valid MAC address")
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def dictionary(value: Any) -> dict[str, Any]:
    """Return the dictionary."""
    if not isinstance(value, dict):
        raise ValueError(f"'{value}' is not a dictionary")
    return value


def nameservers(value: Any) -> list[str]:
    """Return the addresses as they were given, each once."""
    if shapes.is_empty(value):
        return []
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for nameserver: '{value}'")
    found: dict[str, None] = {}
    for server in value:
        try:
            ip(server)
        except ValueError as error:
            raise ValueError(f"'{server}' is not a valid nameserver. {error}") from None
        if server in found:
            raise ValueError(f"Duplicate nameserver '{server}'")
        found[server] = None
    return list(found)


def protocol(value: Any) -> str:
    """Return the name or number of a protocol as a word."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"'{value}' is not a valid string")
    return text(str(value).lower(), 255)


def ethertype(value: Any) -> Any:
    """Return it in Neutron's spelling."""
    known = {"ipv4": "IPv4", "ipv6": "IPv6"}
    if not isinstance(value, str) or value.lower() not in known:
        raise ValueError(f"'{value}' is not in ['IPv4', 'IPv6']")
    return known[value.lower()]


def cidr(value: Any) -> str:
    """Return the network of a subnet; host bits are dropped, as Neutron drops them."""
    try:
        return _network(value)
    except ValueError:
        raise invalid_input(f"{value} is not in a CIDR format") from None


def pools(value: Any) -> list[dict[str, str]]:
    """Return allocation pools; see ``shapes.pools``."""
    if shapes.is_empty(value):
        return []
    if not isinstance(value, list) or not all(isinstance(pool, dict) for pool in value):
        raise invalid_input("Invalid data format for allocation pools")
    return shapes.pools(value)


def host_or_subnet(value: Any) -> str:
    """Return a prefix as it was given: a lone address stays one (Neutron shows both forms)."""
    try:
        return _network(str(value)) if "/" in str(value) else ip(value)
    except ValueError:
        raise ValueError(f"'{value}' is not a valid IP subnet") from None


def natural(value: Any) -> int:
    """Return the integer that is not negative."""
    number = integer(value)
    if number < 0:
        raise ValueError(f"'{value}' should be non-negative")
    return number


def prefixes(value: Any) -> list[str]:
    """Return the prefixes without their host bits."""
    for item in items(value):
        shapes.subnet(item)
    return _networks(value)


def _networks(value: list[Any]) -> list[str]:
    found = []
    for item in value:
        try:
            found.append(_network(item))
        except ValueError:
            raise ValueError(f"'{item}' is not a valid IP subnet") from None
    _refuse_repeated(found)
    return found


def more_prefixes(value: Any) -> list[str]:
    """Return the prefixes that a request adds or takes; a lone address is one of itself."""
    given = value if isinstance(value, list) else [value]
    try:
        return _networks(given)
    except ValueError as error:
        wrong = next((item for item in given if not _is_prefix(item)), None)
        if wrong is None:
            raise BadRequest(f"Invalid input for addresses. Reason: {error}.") from None
        raise BadRequest(f"invalid IPNetwork {wrong}", "AddrFormatError") from None


def _is_prefix(value: Any) -> bool:
    try:
        _network(value)
    except ValueError:
        return False
    return True


def _network(value: Any) -> str:
    """Return a prefix without its host bits; no address of a machine's own zone has one."""
    if not isinstance(value, str) or "%" in value:
        raise ValueError
    return str(ipaddress.ip_interface(value).network)


def rbac_type(value: Any) -> str:
    """Return the type of object that a policy can share."""
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in RBAC_ACTIONS:
        raise invalid_input(f"'{value}' is not a valid RBAC object type")
    return str(word)


def tags(value: Any) -> list[str]:
    """Return the list of different words."""
    try:
        return list(list_of(lambda tag: text(tag, 255))(value))
    except ValueError as error:
        raise invalid_input(str(error)) from None
