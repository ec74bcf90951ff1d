"""What a subnet may be: Neutron's rules on ranges, gateways, pools, name servers and routes."""

import ipaddress
from bisect import bisect_right
from operator import itemgetter
from typing import Any

from models.database.store import Row
from models.errors import BadRequest, Conflict
from models.network.collections.checks import invalid_input
from models.network.ports.owners import SERVER, SERVICE

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Neutron takes each letter of the last one for a beginning of its own.
_OWNERS = (SERVICE, "neutron:", *SERVER)
_LAST = ipaddress.IPv4Address("255.255.255.255")
AUTO_MODES = ("slaac", "dhcpv6-stateless")


def check_subnet(subnet: Row, *, dhcp_was_on: bool = False) -> None:
    """Refuse a subnet that Neutron refuses whatever else its network has."""
    network = ipaddress.ip_network(subnet["cidr"])
    version = subnet["ip_version"]
    _same_version("cidr", subnet["cidr"], version)
    if version == 6 and int(network.network_address) == 0:
        raise invalid_input("IPv6 subnet '::' is not supported")
    if subnet["enable_dhcp"] and not dhcp_was_on:
        _check_dhcp(network)
    if network.prefixlen == 0:
        raise invalid_input("0 is not allowed as CIDR prefix length")
    gateway = subnet["gateway_ip"]
    if gateway:
        _same_version("gateway_ip", gateway, version)
        edges = (network.network_address, network.broadcast_address)
        if network.version == 4 and ipaddress.ip_address(gateway) in edges:
            raise invalid_input("Gateway is not valid on subnet")
    _check_helpers(subnet)
    for type_ in subnet["service_types"] or []:
        if not type_.startswith(_OWNERS):
            raise BadRequest(
                f"Subnet service type {type_} does not correspond to a valid device owner.",
                "InvalidSubnetServiceType",
            )
    if version == 4:
        for mode in ("ipv6_ra_mode", "ipv6_address_mode"):
            if subnet[mode]:
                raise invalid_input(f"{mode} is not valid when ip_version is 4")
    else:
        _check_modes(subnet, network, dhcp_was_on=dhcp_was_on)


def is_automatic(subnet: Row) -> bool:
    """Tell whether hosts make their own addresses in it (EUI-64)."""
    modes = (subnet["ipv6_ra_mode"], subnet["ipv6_address_mode"])
    return subnet["ip_version"] == 6 and any(mode in AUTO_MODES for mode in modes)


def default_gateway(cidr: str) -> str:
    """Return the gateway of a subnet for which none was given.

    The first address; with IPv6 the subnet's own, which every router answers to (RFC 4291).
    """
    network = ipaddress.ip_network(cidr)
    if network.version == 4 and network.network_address == _LAST:
        raise invalid_input("Gateway is not valid on subnet")
    return str(network.network_address + (1 if network.version == 4 else 0))


def check_default_gateway(cidr: str, gateway: str) -> None:
    """Refuse a subnet of two addresses for which no gateway was given, as Neutron does at last."""
    network = ipaddress.ip_network(cidr)
    if network.version == 4 and _address(gateway) == network.broadcast_address:
        raise Conflict(
            f"Gateway IP {gateway} cannot be the network or broadcast IP address {cidr}",
            "IpamValueInvalid",
        )


def default_pools(cidr: str, gateway: str | None) -> list[dict[str, str]]:
    """Return the whole subnet without its gateway, as pools; a single address is its own pool."""
    network = ipaddress.ip_network(cidr)
    if network.num_addresses == 1:
        gateway = None
    first, last = _bounds(network)
    spans = [(first, last)]
    if gateway and first <= _address(gateway) <= last:
        cut = _address(gateway)
        spans = [(first, cut - 1), (cut + 1, last)]
    return [{"start": str(a), "end": str(b)} for a, b in spans if a <= b]


