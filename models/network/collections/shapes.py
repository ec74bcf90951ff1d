"""Shapes: the lists and objects that attributes of network resources are made of."""

import ipaddress
import json
from collections.abc import Callable
from typing import Any

from models.errors import BadRequest
from models.uuids import is_uuid_like

_GATEWAY_KEYS = {"network_id", "enable_snat", "external_fixed_ips"}
_BLANK_DHCP_OPTS = ("router", "classless-static-route")
# Of every spelling of truth that there is, Neutron knows these, in any case.
_TRUE = {"1", "t", "true", "on", "y", "yes"}
_FALSE = {"0", "f", "false", "off", "n", "no"}
_DHCP_OPT_KEYS = {"opt_name", "opt_value", "ip_version"}


def text(value: Any, limit: int) -> str:
    """Return the string, at most so long, without the null that PostgreSQL does not store."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"'{value}' is not a valid string")
    if len(value) > limit:
        raise ValueError(f"'{value}' exceeds maximum length of {limit}")
    return value


def is_empty(value: Any) -> bool:
    """Tell whether there is nothing in what could be gone through: Neutron takes it for a list."""
    return isinstance(value, str | dict | list) and not value


def uuid(value: Any) -> str:
    """Return the UUID."""
    if not is_uuid_like(value):
        raise ValueError(f"'{value}' is not a valid UUID")
    return str(value)


def any_id(value: Any) -> str | None:
    """Return what is looked up as an id, whatever it is; nothing of any kind is none."""
    return str(value) if value else None


def boolean(value: Any) -> bool:
    """Return the truth value of what Neutron takes for one; ``InvalidInput`` otherwise."""
    word = str(value).strip().lower()
    if not isinstance(value, bool | int | str) or word not in _TRUE | _FALSE:
        raise _invalid(f"'{value}' cannot be converted to boolean")
    return word in _TRUE


def items(value: Any) -> list[Any]:
    """Return the list."""
    if not isinstance(value, list):
        raise ValueError(f"'{value}' is not a list")
    return value


def ip(value: Any) -> str:
    """Return the address in its shortest form."""
    try:
        # An address with a zone is one of a machine's own.
        if not isinstance(value, str) or "%" in value:
            raise ValueError
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a valid IP address") from None


def subnet(value: Any) -> str:
    """Return a prefix; its host bits stay where they are set, as Neutron leaves them."""
    try:
        # A mask in numbers is another notation than Neutron's.
        if not isinstance(value, str) or not value.rpartition("/")[2].isdecimal():
            raise ValueError
        ip(value.partition("/")[0])
        return str(ipaddress.ip_interface(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a valid IP subnet") from None


def _destination(value: Any) -> str:
    try:
        if not isinstance(value, str) or "/" not in value:
            raise ValueError
        ip(value.partition("/")[0])
        network = ipaddress.ip_network(value)
    except ValueError:
        raise ValueError(f"'{value}' is not a valid CIDR") from None
    if network.is_loopback:
        raise ValueError(f"'{value}' is not a routable CIDR")
    return value


def _only(found: Any, keys: set[str], what: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError(f"Invalid data format for {what}: '{found}'")
    if set(found) != keys:
        raise ValueError(_wrong_keys(keys, set(found)))
    return found


def _wrong_keys(expected: set[str], given: set[str]) -> str:
    def shown(keys: set[str]) -> str:
        return "{" + ", ".join(repr(key) for key in sorted(keys)) + "}"

    return (
        f"Validation of dictionary's keys failed. Expected keys: {shown(expected)} "
        f"Provided keys: {shown(given)}"
    )


def pools(value: Any) -> list[dict[str, str]]:
    """Return allocation pools, ``[{"start": ip, "end": ip}]``."""
    if is_empty(value):
        return []
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for IP pool: '{value}'")
    found = [_only(pool, {"start", "end"}, "IP pool") for pool in value]
    return [{"start": ip(pool["start"]), "end": ip(pool["end"])} for pool in found]


def routes(value: Any) -> list[dict[str, str]]:
    """Return host or extra routes, ``[{"destination": cidr, "nexthop": ip}]``."""
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for hostroute: '{value}'")
    found: dict[tuple[str, str], dict[str, str]] = {}
    for item in value:
        route = _only(item, {"destination", "nexthop"}, "hostroute")
        destination, nexthop = _destination(route["destination"]), ip(route["nexthop"])
        if (destination, nexthop) in found:
            raise ValueError(f"Duplicate hostroute '{item}'")
        found[destination, nexthop] = {"destination": destination, "nexthop": nexthop}
    return list(found.values())


def fixed_ips(value: Any) -> list[dict[str, str]]:
    """Return wishes for addresses, ``[{"subnet_id"?: uuid, "ip_address"?: ip}]``."""
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for fixed IP: '{value}'")
    found: list[dict[str, str]] = []
    addresses: set[str] = set()
    for item in value:
        # Whatever else it says is not Neutron's to read.
        if not isinstance(item, dict):
            raise ValueError(f"Invalid data format for fixed IP: '{item}'")
        checked: dict[str, str] = {}
        if "ip_address" in item:
            checked["ip_address"] = ip(item["ip_address"])
            if checked["ip_address"] in addresses:
                raise ValueError(f"Duplicate IP address '{checked['ip_address']}'")
            addresses.add(checked["ip_address"])
        if "subnet_id" in item:
            checked["subnet_id"] = uuid(item["subnet_id"])
        found.append(checked)
    return found


def pairs(value: Any, mac: Callable[[Any], str]) -> list[dict[str, str]]:
    """Return allowed address pairs as given, ``[{"ip_address": ip or cidr, "mac_address"?}]``."""
    found: dict[tuple[str, str | None], dict[str, str]] = {}
    if not isinstance(value, list):
        raise _bad("Allowed address pairs must be a list.")
    for item in value:
        if not isinstance(item, dict):
            raise ValueError(f"Invalid data format for allowed address pair: '{item}'")
        extra = sorted(set(item) - {"ip_address", "mac_address"})
        if extra:
            raise _bad(f"Unrecognized attribute(s) '{', '.join(extra)}'")
        if not item.get("ip_address"):
            raise BadRequest(
                "AllowedAddressPair must contain ip_address", "AllowedAddressPairsMissingIP"
            )
        try:
            address = item["ip_address"]
            subnet(address) if "/" in str(address) else ip(address)
            if "mac_address" in item:
                mac(item["mac_address"])
        except ValueError as error:
            raise _bad(str(error)) from None
        pair = (item["ip_address"], item.get("mac_address"))
        if pair in found:
            raise BadRequest(
                "Request contains duplicate address pair: mac_address "
                f"{item.get('mac_address')} ip_address {item['ip_address']}.",
                "DuplicateAddressPairInRequest",
            )
        found[pair] = dict(item)
    return list(found.values())


def dhcp_opts(value: Any) -> list[dict[str, Any]]:
    """Return extra DHCP options, ``[{"opt_name", "opt_value", "ip_version"?}]``."""
    if not isinstance(value, list):
        raise _invalid(f"'{value}' is not a list")
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for opt in value:
        if (said := json.dumps(opt, sort_keys=True)) in seen:
            raise _invalid(f"Duplicate items in the list: '{opt}'")
        seen.add(said)
        try:
            found.append(_dhcp_opt(opt))
        except ValueError:
            raise _invalid(f"No valid key specs matched for: {opt}") from None
    return found


def _dhcp_opt(opt: Any) -> dict[str, Any]:
    if not isinstance(opt, dict) or not {"opt_name", "opt_value"} <= set(opt) <= _DHCP_OPT_KEYS:
        raise ValueError
    name, setting, version = opt["opt_name"], opt["opt_value"], opt.get("ip_version", 4)
    blank = name in _BLANK_DHCP_OPTS and setting == ""
    if not _is_line(name, 64) or not (setting is None or blank or _is_line(setting, 255)):
        raise ValueError
    if isinstance(version, bool | float) or str(version) not in ("4", "6"):
        raise ValueError
    return {"opt_name": name, "opt_value": setting, "ip_version": int(version)}


def _is_line(value: Any, limit: int) -> bool:
    """Tell whether it is one line of text that is not blank."""
    if not isinstance(value, str) or "\0" in value or len(value) > limit:
        return False
    return bool(value.strip()) and len(value.splitlines()) == 1


def gateway_info(value: Any) -> dict[str, Any] | None:
    """Return a router's wish for a gateway; None or empty for none."""
    # Nothing of any kind: Neutron asks no more.
    if not value:
        return None
    if not isinstance(value, dict):
        raise ValueError(f"'{value}' is not a dictionary")
    extra = sorted(set(value) - _GATEWAY_KEYS)
    if extra:
        raise ValueError(f"Unexpected keys supplied: {', '.join(extra)}")
    if "network_id" not in value:
        raise ValueError(_wrong_keys({"network_id"}, set(value)))
    info: dict[str, Any] = {"network_id": uuid(value["network_id"])}
    if "enable_snat" in value:
        info["enable_snat"] = boolean(value["enable_snat"])
    if "external_fixed_ips" in value:
        info["external_fixed_ips"] = fixed_ips(value["external_fixed_ips"])
    return info


def _bad(message: str) -> BadRequest:
    return BadRequest(message, "HTTPBadRequest")


def _invalid(reason: str) -> BadRequest:
    return BadRequest(f"Invalid input for operation: {reason}.", "InvalidInput")
