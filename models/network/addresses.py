"""Addresses: who holds which address of a subnet; unique by constraint, chosen without a scan."""

import ipaddress
import random
from collections.abc import AsyncIterator, Iterable

from sqlalchemy import select

from models.database.store import Row, Transaction
from models.database.tables.network import IPAllocation, ip_allocations
from models.errors import BadRequest, Conflict
from models.network import holders
from models.network.holders import Holder
from models.network.subnets.checks import default_pools

_WINDOW = 128


async def allocate(tx: Transaction, subnet: Row, holder: Holder, ip: str | None = None) -> str:
    """Give the holder an address of the subnet, the one it asks for or a free one of the pools."""
    if ip is not None:
        address = _usable(subnet, ip)
        if not await _take(tx, subnet, holder, address):
            raise Conflict(
                f"IP address {address} already allocated in subnet {subnet['id']}",
                "IpAddressAlreadyAllocated",
            )
        return address
    spans = _spans(subnet)
    size = sum(last - first + 1 for first, last in spans)
    start = random.randrange(size) if size else 0
    async for address in _free(tx, subnet, spans, range(start, start + size), mixed=True):
        if await _take(tx, subnet, holder, address):
            return address
    raise Conflict(
        f"No more IP addresses available on network {subnet['network_id']}.",
        "IpAddressGenerationFailure",
    )


async def release(tx: Transaction, holder: Holder, keep: Iterable[tuple[str, str]] = ()) -> None:
    """Free what the holder has, except the given ``(subnet_id, ip_address)``."""
    mine = IPAllocation.holder == str(holder)
    kept = set(keep)
    rows = await tx.all(IPAllocation.select().where(mine))
    gone = [row.id for row in rows if (row.subnet_id, row.ip_address) not in kept]
    if gone:
        await tx.run(ip_allocations.delete().where(IPAllocation.id.in_(gone)))


async def hand_over(tx: Transaction, holder: Holder, heir: Holder) -> None:
    """Give what the holder has to another, who holds it when the first is gone."""
    mine = ip_allocations.update().where(IPAllocation.holder == str(holder))
    await tx.run(mine.values(holder=str(heir)))


async def reserve_for_pod(tx: Transaction, subnet: Row, pod_id: str, count: int) -> list[str]:
    """Return the addresses set aside for the pod's own ports, taken from the end of the pools.

    The same addresses every time. When none is free, the last of the pools, whoever has it: a pod
    that makes no ports of its own does not mind, and an empty pool would mean the whole subnet.
    """
    mine = select(IPAllocation.ip_address).where(
        IPAllocation.subnet_id == subnet["id"], IPAllocation.holder == str(holders.pod(pod_id))
    )
    held = [row["ip_address"] for row in await tx.all(mine)]
    spans = _spans(subnet)
    size = sum(last - first + 1 for first, last in spans)
    if not held:
        async for address in _free(tx, subnet, spans, range(size - 1, -1, -1), mixed=False):
            if await _take(tx, subnet, holders.pod(pod_id), address):
                held.append(address)
            if len(held) >= count:
                break
    pools = subnet["allocation_pools"] or default_pools(subnet["cidr"], subnet["gateway_ip"])
    return sorted(held, key=ipaddress.ip_address) or [pools[-1]["end"]]


async def release_pod(tx: Transaction, subnet_id: str, pod_id: str) -> None:
    """Free what was set aside for the pod in the subnet."""
    await tx.run(
        ip_allocations.delete().where(
            IPAllocation.subnet_id == subnet_id, IPAllocation.holder == str(holders.pod(pod_id))
        )
    )


def within(cidr: str, ip: str) -> bool:
    """Tell whether the address is one that a host in the network can have."""
    network, address = ipaddress.ip_network(cidr), ipaddress.ip_address(ip)
    if address not in network:
        return False
    if network.version == 6:
        return address != network.network_address or network.prefixlen >= 127
    edges = (network.network_address, network.broadcast_address)
    return network.prefixlen > 30 or address not in edges


def _usable(subnet: Row, ip: str) -> str:
    address = ipaddress.ip_address(ip)
    inside = ip == subnet["gateway_ip"] or within(subnet["cidr"], ip)
    if address.version != subnet["ip_version"] or not inside:
        raise BadRequest(
            f"IP address {ip} is not a valid IP for the specified subnet.", "InvalidIpForSubnet"
        )
    return str(address)


def _spans(subnet: Row) -> list[tuple[int, int]]:
    return [
        (int(ipaddress.ip_address(pool["start"])), int(ipaddress.ip_address(pool["end"])))
        for pool in subnet["allocation_pools"]
    ]


async def _take(tx: Transaction, subnet: Row, holder: Holder, address: str) -> bool:
    row = {"subnet_id": subnet["id"], "ip_address": address, "holder": str(holder)}
    return await tx.insert_new(ip_allocations, row)


async def _free(
    tx: Transaction, subnet: Row, spans: list[tuple[int, int]], positions: range, *, mixed: bool
) -> AsyncIterator[str]:
    """Give the free addresses of the pools in the order of the positions, a window at a time.

    A window costs one indexed query, so the last free address of a /16 is found without reading
    the /16, and one of a subnet that is mostly free at once. ``mixed``: in no order inside a
    window, so that two callers at once seldom want the same.
    """
    size = sum(last - first + 1 for first, last in spans)
    make = ipaddress.IPv4Address if subnet["ip_version"] == 4 else ipaddress.IPv6Address
    width = 4
    while positions:
        window, positions = positions[:width], positions[width:]
        width = _WINDOW
        wanted = [str(make(_nth(spans, position % size))) for position in window]
        taken = select(IPAllocation.ip_address).where(
            IPAllocation.subnet_id == subnet["id"], IPAllocation.ip_address.in_(wanted)
        )
        held = {row["ip_address"] for row in await tx.all(taken)}
        free = [address for address in wanted if address not in held]
        if mixed:
            random.shuffle(free)
        for address in free:
            yield address


def _nth(spans: list[tuple[int, int]], position: int) -> int:
    for first, last in spans:
        if position <= last - first:
            return first + position
        position -= last - first + 1
    raise IndexError(position)
