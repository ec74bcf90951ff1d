"""Networks and subnets."""

from __future__ import annotations

from tests.contract.conftest import Places
from tests.contract.play import Play


def test_defaults_for_a_tenant(places: Places) -> None:
    places.compare(_defaults)


def _defaults(play: Play) -> None:
    demo = play.at("demo")
    network = demo.make("/networks", "network", name=play.name)
    assert network["mtu"] == 1442
    assert network["status"] == "ACTIVE"
    assert not network["router:external"]
    subnet = demo.make(
        "/subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.41.1.0/24"
    )
    assert subnet["gateway_ip"] == "10.41.1.1"
    assert subnet["allocation_pools"] == [{"start": "10.41.1.2", "end": "10.41.1.254"}]
    assert subnet["enable_dhcp"]
    demo("GET", f"/networks/{network['id']}", expect=200)
    demo("GET", f"/networks?id={network['id']}", expect=200)
    demo("GET", f"/subnets/{subnet['id']}", expect=200)
    demo("GET", f"/subnets?network_id={network['id']}", expect=200)
    body = {"network": {"name": "other", "admin_state_up": False}}
    changed = demo("PUT", f"/networks/{network['id']}", body, expect=200)["network"]
    assert (changed["name"], changed["admin_state_up"]) == ("other", False)
    body = {"subnet": {"name": "other", "dns_nameservers": ["10.41.1.3"], "gateway_ip": None}}
    changed = demo("PUT", f"/subnets/{subnet['id']}", body, expect=200)["subnet"]
    assert changed["gateway_ip"] is None
    pools = [{"start": "10.41.1.100", "end": "10.41.1.110"}]
    body = {"subnet": {"allocation_pools": pools}}
    changed = demo("PUT", f"/subnets/{subnet['id']}", body, expect=200)["subnet"]
    assert changed["allocation_pools"] == pools
    demo("DELETE", f"/networks/{network['id']}", expect=204)
    demo("GET", f"/subnets/{subnet['id']}", expect=(404, "SubnetNotFound"))


def test_provider_networks_for_the_service(places: Places) -> None:
    places.compare(_provider)


def _provider(play: Play) -> None:
    admin, demo = play.at("trio2o"), play.at("demo")
    tenant = play.login("demo").project_id
    bridge = {
        "provider:network_type": "vlan",
        "provider:physical_network": "bridge",
        "provider:segmentation_id": play.vlan,
    }
    network = admin.make(
        "/networks", "network", name=play.name, description="marker", project_id=tenant, **bridge
    )
    assert network["mtu"] == 1500
    assert network["provider:segmentation_id"] == play.vlan
    admin("GET", f"/networks/{network['id']}", expect=200)
    demo("GET", f"/networks/{network['id']}", expect=200)
    subnet = admin.make(
        "/subnets",
        "subnet",
        network_id=network["id"],
        ip_version=4,
        cidr="100.64.41.0/24",
        gateway_ip=None,
        enable_dhcp=False,
        project_id=tenant,
        description="marker",
    )
    assert subnet["gateway_ip"] is None
    assert subnet["allocation_pools"] == [{"start": "100.64.41.1", "end": "100.64.41.254"}]
    admin("GET", f"/subnets/{subnet['id']}", expect=200)
    again = {"network": {"name": "x", **bridge}}
    admin("POST", "/networks", again, expect=(409, "VlanIdInUse"))
    unknown = {"network": {**bridge, "provider:physical_network": "nowhere"}}
    admin("POST", "/networks", unknown, expect=(400, "InvalidInput"))
    beyond = {**bridge, "provider:segmentation_id": 1500 + play.vlan - 2900}
    admin.make("/networks", "network", **beyond)
    demo("POST", "/networks", again, expect=(403, "PolicyNotAuthorized"))
    flat = {"provider:network_type": "flat", "provider:physical_network": "bridge"}
    assert admin.make("/networks", "network", **flat)["provider:segmentation_id"] is None
    admin("POST", "/networks", {"network": flat}, expect=(409, "FlatNetworkInUse"))
    tagged = {"network": {**flat, "provider:segmentation_id": play.vlan}}
    admin("POST", "/networks", tagged, expect=(400, "InvalidInput"))
    tunnel = {"provider:network_type": "geneve", "provider:segmentation_id": 60000 + play.vlan}
    admin.make("/networks", "network", **tunnel)
    admin("POST", "/networks", {"network": tunnel}, expect=(409, "TunnelIdInUse"))
    external = {"network": {"router:external": True}}
    demo("POST", "/networks", external, expect=(403, "PolicyNotAuthorized"))
    shared = {"network": {"shared": True}}
    demo("POST", "/networks", shared, expect=(403, "PolicyNotAuthorized"))


