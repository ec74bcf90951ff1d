"""Bridges between pods: VLANs from more than one physical network, and none left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import send, until
from tests.support.stack import Stack
from tests.support.topology import Net, Site

POOL = "bridge:2001:2001,extern:2002:2002"
GONE = f"No VLAN left for a bridge in {POOL}."


class TwoBridges(Stack):
    """A stack with a VLAN on each of two physical networks, and no more."""

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        return super()._settings(clouds_yaml) | {"TRIO2O_BRIDGE_VLANS": POOL}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with TwoBridges(tmp_path_factory.mktemp("two")) as stack:
        yield stack


@pytest.fixture
def sites(two: Stack) -> Iterator[list[Site]]:
    """Two projects that cross pods, and so use up all there is; a third that does not."""
    sites = [Site(two, two.tenant()) for _ in range(3)]
    with two.nothing_left():
        yield sites
        for site in sites:
            site.tear_down()


def _crossing(site: Site) -> str:
    router = site.router()
    for number, pod in enumerate(("Pod1", "Pod2")):
        site.attach(router, site.net(pod, f"10.1.{number}.0/24"))
    return router


def _bridges(stack: Stack, pod: str) -> list[tuple[str, int]]:
    rows: list[dict[str, Any]] = stack.simulator.inventory(pod)["networks"]
    return sorted(
        (row["provider:physical_network"], row["provider:segmentation_id"])
        for row in rows
        if row["name"].startswith("bridge-")
    )


def test_a_second_physical_network_is_used_when_the_first_is_full(
    two: Stack, sites: list[Site]
) -> None:
    for site in sites[:2]:
        site.active(_crossing(site))
    for pod in ("Pod1", "Pod2"):
        assert _bridges(two, pod) == [("bridge", 2001), ("extern", 2002)]


def test_a_change_that_needs_a_bridge_is_refused_when_there_is_none(
    two: Stack, sites: list[Site]
) -> None:
    routers = [_crossing(site) for site in sites[:2]]
    third = sites[2]
    router = third.router()
    third.attach(router, third.net("Pod1", "10.1.0.0/24"))
    far = third.net("Pod2", "10.1.1.0/24")
    with two.nothing_changed():
        answer = third.user.network(
            "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": far.subnet_id}
        )
        assert (answer.status, answer.fault, answer.message) == (409, "OverQuota", GONE)
    first = sites[0].user.network.list(f"/ports?device_id={routers[0]}")
    body = {"port_id": first[0]["id"]}
    sites[0].user.network.put(f"/routers/{routers[0]}/remove_router_interface", body)
    sites[0].active(routers[0])
    third.attach(router, far)
    third.active(router)


def _waiting(sites: list[Site]) -> tuple[str, Net, Net]:
    """Return the third project's router, a net on it, and one that has no pod and no bridge."""
    for site in sites[:2]:
        _crossing(site)
    third = sites[2]
    router = third.router()
    near, spare = (third.net("Pod1", f"10.1.{number}.0/24") for number in range(2))
    anywhere = third.net(None, "10.1.9.0/24")
    for net in (near, spare, anywhere):
        third.attach(router, net)
    third.active(router)
    return router, spare, anywhere


def _failed(stack: Stack, site: Site, router: str) -> list[tuple[str, str]]:
    until(lambda: site.show_router(router)["status"] == "ERROR", "the router is in ERROR")
    stack.settle()
    jobs = stack.jobs(router_id=router, state="failed")
    return [(job["type"], job["error"]) for job in jobs]


def test_an_interface_whose_network_gets_its_pod_too_late_for_a_bridge_says_so(
    two: Stack, sites: list[Site]
) -> None:
    router, _, anywhere = _waiting(sites)
    sites[2].boot(anywhere, "az2")
    assert _failed(two, sites[2], router) == [("router-interface-add", GONE)]


def test_what_waits_for_a_bridge_keeps_nothing_else_on_the_router(
    two: Stack, sites: list[Site]
) -> None:
    router, spare, anywhere = _waiting(sites)
    third = sites[2]
    two.worker.stop()
    try:
        third.boot(anywhere, "az2")
        third.detach(router, spare)
    finally:
        two.worker.start()
    assert _failed(two, third, router) == [("router-interface-add", GONE)]
    interfaces = {
        ip["ip_address"]
        for port in two.simulator.inventory("Pod1")["ports"]
        if port["device_owner"] == "network:router_interface"
        for ip in port["fixed_ips"]
    }
    assert "10.1.0.1" in interfaces
    assert "10.1.1.1" not in interfaces


def test_a_bridge_is_free_again_when_what_wanted_it_is_taken_back_at_once(
    two: Stack, sites: list[Site]
) -> None:
    first, second, third = sites
    second.active(_crossing(second))
    router = first.router()
    nets = [first.net(pod, f"10.1.{n}.0/24") for n, pod in enumerate(("Pod1", "Pod2"))]
    two.worker.stop()
    for net in nets:
        first.attach(router, net)
    for net in nets:
        first.detach(router, net)
    two.worker.start()
    first.active(router)
    third.active(_crossing(third))


def test_a_vlan_is_taken_back_from_the_network_of_a_bridge_that_is_gone(
    two: Stack, sites: list[Site]
) -> None:
    pod, token = two.admin.endpoint("Pod2", "network"), {"X-Auth-Token": two.admin.token}
    late = {
        "name": "bridge-ew-late",
        "description": "trio2o bridge_network 00000000-0000-4000-8000-000000000000",
        "provider:network_type": "vlan",
        "provider:physical_network": "bridge",
        "provider:segmentation_id": 2001,
    }
    made = send("POST", f"{pod}/v2.0/networks", {"network": late}, token)
    assert made.status == 201, made.body
    sites[0].active(_crossing(sites[0]))
    assert (
        send("GET", f"{pod}/v2.0/networks/{made.body['network']['id']}", None, token).status == 404
    )
