"""What pods do to us at every call, and that it ends the same: right, once, or undone."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.client import Json, until
from tests.support.podview import RouterCopy, copies
from tests.support.stack import Stack
from tests.support.topology import Net, Site

# The calls that `router add subnet` makes in a pod. Each fails once; as every attempt waits longer
# than the one before, one half of them fails in one pod, the other half in the other.
CALLS = {
    "Pod1": [("POST", "/networks$"), ("POST", "/subnets$"), ("POST", "/routers$")],
    "Pod2": [("POST", "/ports$"), ("PUT", "/add_router_interface$"), ("PUT", "/routers/[^/]+$")],
}
# Where a conflict is about an address or a port that is taken, which no retry mends.
TAKEN = {"/add_router_interface$"}
FAULTS: dict[str, Json] = {
    "the answer is lost": {"kind": "lose"},
    "the connection is cut": {"kind": "refuse"},
    "500": {"kind": "status", "status": 500},
    "503": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429},
    "409": {"kind": "status", "status": 409},
}
UNDO = [("PUT", "/remove_router_interface$"), ("DELETE", "/routers/"), ("DELETE", "/networks/")]


def _reach_over(stack: Stack, site: Site) -> str:
    router = site.router()
    site.attach(router, site.net("az1", "10.0.1.0/24"))
    site.attach(router, site.net("Pod2", "10.0.2.0/24"))
    return router


def _is_right(stack: Stack, router: str) -> None:
    found = copies(stack.simulator, router)
    one, two = found["Pod1"], found["Pod2"]
    routes = {"10.0.2.0/24": two.east_west}
    assert one == RouterCopy({"10.0.1.1"}, one.east_west, routes=routes, vlans=two.vlans)
    assert two.routes == {"10.0.1.0/24": one.east_west}
    objects = {"networks": 2, "subnets": 2, "ports": 2, "routers": 1}
    for pod in ("Pod1", "Pod2"):
        inventory = stack.simulator.inventory(pod)
        assert {kind: len(inventory[kind]) for kind in objects} == objects, pod


@pytest.mark.parametrize("fault", FAULTS)
def test_each_call_fails_once(stack: Stack, site: Site, fault: str) -> None:
    with ExitStack() as faults:
        made = [
            faults.enter_context(
                stack.simulator.fault(
                    **FAULTS[fault],
                    **{"region": pod, "service": "network", "times": 1},
                    **{"method": method, "path": path},
                )
            )
            for pod, calls in CALLS.items()
            for method, path in calls
            if not (fault == "409" and path in TAKEN)
        ]
        router = _reach_over(stack, site)
        site.active(router)
        stack.settle()
    assert [document["hits"] for document in made] == [1] * len(made)
    _is_right(stack, router)


@pytest.mark.parametrize("fault", ["the answer is lost", "503"])
def test_each_call_of_the_undoing_fails_once(stack: Stack, site: Site, fault: str) -> None:
    router = _reach_over(stack, site)
    site.active(router)
    with ExitStack() as faults:
        where = {"region": "Pod1", "service": "network", "times": 1}
        made = [
            faults.enter_context(
                stack.simulator.fault(**FAULTS[fault], **where, method=method, path=path)
            )
            for method, path in UNDO
        ]
        site.tear_down()
        stack.settle()
    assert [document["hits"] for document in made] == [1] * len(made)


def test_a_slow_pod_is_waited_for(stack: Stack, site: Site) -> None:
    with stack.simulator.fault("slow", region="Pod1", service="network", seconds=0.4):
        router = _reach_over(stack, site)
        assert site.show_router(router)["status"] == "ACTIVE"
        assert not site.idle(router)
        site.active(router)
    stack.settle()
    _is_right(stack, router)


def test_a_dead_pod_is_waited_for_and_delays_nobody_else(stack: Stack, site: Site) -> None:
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    router = site.router()
    stack.simulator.die("Pod1")
    try:
        waiting = site.attach(router, near)["port_id"]
        other = site.router()
        site.attach(other, far)
        site.active(other)
        assert site.user.network.get(f"/ports/{waiting}")["status"] == "DOWN"
        job = stack.jobs(router_id=router)[0]
        assert job["state"] in ("accepted", "running")
        site.detach(other, far)
        site.attach(router, far)
    finally:
        stack.simulator.revive("Pod1")
    site.active(router)
    stack.settle()
    _is_right(stack, router)
    assert site.user.network.get(f"/ports/{waiting}")["status"] == "ACTIVE"


def test_a_dead_pod_keeps_no_routes_from_the_others(stack: Stack, site: Site) -> None:
    router = site.router()
    for number, pod in enumerate(("Pod1", "Pod2", "Pod3"), 1):
        site.attach(router, site.net(pod, f"10.0.{number}.0/24"))
    site.active(router)

    def knows(pod: str, cidr: str) -> None:
        until(lambda: cidr in copies(stack.simulator, router)[pod].routes, f"{pod} knows {cidr}")

    stack.simulator.die("Pod1")
    try:
        site.attach(router, site.net("Pod2", "10.0.12.0/24"))
        knows("Pod3", "10.0.12.0/24")
        site.attach(router, site.net("Pod3", "10.0.13.0/24"))
        knows("Pod2", "10.0.13.0/24")
        site.attach(router, site.net("Pod2", "10.0.22.0/24"))
        knows("Pod3", "10.0.22.0/24")
    finally:
        stack.simulator.revive("Pod1")
    site.active(router)
    knows("Pod1", "10.0.13.0/24")
    knows("Pod1", "10.0.22.0/24")


def test_a_deletion_that_stumbled_over_a_part_is_tried_again(stack: Stack, site: Site) -> None:
    before = stack.things_in_pods()
    net = site.net("Pod1", "10.0.1.0/24")
    site.drop_server(site.boot(net))
    stack.settle()
    # What Neutron says of a network when one of its subnets is deleted at the same moment.
    where: dict[str, Any] = {"region": "Pod1", "service": "network", "method": "DELETE"}
    gone: dict[str, Any] = {"status": 404, "type": "SubnetNotFound", "times": 1}
    with stack.simulator.fault("status", **where, **gone, path="/networks/") as fault:
        site.user.network.delete(f"/networks/{net.id}")
        stack.settle()
    assert fault["hits"] == 1
    assert {kind for _, kind, _ in stack.things_in_pods() - before} <= {"flavors"}


def test_a_range_that_is_taken_by_a_deleted_subnet_is_waited_for(stack: Stack, site: Site) -> None:
    router, old = site.router(), site.net("Pod1", "10.0.1.0/24")
    site.attach(router, old)
    site.active(router)
    site.detach(router, old)
    stack.settle()
    stack.simulator.forget_calls()
    where: dict[str, Any] = {"region": "Pod1", "service": "network"}
    with stack.simulator.fault("status", **where, method="DELETE", path="/subnets/"):
        site.user.network.delete(f"/subnets/{old.subnet_id}")
        wanted = {"network_id": old.id, "cidr": old.cidr, "ip_version": 4}
        made = site.user.network.make("/subnets", **wanted)
        site.attach(router, Net(old.id, made["id"], old.cidr))
        until(
            lambda: stack.simulator.calls(region="Pod1", method="POST", path="/subnets"),
            "the pod was asked for the new subnet",
        )
    site.active(router)
    stack.settle()
    assert copies(stack.simulator, router)["Pod1"].inside == {"10.0.1.1"}


def test_a_refusal_is_told_and_leaves_nothing(stack: Stack, site: Site) -> None:
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    router = site.router()
    site.attach(router, near)
    site.active(router)
    stack.settle()
    before = stack.things_in_pods()
    refusal: dict[str, Any] = {"region": "Pod2", "service": "network", "status": 403}
    refusal |= {"method": "POST", "path": "/routers$", "message": "Simulated: not today."}
    with stack.simulator.fault("status", **refusal):
        port = site.attach(router, far)["port_id"]
        until(lambda: site.show_router(router)["status"] == "ERROR", "the router is in ERROR")
    stack.settle()
    # The network stays: it is bound to that pod, and goes from there when its owner deletes it.
    left = {kind for pod, kind, _ in stack.things_in_pods() - before}
    assert left <= {"networks", "subnets"}
    assert site.user.network.get(f"/ports/{port}")["status"] == "ERROR"
    job = stack.jobs(router_id=router, type="router-interface-add")[0]
    assert job["state"] == "failed"
    assert "Pod2" in job["error"]
    assert "not today" in job["error"]
    # What the pod refused then, it takes now.
    stack.admin.admin("POST", f"/jobs/{job['id']}/redo")
    site.becomes_active(router)
    stack.settle()
    assert stack.job(job["id"])["state"] == "succeeded"
    assert stack.job(job["id"])["error"] is None
    _is_right(stack, router)


def test_refused_routes_are_told(stack: Stack, site: Site) -> None:
    where = {"region": "Pod2", "service": "network", "method": "PUT", "path": "routers/[^/]+$"}
    with stack.simulator.fault("status", **where, status=403) as refusal:
        router = _reach_over(stack, site)
        until(lambda: site.show_router(router)["status"] == "ERROR", "the router is in ERROR")
    assert refusal["hits"]
    stack.settle()
    told = stack.jobs(router_id=router, state="failed")
    assert told
    assert [job for job in told if "Pod2" not in job["error"]] == []
    for job in told:
        stack.admin.admin("POST", f"/jobs/{job['id']}/redo")
    site.becomes_active(router)
    stack.settle()
    _is_right(stack, router)


def test_a_pod_that_dies_half_way_is_taken_up_again(stack: Stack, site: Site) -> None:
    interface = {"region": "Pod2", "service": "network", "path": "/add_router_interface$"}
    with stack.simulator.fault("slow", **interface, seconds=1.0):
        router = _reach_over(stack, site)
        until(
            lambda: stack.simulator.calls(region="Pod2", path="add_router_interface"),
            "the pod was asked for an interface",
        )
        stack.simulator.die("Pod2")
    stack.simulator.revive("Pod2")
    site.active(router)
    stack.settle()
    _is_right(stack, router)