def test_refusals_of_networks(places: Places) -> None:
    places.compare(_refusals)


def _refusals(play: Play) -> None:
    demo = play.at("demo")
    nowhere = "11111111-2222-4333-8444-555555555555"
    demo("GET", f"/networks/{nowhere}", expect=(404, "NetworkNotFound"))
    demo("DELETE", f"/networks/{nowhere}", expect=(404, "NetworkNotFound"))
    demo("GET", f"/networks/{play.name}", expect=(404, "NetworkNotFound"))
    for bad in (
        {"network": {"tags": ["x"]}},
        {"network": {"id": nowhere}},
        {"network": {"nonsense": 1}},
        {"network": {"description": "x" * 256}},
        {"network": {"name": 5}},
        {"nothing": {}},
    ):
        demo("POST", "/networks", bad, expect=(400, "HTTPBadRequest"))
    perhaps = {"network": {"admin_state_up": "perhaps"}}
    demo("POST", "/networks", perhaps, expect=(400, "InvalidInput"))
    demo("POST", "/networks", {"network": {"mtu": 9000}}, expect=(400, "InvalidInput"))
    hint = {"network": {"availability_zone_hints": ["no-such-zone"]}}
    demo("POST", "/networks", hint, expect=(404, "AvailabilityZoneNotFound"))
    demo("GET", "/networks?nonsense=1", expect=(400, "HTTPBadRequest"))
    demo("GET", "/networks?limit=-1", expect=(400, "BadRequest"))
    demo("GET", "/networks?sort_key=nonsense&sort_dir=asc", expect=(400, "HTTPBadRequest"))


def test_refusals_of_subnets(places: Places) -> None:
    places.compare(_subnet_refusals)


def _subnet_refusals(play: Play) -> None:
    demo = play.at("demo")
    network = demo.make("/networks", "network", name=play.name)
    good = {"network_id": network["id"], "ip_version": 4, "cidr": "10.42.0.0/24"}
    demo.make("/subnets", "subnet", **good)
    refused = [
        ({"cidr": "10.42.0.128/25"}, 400, "InvalidInput"),
        ({"cidr": "10.43.0.0/32"}, 400, "InvalidInput"),
        ({"cidr": "nonsense"}, 400, "InvalidInput"),
        ({"cidr": "10.43.0.0/24", "ip_version": 6}, 400, "InvalidInput"),
        ({"cidr": "10.43.0.0/24", "gateway_ip": "nonsense"}, 400, "HTTPBadRequest"),
        (
            {
                "cidr": "10.43.0.0/24",
                "allocation_pools": [{"start": "10.44.0.1", "end": "10.44.0.9"}],
            },
            400,
            "OutOfBoundsAllocationPool",
        ),
        (
            {
                "cidr": "10.43.0.0/24",
                "allocation_pools": [{"start": "10.43.0.1", "end": "10.43.0.9"}],
            },
            409,
            "GatewayConflictWithAllocationPools",
        ),
        (
            {
                "cidr": "10.43.0.0/24",
                "allocation_pools": [{"start": "10.43.0.9", "end": "10.43.0.2"}],
            },
            400,
            "InvalidAllocationPool",
        ),
    ]
    for change, status, kind in refused:
        demo("POST", "/subnets", {"subnet": {**good, **change}}, expect=(status, kind))
    nowhere = {**good, "network_id": "11111111-2222-4333-8444-555555555555"}
    demo("POST", "/subnets", {"subnet": nowhere}, expect=(404, "NetworkNotFound"))
    incomplete = {"subnet": {"network_id": network["id"], "cidr": "10.43.0.0/24"}}
    demo("POST", "/subnets", incomplete, expect=(400, "HTTPBadRequest"))
    fixed = [{"ip_address": "10.42.0.9"}]
    demo.make("/ports", "port", network_id=network["id"], fixed_ips=fixed)
    demo("DELETE", f"/networks/{network['id']}", expect=(409, "NetworkInUse"))


