"""Ports: addresses, hardware addresses and the ones that carry a floating IP."""

from __future__ import annotations

from typing import Any

from tests.contract.conftest import Places
from tests.contract.play import Caller, Play


def _network(caller: Caller, cidr: str, **subnet: Any) -> tuple[str, str]:
    network = caller.make("/networks", "network", name=caller.play.name)["id"]
    given = {"network_id": network, "ip_version": 4, "cidr": cidr, **subnet}
    return network, caller.make("/subnets", "subnet", **given)["id"]


def test_ports_and_their_addresses(places: Places) -> None:
    places.compare(_addresses)


def _addresses(play: Play) -> None:
    demo, admin = play.at("demo"), play.at("trio2o")
    pools = [{"start": "10.45.0.200", "end": "10.45.0.201"}]
    network, subnet = _network(demo, "10.45.0.0/24", allocation_pools=pools)
    port = demo.make("/ports", "port", network_id=network, name="a", description="marker")
    assert port["fixed_ips"][0]["ip_address"] in ("10.45.0.200", "10.45.0.201")
    assert (port["status"], port["device_owner"]) == ("DOWN", "")
    assert len(port["security_groups"]) == 1
    fixed = [{"subnet_id": subnet, "ip_address": "10.45.0.10"}]
    given = {"network_id": network, "fixed_ips": fixed, "mac_address": "fa:16:3e:45:00:10"}
    outside_pool = demo.make("/ports", "port", **given)
    assert outside_pool["mac_address"] == "fa:16:3e:45:00:10"
    demo("GET", f"/ports/{port['id']}", expect=200)
    admin("GET", f"/ports/{port['id']}", expect=200)
    admin("GET", f"/ports?network_id={network}", expect=200)
    found = demo(
        "GET", f"/ports?fixed_ips=ip_address%3D10.45.0.10&network_id={network}", expect=200
    )
    assert [row["id"] for row in found["ports"]] == [outside_pool["id"]]
    found = demo("GET", f"/ports?fixed_ips=subnet_id%3D{subnet}", expect=200)
    assert len(found["ports"]) == 2
    same_mac = {**given, "fixed_ips": [{"ip_address": "10.45.0.11"}]}
    demo("POST", "/ports", {"port": same_mac}, expect=(409, "MacAddressInUse"))
    same_ip = {"network_id": network, "fixed_ips": fixed}
    demo("POST", "/ports", {"port": same_ip}, expect=(409, "IpAddressAlreadyAllocated"))
    for address, status, kind in (
        ("10.46.0.1", 400, "InvalidIpForSubnet"),
        ("10.45.0.255", 400, "InvalidIpForSubnet"),
        ("nonsense", 400, "HTTPBadRequest"),
    ):
        wrong = {
            "network_id": network,
            "fixed_ips": [{"subnet_id": subnet, "ip_address": address}],
        }
        demo("POST", "/ports", {"port": wrong}, expect=(status, kind))
    nowhere = {"network_id": network, "fixed_ips": [{"ip_address": "10.46.0.1"}]}
    demo("POST", "/ports", {"port": nowhere}, expect=(400, "InvalidIpForNetwork"))
    bad_mac = {"network_id": network, "mac_address": "nonsense"}
    demo("POST", "/ports", {"port": bad_mac}, expect=(400, "HTTPBadRequest"))
    new_mac = {"port": {"mac_address": "fa:16:3e:45:00:11"}}
    demo("PUT", f"/ports/{port['id']}", new_mac, expect=(403, "PolicyNotAuthorized"))
    admin("PUT", f"/ports/{port['id']}", new_mac, expect=200)
    made = admin("PUT", f"/ports/{port['id']}", {"port": {"mac_address": None}}, expect=200)
    assert made["port"]["mac_address"] not in (port["mac_address"], "fa:16:3e:45:00:11")
    taken = {"port": {"mac_address": "fa:16:3e:45:00:10"}}
    admin("PUT", f"/ports/{port['id']}", taken, expect=(409, "MacAddressInUse"))
    moved = [{"subnet_id": subnet, "ip_address": "10.45.0.12"}]
    body: Any = {"port": {"fixed_ips": moved}}
    changed = demo("PUT", f"/ports/{outside_pool['id']}", body, expect=200)["port"]
    assert changed["fixed_ips"][0]["ip_address"] == "10.45.0.12"
    demo.make("/ports", "port", network_id=network)
    full = {"port": {"network_id": network}}
    demo("POST", "/ports", full, expect=(409, "IpAddressGenerationFailure"))
    body = {"port": {"security_groups": []}}
    changed = demo("PUT", f"/ports/{port['id']}", body, expect=200)["port"]
    assert changed["security_groups"] == []
    unknown = {"port": {"security_groups": ["11111111-2222-4333-8444-555555555555"]}}
    demo("PUT", f"/ports/{port['id']}", unknown, expect=(404, "SecurityGroupNotFound"))
    demo("DELETE", f"/subnets/{subnet}", expect=(409, "SubnetInUse"))
    demo("DELETE", f"/networks/{network}", expect=(409, "NetworkInUse"))
    demo("GET", "/ports/11111111-2222-4333-8444-555555555555", expect=(404, "PortNotFound"))


