"""Who sees what, who may change it, and what the others are told."""

from __future__ import annotations

from tests.contract.client import send
from tests.contract.conftest import Places
from tests.contract.play import Play
from tests.contract.test_routers import attach, external, router, subnet


def test_a_tenant_knows_only_its_own(places: Places) -> None:
    places.compare(_own)


def _own(play: Play) -> None:
    demo, alt = play.at("demo"), play.at("alt")
    network, inner = subnet(demo, "10.56.0.0/24")
    port = demo.make("/ports", "port", network_id=network)
    mine = router(demo)
    attach(demo, mine, subnet_id=inner)
    group = demo.make("/security-groups", "security_group", name=play.name)
    for path, missing in (
        (f"/networks/{network}", "NetworkNotFound"),
        (f"/subnets/{inner}", "SubnetNotFound"),
        (f"/ports/{port['id']}", "PortNotFound"),
        (f"/routers/{mine}", "RouterNotFound"),
        (f"/security-groups/{group['id']}", "SecurityGroupNotFound"),
    ):
        key = path.split("/")[1][:-1].replace("-", "_")
        alt("GET", path, expect=(404, missing))
        alt("PUT", path, {key: {"name": "x"}}, expect=404)
        alt("DELETE", path, expect=(404, missing))
    add = f"/routers/{mine}/add_router_interface"
    alt("PUT", add, {"subnet_id": inner}, expect=(404, "RouterNotFound"))
    body = {"port": {"network_id": network}}
    alt("POST", "/ports", body, expect=(404, "NetworkNotFound"))
    body = {"subnet": {"network_id": network, "ip_version": 4, "cidr": "10.57.0.0/24"}}
    alt("POST", "/subnets", body, expect=(404, "NetworkNotFound"))
    tenant = play.login("demo").project_id
    body = {"network": {"project_id": tenant}}
    alt("POST", "/networks", body, expect=(400, "HTTPBadRequest"))
    found = alt("GET", f"/networks?name={play.name}", expect=200)["networks"]
    assert found == []


def test_a_reader_changes_nothing(places: Places) -> None:
    places.compare(_reader)


def _reader(play: Play) -> None:
    demo, viewer = play.at("demo"), play.at("viewer")
    network, inner = subnet(demo, "10.58.0.0/24")
    mine = router(demo)
    viewer("GET", f"/networks/{network}", expect=200)
    viewer("GET", f"/subnets?network_id={network}", expect=200)
    no = (403, "PolicyNotAuthorized")
    viewer("POST", "/networks", {"network": {}}, expect=no)
    viewer("PUT", f"/networks/{network}", {"network": {"name": "x"}}, expect=no)
    viewer("DELETE", f"/networks/{network}", expect=no)
    viewer("POST", "/routers", {"router": {}}, expect=no)
    viewer("POST", "/ports", {"port": {"network_id": network}}, expect=no)
    add = f"/routers/{mine}/add_router_interface"
    viewer("PUT", add, {"subnet_id": inner}, expect=no)
    viewer("POST", "/security-groups", {"security_group": {"name": "x"}}, expect=no)


def test_external_networks_are_seen_by_all(places: Places) -> None:
    places.compare(_external)


def _external(play: Play) -> None:
    demo, admin = play.at("demo"), play.at("trio2o")
    outer, outer_subnet = external(play, "172.30.44.0/24", play.vlan)
    seen = demo("GET", f"/networks/{outer}", expect=200)["network"]
    assert seen["router:external"]
    found = demo("GET", f"/networks?router%3Aexternal=True&id={outer}", expect=200)["networks"]
    assert [row["id"] for row in found] == [outer]
    demo("GET", f"/subnets/{outer_subnet}", expect=200)
    found = demo("GET", f"/subnets?network_id={outer}", expect=200)["subnets"]
    assert [row["id"] for row in found] == [outer_subnet]
    no = (403, "PolicyNotAuthorized")
    demo("PUT", f"/subnets/{outer_subnet}", {"subnet": {"name": "x"}}, expect=no)
    demo("DELETE", f"/subnets/{outer_subnet}", expect=no)
    add = f"/routers/{router(demo)}/add_router_interface"
    demo("PUT", add, {"subnet_id": outer_subnet}, expect=(400, "BadRequest"))
    demo(
        "PUT",
        f"/networks/{outer}",
        {"network": {"name": "x"}},
        expect=(403, "PolicyNotAuthorized"),
    )
    demo("DELETE", f"/networks/{outer}", expect=(403, "PolicyNotAuthorized"))
    demo("POST", "/ports", {"port": {"network_id": outer}}, expect=(403, "HTTPForbidden"))
    admin("GET", f"/subnets/{outer_subnet}", expect=200)


def test_a_token_is_asked_for_everywhere(places: Places) -> None:
    places.compare(_token)


