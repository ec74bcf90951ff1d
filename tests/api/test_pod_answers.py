"""What a pod's HTTP is like: every form of an answer is understood, no change is sent twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import Answer, User, until
from tests.support.stack import Stack

POD = {"region": "Pod1", "service": "volume", "times": 1}
SHOW = {**POD, "method": "GET", "path": "/volumes/[^/]+$"}


@pytest.fixture(scope="module")
def owner(stack: Stack) -> User:
    return stack.tenant()


@pytest.fixture(scope="module")
def path(stack: Stack, owner: User) -> Iterator[str]:
    """A volume in Pod1, where a connection is kept for the next call."""
    with stack.nothing_left():
        made = owner.volume.make("/volumes", size=1, name="v" * 200, availability_zone="az1")
        path = f"/volumes/{made['id']}"
        until(lambda: owner.volume.get(path)["status"] == "available", "it is there")
        yield path
        owner.volume.delete(path)
        until(lambda: owner.volume("GET", path).status == 404, "it is gone")


def _is_named(answer: Answer, why: str) -> None:
    assert answer.status == 503
    assert "Pod1" in answer.message
    assert why in answer.message


@pytest.mark.parametrize("form", ["chunked", "close", "hang_up", "unmeasured", "trailers"])
def test_every_form_is_understood(stack: Stack, owner: User, path: str, form: str) -> None:
    usual = owner.volume.get(path)
    with stack.simulator.fault(form, **SHOW) as seen:
        assert owner.volume.get(path) == usual
    assert seen["hits"] == 1
    # Also on the connection on which that was, or another.
    assert owner.volume.get(path) == usual


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("garbage", "no HTTP"),
        ("half", "in the middle"),
        ("long_head", "headers of its answer exceed"),
        ("long_trailers", "headers of its answer exceed"),
    ],
)
def test_what_is_no_answer_is_told(
    stack: Stack, owner: User, path: str, form: str, why: str
) -> None:
    with stack.simulator.fault(form, **SHOW) as seen:
        _is_named(owner.volume("GET", path), why)
    assert seen["hits"] == 1
    assert owner.volume("GET", path).status == 200


def test_what_follows_an_answer_is_none_of_its_headers(
    stack: Stack, owner: User, path: str
) -> None:
    with stack.simulator.fault("trailers", **SHOW):
        answer = owner.volume("GET", path)
    assert answer.status == 200
    assert not {"retry-after", "location"} & set(answer.headers)


def test_a_question_is_asked_again_on_a_new_connection(
    stack: Stack, owner: User, path: str
) -> None:
    assert owner.volume("GET", path).status == 200
    with stack.simulator.fault("refuse", **SHOW) as seen:
        assert owner.volume("GET", path).status == 200
    assert seen["hits"] == 1
    with stack.simulator.fault("refuse", **{**SHOW, "times": 2}) as seen:
        _is_named(owner.volume("GET", path), "instead of answering")
    assert seen["hits"] == 2


@pytest.mark.parametrize("kind", ["refuse", "lose"])
def test_a_change_is_never_sent_twice(stack: Stack, owner: User, path: str, kind: str) -> None:
    assert owner.volume("GET", path).status == 200
    change = {**SHOW, "method": "PUT", "times": 2}
    with stack.simulator.fault(kind, **change) as seen:
        answer = owner.volume("PUT", path, {"volume": {"name": f"{kind}d"}})
        _is_named(answer, "instead of answering")
    assert seen["hits"] == 1
    assert (owner.volume.get(path)["name"] == f"{kind}d") == (kind == "lose")


def test_a_list_does_without_a_pod_that_answers_no_http(
    stack: Stack, owner: User, path: str
) -> None:
    with stack.simulator.fault("garbage", **{**SHOW, "path": "/volumes"}):
        answer = owner.volume("GET", "/volumes")
    assert answer.status == 200
    assert answer.headers["x-trio2o-missing-pods"] == "Pod1"
    assert [row["id"] for row in owner.volume.list("/volumes")] == [path.rpartition("/")[2]]


def test_an_id_cannot_break_out_of_its_request(stack: Stack, owner: User, path: str) -> None:
    # In a request line of its own, the rest would be a request in the user's name.
    evil = "x HTTP/1.1\r\nHost: y\r\n\r\nDELETE /"
    for refused in (
        owner.volume("POST", "/volumes", {"volume": {"size": 1, "imageRef": evil}}),
        owner.volume("POST", "/snapshots", {"snapshot": {"volume_id": evil}}),
        owner.compute("POST", "/os-volumes", {"volume": {"size": 1, "snapshot_id": evil}}),
    ):
        assert refused.status in (400, 404), refused.body
    assert owner.volume("GET", path + "%20HTTP/1.1%0d%0aX:%20y").status == 404
    assert owner.volume("GET", f"{path}?x=%0d%0aX:%20y&y=%23").status == 200
