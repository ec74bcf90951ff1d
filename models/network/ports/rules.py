"""What a port may be: who may set what on whose network, and what excludes what."""

from typing import Any

from sqlalchemy import select

from models.database.store import Row, Transaction
from models.database.tables.network import TABLES, SecurityGroup
from models.errors import BadRequest, Conflict, Forbidden, NotFound
from models.network.collections.checks import invalid_input
from models.network.collections.collection import Body, denied
from models.network.collections.sharing import shared_with
from models.network.ports.owners import OF_SERVICES, SERVICE, DeviceOwner
from models.resources.network import SECURITY_GROUPS
from models.values import Caller

security_groups = TABLES["security_groups"]
routers, floatingips = TABLES["routers"], TABLES["floatingips"]

# For an admin or the owner of the network.
_NETWORK_OWNERS = ("mac_address", "port_security_enabled", "allowed_address_pairs")


def permit(verb: str, body: Body, network: Row, caller: Caller) -> None:
    """Refuse what only the network's owner or an admin may say about a port in it."""
    if not caller.admin and verb == "update" and "mac_address" in body:
        raise denied("update_port", "mac_address")
    if caller.admin or network["project_id"] == caller.project_id:
        return
    words = [name for name in _NETWORK_OWNERS if body.get(name) not in (None, [])]
    if str(body.get("device_owner", "")).startswith(SERVICE):
        words.append("device_owner")
    wishes = body.get("fixed_ips")
    fixed = [w for w in wishes if isinstance(w, dict)] if isinstance(wishes, list) else []
    if any("ip_address" in wish for wish in fixed):
        words.append("fixed_ips:ip_address")
    if verb == "update" and "fixed_ips" in body:
        words.append("fixed_ips")
    if fixed and not network["shared"]:
        words.append("fixed_ips:subnet_id")
    if words:
        raise denied(f"{verb}_port", words[0])


def permit_on(network: Row, port: Row, caller: Caller) -> None:
    """Refuse a port on a network that is neither its project's nor shared: an external one."""
    if caller.admin or caller.service or network["shared"]:
        return
    if network["project_id"] != port["project_id"]:
        raise Forbidden(
            f"Tenant {port['project_id']} not allowed to create port on this network",
            "HTTPForbidden",
        )


def refuse_service_owner(device_owner: str) -> None:
    """Refuse to make an ordinary port look like one of a router: nothing would be behind it."""
    if device_owner in OF_SERVICES:
        raise invalid_input(
            f"device_owner {device_owner} is set by adding a router interface, a gateway or a "
            "floating IP, not on a port"
        )


def fixed_by_service(name: str, port: Row) -> BadRequest:
    """Return the error for a change of what the router or floating IP decides."""
    return invalid_input(
        f"{name} of port {port['id']} cannot be changed: it has device owner "
        f"{port['device_owner']}"
    )


def permit_move(port: Row, fixed_ips: list[Row]) -> None:
    """Refuse other addresses to a port that is not the user's to address.

    A router interface may move within the subnets that it is in: its router is not asked again
    whether another one overlaps.
    """
    if port["device_owner"] not in OF_SERVICES:
        return
    before = sorted(ip["subnet_id"] for ip in port["fixed_ips"])
    if port["device_owner"] != DeviceOwner.ROUTER_INTERFACE or before != sorted(
        ip["subnet_id"] for ip in fixed_ips
    ):
        raise fixed_by_service("fixed_ips", port)


def check_security(changed: Row, body: Body) -> None:
    """Refuse groups and address pairs on a port without port security."""
    if changed["port_security_enabled"]:
        return
    if changed["allowed_address_pairs"]:
        raise Conflict(
            "Port Security must be enabled in order to have allowed address pairs on a port.",
            "AddressPairAndPortSecurityRequired",
        )
    if body.get("security_groups"):
        raise BadRequest(
            "Port security must be enabled and port must have an IP address in order to use "
            "security groups.",
            "PortSecurityAndIPRequiredForSecurityGroups",
        )
    if changed["security_groups"]:
        raise Conflict(
            "Port has security group associated. Cannot disable port security or IP address "
            "until security group is removed.",
            "PortSecurityPortHasSecurityGroup",
        )


async def check_groups(tx: Transaction, groups: list[str], caller: Caller) -> None:
    """Refuse security groups that the caller has not got; the others stay until the end."""
    known = select(SecurityGroup.id, SecurityGroup.stateful).where(SecurityGroup.id.in_(groups))
    if not caller.admin:
        own = SecurityGroup.project_id == caller.project_id
        known = known.where(own | shared_with(SECURITY_GROUPS, security_groups, caller))
    kept = known.order_by(SecurityGroup.id).with_for_update(read=True)
    found = {group["id"]: group["stateful"] for group in await tx.all(kept)}
    for group in groups:
        if group not in found:
            raise NotFound(f"Security group {group} does not exist", "SecurityGroupNotFound")
    if len(set(found.values())) > 1:
        raise Conflict(
            "Error Cannot apply both stateful and stateless security groups on the same port at "
            "the same time while attempting the operation.",
            "SecurityGroupConflict",
        )


def with_pair_macs(pairs: list[dict[str, Any]], mac: str) -> list[dict[str, Any]]:
    """Return address pairs complete: without a MAC of their own they have the port's."""
    return [{"mac_address": mac, **pair} for pair in pairs]


async def refuse_in_service(tx: Transaction, port: Row) -> None:
    """Refuse to delete the port of a router or floating IP that is there."""
    if port["device_owner"] not in OF_SERVICES:
        return
    owner = floatingips if port["device_owner"] == DeviceOwner.FLOATINGIP else routers
    if await tx.value(select(owner.c.id).where(owner.c.id == port["device_id"])):
        raise Conflict(
            f"Port {port['id']} cannot be deleted directly via the port API: has device owner "
            f"{port['device_owner']}.",
            "ServicePortInUse",
        )
