"""The worker dies after every call that changes a pod; what users do then ends as it should."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.support.client import until
from tests.support.doom import CALL, Doom
from tests.support.podview import RouterCopy, copies
from tests.support.stack import Stack
from tests.support.topology import Net, Site

ROUTE = {"destination": "10.9.0.0/24", "nexthop": "10.1.1.9"}


class Mortal(Stack):
    """A stack whose worker dies when it is told."""

    doom: Doom


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    stack = Mortal(tmp_path_factory.mktemp("mortal"))
    stack.doom = stack.mortal(stack.worker)
    with stack:
        yield stack


@dataclass
class World:
    """A router with networks in two pods and a way out in the second."""

    site: Site
    router: str
    nets: list[Net]
    outside: Net

    def add(self) -> None:
        self.site.attach(self.router, self.nets[1])

    def remove(self) -> None:
        self.site.detach(self.router, self.nets[1])

    def set(self) -> None:
        self.site.gateway(self.router, self.outside)

    def clear(self) -> None:
        self.site.gateway(self.router, None)

    def routes(self) -> None:
        self._route([ROUTE])

    def no_routes(self) -> None:
        self._route([])

    def _route(self, routes: list[dict[str, str]]) -> None:
        body = {"router": {"routes": routes}}
        self.site.user.network.put(f"/routers/{self.router}", body)


@pytest.fixture
def world(mortal: Mortal) -> Iterator[World]:
    site = Site(mortal, mortal.tenant())
    with mortal.nothing_left():
        nets = [site.net(pod, f"10.1.{n}.0/24") for n, pod in enumerate(("Pod1", "Pod2"))]
        made = World(site, site.router(), nets, site.external("Pod2"))
        for net in nets:
            site.attach(made.router, net)
        made.set()
        yield made
        site.tear_down()


def _shape(copy: RouterCopy) -> tuple[object, ...]:
    bridges = (bool(copy.east_west), bool(copy.north_south), sorted(copy.vlans))
    return (sorted(copy.inside), *bridges, bool(copy.gateway), sorted(copy.routes))


def _in_pods(world: World) -> dict[str, tuple[object, ...]]:
    found = copies(world.site.stack.simulator, world.router)
    return {pod: _shape(copy) for pod, copy in found.items()}


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (World.remove, World.add),
        (World.clear, World.set),
        (World.routes, World.no_routes),
    ],
    ids=["interface", "gateway", "routes"],
)
def test_what_is_undone_at_the_death_of_a_worker_is_whole_again(
    mortal: Mortal, world: World, there: Callable[[World], None], back: Callable[[World], None]
) -> None:
    world.site.active(world.router)
    mortal.settle()
    before = _in_pods(world)
    call = 0
    while True:
        call += 1
        mortal.doom.come(call, CALL)
        there(world)
        until(lambda: not mortal.doom.is_near or world.site.idle(world.router), "it is over")
        alive = mortal.doom.go()
        back(world)
        world.site.active(world.router)
        mortal.settle()
        assert _in_pods(world) == before, f"after call {call}"
        if alive:
            break
    assert call > 1
