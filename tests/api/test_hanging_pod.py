"""One pod that takes calls and answers none: nobody else waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.client import Answer, Json, User, until
from tests.support.stack import Stack
from tests.support.topology import Site

# More than threads, or whatever else there is a limited number of, were ever set aside for pods.
_CALLS, _EACH = 70, 10
_HANGS: Json = {"region": "Pod1", "service": "compute", "method": "POST", "path": "/flavors$"}


@contextmanager
def _boots_that_hang(stack: Stack, sites: list[Site]) -> Iterator[list[Future[Answer]]]:
    """Boots into a pod, all of which wait for its answer; at the end it cuts them off."""
    asked = {"region": "Pod1", "path": "/flavors"}
    flavors = [
        stack.admin.compute.make("/flavors", name=f"hanging-{n}", ram=64, vcpus=1, disk=1)["id"]
        for n in range(_CALLS)
    ]
    image = sites[0].image()

    def boot(user: User, flavor: str) -> Answer:
        server = {"name": "vm", "imageRef": image, "flavorRef": flavor, "networks": "none"}
        zone = {"availability_zone": "az1"}
        headers = {"OpenStack_API_Version": "compute 2.37"}
        return user.compute("POST", "/servers", {"server": server | zone}, **headers)

    stack.simulator.forget_calls()
    with (
        ThreadPoolExecutor(_CALLS) as together,
        stack.simulator.fault("slow", seconds=60, **_HANGS),
    ):
        boots = [
            together.submit(boot, sites[number // _EACH].user, flavor)
            for number, flavor in enumerate(flavors)
        ]
        try:
            until(lambda: len(_waiting(stack, **asked)) >= 64, "they wait")
            yield boots
        finally:
            stack.simulator.die("Pod1")
            answers = [one.result() for one in boots]
            stack.simulator.revive("Pod1")
    assert {answer.status for answer in answers} == {503}
    stack.settle()
    for flavor in flavors:
        stack.admin.compute.delete(f"/flavors/{flavor}")


def _waiting(stack: Stack, region: str, path: str) -> list[Any]:
    """The calls with such a path that a region has not answered."""
    calls = stack.simulator.calls(region=region)
    return [call for call in calls if path in call["path"] and call["ended"] is None]


@pytest.fixture
def site(stack: Stack) -> Iterator[Site]:
    site = Site(stack, stack.tenant())
    yield site
    site.tear_down()


def test_many_calls_that_hang_keep_nobody_else_waiting(stack: Stack, site: Site) -> None:
    members = [Site(stack, stack.tenant()) for _ in range(_CALLS // _EACH)]
    with stack.nothing_left(), _boots_that_hang(stack, members) as hanging:
        newcomer = stack.tenant()
        assert newcomer.network.list("/networks") == []
        server = site.boot(site.net("az2", "10.7.1.0/24"), "az2")
        assert not any(one.done() for one in hanging)
        site.tear_down()
        assert server["OS-EXT-AZ:availability_zone"] == "az2"
