"""What a subnet may be."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest, Conflict
from models.network.subnets.checks import (
    check_pools,
    check_subnet,
    default_gateway,
    default_pools,
    eui64,
)


@pytest.mark.parametrize(
    ("cidr", "gateway"),
    [("10.0.0.0/24", "10.0.0.1"), ("10.0.0.8/29", "10.0.0.9"), ("fd00::/64", "fd00::")],
)
def test_the_gateway_that_nobody_gave(cidr: str, gateway: str) -> None:
    assert default_gateway(cidr) == gateway


@pytest.mark.parametrize(
    ("cidr", "gateway", "spans"),
    [
        ("10.0.0.0/29", "10.0.0.1", [("10.0.0.2", "10.0.0.6")]),
        ("10.0.0.0/29", "10.0.0.6", [("10.0.0.1", "10.0.0.5")]),
        ("10.0.0.0/29", "10.0.0.3", [("10.0.0.1", "10.0.0.2"), ("10.0.0.4", "10.0.0.6")]),
        ("10.0.0.0/29", None, [("10.0.0.1", "10.0.0.6")]),
        ("10.0.0.0/29", "10.9.0.1", [("10.0.0.1", "10.0.0.6")]),
        ("10.0.0.0/31", None, [("10.0.0.0", "10.0.0.1")]),
        ("10.0.0.4/32", None, [("10.0.0.4", "10.0.0.4")]),
        # Neutron takes nothing out of a single address.
        ("fd00::4/128", "fd00::4", [("fd00::4", "fd00::4")]),
        ("fd00::/126", None, [("fd00::1", "fd00::3")]),
    ],
)
def test_pools_are_the_subnet_without_its_gateway(
    cidr: str, gateway: str | None, spans: list[tuple[str, str]]
) -> None:
    assert default_pools(cidr, gateway) == [{"start": a, "end": b} for a, b in spans]


@pytest.mark.parametrize(
    ("pools", "gateway", "error", "kind"),
    [
        ([("10.0.0.9", "10.0.0.2")], None, BadRequest, "InvalidAllocationPool"),
        ([("fd00::2", "fd00::9")], None, BadRequest, "InvalidAllocationPool"),
        ([("10.0.0.2", "10.0.1.9")], None, BadRequest, "OutOfBoundsAllocationPool"),
        ([("10.0.0.0", "10.0.0.9")], None, BadRequest, "OutOfBoundsAllocationPool"),
        ([("10.0.0.2", "10.0.0.9"), ("10.0.0.9", "10.0.0.12")], None, Conflict,
         "OverlappingAllocationPools"),
        ([("10.0.0.1", "10.0.0.9")], "10.0.0.1", Conflict, "GatewayConflictWithAllocationPools"),
    ],
)  # fmt: skip
def test_pools_that_cannot_be(
    pools: list[tuple[str, str]], gateway: str | None, error: type[BadRequest], kind: str
) -> None:
    given = [{"start": a, "end": b} for a, b in pools]
    with pytest.raises(error) as refused:
        check_pools(given, "10.0.0.0/24", gateway)
    assert refused.value.kind == kind


def test_pools_beside_each_other_and_the_gateway() -> None:
    pools: list[dict[str, Any]] = [
        {"start": "10.0.0.2", "end": "10.0.0.9"},
        {"start": "10.0.0.10", "end": "10.0.0.254"},
    ]
    check_pools(pools, "10.0.0.0/24", "10.0.0.1")


def test_a_host_makes_its_address_of_its_mac() -> None:
    assert eui64("fd00::/64", "fa:16:3e:11:22:33") == "fd00::f816:3eff:fe11:2233"


SUBNET: dict[str, Any] = {
    "id": "s", "cidr": "10.0.0.0/24", "ip_version": 4, "gateway_ip": "10.0.0.1",
    "enable_dhcp": True, "dns_nameservers": [], "host_routes": [], "service_types": [],
    "ipv6_ra_mode": None, "ipv6_address_mode": None,
}  # fmt: skip
SUBNET6 = SUBNET | {"cidr": "fd00::/64", "ip_version": 6, "gateway_ip": "fd00::1"}


@pytest.mark.parametrize(
    "subnet",
    [
        SUBNET,
        SUBNET6,
        SUBNET | {"gateway_ip": None},
        SUBNET | {"service_types": ["compute:nova", "network:dhcp", "test:type_1"]},
        SUBNET | {"cidr": "10.0.0.0/31", "gateway_ip": None, "enable_dhcp": False},
        SUBNET6 | {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"},
    ],
)
def test_subnets_that_may_be(subnet: dict[str, Any]) -> None:
    check_subnet(subnet)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        (SUBNET | {"ip_version": 6}, "InvalidInput"),
        (SUBNET | {"cidr": "10.0.0.0/31", "gateway_ip": None}, "InvalidInput"),
        (SUBNET | {"cidr": "224.0.0.0/24"}, "InvalidInput"),
        (SUBNET | {"cidr": "127.0.0.0/24"}, "InvalidInput"),
        (SUBNET | {"cidr": "0.0.0.0/24"}, "InvalidInput"),
        (SUBNET | {"gateway_ip": "10.0.0.0"}, "InvalidInput"),
        (SUBNET | {"gateway_ip": "10.0.0.255"}, "InvalidInput"),
        (SUBNET | {"gateway_ip": "fd00::1"}, "InvalidInput"),
        (SUBNET | {"dns_nameservers": ["fd00::1"]}, "InvalidInput"),
        (SUBNET | {"service_types": ["red"]}, "InvalidSubnetServiceType"),
        (SUBNET | {"ipv6_ra_mode": "slaac"}, "InvalidInput"),
        (SUBNET6 | {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "dhcpv6-stateful"},
         "InvalidInput"),
        (SUBNET6 | {"ipv6_ra_mode": "slaac", "enable_dhcp": False}, "InvalidInput"),
        (SUBNET6 | {"ipv6_ra_mode": "slaac", "cidr": "fd00::/60"}, "InvalidInput"),
    ],
)  # fmt: skip
def test_subnets_that_cannot_be(changed: dict[str, Any], kind: str) -> None:
    with pytest.raises(BadRequest) as refused:
        check_subnet(changed)
    assert refused.value.kind == kind
