"""router-gateway-set, router-gateway-clear: ways out of every pod."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest

from tests.support.podview import NORTH_SOUTH, RouterCopy, copies
from tests.support.stack import Stack
from tests.support.topology import EXTERNAL_CIDR, Site


def test_inside_the_external_pod_no_bridge_is_needed(stack: Stack, site: Site) -> None:
    router = site.router()
    site.attach(router, site.net("Pod2", "10.0.2.0/24"))
    site.gateway(router, site.external("Pod2"))
    info = site.active(router)["external_gateway_info"]
    stack.settle()
    address = info["external_fixed_ips"][0]["ip_address"]
    assert copies(stack.simulator, router) == {"Pod2": RouterCopy({"10.0.2.1"}, gateway=address)}


def test_a_router_made_with_its_gateway_is_active_at_once(stack: Stack, site: Site) -> None:
    outside = site.external("Pod2")
    body = {"router": {"external_gateway_info": {"network_id": outside.id}}}
    answer = site.user.network("POST", "/routers", body)
    assert answer.body["router"]["status"] == "ACTIVE"
    jobs = stack.jobs(router_id=answer.body["router"]["id"], type="router-gateway-set")
    assert answer.headers["x-trio2o-job"] == f"{stack.url}/v1.0/jobs/{jobs[0]['id']}"
    site.active(answer.body["router"]["id"])
    stack.settle()
    assert stack.job(jobs[0]["id"])["state"] == "succeeded"


def test_an_address_outside_changes_under_a_floating_ip(stack: Stack, site: Site) -> None:
    router, outside, net = site.router(), site.external("Pod2"), site.net("Pod2", "10.0.2.0/24")
    site.attach(router, net)
    site.gateway(router, outside)
    public = site.floating(outside, site.boot(net)["port_id"])
    site.active(router)
    stack.settle()
    before = copies(stack.simulator, router)["Pod2"]
    network = ipaddress.ip_network(EXTERNAL_CIDR)
    taken = {before.gateway, public["floating_ip_address"]}
    wanted = next(str(ip) for ip in list(network.hosts())[-9:] if str(ip) not in taken)
    asked = {"network_id": outside.id, "external_fixed_ips": [{"ip_address": wanted}]}
    body = {"router": {"external_gateway_info": asked}}
    changed = stack.admin.network.put(f"/routers/{router}", body)["router"]
    shown = changed["external_gateway_info"]["external_fixed_ips"]
    assert [ip["ip_address"] for ip in shown] == [wanted]
    site.active(router)
    stack.settle()
    after = copies(stack.simulator, router)["Pod2"]
    assert (after.gateway, before.gateway == after.gateway) == (wanted, False)
    assert replace(before, gateway=wanted) == after


def test_another_pod_goes_out_by_the_north_south_bridge(stack: Stack, site: Site) -> None:
    router = site.router()
    site.attach(router, site.net("az1", "10.0.1.0/24"))
    site.gateway(router, site.external("Pod2"))
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    inner, outer = found["Pod1"], found["Pod2"]
    assert ipaddress.ip_address(outer.gateway) in ipaddress.ip_network(EXTERNAL_CIDR)
    assert ipaddress.ip_address(inner.gateway) in NORTH_SOUTH
    # The bridge's subnet has one gateway: the router in the external pod.
    bridge = ipaddress.ip_network(f"{inner.gateway}/24", strict=False)
    assert outer.north_south == str(bridge[1])
    assert (inner.inside, outer.inside) == ({"10.0.1.1"}, set())


def test_the_gateway_can_be_cleared_and_set_again(stack: Stack, site: Site) -> None:
    router, outside = site.router(), site.external("Pod2")
    site.attach(router, site.net("az1", "10.0.1.0/24"))
    for _ in range(2):
        site.gateway(router, outside)
        site.active(router)
        stack.settle()
        assert set(copies(stack.simulator, router)) == {"Pod1", "Pod2"}
        site.gateway(router, None)
        site.active(router)
        stack.settle()
        assert copies(stack.simulator, router) == {"Pod1": RouterCopy({"10.0.1.1"})}


def test_a_router_without_interfaces_has_its_gateway_only(stack: Stack, site: Site) -> None:
    router = site.router()
    site.gateway(router, site.external("Pod2"))
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    assert set(found) == {"Pod2"}
    assert found["Pod2"].gateway


# Each step comes first, in the middle and last once.
ORDERS = (("near", "far", "gateway"), ("far", "gateway", "near"), ("gateway", "near", "far"))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_any_order_ends_the_same(stack: Stack, site: Site, order: tuple[str, ...]) -> None:
    router, outside = site.router(), site.external("Pod2")
    nets = {"near": site.net("az1", "10.0.1.0/24"), "far": site.net("Pod2", "10.0.2.0/24")}
    for step in order:
        if step == "gateway":
            site.gateway(router, outside)
        else:
            site.attach(router, nets[step])
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    one, two = found["Pod1"], found["Pod2"]
    assert one.routes == {"10.0.2.0/24": two.east_west}
    assert two.routes == {"10.0.1.0/24": one.east_west}
    assert ipaddress.ip_address(one.gateway) in NORTH_SOUTH
    assert ipaddress.ip_address(two.gateway) in ipaddress.ip_network(EXTERNAL_CIDR)
    assert (one.inside, two.inside) == ({"10.0.1.1"}, {"10.0.2.1"})
    assert not one.north_south
    assert two.north_south


def test_a_route_into_a_network_that_no_pod_has_waits_for_its_pod(
    stack: Stack, site: Site
) -> None:
    router, anywhere = site.router(), site.net(None, "10.0.1.0/24")
    site.attach(router, anywhere)
    site.gateway(router, site.external("Pod2"))
    own = {"destination": "192.168.0.0/24", "nexthop": "10.0.1.77"}
    site.user.network.put(f"/routers/{router}", {"router": {"routes": [own]}})
    stack.settle()
    assert not stack.jobs(router_id=router, state="failed")
    assert copies(stack.simulator, router)["Pod2"].routes == {}
    site.boot(anywhere, "az1")
    stack.settle()
    site.active(router)
    assert copies(stack.simulator, router)["Pod1"].routes == {"192.168.0.0/24": "10.0.1.77"}