def test_lists_can_be_filtered_sorted_and_paged(places: Places) -> None:
    places.compare(_lists)


def _lists(play: Play) -> None:
    demo = play.at("demo")
    ids = []
    for number in range(3):
        name, marker = f"{play.name}-{number}", f"{play.name} marker"
        ids.append(demo.make("/networks", "network", name=name, description=marker)["id"])
    marker = f"description={play.name}%20marker"
    found = demo("GET", f"/networks?{marker}", expect=200)["networks"]
    assert {row["id"] for row in found} == set(ids)
    found = demo("GET", f"/networks?name={play.name}-0&name={play.name}-2", expect=200)["networks"]
    assert {row["id"] for row in found} == {ids[0], ids[2]}
    found = demo("GET", f"/networks?{marker}&fields=id&fields=name", expect=200)["networks"]
    assert all(set(row) == {"id", "name"} for row in found)
    order = f"{marker}&sort_key=name&sort_dir=desc"
    found = demo("GET", f"/networks?{order}", expect=200)["networks"]
    assert [row["id"] for row in found] == ids[::-1]
    page = demo("GET", f"/networks?{order}&limit=2", expect=200)
    assert [row["id"] for row in page["networks"]] == [ids[2], ids[1]]
    assert "next" in [link["rel"] for link in page["networks_links"]]
    page = demo("GET", f"/networks?{order}&limit=2&marker={ids[1]}", expect=200)
    assert [row["id"] for row in page["networks"]] == [ids[0]]
    body = {"tags": ["b", "a"]}
    tags = demo("PUT", f"/networks/{ids[0]}/tags", body, expect=200)["tags"]
    assert sorted(tags) == ["a", "b"]
    more = demo("POST", f"/networks/{ids[0]}/tags", {"tags": ["b", "c"]}, expect=200)["tags"]
    assert more == ["b", "c"]
    demo("DELETE", f"/networks/{ids[0]}/tags/c", expect=204)
    found = demo("GET", f"/networks?tags=a,b&{marker}", expect=200)["networks"]
    assert [row["id"] for row in found] == [ids[0]]


def test_packets_that_subnets_need(places: Places) -> None:
    places.compare(_small)


def _small(play: Play) -> None:
    demo, small = play.at("demo"), (409, "NetworkMTUSubnetConflict")
    network = demo.make("/networks", "network", name=play.name, mtu=1279)["id"]
    body = {"network_id": network, "ip_version": 6, "cidr": "fd48::/64"}
    demo("POST", "/subnets", {"subnet": body}, expect=small)
    wider = {"network": {"mtu": 1280}}
    demo("PUT", f"/networks/{network}", wider, expect=200)
    demo.make("/subnets", "subnet", **body)
    demo("PUT", f"/networks/{network}", {"network": {"mtu": 1279}}, expect=small)
    typed = {"network_id": network, "ip_version": 4, "cidr": "10.48.0.0/24"}
    kind = (400, "InvalidSubnetServiceType")
    demo("POST", "/subnets", {"subnet": {**typed, "service_types": ["red"]}}, expect=kind)
    demo.make("/subnets", "subnet", **typed, service_types=["test:type_1", "network:dhcp"])


def test_limits_and_what_is_used(places: Places) -> None:
    places.compare(_limits)


def _limits(play: Play) -> None:
    demo, admin = play.at("demo"), play.at("admin")
    project = play.login("demo").project_id
    demo.make("/networks", "network", name=play.name)
    path = f"/quotas/{project}"
    play.clean(admin, path)
    for forced in ({}, {"force": False}, {"check_limit": True}):
        body = {"quota": {"network": 0, **forced}}
        admin("PUT", path, body, expect=(400, "HTTPBadRequest"))
    admin("PUT", path, {"quota": {"network": 0, "force": True}}, expect=200)
    demo("POST", "/networks", {"network": {}}, expect=(409, "OverQuota"))
