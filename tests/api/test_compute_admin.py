"""Server groups, usage and events of servers in several pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.client import Answer, User, send, until
from tests.support.stack import Stack
from tests.support.topology import Site

LATEST = {"openstack_api_version": "compute 2.71"}


@pytest.fixture
def site(stack: Stack, tenant: User) -> Iterator[Site]:
    with stack.nothing_left():
        site = Site(stack, tenant)
        yield site
        for group in tenant.compute.list("/os-server-groups", "server_groups"):
            tenant.compute.delete(f"/os-server-groups/{group['id']}")
        site.tear_down()


def _boot(site: Site, zone: str, group: str = "") -> Answer:
    server = {
        "name": f"vm-{zone}",
        "imageRef": site.image(),
        "flavorRef": site.flavor(),
        "networks": "none",
        "availability_zone": zone,
    }
    body: dict[str, Any] = {"server": server}
    if group:
        body["os:scheduler_hints"] = {"group": group}
    return site.user.compute("POST", "/servers", body, **LATEST)


def _group(site: Site, policy: str) -> str:
    wanted = {"server_group": {"name": "g", "policy": policy}}
    made = site.user.compute("POST", "/os-server-groups", wanted, **LATEST)
    assert made.status == 200, made.body
    return str(made.body["server_group"]["id"])


def test_servers_of_one_group_in_two_pods(site: Site) -> None:
    group = _group(site, "anti-affinity")
    ids = [_boot(site, zone, group).body["server"]["id"] for zone in ("az1", "az2")]
    for id_ in ids:
        shown = site.user.compute("GET", f"/servers/{id_}", **LATEST).body["server"]
        assert shown["server_groups"] == [group]
    members = site.user.compute.get(f"/os-server-groups/{group}")["members"]
    assert sorted(members) == sorted(ids)


def test_servers_that_share_a_host_share_a_pod(site: Site) -> None:
    group = _group(site, "affinity")
    assert _boot(site, "az1", group).status == 202
    refused = _boot(site, "az2", group)
    assert refused.status == 400
    assert f"server group {group} is in az1" in refused.message


def test_a_group_of_nobody(site: Site) -> None:
    refused = _boot(site, "az1", "00000000-0000-4000-8000-000000000000")
    assert (refused.status, refused.fault) == (400, "badRequest")


def test_usage_of_all_pods_is_one(stack: Stack, site: Site) -> None:
    for zone in ("az1", "az2"):
        assert _boot(site, zone).status == 202
    until(lambda: len(site.user.compute.list("/servers?status=ACTIVE")) == 2, "both run")
    path = f"/os-simple-tenant-usage/{site.user.project_id}?start=2020-01-01T00:00:00"
    usage = site.user.compute.get(path)
    assert len(usage) == 8
    assert sorted(row["name"] for row in usage["server_usages"]) == ["vm-az1", "vm-az2"]
    assert usage["total_hours"] == sum(row["hours"] for row in usage["server_usages"])
    paged = site.user.compute("GET", f"{path}&limit=1", openstack_api_version="compute 2.40")
    assert len(paged.body["tenant_usage"]["server_usages"]) == 1
    link = paged.body["tenant_usage_links"][0]["href"]
    rest = site.user.compute("GET", link.split("/v2.1")[1], openstack_api_version="compute 2.40")
    assert len(rest.body["tenant_usage"]["server_usages"]) == 1
    listed = stack.admin.compute.list(
        "/os-simple-tenant-usage?start=2020-01-01T00:00:00", "tenant_usages"
    )
    mine = next(row for row in listed if row["tenant_id"] == site.user.project_id)
    assert "server_usages" not in mine
    assert stack.tenant().compute("GET", path).status == 403
    # What leads to the list of all in a pod names nobody who has used anything.
    nobody = stack.admin.compute("GET", "/os-simple-tenant-usage/%2F")
    assert nobody.status == 404


def test_an_event_goes_to_the_pod_of_its_server(stack: Stack, site: Site) -> None:
    ids = [_boot(site, zone).body["server"]["id"] for zone in ("az1", "az2")]
    events = [{"name": "network-changed", "server_uuid": id_} for id_ in ids]
    path = "/os-server-external-events"
    done = stack.admin.compute("POST", path, {"events": events})
    assert done.status == 200, done.body
    assert [event["code"] for event in done.body["events"]] == [200, 200]


def test_a_pods_refusal_names_the_aggregate_as_the_gateway_does(stack: Stack) -> None:
    url, admin = f"{stack.admin.endpoint('Pod1', 'compute')}/os-aggregates", stack.admin.compute
    token = {"X-Auth-Token": stack.admin.token}

    def in_pod(method: str, path: str = "", body: Any = None) -> Any:
        return send(method, f"{url}{path}", body, token).body

    # The pod's own: its numbers are ahead, and it has the host in a zone.
    theirs = [
        in_pod("POST", body={"aggregate": {"name": f"theirs-{n}", "availability_zone": "taken"}})
        for n in range(9)
    ]
    ids = [made["aggregate"]["id"] for made in theirs]
    in_pod("POST", f"/{ids[0]}/action", {"add_host": {"host": "pod1-compute1"}})
    made = admin.make("/os-aggregates", name="mine", availability_zone="inner-free")
    try:
        body = {"add_host": {"host": "pod1-compute1"}}
        answer = admin("POST", f"/os-aggregates/{made['id']}/action", body)
        assert answer.status == 409, answer.body
        assert f"host to aggregate {made['id']}. Reason" in answer.message
    finally:
        admin.delete(f"/os-aggregates/{made['id']}")
        in_pod("POST", f"/{ids[0]}/action", {"remove_host": {"host": "pod1-compute1"}})
        for id_ in ids:
            in_pod("DELETE", f"/{id_}")
        stack.settle()


def test_a_pods_refusal_names_ports_as_the_gateway_does(site: Site) -> None:
    net = site.net("az1", "10.0.1.0/24")
    one, two = site.boot(net), site.boot(net)
    path = f"/servers/{one['id']}/os-interface/{two['port_id']}"
    answer = site.user.compute("GET", path)
    assert answer.status == 404
    assert two["port_id"] in answer.message
    for server in (one, two):
        site.drop_server(server)
