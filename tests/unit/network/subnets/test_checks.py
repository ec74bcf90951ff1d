"""What a subnet may be."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest, Conflict
from models.network.subnets.checks import check_pools, default_gateway, default_pools, eui64


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
        ("10.0.0.4/32", "10.0.0.4", []),
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
