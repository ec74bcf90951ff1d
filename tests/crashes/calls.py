"""The worker dies after a call that changes a pod, and the user asks for the opposite at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.client import until
from tests.support.doom import CALL, Doom
from tests.support.podview import RouterCopy, copies
from tests.support.stack import Stack
from tests.support.topology import Net, Site

ROUTE = {"destination": "10.9.0.0/24", "nexthop": "10.1.1.9"}


class Mortal(Stack):
    """A stack whose worker dies when it is told; what the dead have held is soon free."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.doom: Doom = self.mortal(self.worker)

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        return super()._settings(clouds_yaml) | {"TRIO2O_LEASE_SECONDS": "1"}


@dataclass
class World:
    """A router with networks in two pods and a way out in the second."""

    site: Site
    router: str
    nets: list[Net]
    outside: Net

    def add(self) -> None:
        """Put the second network on the router."""
        self.site.attach(self.router, self.nets[1])

    def remove(self) -> None:
        """Take it off."""
        self.site.detach(self.router, self.nets[1])

    def set(self) -> None:
        """Lead out."""
        self.site.gateway(self.router, self.outside)

    def clear(self) -> None:
        """Lead nowhere."""
        self.site.gateway(self.router, None)

    def routes(self) -> None:
        """Give it a route more."""
        self._route([ROUTE])

    def no_routes(self) -> None:
        """Take it back."""
        self._route([])

    def _route(self, routes: list[dict[str, str]]) -> None:
        body = {"router": {"routes": routes}}
        self.site.user.network.put(f"/routers/{self.router}", body)


Step = Callable[[World], None]
# What is done, and what undoes it.
CHANGES: dict[str, tuple[Step, Step]] = {
    "interface": (World.remove, World.add),
    "gateway": (World.clear, World.set),
    "routes": (World.routes, World.no_routes),
}


@contextmanager
def new_world(stack: Stack) -> Iterator[World]:
    """A world meanwhile, of which nothing is left."""
    site = Site(stack, stack.tenant())
    with stack.nothing_left():
        nets = [site.net(pod, f"10.1.{n}.0/24") for n, pod in enumerate(("Pod1", "Pod2"))]
        made = World(site, site.router(), nets, site.external("Pod2"))
        for net in nets:
            site.attach(made.router, net)
        made.set()
        yield made
        site.tear_down()


def play(stack: Mortal, world: World, change: str) -> int:
    """Have the worker die after each call of the change; how many calls it has."""
    there, back = CHANGES[change]
    world.site.active(world.router)
    stack.settle()
    before = _in_pods(world)
    call = 0
    while True:
        call += 1
        stack.doom.come(call, CALL)
        there(world)
        until(lambda: not stack.doom.is_near or world.site.idle(world.router), "it is over")
        alive = stack.doom.go()
        back(world)
        world.site.active(world.router)
        stack.settle()
        assert _in_pods(world) == before, f"after call {call}"
        if alive:
            return call - 1


def _shape(copy: RouterCopy) -> tuple[object, ...]:
    bridges = (bool(copy.east_west), bool(copy.north_south), sorted(copy.vlans))
    return (sorted(copy.inside), *bridges, bool(copy.gateway), sorted(copy.routes))


def _in_pods(world: World) -> dict[str, tuple[object, ...]]:
    found = copies(world.site.stack.simulator, world.router)
    return {pod: _shape(copy) for pod, copy in found.items()}
