"""A service more: one class, and one line that serves it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from activities.pods.region import Endpoint
from api import routes
from api.errors import NOVA
from api.main import APIS, run
from api.service import ServiceApp
from models.resource import Home, Resource
from tests.support.client import Api, User, send, until
from tests.support.stack import Stack


class Disks(ServiceApp):
    """The volumes of all pods, under another name."""

    name = "disks"
    prefix = "/disks"
    versions = ("v1",)
    endpoint = Endpoint(("block-storage", "volumev3"), "/v3")
    dialect = NOVA
    resources = (
        Resource("/volumes", Home.ONE_POD, verbs=("list", "show", "update"), detail=True),
        Resource("/os-hosts", Home.ALL_PODS, verbs=("list",), admin=True),
    )


MORE = (*APIS, Disks)


@pytest.fixture(scope="module")
def url(stack: Stack) -> Iterator[str]:
    """A gateway that serves the service too."""
    with stack.beside([sys.executable, "-m", "tests.api.test_another_service"], "/disks/") as url:
        yield url


@pytest.fixture(scope="module")
def owner(stack: Stack) -> User:
    return stack.tenant()


@pytest.fixture(scope="module")
def disks(url: str, owner: User) -> Api:
    return Api(replace(owner, gateway=url), "/disks/v1")


@pytest.fixture(scope="module")
def volumes(stack: Stack, owner: User) -> Iterator[list[str]]:
    """Four volumes, two in each of two pods."""
    with stack.nothing_left():
        ids = [
            str(owner.volume.make("/volumes", size=1, availability_zone=zone)["id"])
            for zone in ("az1", "az2", "az1", "az2")
        ]
        for id_ in ids:
            until(lambda id_=id_: _state(owner, id_) == "available", "the volume is there")
        yield ids
        for id_ in ids:
            owner.volume.delete(f"/volumes/{id_}")


def _state(owner: User, id_: str) -> str:
    return str(owner.volume.get(f"/volumes/{id_}")["status"])


def test_its_version_is_told_to_anyone(url: str) -> None:
    told = send("GET", f"{url}/disks/").body["versions"]
    href = f"{url}/disks/v1/"
    assert told == [{"id": "v1", "status": "CURRENT", "links": [{"rel": "self", "href": href}]}]


def test_it_wants_a_token(url: str) -> None:
    refused = send("GET", f"{url}/disks/v1/volumes")
    assert refused.status == 401
    assert "www-authenticate" in refused.headers


def test_pages_go_through_all_pods(disks: Api, volumes: list[str]) -> None:
    found: list[str] = []
    answer = disks("GET", "/volumes/detail?limit=3")
    while True:
        assert answer.status == 200
        found += [row["id"] for row in answer.body["volumes"]]
        links = answer.body.get("volumes_links")
        if not links:
            break
        assert links[0]["rel"] == "next"
        token = {"X-Auth-Token": disks.user.token}
        answer = send("GET", links[0]["href"], headers=token)
    assert sorted(found) == sorted(volumes)


def test_an_object_is_found_in_its_pod(disks: Api, volumes: list[str]) -> None:
    for id_ in volumes:
        assert disks.get(f"/volumes/{id_}")["id"] == id_


def test_a_member_changes_what_a_reader_may_not(
    stack: Stack, disks: Api, volumes: list[str]
) -> None:
    path, body = f"/volumes/{volumes[0]}", {"volume": {"name": "renamed"}}
    reader = Api(replace(stack.users["viewer"], gateway=disks.user.gateway), disks.prefix)
    refused = reader("PUT", path, body)
    assert (refused.status, refused.fault) == (403, "forbidden")
    assert "disks:put:/volumes/{id}" in refused.message
    assert disks.put(path, body)["volume"]["name"] == "renamed"


def test_a_stranger_finds_nothing_in_its_words(
    stack: Stack, disks: Api, volumes: list[str]
) -> None:
    stranger = Api(replace(stack.tenant(), gateway=disks.user.gateway), disks.prefix)
    refused = stranger("GET", f"/volumes/{volumes[0]}")
    assert (refused.status, refused.fault) == (404, "itemNotFound")
    assert stranger.list("/volumes") == []


def test_admins_see_what_all_pods_report(stack: Stack, disks: Api) -> None:
    admin = Api(replace(stack.admin, gateway=disks.user.gateway), disks.prefix)
    assert disks("GET", "/os-hosts").status == 403
    hosts = {row["host_name"] for row in admin.list("/os-hosts", "hosts")}
    assert {name.partition("-")[0] for name in hosts} == {"pod1", "pod2", "pod3"}


def test_the_command_shows_it() -> None:
    lines = [line for line in routes.lines(Disks) if line.rule == "disks:get:/volumes/{id}"]
    assert [line.path for line in lines] == ["/disks/v1/volumes/{id}"]
    assert lines[0].logic == "models.places, activities.pods.region, models.routings"
    assert "/disks/v1/volumes/{id}" in routes.table(MORE)
    assert "/disks/" not in routes.table()


if __name__ == "__main__":
    run(MORE)
