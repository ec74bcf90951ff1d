"""The attacks of ``tests/attacks`` that take no time: each is refused, and nothing has failed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.requests import Place, attacks
from tests.support.stack import Stack

GROUPS = (
    "lists of Neutron",
    "lists of Nova",
    "lists of Cinder",
    "depth",
    "numbers",
    "queries",
)


@pytest.fixture(scope="module")
def place(stack: Stack) -> Iterator[Place]:
    place = Place.made(stack)
    yield place
    place.site.tear_down()


@pytest.mark.parametrize("group", GROUPS)
def test_no_request_is_too_heavy(stack: Stack, place: Place, group: str) -> None:
    lost = []
    for attack in attacks(place):
        if attack.group == group:
            answer = attack.tried(stack, place.site.user)
            if answer.status not in attack.fine:
                lost.append((attack.name, answer.status, answer.body))
    assert not lost


def test_what_is_too_much_is_named(stack: Stack, place: Place) -> None:
    network = place.site.user.network
    answer = network("GET", "/networks?" + "&".join(["name=x"] * 513))
    assert (answer.status, "max_query_parameters" in answer.message) == (400, True)
    body = {"networks": [{"name": "x", "tags": [0] * 30_000}]}
    answer = network("POST", "/networks", body)
    assert (answer.status, "max_body_values" in answer.message) == (400, True)
    # A body as large as that which says nothing is as good as any.
    answer = network("POST", "/networks", {"network": {"name": "," * 255}})
    assert answer.status == 201
    network.delete(f"/networks/{answer.body['network']['id']}")
