"""What services tell at their doors, held against the table that the gateway is held against."""

from __future__ import annotations

import re

import pytest

from tests.contract.client import send
from tests.contract.conftest import Places
from tests.contract.play import Cloud
from tests.support.doors import COMPUTE, IMAGE, NETWORK, PRIVATE, PUBLIC, VOLUME, Asked, difference

TYPES = {COMPUTE: "compute", NETWORK: "network", VOLUME: "block-storage", IMAGE: "image"}


def _clouds(places: Places) -> list[Cloud]:
    return [places.simulator, *([places.lab] if places.lab else [])]


def _differs(cloud: Cloud, asked: Asked, token: str) -> str:
    login = cloud.logins["admin"]
    root = re.sub(r"/v\d.*$", "", login.urls["Pod1", TYPES[asked.service]].rstrip("/"))
    headers = dict(asked.headers) | ({"X-Auth-Token": token} if token else {})
    answer = send(asked.method, root + asked.path, headers)
    return difference(asked, answer.status, answer.headers, answer.body)


@pytest.mark.parametrize("asked", PUBLIC, ids=lambda asked: asked.name)
def test_anybody_is_told(places: Places, asked: Asked) -> None:
    found = {cloud.name: _differs(cloud, asked, "") for cloud in _clouds(places)}
    assert not any(found.values()), found


@pytest.mark.parametrize("asked", PRIVATE, ids=lambda asked: asked.name)
def test_an_address_has_several_spellings(places: Places, asked: Asked) -> None:
    found = {}
    for cloud in _clouds(places):
        found[cloud.name] = _differs(cloud, asked, cloud.logins["admin"].token)
    assert not any(found.values()), found
