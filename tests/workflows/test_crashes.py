"""Our own processes die: kill -9 of worker, gateway and Temporal at any moment."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from tests.support.podview import copies
from tests.support.stack import Stack
from tests.support.topology import Site


@pytest.fixture(autouse=True)
def running(stack: Stack) -> Iterator[None]:
    """Whatever a test has killed is there again for the next one."""
    yield
    for process in (stack.temporal.process, stack.gateway, stack.worker):
        if not process.running:
            process.start()


def test_worker_killed_ten_times_while_adding_interfaces(stack: Stack, site: Site) -> None:
    stack.simulator.settings(latency=0.03)
    routers = []
    try:
        for number in range(10):
            near = site.net("az1", f"10.{number}.1.0/24")
            far = site.net("Pod2", f"10.{number}.2.0/24")
            router = site.router()
            routers.append((router, near, far))
            site.attach(router, near)
            site.attach(router, far)
            time.sleep(random.uniform(0.0, 0.8))
            stack.worker.kill()
            stack.worker.start(wait=number % 2 == 0)
        stack.worker.wait()
        for router, _, _ in routers:
            site.active(router)
        stack.settle(120)
    finally:
        stack.simulator.settings(latency=0)
    for router, near, far in routers:
        found = copies(stack.simulator, router)
        assert found["Pod1"].routes == {far.cidr: found["Pod2"].east_west}
        assert found["Pod2"].routes == {near.cidr: found["Pod1"].east_west}
        assert [len(copy.inside) for copy in found.values()] == [1, 1]
    for pod in ("Pod1", "Pod2"):
        inventory = stack.simulator.inventory(pod)
        # Ten networks and the project's one bridge; an interface on each for every router.
        objects = {"networks": 11, "subnets": 11, "routers": 10, "ports": 20}
        assert {kind: len(inventory[kind]) for kind in objects} == objects


def test_accepted_without_temporal_it_begins_when_temporal_is_back(
    stack: Stack, site: Site
) -> None:
    router = site.router()
    stack.temporal.process.kill()
    site.attach(router, site.net("az1", "10.0.1.0/24"))
    assert site.show_router(router)["status"] == "ACTIVE"
    assert stack.jobs(router_id=router)[0]["state"] == "accepted"
    stack.temporal.process.start()
    site.active(router)
    stack.settle()
    assert set(copies(stack.simulator, router)) == {"Pod1"}


def test_gateway_killed_after_accepting(stack: Stack, site: Site) -> None:
    router, near = site.router(), site.net("az1", "10.0.1.0/24")
    site.attach(router, near)
    stack.gateway.kill()
    stack.gateway.start()
    site.active(router)
    stack.settle()
    assert copies(stack.simulator, router)["Pod1"].inside == {"10.0.1.1"}


def test_gateway_and_worker_killed_while_a_server_goes(stack: Stack, site: Site) -> None:
    server = site.boot(site.net("az1", "10.0.1.0/24"))
    stack.simulator.settings(build_delay=1.0)
    try:
        site.user.compute.delete(f"/servers/{server['id']}")
        stack.gateway.kill()
        stack.worker.kill()
        stack.gateway.start(wait=False)
        stack.worker.start()
        stack.gateway.wait()
        stack.settle()
    finally:
        stack.simulator.settings(build_delay=0.05)
    assert site.user.compute("GET", f"/servers/{server['id']}").status == 404
    assert site.user.network.list(f"/ports?device_id={server['id']}") == []
