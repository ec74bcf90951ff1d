"""Arithmetic of address ranges."""

from __future__ import annotations

import ipaddress

import pytest

from models.network.prefixes import collapse, contains, cut, free, networks


@pytest.mark.parametrize(
    ("prefixes", "taken", "left"),
    [
        (["10.0.0.0/30"], [], ["10.0.0.0/30"]),
        (["10.0.0.0/30"], ["10.0.0.0/30"], []),
        (["10.0.0.0/30"], ["10.0.0.0/29"], []),
        (["10.0.0.0/29"], ["10.0.0.0/31"], ["10.0.0.2/31", "10.0.0.4/30"]),
        (["10.0.0.0/29"], ["10.0.0.6/31", "10.0.0.2/31"], ["10.0.0.0/31", "10.0.0.4/31"]),
        (["10.0.0.0/30"], ["10.1.0.0/16", "::/0"], ["10.0.0.0/30"]),
        (["10.0.0.0/31", "fd00::/127"], ["fd00::/128"], ["10.0.0.0/31", "fd00::1/128"]),
    ],
)
def test_free_is_what_is_not_taken(prefixes: list[str], taken: list[str], left: list[str]) -> None:
    assert [str(one) for one in free(networks(prefixes), networks(taken))] == left


@pytest.mark.parametrize(
    ("gaps", "length", "found"),
    [
        (["10.0.0.0/16", "10.9.0.0/24"], 26, "10.9.0.0/26"),
        (["10.0.0.0/16", "10.9.0.0/24"], 24, "10.9.0.0/24"),
        (["10.0.0.0/16", "10.9.0.0/24"], 20, "10.0.0.0/20"),
        (["10.9.0.0/24"], 20, None),
        ([], 24, None),
    ],
)
def test_cut_takes_the_smallest_gap_with_room(
    gaps: list[str], length: int, found: str | None
) -> None:
    assert cut(networks(gaps), length) == (ipaddress.ip_network(found) if found else None)


@pytest.mark.parametrize(
    ("wanted", "inside"),
    [("10.0.3.0/24", True), ("10.0.0.0/15", False), ("11.0.0.0/24", False), ("fd00::/64", False)],
)
def test_contains_wants_the_whole_network_in_one_gap(wanted: str, inside: bool) -> None:
    gaps = networks(["10.0.0.0/16", "10.1.0.0/16"])
    assert contains(gaps, ipaddress.ip_network(wanted)) is inside


def test_collapse_tells_the_same_addresses_in_the_fewest_prefixes() -> None:
    assert collapse(["10.0.1.0/24", "10.0.0.0/24", "10.0.0.0/25"]) == ["10.0.0.0/23"]
