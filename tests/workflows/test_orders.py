"""Any order of calls is fine, also when a client is quicker than the gateway."""

from __future__ import annotations

from tests.orders.play import Orders
from tests.support.client import send, until
from tests.support.podview import copies
from tests.support.stack import Stack
from tests.support.topology import Site

# ``tests/orders/run`` plays a hundred of other seeds.
SEED, NUMBER = 4, 6
CIDR = "10.0.2.0/24"


def test_any_order_ends_the_same_and_in_nothing(stack: Stack) -> None:
    orders = Orders(stack, SEED)
    failed = [life.line() for life in orders.play(orders.lives(NUMBER)) if life.error]
    assert not failed, "\n".join(failed)


def test_a_network_goes_as_soon_as_its_server_is_off_the_list(stack: Stack, site: Site) -> None:
    net = site.net("az1", "10.0.1.0/24")
    server = site.boot(net)
    stack.settle()
    # Nobody who cleans up behind the server can be what lets the network go.
    stack.worker.kill()
    try:
        site.user.compute.delete(f"/servers/{server['id']}")
        until(lambda: not site.user.compute.list("/servers"), "no server is listed")
        site.user.network.delete(f"/networks/{net.id}")
    finally:
        stack.worker.start()


def test_a_router_that_somebody_deletes_in_its_pod_is_made_again(stack: Stack, site: Site) -> None:
    router, near, far = site.router(), site.net("az1", "10.0.1.0/24"), site.net("Pod2", CIDR)
    for net in (near, far):
        site.attach(router, net)
    site.active(router)
    stack.settle()
    before = copies(stack.simulator, router)
    _delete_in_pod(stack, "Pod1", router)
    site.gateway(router, site.external("Pod2"))
    site.active(router)
    stack.settle()
    after = copies(stack.simulator, router)
    assert (after["Pod1"].inside, after["Pod1"].routes) == ({"10.0.1.1"}, before["Pod1"].routes)
    assert after["Pod1"].gateway
    assert after["Pod2"].routes == before["Pod2"].routes


def test_a_router_that_is_gone_from_its_pod_can_be_taken_apart(stack: Stack, site: Site) -> None:
    router, near = site.router(), site.net("az1", "10.0.1.0/24")
    site.attach(router, near)
    site.active(router)
    stack.settle()
    _delete_in_pod(stack, "Pod1", router)
    site.detach(router, near)
    stack.settle()
    assert not stack.jobs(router_id=router, state="failed")


def test_a_refused_piece_fails_its_own_operation_only(stack: Stack, site: Site) -> None:
    router, outside = site.router(), site.external("Pod2")
    near, far = site.net("Pod2", "10.0.1.0/24"), site.net("Pod2", CIDR)
    site.attach(router, near)
    site.active(router)
    stack.settle()
    at = {"region": "Pod2", "service": "network", "method": "PUT"}
    # Long enough for both to be under way; each has the other's piece to bring up as well.
    slow = {"kind": "slow", "seconds": 1.0, "path": "/add_router_interface$"}
    refused = {"kind": "status", "status": 403, "path": "/routers/[^/]+$"}
    with stack.simulator.fault(**at, **slow), stack.simulator.fault(**at, **refused):
        site.attach(router, far)
        site.gateway(router, outside)
        stack.settle()
    states = {job["type"]: job["state"] for job in stack.jobs(router_id=router)}
    assert states["router-gateway-set"] == "failed"
    assert states["router-interface-add"] == "succeeded"
    shown = {
        port["network_id"]: port["status"]
        for port in site.user.network.list(f"/ports?device_id={router}")
    }
    assert shown == {near.id: "ACTIVE", far.id: "ACTIVE"}
    assert copies(stack.simulator, router)["Pod2"].inside == {"10.0.1.1", "10.0.2.1"}


