"""Where every pod has a Glance of its own: one list, and copies where images are needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Answer, User, until
from tests.support.simulator import Simulator
from tests.support.stack import Stack
from tests.support.topology import Site

BYTES = bytes(range(256)) * 4096


class ImagesPerPod(Stack):
    """A stack whose regions share no Glance."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.simulator = Simulator(folder, self.url, "--image-per-region")

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        return super()._settings(clouds_yaml) | {"TRIO2O_IMAGE_PER_POD": "true"}


@pytest.fixture(scope="module")
def pods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with ImagesPerPod(tmp_path_factory.mktemp("pods")) as stack:
        yield stack


@pytest.fixture
def image(pods: Stack) -> tuple[User, str]:
    """An image of a tenant's, uploaded through the gateway."""
    user = pods.tenant()
    wanted = {"name": "mine", "disk_format": "raw", "container_format": "bare", "flavour": "odd"}
    made = user.image("POST", "/images", wanted)
    assert made.status == 201, made.body
    id_ = str(made.body["id"])
    sent = _upload(user, id_, BYTES)
    assert sent.status == 204, sent.body
    return user, id_


def _upload(user: User, id_: str, data: bytes) -> Answer:
    kind = {"Content-Type": "application/octet-stream"}
    return user.image("PUT", f"/images/{id_}/file", data, **kind)


def _in_pod(pods: Stack, user: User, pod: str, id_: str) -> Answer:
    url = user.endpoint(pod, "image").removesuffix("/image")
    return User(url, {}, user.token).image("GET", f"/images/{id_}")


def _volume(user: User, image_id: str, zone: str) -> Any:
    return user.volume.make("/volumes", size=1, imageRef=image_id, availability_zone=zone)


def test_an_image_is_copied_once_to_where_it_is_needed(
    pods: Stack, image: tuple[User, str]
) -> None:
    user, id_ = image
    holders = [pod for pod in pods.pods if _in_pod(pods, user, pod, id_).status == 200]
    assert holders == ["Pod1"]
    volume = _volume(user, id_, "az2")
    shown = user.volume.get(f"/volumes/{volume['id']}")
    assert shown["availability_zone"] == "az2"
    holders = [pod for pod in pods.pods if _in_pod(pods, user, pod, id_).status == 200]
    assert len(holders) == 2
    copy = _in_pod(pods, user, holders[1], id_).body
    assert copy["status"] == "active"
    assert copy["os_hash_value"] == hashlib.sha512(BYTES).hexdigest()
    assert (copy["name"], copy["flavour"], copy["owner"]) == ("mine", "odd", user.project_id)
    jobs = pods.jobs(resource_type="image")
    assert [job["state"] for job in jobs] == ["succeeded"]
    again = _volume(user, id_, "az2")
    assert len(pods.jobs(resource_type="image")) == 1
    listed = user.image.list("/images?name=mine", "images")
    assert [row["id"] for row in listed] == [id_]
    for made in (volume, again):
        until(lambda id_=made["id"]: _is_ready(user, id_), "the volume is there")
        user.volume.delete(f"/volumes/{made['id']}")


def test_a_boot_has_its_image_copied(pods: Stack, image: tuple[User, str]) -> None:
    user, id_ = image
    server = {
        "name": "vm",
        "imageRef": id_,
        "flavorRef": Site(pods, user).flavor(),
        "networks": "none",
        "availability_zone": "az2",
    }
    version = {"OpenStack-API-Version": "compute 2.37"}
    booted = user.compute("POST", "/servers", {"server": server}, **version)
    assert booted.status == 202, booted.body
    holders = [pod for pod in pods.pods if _in_pod(pods, user, pod, id_).status == 200]
    assert len(holders) == 2
    user.compute.delete(f"/servers/{booted.body['server']['id']}")


def test_a_change_reaches_every_copy(pods: Stack, image: tuple[User, str]) -> None:
    user, id_ = image
    volume = _volume(user, id_, "az2")
    change = [{"op": "replace", "path": "/name", "value": "renamed"}]
    kind = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    changed = user.image("PATCH", f"/images/{id_}", change, **kind)
    assert changed.status == 200, changed.body
    answers = [_in_pod(pods, user, pod, id_) for pod in pods.pods]
    assert [a.body["name"] for a in answers if a.status == 200] == ["renamed", "renamed"]
    until(lambda: _is_ready(user, volume["id"]), "the volume is there")
    user.volume.delete(f"/volumes/{volume['id']}")
    user.image.delete(f"/images/{id_}")
    assert {_in_pod(pods, user, pod, id_).status for pod in pods.pods} == {404}
    assert user.image("GET", f"/images/{id_}").status == 404


def test_a_list_is_one_over_all_pods(pods: Stack, image: tuple[User, str]) -> None:
    user, _ = image
    # Every simulated region comes with a public image of its own.
    first = user.image("GET", "/images?limit=2&sort=name:asc").body
    assert len(first["images"]) == 2
    assert first["next"].startswith("/v2/images?")
    path = first["next"].removeprefix("/v2")
    second = user.image("GET", path).body
    ids = [row["id"] for row in (*first["images"], *second["images"])]
    assert len(set(ids)) == 4
    assert second["images"][-1]["name"] == "mine"
    assert user.image("GET", "/images?marker=no-such").status == 400


def test_nobody_elses_image_is_copied(pods: Stack, image: tuple[User, str]) -> None:
    _, id_ = image
    stranger = pods.tenant()
    wanted = {"size": 1, "imageRef": id_, "availability_zone": "az2"}
    refused = stranger.volume("POST", "/volumes", {"volume": wanted})
    assert refused.status == 400
    assert "Invalid image identifier" in refused.body["badRequest"]["message"]


def _is_ready(user: User, id_: str) -> bool:
    return bool(user.volume.get(f"/volumes/{id_}")["status"] == "available")
