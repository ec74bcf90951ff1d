"""What a security group rule may say, with Neutron's own words when it may not."""

import ipaddress
from typing import Any

from models.database.store import Row
from models.errors import BadRequest

_NUMBERS = {
    "ah": 51, "dccp": 33, "egp": 8, "esp": 50, "gre": 47, "hopopt": 0, "icmp": 1, "igmp": 2,
    "ip": 0, "ipip": 4, "ipv6-encap": 41, "ipv6-frag": 44, "ipv6-icmp": 58, "icmpv6": 58,
    "ipv6-nonxt": 59, "ipv6-opts": 60, "ipv6-route": 43, "ospf": 89, "pgm": 113, "rsvp": 46,
    "sctp": 132, "tcp": 6, "udp": 17, "udplite": 136, "vrrp": 112,
}  # fmt: skip
_WITH_PORTS = {_NUMBERS[name]: name for name in ("dccp", "sctp", "tcp", "udp", "udplite")}
_ICMP = (_NUMBERS["icmp"], _NUMBERS["ipv6-icmp"])
_ETHERTYPES = {"ipv4": "IPv4", "ipv6": "IPv6"}
_IPV6_NAMES = {"ipv6-encap", "ipv6-frag", "ipv6-icmp", "icmpv6", "ipv6-nonxt", "ipv6-opts",
               "ipv6-route"}  # fmt: skip
_IPV6_ONLY = _IPV6_NAMES | {str(_NUMBERS[name]) for name in _IPV6_NAMES}
_WHOLE_RANGE = (1, 65535)
_ANYWHERE = ("0.0.0.0/0", "::/0")
_SAME = (
    "direction", "ethertype", "port_range_min", "port_range_max", "remote_group_id",
    "remote_address_group_id",
)  # fmt: skip


def converted(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body with what a rule's own attributes stand for; Neutron's 400 otherwise."""
    found = dict(body)
    converters = {
        "protocol": _protocol,
        "ethertype": _ethertype,
        "port_range_min": _port,
        "port_range_max": _port,
        "remote_ip_prefix": _prefix,
    }
    for name, convert in converters.items():
        if name in found:
            found[name] = convert(found[name])
    return found


def canonical(rule: Row) -> Row:
    """Return the rule in the one form among equal ones; Neutron's 400 where it makes no sense."""
    found = dict(rule)
    if rule["ethertype"] == "IPv6":
        renamed = {"icmp": "ipv6-icmp", "icmpv6": "ipv6-icmp", "1": "58"}
        found["protocol"] = renamed.get(rule["protocol"], rule["protocol"])
    if (rule["port_range_min"], rule["port_range_max"]) == _WHOLE_RANGE:
        found["port_range_min"] = found["port_range_max"] = None
    _check_ports(found)
    _check_prefix(found)
    if found["ethertype"] == "IPv4" and found["protocol"] in _IPV6_ONLY:
        raise BadRequest(
            f"Invalid ethertype IPv4 for protocol {found['protocol']}.",
            "SecurityGroupEthertypeConflictWithProtocol",
        )
    remotes = ("remote_ip_prefix", "remote_group_id", "remote_address_group_id")
    if sum(bool(found[name]) for name in remotes) > 1:
        raise BadRequest(
            "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be "
            "provided.",
            "SecurityGroupMultipleRemoteEntites",
        )
    return found


def key(rule: Row) -> tuple[Any, ...]:
    """Return what two rules of one group must not both be."""
    prefix = rule["remote_ip_prefix"]
    prefix = None if prefix in _ANYWHERE else prefix
    return (*(rule[name] for name in _SAME), prefix, _number(rule["protocol"]))


def normalized_cidr(prefix: str | None) -> str | None:
    """Return the prefix without its host bits."""
    return str(ipaddress.ip_interface(prefix).network) if prefix else None


def _number(protocol: str | None) -> int | None:
    if protocol is None:
        return None
    return _NUMBERS[protocol] if protocol in _NUMBERS else int(protocol)


def _protocol(value: Any) -> str | None:
    if value is None or value == "any":
        return None
    name = str(value).lower() if isinstance(value, str | int) else ""
    number = name.isascii() and name.isdigit() and len(name) <= 3 and int(name) <= 255
    if name in _NUMBERS or number:
        return name
    values = (None, "any", *_NUMBERS)
    raise BadRequest(
        f"Security group rule protocol {value} not supported. Only protocol values {values} and "
        "integer representations [0 to 255] are supported.",
        "SecurityGroupRuleInvalidProtocol",
    )


def _ethertype(value: Any) -> str:
    if isinstance(value, str) and value.lower() in _ETHERTYPES:
        return _ETHERTYPES[value.lower()]
    raise BadRequest(
        f"Security group rule for ethertype '{value}' not supported. Allowed values are "
        "['IPv4', 'IPv6'].",
        "SecurityGroupRuleInvalidEtherType",
    )


def _port(value: Any) -> int | None:
    if value is None:
        return None
    text = str(value)
    whole = isinstance(value, str | int) and text.isascii() and text.isdigit()
    if not whole or len(text) > 5 or int(text) > 65535:
        raise BadRequest(f"Invalid value for port {value}", "SecurityGroupInvalidPortValue")
    return int(text)


def _prefix(value: Any) -> str | None:
    if not value:
        return None
    try:
        if not isinstance(value, str):
            raise ValueError
        # Host bits are kept, as Neutron keeps them; normalized_cidr is without.
        return ipaddress.ip_interface(value).with_prefixlen
    except ValueError:
        raise BadRequest(f"Invalid CIDR {value} given as IP prefix.", "InvalidCIDR") from None


def _check_prefix(rule: Row) -> None:
    prefix = rule["remote_ip_prefix"]
    if prefix and rule["ethertype"] != f"IPv{ipaddress.ip_interface(prefix).version}":
        raise BadRequest(
            f"Conflicting value ethertype {rule['ethertype']} for CIDR {prefix}",
            "SecurityGroupRuleParameterConflict",
        )


def _check_ports(rule: Row) -> None:
    low, high = rule["port_range_min"], rule["port_range_max"]
    if low is None and high is None:
        return
    number = _number(rule["protocol"])
    if number is None:
        raise BadRequest(
            "Must also specify protocol if port range is given.",
            "SecurityGroupProtocolRequiredWithPorts",
        )
    if number in _WITH_PORTS:
        _check_range(low, high)
    elif number in _ICMP:
        _check_icmp(low, high)
    else:
        known = ", ".join(sorted(name.upper() for name in _WITH_PORTS.values()))
        raise BadRequest(
            f"Ports cannot be specified for protocol {number}. Ports are only supported for "
            f"{known}.",
            "SecurityGroupInvalidProtocolForPort",
        )


def _check_range(low: int | None, high: int | None) -> None:
    if 0 in (low, high):
        raise BadRequest("Invalid value for port 0", "SecurityGroupInvalidPortValue")
    if low is None or high is None or low > high:
        raise BadRequest(
            "For TCP/UDP protocols, port_range_min must be <= port_range_max",
            "SecurityGroupInvalidPortRange",
        )


def _check_icmp(type_: int | None, code: int | None) -> None:
    for what, name, value in (("type", "min", type_), ("code", "max", code)):
        if value is not None and value > 255:
            raise BadRequest(
                f"Invalid value for ICMP {what} (port_range_{name}) {value}. It must be 0 to 255.",
                "SecurityGroupInvalidIcmpValue",
            )
    if type_ is None:
        raise BadRequest(
            f"ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is "
            "missing.",
            "SecurityGroupMissingIcmpType",
        )
