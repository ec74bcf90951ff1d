"""update-copies and clean-up: what is changed or deleted at the top, in the pod."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Json, send, until
from tests.support.simulator import PODS
from tests.support.stack import Stack
from tests.support.topology import Site


def _copy(stack: Stack, pod: str, kind: str, **values: Any) -> Json:
    """The one object of a kind in a pod that has these values."""
    found = [
        row
        for row in stack.simulator.inventory(pod)[kind]
        if all(row[name] == value for name, value in values.items())
    ]
    assert len(found) == 1, found
    return found[0]


def test_a_network_is_alike_in_its_pod(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    site.boot(net)
    body = {"name": "renamed", "admin_state_up": False, "mtu": 1400}
    site.user.network.put(f"/networks/{net.id}", {"network": body})
    stack.settle()
    copy = _copy(stack, "Pod1", "networks", name="renamed")
    assert copy["admin_state_up"] is False
    assert copy["mtu"] == 1400
    assert copy["description"] == f"trio2o network {net.id}"


def test_the_description_stays_the_users(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    site.boot(net)
    site.user.network.put(f"/networks/{net.id}", {"network": {"description": "ours"}})
    stack.settle()
    assert site.user.network.get(f"/networks/{net.id}")["description"] == "ours"
    copy = _copy(stack, "Pod1", "networks", description=f"trio2o network {net.id}")
    assert copy["name"] == "net"


def test_a_subnet_is_alike_in_its_pod(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    site.boot(net)
    body = {"dns_nameservers": ["192.0.2.53"], "gateway_ip": None, "name": "renamed"}
    site.user.network.put(f"/subnets/{net.subnet_id}", {"subnet": body})
    stack.settle()
    copy = _copy(stack, "Pod1", "subnets", description=f"trio2o subnet {net.subnet_id}")
    assert copy["dns_nameservers"] == ["192.0.2.53"]
    assert copy["gateway_ip"] is None
    assert copy["name"] == "renamed"


def test_a_second_subnet_follows_its_network(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    site.boot(net)
    wanted = {"network_id": net.id, "cidr": "10.0.2.0/24", "ip_version": 4}
    second = site.user.network.make("/subnets", **wanted)
    stack.settle()
    copy = _copy(stack, "Pod1", "subnets", description=f"trio2o subnet {second['id']}")
    assert copy["cidr"] == "10.0.2.0/24"
    site.user.network.delete(f"/subnets/{second['id']}")
    stack.settle()
    assert copy["id"] not in {row["id"] for row in stack.simulator.inventory("Pod1")["subnets"]}


def test_a_port_is_alike_in_its_pod(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    port = site.boot(net)["port_id"]
    body = {
        "name": "renamed",
        "fixed_ips": [{"ip_address": "10.0.1.99"}],
        "security_groups": [],
        "allowed_address_pairs": [{"ip_address": "192.0.2.0/24"}],
        "extra_dhcp_opts": [_option("mtu", "1400"), _option("tftp-server", "10.0.1.9")],
    }
    site.user.network.put(f"/ports/{port}", {"port": body})
    stack.settle()
    options = {"extra_dhcp_opts": [_option("mtu", None), _option("tftp-server", "10.0.1.8")]}
    site.user.network.put(f"/ports/{port}", {"port": options})
    stack.settle()
    copy = _copy(stack, "Pod1", "ports", description=f"trio2o port {port}")
    assert copy["name"] == "renamed"
    assert [ip["ip_address"] for ip in copy["fixed_ips"]] == ["10.0.1.99"]
    assert copy["security_groups"] == []
    assert [pair["ip_address"] for pair in copy["allowed_address_pairs"]] == ["192.0.2.0/24"]
    assert copy["extra_dhcp_opts"] == [{**_option("tftp-server", "10.0.1.8"), "ip_version": 4}]


def _option(name: str, value: str | None) -> dict[str, str | None]:
    return {"opt_name": name, "opt_value": value}


def test_a_server_may_lose_its_port(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    server = site.boot(net)
    address = server["port"]["fixed_ips"][0]["ip_address"]
    site.user.network.delete(f"/ports/{server['port_id']}")
    stack.settle()
    gone = f"trio2o port {server['port_id']}"
    assert gone not in {row["description"] for row in stack.simulator.inventory("Pod1")["ports"]}
    # The address is free again once the pod has let go of it.
    again = site.user.network.make(
        "/ports", network_id=net.id, fixed_ips=[{"ip_address": address}]
    )
    assert again["fixed_ips"][0]["ip_address"] == address


def test_an_address_is_taken_as_long_as_the_pod_holds_it(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    server = site.boot(net)
    ips = [{"ip_address": server["port"]["fixed_ips"][0]["ip_address"]}]
    stack.settle()
    stack.simulator.die("Pod1")
    try:
        site.user.network.delete(f"/ports/{server['port_id']}")
        wanted = {"port": {"network_id": net.id, "fixed_ips": ips}}
        refused = site.user.network("POST", "/ports", wanted)
        assert (refused.status, refused.fault) == (409, "IpAddressAlreadyAllocated")
    finally:
        stack.simulator.revive("Pod1")
    stack.settle()
    assert site.user.network("POST", "/ports", wanted).status == 201


def test_the_only_address_of_a_subnet_is_a_servers(stack: Stack, site: Site) -> None:
    server = site.boot(site.net("Pod1", "10.0.1.0/30"))
    assert server["port"]["fixed_ips"][0]["ip_address"] == "10.0.1.2"


def test_a_network_is_given_to_another_project(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    site.boot(net)
    other = stack.tenant().project_id
    policy = {"object_type": "network", "object_id": net.id, "action": "access_as_shared"}
    body = {"rbac_policy": policy | {"target_tenant": other}}
    made = site.user.network("POST", "/rbac-policies", body)
    stack.settle()
    copy = _copy(stack, "Pod1", "networks", description=f"trio2o network {net.id}")
    given = _copy(stack, "Pod1", "rbac_policies", object_id=copy["id"])
    assert (given["action"], given["target_tenant"]) == ("access_as_shared", other)
    site.user.network.delete(f"/rbac-policies/{made.body['rbac_policy']['id']}")
    stack.settle()
    left = stack.simulator.inventory("Pod1")["rbac_policies"]
    assert copy["id"] not in {row["object_id"] for row in left}


def test_a_limit_is_the_pods_too(stack: Stack) -> None:
    project = stack.tenant().project_id
    stack.admin.network.put(f"/quotas/{project}", {"quota": {"router": 33}})
    url = f"{stack.admin.endpoint('Pod1', 'network')}/v2.0/quotas/{project}"
    told = send("GET", url, headers={"X-Auth-Token": stack.admin.token})
    assert told.body["quota"]["router"] == 33


@pytest.mark.parametrize("away", PODS)
def test_a_pod_that_is_away_keeps_no_other_from_a_limit(stack: Stack, away: str) -> None:
    project = stack.tenant().project_id
    path, body = f"/os-quota-sets/{project}", {"quota_set": {"instances": 23}}
    stack.simulator.die(away)
    try:
        assert stack.admin.compute("PUT", path, body).status == 200
        for other in PODS:
            if other != away:
                until(lambda pod=other: _instances(stack, pod, project) == 23, "the limit is set")
    finally:
        stack.simulator.revive(away)
    stack.settle()
    assert _instances(stack, away, project) == 23


def _instances(stack: Stack, pod: str, project: str) -> int:
    url = f"{stack.admin.endpoint(pod, 'compute')}/os-quota-sets/{project}"
    told = send("GET", url, headers={"X-Auth-Token": stack.admin.token})
    return int(told.body["quota_set"]["instances"])


def test_a_network_is_deleted_while_its_pod_is_away(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    site.drop_server(site.boot(net))
    stack.settle()
    stack.simulator.die("Pod1")
    try:
        site.user.network.delete(f"/networks/{net.id}")
        assert site.user.network("GET", f"/networks/{net.id}").status == 404
    finally:
        stack.simulator.revive("Pod1")