def _token(play: Play) -> None:
    login, pod = play.login("demo"), play.cloud.pods[0]
    for service, path in (
        ("network", "/v2.0/networks"),
        ("compute", "/servers"),
        ("block-storage", "/volumes"),
    ):
        for token in ({}, {"X-Auth-Token": "nonsense"}):
            answer = send("GET", login.urls[pod, service].rstrip("/") + path, token)
            assert answer.status == 401, f"{play.cloud.name}: {service}: {answer.status}"
            assert answer.headers["www-authenticate"].startswith('Keystone uri="http://')
            assert set(answer.body["error"]) == {"code", "title", "message"}


def test_what_an_operator_reads(places: Places) -> None:
    places.compare(_operator)


def _operator(play: Play) -> None:
    admin, demo = play.at("trio2o"), play.at("demo")
    project = play.login("demo").project_id
    agent = admin("GET", "/agents", expect=200)["agents"][0]["id"]
    admin("GET", f"/agents/{agent}", expect=200)
    admin("GET", f"/agents/{agent}/dhcp-networks", expect=(404, "AgentNotFound"))
    nowhere = "11111111-2222-4333-8444-555555555555"
    served = f"/agents/{agent}/dhcp-networks/{nowhere}"
    admin("DELETE", served, expect=(404, "AgentNotFound"))
    admin("GET", f"/networks/{nowhere}/dhcp-agents", expect=200)
    demo("GET", f"/networks/{nowhere}/dhcp-agents", expect=(403, "PolicyNotAuthorized"))
    demo("GET", f"/agents/{agent}/dhcp-networks", expect=(403, "PolicyNotAuthorized"))
    demo("GET", "/extensions/dhcp_agent_scheduler", expect=200)
    demo("GET", "/agents", expect=200)
    admin("GET", "/availability_zones", expect=200)
    demo("GET", "/extensions", expect=200)
    demo("GET", "/extensions/router", expect=200)
    demo("GET", "/extensions/l3-ha", expect=200)
    demo("GET", "/service-providers", expect=200)
    demo("GET", "/service-providers?service_type=VPN", expect=200)
    demo("GET", "/extensions/nonsense", expect=404)
    demo("GET", f"/quotas/{project}", expect=200)
    demo("GET", f"/quotas/{project}/details", expect=200)
    demo("GET", f"/quotas/{project}/default", expect=200)
    other = play.login("alt").project_id
    demo("GET", f"/quotas/{other}", expect=403)


def test_networks_that_are_external_for_some(places: Places) -> None:
    places.compare(_external_for_some)


def _external_for_some(play: Play) -> None:
    demo, alt, admin = play.at("demo"), play.at("alt"), play.at("admin")
    other, path = play.login("alt").project_id, "/rbac-policies"
    outer = admin.make("/networks", "network", name=play.name)["id"]
    cidr = {"ip_version": 4, "cidr": "172.30.45.0/24", "enable_dhcp": False}
    admin.make("/subnets", "subnet", network_id=outer, **cidr)
    given = {"object_type": "network", "object_id": outer, "action": "access_as_external"}
    refused = (400, "InvalidInput")
    body = {"rbac_policy": {**given, "target_tenant": other}}
    demo("POST", path, body, expect=refused)
    for_one = admin.make(path, "rbac_policy", **given, target_tenant=other)
    demo("POST", path, body, expect=refused)
    assert admin("GET", f"/networks/{outer}", expect=200)["network"]["router:external"]
    alt("GET", f"/networks/{outer}", expect=200)
    demo("GET", f"/networks/{outer}", expect=(404, "NetworkNotFound"))
    leading = {"router": {"external_gateway_info": {"network_id": outer}}}
    demo("POST", "/routers", leading, expect=(404, "NetworkNotFound"))
    floating = {"floatingip": {"floating_network_id": outer}}
    demo("POST", "/floatingips", floating, expect=(404, "NetworkNotFound"))
    alt("POST", path, body, expect=refused)
    mine = alt.make("/routers", "router", external_gateway_info={"network_id": outer})["id"]
    used = (409, "RbacPolicyInUse")
    admin("DELETE", f"{path}/{for_one['id']}", expect=used)
    for_all = admin.make(path, "rbac_policy", **given, target_tenant="*")
    admin("DELETE", f"{path}/{for_one['id']}", expect=204)
    admin("DELETE", f"{path}/{for_all['id']}", expect=used)
    alt("DELETE", f"/routers/{mine}", expect=204)
    admin("DELETE", f"{path}/{for_all['id']}", expect=204)
    assert not admin("GET", f"/networks/{outer}", expect=200)["network"]["router:external"]
    body = {"network": {"router:external": True}}
    admin("PUT", f"/networks/{outer}", body, expect=200)
    listed = f"{path}?object_id={outer}&target_tenant=%2A"
    assert len(admin("GET", listed, expect=200)["rbac_policies"]) == 1
    body = {"network": {"router:external": False}}
    admin("PUT", f"/networks/{outer}", body, expect=200)
    assert admin("GET", listed, expect=200)["rbac_policies"] == []