def test_carrier_ports(places: Places) -> None:
    places.compare(_carrier)


def _carrier(play: Play) -> None:
    demo = play.at("demo")
    network, subnet = _network(demo, "10.47.0.0/24")
    fixed = [{"subnet_id": subnet, "ip_address": "10.47.0.11"}]
    owner = "network:floatingip"
    carrier = demo.make("/ports", "port", network_id=network, fixed_ips=fixed, device_owner=owner)
    assert (carrier["device_owner"], carrier["device_id"]) == (owner, "")
    assert carrier["security_groups"] == []
    assert not carrier["port_security_enabled"]
    plain = demo.make("/ports", "port", network_id=network)
    body = {"port": {"device_owner": owner}}
    demo("PUT", f"/ports/{plain['id']}", body, expect=(400, "OVNPortUpdateError"))
    demo("DELETE", f"/ports/{carrier['id']}", expect=204)


def test_the_service_makes_ports_for_a_tenant(places: Places) -> None:
    places.compare(_for_tenant)


def _for_tenant(play: Play) -> None:
    admin, demo = play.at("trio2o"), play.at("demo")
    tenant = play.login("demo").project_id
    network, subnet = _network(demo, "10.48.0.0/24")
    port = admin.make(
        "/ports",
        "port",
        network_id=network,
        project_id=tenant,
        fixed_ips=[{"subnet_id": subnet, "ip_address": "10.48.0.10"}],
        device_owner="",
    )
    default = demo("GET", "/security-groups?name=default", expect=200)["security_groups"][0]
    assert port["security_groups"] == [default["id"]]
    assert port["project_id"] == tenant
    demo("GET", f"/ports/{port['id']}", expect=200)
    profile = {"port": {"network_id": network, "binding:host_id": "somewhere"}}
    demo("POST", "/ports", profile, expect=(403, "PolicyNotAuthorized"))


def test_rules_of_the_network(places: Places) -> None:
    places.compare(_rules)


def _rules(play: Play) -> None:
    demo, admin, service = play.at("demo"), play.at("admin"), play.at("trio2o")
    open_ = demo.make("/networks", "network", name=play.name, port_security_enabled=False)["id"]
    demo.make("/subnets", "subnet", network_id=open_, ip_version=4, cidr="10.47.0.0/24")
    group = demo.make("/security-groups", "security_group", name=play.name)["id"]
    secured = {"network_id": open_, "security_groups": [group]}
    insecure = (400, "PortSecurityAndIPRequiredForSecurityGroups")
    demo("POST", "/ports", {"port": secured}, expect=insecure)
    port = demo.make("/ports", "port", **secured, port_security_enabled=True)["id"]
    profile = {"binding:profile": {"trusted": "true"}}
    no = (403, "PolicyNotAuthorized")
    for user in (demo, admin):
        user("POST", "/ports", {"port": {"network_id": open_, **profile}}, expect=no)
        user("PUT", f"/ports/{port}", {"port": profile}, expect=no)
    shown = service("PUT", f"/ports/{port}", {"port": profile}, expect=200)["port"]
    assert shown["binding:profile"] == profile["binding:profile"]
    tenant, malformed = play.login("demo").project_id, (400, "HTTPBadRequest")
    for body in ({"tenant_id": tenant}, {"project_id": tenant}):
        demo("PUT", f"/ports/{port}", {"port": body}, expect=malformed)
        admin("PUT", f"/ports/{port}", {"port": body}, expect=malformed)
    for nobody in ("", None):
        demo("POST", "/networks", {"network": {"tenant_id": nobody}}, expect=malformed)
    admin("POST", "/networks", {"network": {"tenant_id": None}}, expect=malformed)


def test_automatic_addresses_keep_no_subnet(places: Places) -> None:
    places.compare(_automatic)


def _automatic(play: Play) -> None:
    demo = play.at("demo")
    for number, mode in enumerate(("slaac", "dhcpv6-stateless"), 1):
        modes = {"ip_version": 6, "ipv6_ra_mode": mode, "ipv6_address_mode": mode}
        network, subnet = _network(demo, f"fd47:{number}::/64", **modes)
        mac = "fa:16:3e:47:00:01"
        port = demo.make("/ports", "port", network_id=network, mac_address=mac)
        own = [{"subnet_id": subnet, "ip_address": f"fd47:{number}::f816:3eff:fe47:1"}]
        assert port["fixed_ips"] == own
        router = demo.make("/routers", "router", name=play.name)["id"]
        leg = {"subnet_id": subnet}
        demo("PUT", f"/routers/{router}/add_router_interface", leg, expect=200)
        demo("DELETE", f"/subnets/{subnet}", expect=(409, "SubnetInUse"))
        demo("PUT", f"/routers/{router}/remove_router_interface", leg, expect=200)
        demo("DELETE", f"/subnets/{subnet}", expect=204)
        left = demo("GET", f"/ports/{port['id']}", expect=200)["port"]
        assert left["fixed_ips"] == []
