"""PortAddresses: which addresses a port gets, from which subnets of its network."""

import ipaddress
from collections.abc import Sequence

from sqlalchemy import select

from models.database.store import Row, Transaction
from models.database.tables.network import TABLES, IPAllocation, Port, Subnet
from models.errors import BadRequest, Conflict, NotFound
from models.network import addresses, holders
from models.network.collections.checks import invalid_input
from models.network.collections.collection import revise
from models.network.holders import HolderKind
from models.network.ports.owners import ROUTER_PORTS
from models.network.subnets.checks import eui64, is_automatic

ports = TABLES["ports"]


async def give(tx: Transaction, port: Row, wishes: Sequence[Row] | None) -> list[Row]:
    """Allocate the port's addresses and return its ``fixed_ips``.

    Without wishes: one IPv4 and one IPv6 address, as far as the network has subnets for them, and
    one in each subnet where hosts make their own.
    """
    own = await _subnets(tx, port)
    if wishes is None:
        return await _any(tx, port, own)
    return [await _wished(tx, port, own, wish) for wish in wishes]


async def change(tx: Transaction, port: Row, wishes: Sequence[Row]) -> list[Row]:
    """Bring the port's addresses to what is wished and return its ``fixed_ips``.

    An address that the port has already serves a wish for its subnet.
    """
    left = list(port["fixed_ips"])
    kept: dict[int, Row] = {}
    for exact in (True, False):
        for position, wish in enumerate(wishes):
            if position in kept or ("ip_address" in wish) is not exact:
                continue
            match = next((ip for ip in left if wish.items() <= ip.items()), None)
            if match:
                left.remove(match)
                kept[position] = match
    await addresses.release(
        tx,
        holders.port(port["id"]),
        keep=[(ip["subnet_id"], ip["ip_address"]) for ip in kept.values()],
    )
    own = await _subnets(tx, port)
    return [
        kept.get(position) or await _wished(tx, port, own, wish)
        for position, wish in enumerate(wishes)
    ]


def by_address(fixed_ips: Sequence[Row]) -> list[Row]:
    """Return addresses in the order in which Neutron shows them, which is that of their text."""
    return sorted(fixed_ips, key=lambda ip: (ip["ip_address"], ip["subnet_id"]))


async def lose(tx: Transaction, subnet_id: str) -> list[tuple[Port, Row]]:
    """Take the subnet's addresses from all ports; return each port before and after that."""
    having = select(holders.port_ids()).where(
        IPAllocation.subnet_id == subnet_id, holders.are(HolderKind.PORT)
    )
    changed = []
    for port in await tx.all_locked(Port.select().where(Port.id.in_(having)).order_by(Port.id)):
        left = [ip for ip in port.fixed_ips if ip["subnet_id"] != subnet_id]
        kept = [(ip["subnet_id"], ip["ip_address"]) for ip in left]
        await addresses.release(tx, holders.port(port.id), keep=kept)
        changed.append((port, await revise(tx, ports, port, {"fixed_ips": left})))
    return changed


async def _subnets(tx: Transaction, port: Row) -> list[Subnet]:
    statement = Subnet.select().where(Subnet.network_id == port["network_id"])
    return await tx.all(statement.order_by(Subnet.created_at, Subnet.id))


async def _any(tx: Transaction, port: Row, own: Sequence[Row]) -> list[Row]:
    meant = [s for s in own if port["device_owner"] in (s["service_types"] or [])]
    usable = meant or [s for s in own if not s["service_types"]]
    if own and not usable:
        raise Conflict(
            f"No valid service subnet for the given device owner, network "
            f"{port['network_id']}, device {port['device_id']}.",
            "IpAddressGenerationFailureNoMatchingSubnet",
        )
    given = []
    for version in (4, 6):
        family = [s for s in usable if s["ip_version"] == version]
        pooled = [s for s in family if not is_automatic(s)]
        if pooled:
            given.append(await _first_free(tx, port, pooled))
        given += [await _take(tx, port, s, _own(s, port)) for s in family if is_automatic(s)]
    return given


async def _first_free(tx: Transaction, port: Row, family: Sequence[Row]) -> Row:
    for subnet in family[:-1]:
        try:
            return await _take(tx, port, subnet, None)
        except Conflict:
            continue
    return await _take(tx, port, family[-1], None)


async def _wished(tx: Transaction, port: Row, own: Sequence[Row], wish: Row) -> Row:
    ip = wish.get("ip_address")
    subnet = await _meant(tx, port, own, wish)
    router = port["device_owner"] in ROUTER_PORTS
    if is_automatic(subnet) and not router:
        if ip and ip != _own(subnet, port):
            raise BadRequest(
                f"IPv6 address {ip} cannot be directly assigned to a port on subnet "
                f"{subnet['id']} as the subnet is configured for automatic addresses",
                "AllocationOnAutoAddressSubnet",
            )
        ip = _own(subnet, port)
    return await _take(tx, port, subnet, ip)


async def _meant(tx: Transaction, port: Row, own: Sequence[Row], wish: Row) -> Row:
    """Return the subnet of the network that the wish names, by id or by address."""
    ip, subnet_id = wish.get("ip_address"), wish.get("subnet_id")
    if not own:
        raise invalid_input("IP allocation requires subnets for network")
    if subnet_id:
        for subnet in own:
            if subnet["id"] == subnet_id:
                return subnet
        if not await tx.value(select(Subnet.id).where(Subnet.id == subnet_id)):
            raise NotFound(f"Subnet {subnet_id} could not be found.", "SubnetNotFound")
        raise invalid_input(
            f"Failed to create port on network {port['network_id']}, because fixed_ips "
            f"included invalid subnet {subnet_id}"
        )
    if not ip:
        raise invalid_input("IP allocation requires subnet_id or ip_address")
    version = ipaddress.ip_address(ip).version
    for subnet in own:
        if subnet["ip_version"] == version and addresses.within(subnet["cidr"], ip):
            return subnet
    raise BadRequest(
        f"IP address {ip} is not a valid IP for any of the subnets on the specified network.",
        "InvalidIpForNetwork",
    )


async def _take(tx: Transaction, port: Row, subnet: Row, ip: str | None) -> Row:
    address = await addresses.allocate(tx, subnet, holders.port(port["id"]), ip)
    return {"subnet_id": subnet["id"], "ip_address": address}


def _own(subnet: Row, port: Row) -> str:
    return eui64(subnet["cidr"], port["mac_address"])
