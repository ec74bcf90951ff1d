"""Pods that users do not see: no public endpoints, or left out of the catalogues of projects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client import User
from tests.support.simulator import Simulator
from tests.support.stack import Stack
from tests.support.topology import Site

WAYS = ("interface", "groups")


class OneRegion(Stack):
    """A stack whose users see RegionOne only."""

    def __init__(self, folder: Path, way: str) -> None:
        self.way = way
        super().__init__(folder)
        self.simulator = Simulator(folder, self.url, "--hide-pods", way)

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        hidden = {"TRIO2O_POD_INTERFACE": "internal"} if self.way == "interface" else {}
        return super()._settings(clouds_yaml) | hidden


@pytest.fixture(scope="module", params=WAYS)
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    with OneRegion(tmp_path_factory.mktemp(request.param), request.param) as stack:
        yield stack


def _regions(user: User) -> set[str]:
    """The regions of which the user's catalogue has something to offer."""
    return {
        endpoint["region_id"]
        for service in user.catalog
        for endpoint in service["endpoints"]
        if endpoint["interface"] == "public"
    }


def test_a_project_lives_in_one_region(stack: Stack) -> None:
    site = Site(stack, stack.tenant())
    assert _regions(site.user) == _regions(stack.admin) == {"RegionOne"}
    one, two = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    router = site.router()
    site.attach(router, one)
    site.attach(router, two)
    servers = [site.boot(one, "az1"), site.boot(two)]
    volume = site.volume("az1")
    site.attach_volume(servers[0], volume)
    site.active(router)
    shown = site.user.compute.list("/servers/detail", "servers")
    assert {server["id"] for server in shown} == {server["id"] for server in servers}
    for server in servers:
        site.drop_server(server)
    site.drop_volume(volume)
    site.tear_down()
