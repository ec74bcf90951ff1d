"""Refusals in Neutron's words: a status, a type and a message."""

from __future__ import annotations


class NeutronError(Exception):
    """A refusal; `type` is what clients turn into an exception class."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.type, self.message = status, kind, message


def malformed(message: str) -> NeutronError:
    """The request itself is wrong, before any resource was looked at."""
    return NeutronError(400, "HTTPBadRequest", message)


def invalid(message: str) -> NeutronError:
    """A value that no resource could take."""
    return NeutronError(400, "InvalidInput", f"Invalid input for operation: {message}.")


def bad(resource: str, message: str) -> NeutronError:
    """A combination that this resource cannot take."""
    return NeutronError(400, "BadRequest", f"Bad {resource} request: {message}.")


def conflict(kind: str, message: str) -> NeutronError:
    """In the way of something that exists."""
    return NeutronError(409, kind, message)


def forbidden(action: str) -> NeutronError:
    """The policy says no."""
    text = f"rule:{action} is disallowed by policy"
    return NeutronError(403, "PolicyNotAuthorized", f"({text}) and is disallowed by policy")


NAMES = {
    "network": ("NetworkNotFound", "Network"),
    "subnet": ("SubnetNotFound", "Subnet"),
    "port": ("PortNotFound", "Port"),
    "router": ("RouterNotFound", "Router"),
    "floatingip": ("FloatingIPNotFound", "Floating IP"),
    "security_group": ("SecurityGroupNotFound", "Security group"),
    "security_group_rule": ("SecurityGroupRuleNotFound", "Security group rule"),
    "address_group": ("AddressGroupNotFound", "Address group"),
    "rbac_policy": ("RbacPolicyNotFound", "RBAC policy"),
    "address_scope": ("AddressScopeNotFound", "Address scope"),
    "subnetpool": ("SubnetPoolNotFound", "Subnet pool"),
}


def missing(resource: str, wanted: str) -> NeutronError:
    """There is no such object, or none that the caller may know of."""
    kind, noun = NAMES[resource]
    return NeutronError(404, kind, f"{noun} {wanted} could not be found.")


def check_zones(hints: list[str]) -> None:
    """Refuse every zone: OVN's agents are in none unless an operator names one."""
    if hints:
        text = f"AvailabilityZone {hints[0]} could not be found."
        raise NeutronError(404, "AvailabilityZoneNotFound", text)
