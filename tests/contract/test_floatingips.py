"""Floating IPs in one pod, and what they hold in place."""

from __future__ import annotations

from typing import Any

from tests.contract.conftest import Places
from tests.contract.play import Play
from tests.contract.test_routers import NOWHERE, attach, external, gateway, router, subnet


def test_floating_ips(places: Places) -> None:
    places.compare(_floating)


def _floating(play: Play) -> None:
    demo, admin = play.at("demo"), play.at("trio2o")
    outer, _ = external(play, "172.30.42.0/24", play.vlan)
    network, inner = subnet(demo, "10.55.0.0/24")
    port = demo.make("/ports", "port", network_id=network)
    other = demo.make("/ports", "port", network_id=network)
    mine = router(demo)
    free = demo.make("/floatingips", "floatingip", floating_network_id=outer, description="m")
    assert (free["status"], free["port_id"], free["router_id"]) == ("DOWN", None, None)
    path = f"/floatingips/{free['id']}"
    unreachable = (404, "ExternalGatewayForFloatingIPNotFound")

    def to(port_id: str | None) -> Any:
        return {"floatingip": {"port_id": port_id}}

    demo("PUT", path, to(port["id"]), expect=unreachable)
    attach(demo, mine, subnet_id=inner)
    demo("PUT", path, to(port["id"]), expect=unreachable)
    gateway(demo, mine, network_id=outer)
    play.clean(demo, path, "PUT", to(None))
    used = demo("PUT", path, to(port["id"]), expect=200)["floatingip"]
    assert (used["router_id"], used["fixed_ip_address"]) == (
        mine,
        port["fixed_ips"][0]["ip_address"],
    )
    demo("PUT", path, to(port["id"]), expect=200)
    demo("GET", path, expect=200)
    demo("GET", f"/floatingips?floating_ip_address={free['floating_ip_address']}", expect=200)
    demo("GET", "/floatingips?description=m&port_id=" + port["id"], expect=200)
    second = {"floatingip": {"floating_network_id": outer, "port_id": port["id"]}}
    demo("POST", "/floatingips", second, expect=(409, "FloatingIPPortAlreadyAssociated"))
    clear = {"router": {"external_gateway_info": {}}}
    held = (409, "RouterExternalGatewayInUseByFloatingIp")
    demo("PUT", f"/routers/{mine}", clear, expect=held)
    held = (409, "RouterInterfaceInUseByFloatingIP")
    remove = f"/routers/{mine}/remove_router_interface"
    demo("PUT", remove, {"subnet_id": inner}, expect=held)
    chosen = {"floating_network_id": outer, "floating_ip_address": "172.30.42.77"}
    demo("POST", "/floatingips", {"floatingip": chosen}, expect=(403, "PolicyNotAuthorized"))
    tenant = play.login("demo").project_id
    given = admin.make(
        "/floatingips", "floatingip", **chosen, project_id=tenant, port_id=other["id"]
    )
    assert given["floating_ip_address"] == "172.30.42.77"
    assert given["project_id"] == tenant
    again = {"floatingip": {**chosen, "project_id": tenant}}
    admin("POST", "/floatingips", again, expect=(409, "IpAddressAlreadyAllocated"))
    outside = {"floatingip": {**chosen, "floating_ip_address": "10.1.1.1"}}
    admin("POST", "/floatingips", outside, expect=(400, "InvalidIpForNetwork"))
    inside = {"floatingip": {"floating_network_id": network}}
    demo("POST", "/floatingips", inside, expect=(400, "BadRequest"))
    nowhere = {"floatingip": {"floating_network_id": NOWHERE}}
    demo("POST", "/floatingips", nowhere, expect=(404, "NetworkNotFound"))
    demo("PUT", path, to(NOWHERE), expect=(404, "PortNotFound"))
    named = {"floatingip": {"floating_network_id": outer, "name": "x"}}
    demo("POST", "/floatingips", named, expect=(400, "HTTPBadRequest"))
    holders = admin("GET", f"/ports?device_id={free['id']}", expect=200)["ports"]
    assert holders[0]["device_owner"] == "network:floatingip"
    admin("DELETE", f"/ports/{holders[0]['id']}", expect=(409, "ServicePortInUse"))
    admin("DELETE", f"/networks/{outer}", expect=(409, "NetworkInUse"))
    let_go = demo("PUT", path, to(None), expect=200)["floatingip"]
    assert (let_go["port_id"], let_go["router_id"]) == (None, None)
    demo("PUT", path, to(port["id"]), expect=200)
    demo("DELETE", f"/ports/{port['id']}", expect=204)
    orphan = demo("GET", path, expect=200)["floatingip"]
    assert (orphan["port_id"], orphan["router_id"]) == (None, None)
    demo("DELETE", path, expect=204)
    demo("GET", path, expect=(404, "FloatingIPNotFound"))


def test_pools_of_floating_ips(places: Places) -> None:
    places.compare(_pools)


def _pools(play: Play) -> None:
    demo = play.at("demo")
    outer, ranged = external(play, "172.30.43.0/24", play.vlan)
    found = demo("GET", "/floatingip_pools", expect=200, compare=False)["floatingip_pools"]
    mine = [(pool["subnet_id"], pool["cidr"]) for pool in found if pool["network_id"] == outer]
    assert mine == [(ranged, "172.30.43.0/24")]
    demo("GET", f"/floatingip_pools?network_id={outer}", expect=(400, "HTTPBadRequest"))
    demo("GET", "/extensions/floatingip-pools", expect=200)
