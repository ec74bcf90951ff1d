"""Addresses: which are free, which are taken, and which hardware address a port gets."""

from __future__ import annotations

import ipaddress
import secrets
from functools import lru_cache

from deploy.simulator.http import Json
from deploy.simulator.network.errors import NeutronError, conflict, invalid
from deploy.simulator.network.state import Row, State

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=65536)
def prefix(cidr: str) -> IPNetwork:
    """The network of a CIDR; parsed once."""
    return ipaddress.ip_network(cidr)


def contains(cidr: str, address: str) -> bool:
    """Whether a host may have this address in this subnet."""
    network, value = prefix(cidr), ipaddress.ip_address(address)
    if value not in network:
        return False
    if network.version == 4 and network.prefixlen < 31:
        return value not in (network.network_address, network.broadcast_address)
    return True


def default_pools(cidr: str, gateway_ip: str | None) -> list[Json]:
    """Every host address of the subnet except the gateway's; the one address, if there is one."""
    network = prefix(cidr)
    if network.num_addresses == 1:
        return [{"start": str(network[0]), "end": str(network[0])}]
    first, last = int(network[0]), int(network[-1])
    if network.version == 4 and network.prefixlen < 31:
        first, last = first + 1, last - 1
    elif network.version == 6:
        first += 1
    make = type(network[0])
    if gateway_ip is None or not contains(cidr, gateway_ip):
        return [{"start": str(make(first)), "end": str(make(last))}]
    gateway = int(ipaddress.ip_address(gateway_ip))
    spans = [(first, gateway - 1), (gateway + 1, last)]
    return [{"start": str(make(a)), "end": str(make(b))} for a, b in spans if a <= b]


def overlap(one: str, other: str) -> bool:
    """Whether two subnets share addresses."""
    left, right = prefix(one), prefix(other)
    return left.version == right.version and left.overlaps(right)


def choose(state: State, subnet: Row) -> str | None:
    """The lowest free address of the subnet's pools."""
    taken, hints = state.addresses, state.hints.setdefault(subnet["id"], {})
    for pool in subnet["allocation_pools"]:
        start = ipaddress.ip_address(pool["start"])
        make, last = type(start), int(ipaddress.ip_address(pool["end"]))
        for number in range(max(int(start), hints.get(pool["start"], 0)), last + 1):
            address = str(make(number))
            if (subnet["id"], address) not in taken:
                hints[pool["start"]] = number
                return address
        hints[pool["start"]] = last + 1
    return None


def is_automatic(subnet: Row) -> bool:
    """Whether hosts make their own addresses in the subnet."""
    modes = (subnet["ipv6_ra_mode"], subnet["ipv6_address_mode"])
    return any(mode in ("slaac", "dhcpv6-stateless") for mode in modes)


def eui64(cidr: str, mac: str) -> str:
    """The address that a host with this hardware address makes itself."""
    octets = bytes.fromhex(mac.replace(":", ""))
    host = bytes((octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]))
    return str(prefix(cidr)[int.from_bytes(host, "big")])


def resolve(state: State, network_id: str, wanted: list[Json] | None, mac: str) -> list[Json]:
    """Addresses for a port on a network: those wanted, or one of each IP version.

    In a subnet where hosts make their own it is that one, beside the others. Nothing is taken
    yet; the caller takes them when all else about the port is right.
    """
    subnets = state.subnets_of(network_id)
    if wanted is not None:
        return [_one(state, network_id, subnets, row, mac) for row in wanted]
    found = [
        {"subnet_id": row["id"], "ip_address": eui64(row["cidr"], mac)}
        for row in subnets
        if is_automatic(row)
    ]
    for version in (4, 6):
        candidates = [
            row for row in subnets if row["ip_version"] == version and not is_automatic(row)
        ]
        if not candidates:
            continue
        for subnet in candidates:
            address = choose(state, subnet)
            if address is not None:
                found.append({"subnet_id": subnet["id"], "ip_address": address})
                break
        else:
            raise exhausted(network_id)
    return found


def exhausted(network_id: str) -> NeutronError:
    """No pool of the network has an address left."""
    text = f"No more IP addresses available on network {network_id}."
    return conflict("IpAddressGenerationFailure", text)


def _one(state: State, network_id: str, subnets: list[Row], wanted: Json, mac: str) -> Json:
    address = wanted.get("ip_address")
    subnet_id = wanted.get("subnet_id")
    if subnet_id is None:
        subnet = next((s for s in subnets if contains(s["cidr"], str(address))), None)
        if subnet is None:
            text = f"IP address {address} is not a valid IP for any of the subnets on the network."
            raise NeutronError(400, "InvalidIpForNetwork", text)
    else:
        subnet = next((s for s in subnets if s["id"] == subnet_id), None)
        if subnet is None:
            raise invalid(
                f"Failed to create port on network {network_id}, because fixed_ips included "
                f"invalid subnet {subnet_id}"
            )
    if address is None and is_automatic(subnet):
        address = eui64(subnet["cidr"], mac)
    if address is None:
        address = choose(state, subnet)
        if address is None:
            raise exhausted(network_id)
    elif not contains(subnet["cidr"], address):
        text = f"IP address {address} is not a valid IP for the specified subnet."
        raise NeutronError(400, "InvalidIpForSubnet", text)
    return {"subnet_id": subnet["id"], "ip_address": address}


def take(state: State, port: Row, rows: list[Json]) -> None:
    """Give addresses to a port; all of them or none."""
    for row in rows:
        owner = state.addresses.get((row["subnet_id"], row["ip_address"]))
        if owner is not None and owner != port["id"]:
            text = f"IP address {row['ip_address']} already allocated in subnet {row['subnet_id']}"
            raise conflict("IpAddressAlreadyAllocated", text)
    for row in rows:
        state.addresses[row["subnet_id"], row["ip_address"]] = port["id"]


def release(state: State, rows: list[Json]) -> None:
    """Free addresses."""
    for row in rows:
        state.addresses.pop((row["subnet_id"], row["ip_address"]), None)
        number = int(ipaddress.ip_address(row["ip_address"]))
        hints = state.hints.get(row["subnet_id"], {})
        hints.update({start: min(hint, number) for start, hint in hints.items()})


def new_mac(state: State, network_id: str) -> str:
    """A hardware address that is free on the network."""
    while True:
        tail = secrets.token_bytes(3)
        address = "fa:16:3e:" + ":".join(f"{byte:02x}" for byte in tail)
        if (network_id, address) not in state.macs:
            return address


def take_mac(state: State, port: Row, address: str) -> None:
    """Give a port its hardware address, which must be free on the network."""
    owner = state.macs.get((port["network_id"], address))
    if owner is not None and owner != port["id"]:
        text = (
            f"Unable to complete operation for network {port['network_id']}. "
            f"The mac address {address} is in use."
        )
        raise conflict("MacAddressInUse", text)
    state.macs[port["network_id"], address] = port["id"]
