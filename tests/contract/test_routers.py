"""Routers: interfaces, gateways, extra routes and everything they refuse."""

from __future__ import annotations

from typing import Any

from tests.contract.conftest import Places
from tests.contract.play import Caller, Play

NOWHERE = "11111111-2222-4333-8444-555555555555"


def subnet(caller: Caller, cidr: str, **given: Any) -> tuple[str, str]:
    """A network with one subnet."""
    wanted = {key: given.pop(key) for key in list(given) if key in ("project_id",)}
    external = {key: given.pop(key) for key in list(given) if key.startswith(("router", "prov"))}
    name = caller.play.name
    network = caller.make("/networks", "network", name=name, **wanted, **external)["id"]
    body = {"network_id": network, "ip_version": 4, "cidr": cidr, **wanted, **given}
    return network, caller.make("/subnets", "subnet", **body)["id"]


def router(caller: Caller, **given: Any) -> str:
    """A router whose interfaces, routes and gateway go before it does."""
    made = caller.make("/routers", "router", name=caller.play.name, **given)
    return str(made["id"])


def attach(caller: Caller, router_id: str, **what: str) -> Any:
    """Attach, to be detached again."""
    path = f"/routers/{router_id}"
    answer = caller("PUT", f"{path}/add_router_interface", what, expect=200)
    caller.play.clean(
        caller, f"{path}/remove_router_interface", "PUT", {"port_id": answer["port_id"]}
    )
    return answer


def gateway(caller: Caller, router_id: str, **info: Any) -> Any:
    """Set the gateway, to be cleared again."""
    path = f"/routers/{router_id}"
    body = {"router": {"external_gateway_info": info}}
    answer = caller("PUT", path, body, expect=200)["router"]
    caller.play.clean(caller, path, "PUT", {"router": {"external_gateway_info": {}}})
    return answer


def up(caller: Caller, ports: str) -> Any:
    """Ports of routers as listed once they are up, for which a real region takes a second."""
    caller.until(ports, lambda a: {p["status"] for p in a.body["ports"]} == {"ACTIVE"}, "up")
    return caller("GET", ports, expect=200)["ports"]


def external(play: Play, cidr: str, number: int, pod: int = 0) -> tuple[str, str]:
    """An external network of the service."""
    return subnet(
        play.at("trio2o", pod=pod),
        cidr,
        enable_dhcp=False,
        **{
            "router:external": True,
            "provider:network_type": "vlan",
            "provider:physical_network": "extern",
            "provider:segmentation_id": number + 1000,
        },
    )


def test_interfaces(places: Places) -> None:
    places.compare(_interfaces)


def _interfaces(play: Play) -> None:
    demo = play.at("demo")
    network, left = subnet(demo, "10.51.0.0/24")
    _, right = subnet(demo, "10.52.0.0/24", gateway_ip=None)
    _, inside = subnet(demo, "10.51.0.128/25")
    first, second = router(demo), router(demo)
    path = f"/routers/{first}"
    demo("GET", path, expect=200)
    demo("GET", f"/routers?name={play.name}&id={first}", expect=200)
    attach(demo, first, subnet_id=left)
    ports = up(demo, f"/ports?device_id={first}")
    assert ports[0]["device_owner"] == "network:router_interface"
    assert ports[0]["fixed_ips"] == [{"subnet_id": left, "ip_address": "10.51.0.1"}]
    add, remove = f"{path}/add_router_interface", f"{path}/remove_router_interface"
    demo("PUT", add, {"subnet_id": left}, expect=(400, "BadRequest"))
    demo("PUT", add, {"subnet_id": inside}, expect=(400, "BadRequest"))
    demo("PUT", add, {"subnet_id": right}, expect=(400, "BadRequest"))
    demo("PUT", add, {}, expect=(400, "BadRequest"))
    demo("PUT", add, {"subnet_id": NOWHERE}, expect=(404, "SubnetNotFound"))
    demo("PUT", add, {"port_id": NOWHERE}, expect=(404, "PortNotFound"))
    demo("PUT", add, {"port_id": NOWHERE, "subnet_id": left}, expect=(400, "BadRequest"))
    demo(
        "PUT",
        f"/routers/{NOWHERE}/add_router_interface",
        {"subnet_id": left},
        expect=(404, "RouterNotFound"),
    )
    other = f"/routers/{second}/add_router_interface"
    demo("PUT", other, {"subnet_id": left}, expect=(409, "IpAddressAlreadyAllocated"))
    fixed = [{"subnet_id": right, "ip_address": "10.52.0.77"}]
    port = demo.make(
        "/ports", "port", network_id=network_of(demo, right), fixed_ips=fixed, description="m"
    )
    attach(demo, first, port_id=port["id"])
    bound = up(demo, f"/ports?id={port['id']}")[0]
    assert (bound["device_id"], bound["device_owner"], bound["description"]) == (
        first,
        "network:router_interface",
        "m",
    )
    demo("PUT", add, {"port_id": port["id"]}, expect=(409, "PortInUse"))
    demo("PUT", other, {"port_id": port["id"]}, expect=(409, "PortInUse"))
    demo("DELETE", f"/ports/{port['id']}", expect=(409, "ServicePortInUse"))
    demo("DELETE", path, expect=(409, "RouterInUse"))
    demo("DELETE", f"/networks/{network}", expect=(409, "NetworkInUse"))
    demo("DELETE", f"/subnets/{left}", expect=(409, "SubnetInUse"))
    demo("PUT", remove, {"port_id": port["id"]}, expect=200)
    demo("GET", f"/ports/{port['id']}", expect=(404, "PortNotFound"))
    demo("PUT", remove, {"port_id": port["id"]}, expect=(404, "RouterInterfaceNotFound"))
    demo("PUT", remove, {"subnet_id": left}, expect=200)
    gone = (404, "RouterInterfaceNotFoundForSubnet")
    demo("PUT", remove, {"subnet_id": left}, expect=gone)
    demo("DELETE", path, expect=204)
    demo("DELETE", path, expect=(404, "RouterNotFound"))


