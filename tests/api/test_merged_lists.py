"""Lists over all pods: complete, in one order, page by page, and honest about what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.client import Json, User, until
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def owner(stack: Stack) -> User:
    return stack.tenant()


@pytest.fixture(scope="module")
def volumes(stack: Stack, owner: User) -> Iterator[list[str]]:
    """Nine volumes in two zones, made at the same moment."""
    with stack.nothing_left():

        def make(number: int) -> str:
            wanted = {"name": f"v{number}", "size": 1, "availability_zone": f"az{number % 2 + 1}"}
            return str(owner.volume.make("/volumes", **wanted)["id"])

        with ThreadPoolExecutor(9) as together:
            ids = list(together.map(make, range(9)))
        yield ids
        for id_ in ids:
            path = f"/volumes/{id_}"
            until(lambda path=path: owner.volume.get(path)["status"] == "available", "it is there")
            owner.volume.delete(path)


def _pages(owner: User, limit: int) -> list[str]:
    """Walk the pages as a client does that trusts in markers alone."""
    found: list[str] = []
    marker = ""
    while page := owner.volume.list(f"/volumes?limit={limit}{marker}"):
        found += [row["id"] for row in page]
        marker = f"&marker={found[-1]}"
    return found


def test_all_are_there(owner: User, volumes: list[str]) -> None:
    assert sorted(row["id"] for row in owner.volume.list("/volumes/detail")) == sorted(volumes)


@pytest.mark.parametrize("limit", [1, 2, 4, 9, 10])
def test_pages_are_the_list(owner: User, volumes: list[str], limit: int) -> None:
    whole = [row["id"] for row in owner.volume.list("/volumes")]
    assert _pages(owner, limit) == whole


def test_next_links_are_followed(owner: User, volumes: list[str]) -> None:
    answer = owner.volume("GET", "/volumes?limit=4")
    found: list[Json] = answer.body["volumes"]
    while links := answer.body.get("volumes_links"):
        href = links[0]["href"]
        assert href.startswith(owner.gateway)
        answer = owner.volume("GET", "/volumes?" + href.split("?")[1])
        found += answer.body["volumes"]
    assert len({row["id"] for row in found}) == len(found) == 9


def test_sorted_by_name(owner: User, volumes: list[str]) -> None:
    names = [row["name"] for row in owner.volume.list("/volumes?sort=name:asc")]
    assert names == [f"v{number}" for number in range(9)]
    last = owner.volume.list("/volumes?sort=name:asc&limit=4")[-1]["id"]
    after = owner.volume.list(f"/volumes?sort=name:asc&limit=4&marker={last}")
    assert [row["name"] for row in after] == ["v4", "v5", "v6", "v7"]


def test_a_dead_pod_is_named(stack: Stack, owner: User, volumes: list[str]) -> None:
    stack.simulator.die("Pod1")
    try:
        answer = owner.volume("GET", "/volumes")
        assert answer.status == 200
        assert answer.headers["x-trio2o-missing-pods"] == "Pod1"
        assert len(answer.body["volumes"]) == 4
        assert owner.volume("GET", f"/volumes/{volumes[1]}").status == 200
        gone = owner.volume("GET", f"/volumes/{volumes[0]}")
        assert gone.status == 503
        assert "Pod1" in gone.message
        # What is in a silent pod is counted all the same.
        limits = owner.volume("GET", "/limits").body["limits"]["absolute"]
        assert limits["totalVolumesUsed"] == 9
        assert limits["totalGigabytesUsed"] > 4
    finally:
        stack.simulator.revive("Pod1")
    answer = owner.volume("GET", "/volumes")
    assert "x-trio2o-missing-pods" not in answer.headers
    assert len(answer.body["volumes"]) == 9
