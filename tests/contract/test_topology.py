"""The cross-pod topology, call by call as it is built and taken down again.

The scenario's first pod has the server's port, its second one the external network.
"""

from __future__ import annotations

from typing import Any

from tests.contract.conftest import Places
from tests.contract.play import Caller, Play
from tests.contract.test_routers import attach, external, gateway, router, subnet


def test_the_recipe(places: Places) -> None:
    places.compare(_recipe)


def _bridge(caller: Caller, cidr: str, vlan: int, **given: Any) -> tuple[str, str]:
    provider = {
        "provider:network_type": "vlan",
        "provider:physical_network": "bridge",
        "provider:segmentation_id": vlan,
    }
    return subnet(caller, cidr, enable_dhcp=False, description="marker", **provider, **given)


def _half(caller: Caller, number: int, vlan: int, tenant: str) -> tuple[str, str, str]:
    """A tenant's subnet and router in one pod, and the router's foot on the bridge."""
    network, inner = subnet(caller, f"10.6{number}.0.0/24", project_id=tenant)
    bridge, bridge_subnet = _bridge(caller, "100.64.42.0/24", vlan, gateway_ip=None)
    fixed = [{"subnet_id": bridge_subnet, "ip_address": f"100.64.42.{number}"}]
    foot = caller.make("/ports", "port", network_id=bridge, fixed_ips=fixed, description="marker")
    mine = router(caller, project_id=tenant, description="marker")
    attach(caller, mine, subnet_id=inner)
    attach(caller, mine, port_id=foot["id"])
    other = 3 - number
    route = {"destination": f"10.6{other}.0.0/24", "nexthop": f"100.64.42.{other}"}
    path = f"/routers/{mine}"
    caller("PUT", f"{path}/add_extraroutes", {"router": {"routes": [route]}}, expect=200)
    caller.play.clean(caller, path, "PUT", {"router": {"routes": []}})
    return network, inner, mine


def _recipe(play: Play) -> None:
    here, there = play.at("trio2o", pod=0), play.at("trio2o", pod=1)
    tenant = play.login("demo").project_id
    network, inner, near = _half(here, 1, play.vlan, tenant)
    _, _, far = _half(there, 2, play.vlan, tenant)
    outer, outer_subnet = external(play, "172.30.43.0/24", play.vlan, pod=1)
    vlan = play.vlan + 1
    south, south_subnet = _bridge(there, "100.96.42.0/24", vlan, gateway_ip="100.96.42.1")
    fixed = [{"subnet_id": south_subnet, "ip_address": "100.96.42.1"}]
    foot = there.make("/ports", "port", network_id=south, fixed_ips=fixed)
    attach(there, far, port_id=foot["id"])
    fixed = [{"subnet_id": outer_subnet, "ip_address": "172.30.43.5"}]
    gateway(there, far, network_id=outer, external_fixed_ips=fixed)
    north, north_subnet = _bridge(
        here, "100.96.42.0/24", vlan, gateway_ip="100.96.42.1", **{"router:external": True}
    )
    fixed = [{"subnet_id": north_subnet, "ip_address": "100.96.42.2"}]
    set_here = gateway(here, near, network_id=north, external_fixed_ips=fixed)
    assert set_here["external_gateway_info"]["external_fixed_ips"] == fixed
    fixed = [{"subnet_id": inner, "ip_address": "10.61.0.10"}]
    server_port = here.make(
        "/ports", "port", network_id=network, fixed_ips=fixed, project_id=tenant
    )
    fixed = [{"subnet_id": south_subnet, "ip_address": "100.96.42.11"}]
    owner = "network:floatingip"
    carrier = there.make(
        "/ports", "port", network_id=south, fixed_ips=fixed, device_owner=owner, project_id=tenant
    )
    public = there.make(
        "/floatingips",
        "floatingip",
        floating_network_id=outer,
        floating_ip_address="172.30.43.11",
        port_id=carrier["id"],
        project_id=tenant,
        description="marker",
    )
    assert public["router_id"] == far
    private = here.make(
        "/floatingips",
        "floatingip",
        floating_network_id=north,
        floating_ip_address="100.96.42.11",
        port_id=server_port["id"],
        project_id=tenant,
        description="marker",
    )
    assert (private["router_id"], private["fixed_ip_address"]) == (near, "10.61.0.10")
    held = (409, "RouterInterfaceInUseByFloatingIP")
    remove = f"/routers/{far}/remove_router_interface"
    there("PUT", remove, {"port_id": foot["id"]}, expect=held)
    held = (409, "RouterInterfaceInUseByRoute")
    remove = f"/routers/{near}/remove_router_interface"
    east = here.send("GET", f"/ports?device_id={near}&description=marker").body["ports"][0]
    here("PUT", remove, {"port_id": east["id"]}, expect=held)
    there("DELETE", f"/ports/{carrier['id']}", expect=204)
    let_go = there("GET", f"/floatingips/{public['id']}", expect=200)["floatingip"]
    assert let_go["port_id"] is None