def check_pools(pools: list[dict[str, str]], cidr: str, gateway: str | None) -> None:
    """Refuse pools that leave the subnet, overlap, run backwards or hold the gateway."""
    network = ipaddress.ip_network(cidr)
    first, last = _bounds(network)
    # Those before it, which are apart: by their addresses, with their places among the pools.
    seen: list[Any] = []
    for place, pool in enumerate(pools):
        span: Any = (ipaddress.ip_address(pool["start"]), ipaddress.ip_address(pool["end"]))
        fits = {end.version for end in span} == {network.version}
        if not fits or span[0] > span[1]:
            shown = pool if fits else _text(span)
            raise BadRequest(f"The allocation pool {shown} is not valid.", "InvalidAllocationPool")
        # Neutron keeps an IPv6 subnet's own address out of pools, even where it is all there is.
        outside = network.version == 6 and span[0] == network.network_address
        if outside or span[0] < first or span[1] > last:
            raise BadRequest(
                f"The allocation pool {_text(span)} spans beyond the subnet cidr {cidr}.",
                "OutOfBoundsAllocationPool",
            )
        at = bisect_right(seen, span[1], key=itemgetter(0))
        inside = [other for other in seen[max(at - 1, 0) : at] if span[0] <= other[1]]
        if inside:
            inside = [other for other in seen[:at] if span[0] <= other[1]]
            other = min(inside, key=itemgetter(2))
            raise Conflict(
                f"Found overlapping allocation pools: {_text(other)} {_text(span)} for "
                f"subnet {cidr}.",
                "OverlappingAllocationPools",
            )
        if gateway and span[0] <= _address(gateway) <= span[1]:
            raise Conflict(
                f"Gateway ip {gateway} conflicts with allocation pool {_text(span)}.",
                "GatewayConflictWithAllocationPools",
            )
        seen.insert(at, (*span, place))


def eui64(cidr: str, mac: str) -> str:
    """Return the address that a host with the MAC makes itself in the subnet."""
    octets = bytes.fromhex(mac.replace(":", ""))
    host = bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
    network = ipaddress.ip_network(cidr)
    return str(network.network_address + int.from_bytes(host, "big"))


def _check_dhcp(network: Network) -> None:
    if network.prefixlen > (30 if network.version == 4 else 126):
        raise invalid_input(
            "Subnet has a prefix length that is incompatible with DHCP service enabled"
        )
    if network.is_multicast:
        raise invalid_input("Multicast IP subnet is not supported if enable_dhcp is True")
    if network.is_loopback:
        raise invalid_input("Loopback IP subnet is not supported if enable_dhcp is True")
    if network.version == 4 and int(network.network_address) == 0:
        raise invalid_input(
            "First IP '0.0.0.0' of network is not supported if enable_dhcp is True."
        )


def _check_helpers(subnet: Row) -> None:
    version = subnet["ip_version"]
    for server in subnet["dns_nameservers"]:
        _same_version("dns_nameserver", server, version)
    for route in subnet["host_routes"]:
        _same_version("nexthop", route["nexthop"], version)
        _same_version("destination", route["destination"], version)


def _check_modes(subnet: Row, network: Network, *, dhcp_was_on: bool) -> None:
    ra, address = subnet["ipv6_ra_mode"], subnet["ipv6_address_mode"]
    if (ra or address) and dhcp_was_on and not subnet["enable_dhcp"]:
        raise invalid_input("Cannot disable enable_dhcp with ipv6 attributes set")
    if (ra or address) and not subnet["enable_dhcp"]:
        raise invalid_input(
            "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False"
        )
    if ra and address and ra != address:
        raise invalid_input(
            f"ipv6_ra_mode set to '{ra}' with ipv6_address_mode set to '{address}' is not "
            "valid. If both attributes are set, they must be the same value"
        )
    if is_automatic(subnet) and network.prefixlen != 64:
        raise invalid_input(
            f"Invalid CIDR {subnet['cidr']} for IPv6 address mode. OpenStack uses the EUI-64 "
            "address format, which requires the prefix to be /64"
        )


def _same_version(name: str, value: str, version: int) -> None:
    if ipaddress.ip_interface(value).version != version:
        raise invalid_input(f"{name} '{value}' does not match the ip_version '{version}'")


def _bounds(network: Network) -> tuple[Any, Any]:
    first, last = network.network_address, network.broadcast_address
    if network.num_addresses == 1 or (network.version == 4 and network.prefixlen > 30):
        return first, last
    return first + 1, last - 1 if network.version == 4 else last


def _address(text: str) -> Any:
    return ipaddress.ip_address(text)


def _text(span: Any) -> str:
    return f"{span[0]}-{span[1]}"