def network_of(caller: Caller, subnet_id: str) -> str:
    """The network of a subnet."""
    return str(caller.send("GET", f"/subnets/{subnet_id}").body["subnet"]["network_id"])


def test_gateways(places: Places) -> None:
    places.compare(_gateways)


def _gateways(play: Play) -> None:
    demo, admin = play.at("demo"), play.at("trio2o")
    outer, outer_subnet = external(play, "172.30.41.0/24", play.vlan)
    _, inner = subnet(demo, "10.53.0.0/24")
    mine = router(demo)
    attach(demo, mine, subnet_id=inner)
    made = gateway(demo, mine, network_id=outer)
    assert made["external_gateway_info"]["enable_snat"]
    assert made["status"] == "ACTIVE"
    demo("GET", f"/networks/{outer}", expect=200)
    path = f"/routers/{mine}"

    def info(**given: Any) -> Any:
        return {"router": {"external_gateway_info": {"network_id": outer, **given}}}

    demo("PUT", path, info(), expect=200)
    fixed = [{"subnet_id": outer_subnet, "ip_address": "172.30.41.50"}]
    demo("PUT", path, info(external_fixed_ips=fixed), expect=(403, "PolicyNotAuthorized"))
    demo("PUT", path, info(enable_snat=False), expect=(403, "PolicyNotAuthorized"))
    moved = admin("PUT", path, info(external_fixed_ips=fixed), expect=200)["router"]
    assert moved["external_gateway_info"]["external_fixed_ips"] == fixed
    moved = admin("PUT", path, info(enable_snat=False), expect=200)["router"]
    assert not moved["external_gateway_info"]["enable_snat"]
    up(admin, f"/ports?device_id={mine}&device_owner=network:router_gateway")
    taken = [{"subnet_id": outer_subnet, "ip_address": "172.30.41.60"}]
    admin.make("/ports", "port", network_id=outer, fixed_ips=taken)
    admin("PUT", path, info(external_fixed_ips=taken), expect=(409, "IpAddressAlreadyAllocated"))
    for address, kind in (("10.9.9.9", "InvalidIpForNetwork"), ("172.30.41.1", "BadRequest")):
        wrong = info(external_fixed_ips=[{"ip_address": address}])
        admin("PUT", path, wrong, expect=(400, kind))
    not_external = {"network_id": network_of(demo, inner)}
    body = {"router": {"external_gateway_info": not_external}}
    demo("PUT", path, body, expect=(400, "BadRequest"))
    body = {"router": {"external_gateway_info": {"network_id": NOWHERE}}}
    demo("PUT", path, body, expect=(404, "NetworkNotFound"))
    clear = {"router": {"external_gateway_info": {}}}
    cleared = demo("PUT", path, clear, expect=200)["router"]
    assert cleared["external_gateway_info"] is None
    demo("PUT", path, clear, expect=200)
    at_birth = router(demo, external_gateway_info={"network_id": outer})
    demo("DELETE", f"/routers/{at_birth}", expect=204)
    admin("DELETE", f"/networks/{outer}", expect=(409, "NetworkInUse"))
    routes = {"router": {"routes": [], "name": "x"}}
    demo("POST", "/routers", routes, expect=(400, "HTTPBadRequest"))


def test_extra_routes(places: Places) -> None:
    places.compare(_routes)


def _routes(play: Play) -> None:
    demo = play.at("demo")
    _, inner = subnet(demo, "10.54.0.0/24")
    mine = router(demo)
    attach(demo, mine, subnet_id=inner)
    path = f"/routers/{mine}"
    play.clean(demo, path, "PUT", {"router": {"routes": []}})

    def route(destination: str, nexthop: str) -> Any:
        return {"router": {"routes": [{"destination": destination, "nexthop": nexthop}]}}

    good = route("10.99.0.0/24", "10.54.0.9")
    added = demo("PUT", f"{path}/add_extraroutes", good, expect=200)["router"]
    assert added["routes"] == good["router"]["routes"]
    demo("PUT", f"{path}/add_extraroutes", good, expect=200)
    more = route("10.98.0.0/24", "10.54.0.8")
    both = demo("PUT", f"{path}/add_extraroutes", more, expect=200)["router"]["routes"]
    assert len(both) == 2
    far, own = route("10.97.0.0/24", "10.96.0.1"), route("10.97.0.0/24", "10.54.0.1")
    demo("PUT", f"{path}/add_extraroutes", far, expect=(400, "InvalidRoutes"))
    demo("PUT", path, own, expect=(400, "InvalidRoutes"))
    bad = route("nonsense", "10.54.0.9")
    demo("PUT", path, bad, expect=(400, "HTTPBadRequest"))
    connected = route("10.54.0.0/24", "10.54.0.9")
    demo("PUT", f"{path}/add_extraroutes", connected, expect=200)
    in_use = (409, "RouterInterfaceInUseByRoute")
    demo("PUT", f"{path}/remove_router_interface", {"subnet_id": inner}, expect=in_use)
    demo("PUT", f"{path}/remove_extraroutes", more, expect=200)
    demo("PUT", f"{path}/remove_extraroutes", more, expect=200)
    replaced = demo("PUT", path, more, expect=200)["router"]["routes"]
    assert replaced == more["router"]["routes"]
    none = demo("PUT", path, {"router": {"routes": []}}, expect=200)["router"]["routes"]
    assert none == []
