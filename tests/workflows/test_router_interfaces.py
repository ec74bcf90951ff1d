"""router-interface-add, router-interface-remove: routers that reach over pods."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.podview import RouterCopy, copies
from tests.support.stack import Stack
from tests.support.topology import Site


def test_one_pod_needs_no_bridge(stack: Stack, site: Site) -> None:
    router = site.router()
    site.attach(router, site.net("az1", "10.0.1.0/24"))
    site.attach(router, site.net("Pod1", "10.0.2.0/24"))
    site.active(router)
    stack.settle()
    assert copies(stack.simulator, router) == {"Pod1": RouterCopy({"10.0.1.1", "10.0.2.1"})}


def test_an_interface_where_no_pod_is_needed_yet_is_up(stack: Stack, site: Site) -> None:
    router = site.router()
    port = site.attach(router, site.net(None, "10.0.1.0/24"))["port_id"]
    site.active(router)
    assert site.user.network.get(f"/ports/{port}")["status"] == "ACTIVE"
    stack.settle()
    assert copies(stack.simulator, router) == {}


def test_two_pods_meet_on_one_bridge(stack: Stack, site: Site) -> None:
    router = site.router()
    port = site.attach(router, site.net("az1", "10.0.1.0/24"))["port_id"]
    site.attach(router, site.net("Pod2", "10.0.2.0/24"))
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    one, two = found["Pod1"], found["Pod2"]
    assert one.east_west != two.east_west
    assert one.vlans == two.vlans
    assert one == RouterCopy(
        {"10.0.1.1"}, one.east_west, routes={"10.0.2.0/24": two.east_west}, vlans=one.vlans
    )
    assert two == RouterCopy(
        {"10.0.2.1"}, two.east_west, routes={"10.0.1.0/24": one.east_west}, vlans=one.vlans
    )
    shown = site.user.network.get(f"/ports/{port}")
    assert (shown["status"], shown["fixed_ips"][0]["ip_address"]) == ("ACTIVE", "10.0.1.1")


def test_an_interface_moves_to_another_address(stack: Stack, site: Site) -> None:
    router = site.router()
    net = site.net("Pod1", "10.0.1.0/24")
    port = site.attach(router, net)["port_id"]
    site.attach(router, site.net("Pod2", "10.0.2.0/24"))
    site.active(router)
    there = {"subnet_id": net.subnet_id, "ip_address": "10.0.1.9"}
    site.user.network.put(f"/ports/{port}", {"port": {"fixed_ips": [there]}})
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    assert found["Pod1"].inside == {"10.0.1.9"}
    assert "10.0.1.0/24" in found["Pod2"].routes
    # The address that it had is anybody's, and it goes as any interface does.
    old = [{"subnet_id": net.subnet_id, "ip_address": "10.0.1.1"}]
    site.user.network.make("/ports", network_id=net.id, fixed_ips=old)
    away = {"port": {"fixed_ips": []}}
    assert site.user.network("PUT", f"/ports/{port}", away).fault == "InvalidInput"
    site.detach(router, net)
    stack.settle()
    assert "Pod1" not in copies(stack.simulator, router)


def test_three_pods_each_know_the_way_to_the_others(stack: Stack, site: Site) -> None:
    router = site.router()
    for number, pod in enumerate(("Pod1", "Pod2", "Pod3"), 1):
        site.attach(router, site.net(pod, f"10.0.{number}.0/24"))
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    for pod in found:
        wanted = {
            f"10.0.{other[-1]}.0/24": found[other].east_west for other in found if other != pod
        }
        assert found[pod].routes == wanted


def test_a_burst_of_interfaces_makes_few_route_updates(stack: Stack, site: Site) -> None:
    router = site.router()
    nets = [site.net(f"Pod{n % 2 + 1}", f"10.0.{n}.0/24") for n in range(8)]
    stack.simulator.forget_calls()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda net: site.attach(router, net), nets))
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    for number, net in enumerate(nets):
        here, there = (f"Pod{number % 2 + 1}", f"Pod{(number + 1) % 2 + 1}")
        assert found[there].routes[net.cidr] == found[here].east_west
    updates = [
        call
        for call in stack.simulator.calls(service="network", method="PUT")
        if call["path"].endswith("extraroutes") or call["path"].split("/")[-2] == "routers"
    ]
    assert len(updates) < len(nets)


def test_calls_on_one_router_copy_never_overlap(stack: Stack, site: Site) -> None:
    router = site.router()
    nets = [site.net(f"Pod{n % 2 + 1}", f"10.0.{n}.0/24") for n in range(4)]
    outside = site.external("Pod2")
    stack.simulator.forget_calls()
    stack.simulator.settings(latency=0.03)
    try:
        with ThreadPoolExecutor(5) as pool:
            waiting = [pool.submit(site.attach, router, net) for net in nets]
            waiting.append(pool.submit(site.gateway, router, outside))
            for future in waiting:
                future.result()
        site.detach(router, nets[0])
        site.gateway(router, None)
        site.active(router)
        stack.settle()
    finally:
        stack.simulator.settings(latency=0)
    assert [call for call in stack.simulator.calls(service="network") if call["overlap"]] == []


def test_removing_the_last_interface_of_a_pod_takes_its_copy_away(
    stack: Stack, site: Site
) -> None:
    router = site.router()
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    site.attach(router, near)
    site.attach(router, far)
    site.active(router)
    site.detach(router, far)
    stack.settle()
    assert copies(stack.simulator, router)["Pod1"].routes == {}
    assert "Pod2" not in copies(stack.simulator, router)
    site.active(router)
    site.attach(router, far)
    site.active(router)
    stack.settle()
    assert set(copies(stack.simulator, router)["Pod1"].routes) == {"10.0.2.0/24"}


def test_remove_and_delete_at_once_as_clients_do(stack: Stack, site: Site) -> None:
    router = site.router()
    nets = [site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")]
    for net in nets:
        site.attach(router, net)
    for net in nets:
        site.detach(router, net)
        site.user.network.delete(f"/subnets/{net.subnet_id}")
        site.user.network.delete(f"/networks/{net.id}")
    site.user.network.delete(f"/routers/{router}")
    stack.settle()
    assert copies(stack.simulator, router) == {}


def test_the_users_own_routes_are_kept(stack: Stack, site: Site) -> None:
    router = site.router()
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    site.attach(router, near)
    own = {"destination": "192.168.0.0/24", "nexthop": "10.0.1.77"}
    site.user.network.put(f"/routers/{router}", {"router": {"routes": [own]}})
    site.attach(router, far)
    site.active(router)
    stack.settle()
    found = copies(stack.simulator, router)
    one, two = found["Pod1"], found["Pod2"]
    assert one.routes == {"192.168.0.0/24": "10.0.1.77", "10.0.2.0/24": two.east_west}
    # From the other pod the user's route leads over the bridge.
    assert two.routes == {"192.168.0.0/24": one.east_west, "10.0.1.0/24": one.east_west}
    assert site.show_router(router)["routes"] == [own]
