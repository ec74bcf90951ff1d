"""Shapes: the lists and objects that attributes of network resources are made of."""

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from models.errors import BadRequest

_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_GATEWAY_KEYS = {"network_id", "enable_snat", "external_fixed_ips"}
_DHCP_OPT_KEYS = {"opt_name", "opt_value", "ip_version"}


def text(value: Any, limit: int) -> str:
    """Return the string, at most so long, without the null that PostgreSQL does not store."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"'{value}' is not a valid string")
    if len(value) > limit:
        raise ValueError(f"'{value}' exceeds maximum length of {limit}")
    return value


def uuid(value: Any) -> str:
    """Return the UUID."""
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError(f"'{value}' is not a valid UUID")
    return value


def items(value: Any) -> list[Any]:
    """Return the list."""
    if not isinstance(value, list):
        raise ValueError(f"'{value}' is not a list")
    return value


def ip(value: Any) -> str:
    """Return the address in its shortest form."""
    try:
        if not isinstance(value, str):
            raise ValueError
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a valid IP address") from None


def subnet(value: Any) -> str:
    """Return the network; one written with host bits set is told what it should be."""
    try:
        if not isinstance(value, str):
            raise ValueError
        network = ipaddress.ip_interface(value).network
    except ValueError:
        raise ValueError(f"'{value}' is not a valid IP subnet") from None
    if "/" not in value or ipaddress.ip_address(value.split("/")[0]) != network.network_address:
        raise ValueError(
            f"'{value}' isn't a recognized IP subnet cidr, '{network}' is recommended"
        )
    return str(network)


def _destination(value: Any) -> str:
    try:
        return subnet(value)
    except ValueError:
        raise ValueError(f"'{value}' is not a valid CIDR") from None


def _only(found: Any, keys: set[str], what: str, *, exactly: bool = True) -> dict[str, Any]:
    if not isinstance(found, dict) or (not exactly and not set(found) <= keys):
        raise ValueError(f"Invalid data format for {what}: '{found}'")
    if exactly and set(found) != keys:
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
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for IP pool: '{value}'")
    found = [_only(pool, {"start", "end"}, "IP pool") for pool in value]
    return [{"start": ip(pool["start"]), "end": ip(pool["end"])} for pool in found]


def routes(value: Any) -> list[dict[str, str]]:
    """Return host or extra routes, ``[{"destination": cidr, "nexthop": ip}]``."""
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for hostroute: '{value}'")
    found: list[dict[str, str]] = []
    for item in value:
        route = _only(item, {"destination", "nexthop"}, "hostroute")
        checked = {
            "destination": _destination(route["destination"]),
            "nexthop": ip(route["nexthop"]),
        }
        if checked in found:
            raise ValueError(f"Duplicate hostroute '{item}'")
        found.append(checked)
    return found


def fixed_ips(value: Any) -> list[dict[str, str]]:
    """Return wishes for addresses, ``[{"subnet_id"?: uuid, "ip_address"?: ip}]``."""
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for fixed IP: '{value}'")
    found: list[dict[str, str]] = []
    for item in value:
        wish = _only(item, {"subnet_id", "ip_address"}, "fixed IP", exactly=False)
        checked: dict[str, str] = {}
        if wish.get("subnet_id") is not None:
            checked["subnet_id"] = uuid(wish["subnet_id"])
        if wish.get("ip_address") is not None:
            checked["ip_address"] = ip(wish["ip_address"])
            if any(checked["ip_address"] == other.get("ip_address") for other in found):
                raise ValueError(f"Duplicate IP address '{checked['ip_address']}'")
        found.append(checked)
    return found


def pairs(value: Any, mac: Callable[[Any], str]) -> list[dict[str, str]]:
    """Return allowed address pairs, ``[{"ip_address": ip or cidr, "mac_address"?: mac}]``."""
    found: list[dict[str, str]] = []
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
        address = item["ip_address"]
        try:
            checked = {"ip_address": subnet(address) if "/" in str(address) else ip(address)}
        except ValueError as error:
            raise _bad(str(error)) from None
        if item.get("mac_address") is not None:
            checked["mac_address"] = mac(item["mac_address"])
        if checked in found:
            raise BadRequest(
                "Request contains duplicate address pair: mac_address "
                f"{item.get('mac_address')} ip_address {item['ip_address']}.",
                "DuplicateAddressPairInRequest",
            )
        found.append(checked)
    return found


def dhcp_opts(value: Any) -> list[dict[str, Any]]:
    """Return extra DHCP options, ``[{"opt_name", "opt_value", "ip_version"?}]``."""
    found = []
    if not isinstance(value, list):
        raise _invalid(f"'{value}' is not a list")
    for opt in value:
        named = isinstance(opt, dict) and isinstance(opt.get("opt_name"), str)
        if not named or not opt["opt_name"].strip() or not set(opt) <= _DHCP_OPT_KEYS:
            raise _invalid(f"No valid key specs matched for: {opt}")
        version = opt.get("ip_version", 4)
        if str(version) not in ("4", "6"):
            raise ValueError(f"'{version}' is not in [4, 6]")
        setting = opt.get("opt_value")
        checked = None if setting is None else text(setting, 255)
        found.append(
            {"opt_name": opt["opt_name"], "opt_value": checked, "ip_version": int(version)}
        )
    return found


def gateway_info(value: Any) -> dict[str, Any] | None:
    """Return a router's wish for a gateway; None or empty for none."""
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise ValueError(f"'{value}' is not a dictionary")
    extra = sorted(set(value) - _GATEWAY_KEYS)
    if extra:
        raise ValueError(f"Unexpected keys supplied: {', '.join(extra)}")
    if "network_id" not in value:
        raise ValueError(_wrong_keys({"network_id"}, set(value)))
    info: dict[str, Any] = {"network_id": uuid(value["network_id"])}
    if value.get("enable_snat") is not None:
        if str(value["enable_snat"]).lower() not in ("true", "false", "1", "0"):
            raise _invalid(f"'{value['enable_snat']}' cannot be converted to boolean")
        info["enable_snat"] = str(value["enable_snat"]).lower() in ("true", "1")
    if value.get("external_fixed_ips") is not None:
        info["external_fixed_ips"] = fixed_ips(value["external_fixed_ips"])
    return info


def _bad(message: str) -> BadRequest:
    return BadRequest(message, "HTTPBadRequest")


def _invalid(reason: str) -> BadRequest:
    return BadRequest(f"Invalid input for operation: {reason}.", "InvalidInput")