def test_a_refused_piece_fails_nothing_else_once_it_was_told_of(stack: Stack, site: Site) -> None:
    router, outside = site.router(), site.external("Pod2")
    nets = [site.net("Pod2", f"10.0.{number}.0/24") for number in range(3)]
    site.attach(router, nets[0])
    site.active(router)
    stack.settle()
    at = {"region": "Pod2", "service": "network", "method": "PUT"}
    refused = {"kind": "status", "status": 403, "path": "/routers/[^/]+$"}
    # While the first is under way the others come together; the last tries the gateway again, and
    # is refused it after the gateway's own operation has ended.
    slow = {"kind": "slow", "seconds": 1.0, "path": "/routers/"}
    with stack.simulator.fault(**at, **slow), stack.simulator.fault(**at, **refused):
        site.attach(router, nets[1])
        site.gateway(router, outside)
        site.attach(router, nets[2])
        stack.settle()
    failed = [job["type"] for job in stack.jobs(router_id=router, state="failed")]
    assert failed == ["router-gateway-set"]


def test_what_is_deleted_while_it_is_made_fails_nothing(stack: Stack, site: Site) -> None:
    router, net = site.router(), site.net("Pod2", CIDR)
    slow = {"kind": "slow", "seconds": 2.0, "method": "POST", "path": "/routers$"}
    with stack.simulator.fault(region="Pod2", service="network", **slow):
        site.attach(router, net)
        until(lambda: stack.jobs(router_id=router, state="running"), "the interface is being made")
        site.detach(router, net)
        site.user.network.delete(f"/networks/{net.id}")
        stack.settle()
    assert not stack.jobs(router_id=router, state="failed")


def test_what_is_taken_back_before_its_router_is_in_the_pod(stack: Stack, site: Site) -> None:
    router, net = site.router(), site.net("Pod2", CIDR)
    slow = {"kind": "slow", "seconds": 1.5, "method": "POST", "path": "/networks$"}
    with stack.simulator.fault(region="Pod2", service="network", **slow):
        site.attach(router, net)
        made = {"resource_type": "network", "top_id": net.id}
        until(lambda: stack.routings(**made), "the network's copy is being made")
        site.detach(router, net)
        stack.settle()
    assert not stack.jobs(router_id=router, state="failed")
    assert copies(stack.simulator, router) == {}
    assert not stack.routings(resource_type="router_interface")


def test_a_refused_interface_leaves_no_copy_of_its_network(stack: Stack, site: Site) -> None:
    router, net = site.router(), site.net("Pod2", CIDR)
    refused = {"kind": "status", "status": 403, "path": "/add_router_interface$"}
    with stack.simulator.fault(region="Pod2", service="network", **refused):
        site.attach(router, net)
        stack.settle()
    assert not stack.routings(resource_type="network", top_id=net.id)
    assert not [
        row
        for row in stack.simulator.inventory("Pod2")["networks"]
        if net.id in row["description"]
    ]
    site.detach(router, net)
    site.attach(router, net)
    site.active(router)
    stack.settle()
    assert copies(stack.simulator, router)["Pod2"].inside == {"10.0.2.1"}


def _delete_in_pod(stack: Stack, pod: str, router: str) -> None:
    """Delete the router's copy as a pod's admin can, past the gateway."""
    url = stack.admin.endpoint(pod, "network") + "/v2.0"
    token = {"X-Auth-Token": stack.admin.token}
    copy = next(
        r
        for r in stack.routings(resource_type="router", top_id=router)
        if r["pod_id"] == stack.pod_ids[pod]
    )
    path = f"{url}/routers/{copy['bottom_id']}"
    cleared = {"router": {"external_gateway_info": {}, "routes": []}}
    assert send("PUT", path, cleared, token).status == 200
    for port in send("GET", f"{url}/ports?device_id={copy['bottom_id']}", None, token).body[
        "ports"
    ]:
        body = {"port_id": port["id"]}
        assert send("PUT", f"{path}/remove_router_interface", body, token).status == 200
    assert send("DELETE", path, None, token).status == 204
