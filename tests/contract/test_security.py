"""Security groups, their rules, and address groups."""

from __future__ import annotations

from typing import Any

from tests.contract.conftest import Places
from tests.contract.play import Play

NOWHERE = "11111111-2222-4333-8444-555555555555"


def test_security_groups(places: Places) -> None:
    places.compare(_groups)


def _groups(play: Play) -> None:
    demo = play.at("demo")
    default = demo("GET", "/security-groups?name=default", expect=200)["security_groups"]
    assert len(default) == 1
    rules = default[0]["security_group_rules"]
    assert {row["direction"] for row in rules} == {"ingress", "egress"}
    group = demo.make("/security-groups", "security_group", name=play.name, description="marker")
    path = f"/security-groups/{group['id']}"
    assert {row["direction"] for row in group["security_group_rules"]} == {"egress"}
    demo("GET", path, expect=200)
    body = {"security_group": {"name": "other"}}
    assert demo("PUT", path, body, expect=200)["security_group"]["name"] == "other"
    taken = {"security_group": {"name": "default"}}
    demo("POST", "/security-groups", taken, expect=(409, "SecurityGroupDefaultAlreadyExists"))
    demo.make("/security-groups", "security_group")
    rename = (409, "SecurityGroupCannotUpdateDefault")
    demo("PUT", f"/security-groups/{default[0]['id']}", body, expect=rename)
    keep = (409, "SecurityGroupCannotRemoveDefault")
    demo("DELETE", f"/security-groups/{default[0]['id']}", expect=keep)
    ssh: dict[str, Any] = {
        "security_group_id": group["id"],
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": 22,
        "remote_ip_prefix": "10.0.0.0/8",
        "description": "marker",
    }
    rule = demo.make("/security-group-rules", "security_group_rule", **ssh)
    demo("GET", f"/security-group-rules/{rule['id']}", expect=200)
    listed = demo("GET", f"/security-group-rules?security_group_id={group['id']}", expect=200)
    assert len(listed["security_group_rules"]) == 3
    own = {
        "security_group_id": group["id"],
        "direction": "ingress",
        "remote_group_id": group["id"],
    }
    demo.make("/security-group-rules", "security_group_rule", **own)
    refused: list[tuple[dict[str, Any], int, str]] = [
        ({}, 409, "SecurityGroupRuleExists"),
        ({"direction": "sideways"}, 400, "HTTPBadRequest"),
        ({"port_range_min": 30}, 400, "SecurityGroupInvalidPortRange"),
        ({"protocol": None}, 400, "SecurityGroupProtocolRequiredWithPorts"),
        ({"protocol": "nonsense"}, 400, "SecurityGroupRuleInvalidProtocol"),
        ({"ethertype": "IPv5"}, 400, "SecurityGroupRuleInvalidEtherType"),
        ({"remote_group_id": group["id"]}, 400, "SecurityGroupMultipleRemoteEntites"),
        ({"remote_ip_prefix": "fd00::/8"}, 400, "SecurityGroupRuleParameterConflict"),
        ({"security_group_id": NOWHERE}, 404, "SecurityGroupNotFound"),
        ({"remote_ip_prefix": None, "remote_group_id": NOWHERE}, 404, "SecurityGroupNotFound"),
    ]
    for change, status, kind in refused:
        body = {"security_group_rule": {**ssh, **change}}
        demo("POST", "/security-group-rules", body, expect=(status, kind))
    demo("DELETE", f"/security-group-rules/{rule['id']}", expect=204)
    gone = (404, "SecurityGroupRuleNotFound")
    demo("DELETE", f"/security-group-rules/{rule['id']}", expect=gone)
    network = demo.make("/networks", "network", name=play.name)
    port = demo.make("/ports", "port", network_id=network["id"], security_groups=[group["id"]])
    assert port["security_groups"] == [group["id"]]
    demo("DELETE", path, expect=(409, "SecurityGroupInUse"))


def test_address_groups(places: Places) -> None:
    places.compare(_addresses)


def _addresses(play: Play) -> None:
    admin, demo = play.at("trio2o"), play.at("demo")
    tenant = play.login("demo").project_id
    addresses = admin.make(
        "/address-groups",
        "address_group",
        name=play.name,
        description=play.name,
        project_id=tenant,
        addresses=["10.1.0.0/24"],
    )
    path = f"/address-groups/{addresses['id']}"
    admin("GET", path, expect=200)
    demo("GET", path, expect=200)
    found = admin("GET", f"/address-groups?description={play.name}", expect=200)["address_groups"]
    assert [row["id"] for row in found] == [addresses["id"]]
    more = {"addresses": ["10.2.0.5/32", "10.3.0.0/16"]}
    row = admin("PUT", f"{path}/add_addresses", more, expect=200)["address_group"]
    assert sorted(row["addresses"]) == ["10.1.0.0/24", "10.2.0.5/32", "10.3.0.0/16"]
    admin("PUT", f"{path}/add_addresses", more, expect=(400, "AddressesAlreadyExist"))
    admin("PUT", f"{path}/remove_addresses", more, expect=200)
    admin("PUT", f"{path}/remove_addresses", more, expect=(404, "AddressesNotFound"))
    admin("PUT", path, {"address_group": more}, expect=(400, "HTTPBadRequest"))
    bad = {"addresses": ["nonsense"]}
    admin("PUT", f"{path}/add_addresses", bad, expect=(400, "AddrFormatError"))
    renamed = {"address_group": {"name": "other", "description": "other"}}
    admin("PUT", path, renamed, expect=200)
    group = demo.make("/security-groups", "security_group", name=play.name)
    rule = admin.make(
        "/security-group-rules",
        "security_group_rule",
        security_group_id=group["id"],
        direction="ingress",
        remote_address_group_id=addresses["id"],
        project_id=tenant,
        description="marker",
    )
    assert rule["remote_address_group_id"] == addresses["id"]
    admin("DELETE", path, expect=(409, "AddressGroupInUse"))
    empty = admin.make("/address-groups", "address_group", name=play.name)
    assert empty["addresses"] == []
    admin("GET", f"/address-groups/{NOWHERE}", expect=(404, "AddressGroupNotFound"))


def test_stateful_and_stateless_groups(places: Places) -> None:
    places.compare(_stateful)


def _stateful(play: Play) -> None:
    demo, mixed = play.at("demo"), (409, "SecurityGroupConflict")
    groups = [
        demo.make("/security-groups", "security_group", name=play.name, stateful=stateful)["id"]
        for stateful in (True, False)
    ]
    network = demo.make("/networks", "network", name=play.name)["id"]
    body = {"network_id": network, "security_groups": groups}
    demo("POST", "/ports", {"port": body}, expect=mixed)
    port = demo.make("/ports", "port", network_id=network, security_groups=groups[1:])["id"]
    demo("PUT", f"/ports/{port}", {"port": {"security_groups": groups}}, expect=mixed)
