"""Boots that fail, and servers that go: nothing of theirs stays anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.client import Answer, Json, User, send, until
from tests.support.stack import Stack
from tests.support.topology import Net, Site

BOOT = {"service": "compute", "method": "POST", "path": "/servers$", "times": 1}
PORT = {"service": "network", "method": "POST", "path": "/ports$", "times": 1}
NETWORK = {"service": "network", "method": "POST", "path": "/networks$", "times": 1}
# What goes wrong on the way, and the status that the user gets.
FAULTS: dict[str, tuple[Json, int]] = {
    "the pod refuses the server": ({**BOOT, "kind": "status", "status": 403}, 403),
    "the pod breaks at the server": ({**BOOT, "kind": "status", "status": 500}, 500),
    "the pod is asked too much": ({**BOOT, "kind": "status", "status": 429}, 429),
    "the server's answer is lost": ({**BOOT, "kind": "lose"}, 503),
    "the pod refuses the port": ({**PORT, "kind": "status", "status": 403}, 403),
    "the port's answer is lost": ({**PORT, "kind": "lose"}, 503),
    "the pod breaks at the port": ({**PORT, "kind": "status", "status": 500}, 500),
    "the pod breaks at the network": ({**NETWORK, "kind": "status", "status": 500}, 500),
}


@pytest.fixture
def site(stack: Stack, tenant: User) -> Iterator[Site]:
    with stack.nothing_left():
        site = Site(stack, tenant)
        yield site
        site.tear_down()


@pytest.fixture
def free(site: Site) -> Iterator[Net]:
    """A network that lies in no pod yet."""
    network = site.user.network.make("/networks", name="free")
    wanted = {"network_id": network["id"], "cidr": "10.8.0.0/24", "ip_version": 4}
    subnet = site.user.network.make("/subnets", **wanted)
    yield Net(network["id"], subnet["id"], wanted["cidr"])
    site.user.network.delete(f"/networks/{network['id']}")


def _boot(site: Site, net: Net, **more: Any) -> Answer:
    server = {
        "name": "vm",
        "imageRef": site.image(),
        "flavorRef": site.flavor(),
        "networks": [{"uuid": net.id}],
        **more,
    }
    return site.user.compute("POST", "/servers", {"server": server})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_boot_leaves_nothing(stack: Stack, site: Site, free: Net, fault: str) -> None:
    site.user.compute.make("/os-keypairs", name="key")
    conditions, status = FAULTS[fault]
    with stack.simulator.fault(region="Pod1", **conditions) as seen:
        refused = _boot(site, free, availability_zone="az1", key_name="key")
    assert (refused.status, seen["hits"]) == (status, 1), refused.body
    stack.settle()
    assert site.user.network.list("/ports") == []
    assert site.user.network.get(f"/networks/{free.id}")["availability_zones"] == []
    assert stack.routings(project_id=site.user.project_id) == []
    # The next try may go elsewhere.
    server = site.boot(free, "az2")
    assert server["OS-EXT-AZ:availability_zone"] == "az2"
    site.drop_server(server)


@pytest.mark.parametrize("attempt", range(3))
def test_two_zones_want_one_network(stack: Stack, site: Site, free: Net, attempt: int) -> None:
    """It lies where the first server is; the other boot is refused, and leaves nothing."""
    site.flavor()
    with ThreadPoolExecutor(2) as pool:
        zones = ("az1", "az2")
        boots = [pool.submit(_boot, site, free, availability_zone=zone) for zone in zones]
        answers = [boot.result() for boot in boots]
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert won.status == 202, won.body
    assert lost.status in (400, 409), lost.body
    assert free.id in lost.message
    stack.settle()
    (port,) = site.user.network.list(f"/ports?network_id={free.id}")
    assert port["device_id"] == won.body["server"]["id"]
    (server,) = site.user.compute.list("/servers", "servers")
    assert server["id"] == won.body["server"]["id"]
    marker = f"trio2o network {free.id}"
    having = [
        pod
        for pod in stack.pods
        for row in stack.simulator.inventory(pod)["networks"]
        if row["description"] == marker
    ]
    (zone,) = site.user.network.get(f"/networks/{free.id}")["availability_zones"]
    assert len(having) == 1
    assert having[0] in {"az1": ["Pod1"], "az2": ["Pod2", "Pod3"]}[zone]
    site.drop_server({"id": server["id"]})


def test_of_several_servers_too_few(stack: Stack, site: Site, free: Net) -> None:
    third = {**BOOT, "kind": "status", "status": 403, "after": 2}
    with stack.simulator.fault(region="Pod1", **third):
        refused = _boot(site, free, availability_zone="az1", min_count=3, max_count=3)
    assert refused.status == 403
    gone = "the servers made before the refusal are gone"
    until(lambda: site.user.compute.list("/servers") == [], gone)
    stack.settle()
    assert site.user.network.list("/ports") == []


def test_of_several_servers_enough(stack: Stack, site: Site, free: Net) -> None:
    third = {**BOOT, "kind": "status", "status": 403, "after": 2}
    with stack.simulator.fault(region="Pod1", **third):
        accepted = _boot(site, free, availability_zone="az1", min_count=2, max_count=3)
    assert accepted.status == 202
    servers = site.user.compute.list("/servers")
    assert [server["name"] for server in servers] == ["vm-2", "vm-1"]
    for server in servers:
        site.drop_server(server)


def test_flavors_and_keypairs_go_with_the_last_server(stack: Stack, site: Site) -> None:
    site.user.compute.make("/os-keypairs", name="key")
    net = site.net("az1", "10.8.1.0/24")
    assert _boot(site, net, key_name="key").status == 202
    server = site.user.compute.list("/servers")[0]
    kept = {row["resource_type"] for row in stack.routings()}
    assert {"flavor", "keypair"} <= kept
    site.drop_server(server)
    stack.settle()
    kinds = {row["resource_type"] for row in stack.routings()}
    assert not kinds & {"flavor", "keypair", "port", "server"}


def test_a_flavor_made_again_is_another(stack: Stack, site: Site) -> None:
    admin, net = stack.admin.compute, site.net("az1", "10.8.2.0/24")
    for ram in (64, 128):
        admin.make("/flavors", id="again", name="again", ram=ram, vcpus=1, disk=1)
        assert _boot(site, net, flavorRef="again").status == 202
        (flavor,) = (
            row for row in stack.simulator.inventory("Pod1")["flavors"] if row["id"] == "again"
        )
        assert flavor["ram"] == ram
        admin.delete("/flavors/again")
    for server in site.user.compute.list("/servers"):
        site.drop_server(server)


def test_a_pod_has_a_flavor_of_that_name_already(stack: Stack, site: Site) -> None:
    admin, net = stack.admin, site.net("az1", "10.8.6.0/24")
    there = f"{admin.endpoint('Pod1', 'compute')}/flavors"
    own = {"id": "own", "name": "m1.taken", "ram": 1, "vcpus": 1, "disk": 1}
    token = {"X-Auth-Token": admin.token}
    assert send("POST", there, {"flavor": own}, token).status == 200
    admin.compute.make("/flavors", id="ours", name="m1.taken", ram=64, vcpus=1, disk=1)
    accepted = _boot(site, net, flavorRef="ours")
    assert accepted.status == 202, accepted.body
    path = f"/servers/{accepted.body['server']['id']}"
    shown = site.user.compute("GET", path, OpenStack_API_Version="compute 2.47").body["server"]
    assert shown["flavor"]["original_name"] == "m1.taken"
    site.drop_server(shown)
    admin.compute.delete("/flavors/ours")
    assert send("DELETE", f"{there}/own", headers=token).status == 202


def test_a_users_port_outlives_its_server(site: Site) -> None:
    net = site.net("az1", "10.8.3.0/24")
    port = site.user.network.make("/ports", network_id=net.id, name="mine")
    for _ in range(2):
        accepted = _boot(site, net, networks=[{"port": port["id"]}])
        assert accepted.status == 202, accepted.body
        site.drop_server(accepted.body["server"])
        free = site.user.network.get(f"/ports/{port['id']}")
        assert (free["device_id"], free["device_owner"]) == ("", "")
        assert free["fixed_ips"] == port["fixed_ips"]
    site.user.network.delete(f"/ports/{port['id']}")


def test_interfaces_come_and_go(site: Site) -> None:
    one, two = site.net("az1", "10.8.4.0/24"), site.net("az1", "10.8.5.0/24")
    server = site.boot(one)
    path = f"/servers/{server['id']}/os-interface"
    attached = _attach(site, path, two)
    assert attached["net_id"] == two.id
    owner = site.user.network.get(f"/ports/{attached['port_id']}")
    assert owner["device_id"] == server["id"]
    far = site.net("az2", "10.8.6.0/24")
    refused = site.user.compute("POST", path, {"interfaceAttachment": {"net_id": far.id}})
    assert refused.status == 400
    assert "az1" in refused.message
    assert "az2" in refused.message
    site.user.compute.delete(f"{path}/{attached['port_id']}")
    assert site.user.network("GET", f"/ports/{attached['port_id']}").status == 404
    site.drop_server(server)


def _attach(site: Site, path: str, net: Net) -> Json:
    answer = site.user.compute("POST", path, {"interfaceAttachment": {"net_id": net.id}})
    assert answer.status == 200, answer.body
    attached: Json = answer.body["interfaceAttachment"]
    return attached


def test_a_volume_that_nova_makes_is_the_users(stack: Stack, site: Site) -> None:
    net = site.net("az1", "10.8.7.0/24")
    disk: Json = {
        "source_type": "image",
        "uuid": site.image(),
        "destination_type": "volume",
        "boot_index": 0,
        "volume_size": 1,
        "delete_on_termination": True,
    }
    accepted = _boot(site, net, imageRef="", block_device_mapping_v2=[disk])
    assert accepted.status == 202, accepted.body
    path = f"/servers/{accepted.body['server']['id']}"
    until(lambda: site.user.compute.get(path)["status"] == "ACTIVE", "the server is active")
    attached = site.user.compute.get(path)["os-extended-volumes:volumes_attached"]
    assert [row["id"] for row in site.user.volume.list("/volumes")] == [attached[0]["id"]]
    assert site.user.volume.get(f"/volumes/{attached[0]['id']}")["availability_zone"] == "az1"
    site.drop_server(accepted.body["server"])
    stack.settle()
    assert site.user.volume.list("/volumes") == []
    assert stack.routings(project_id=site.user.project_id, resource_type="volume") == []


def test_a_pod_that_is_out_is_passed_over(stack: Stack, site: Site, free: Net) -> None:
    # The project is bound to the pod from now on; a network of its own keeps `free` free.
    first = site.boot(site.net("az2", "10.8.9.0/24"), "az2")
    (copy,) = stack.routings(resource_type="server", top_id=first["id"])
    site.drop_server(first)
    stack.settle()
    name = next(pod for pod, id_ in stack.pod_ids.items() if id_ == copy["pod_id"])
    stack.simulator.die(name)
    try:
        second = site.boot(free, "az2")
    finally:
        stack.simulator.revive(name)
    (copy,) = stack.routings(resource_type="server", top_id=second["id"])
    assert copy["pod_id"] != stack.pod_ids[name]
    site.drop_server(second)


def test_a_port_is_free_when_the_pod_has_let_it_go(stack: Stack, site: Site) -> None:
    net = site.net("az1", "10.8.8.0/24")
    one, two = site.boot(net), site.boot(net)
    port = site.user.network.make("/ports", network_id=net.id, name="mine")
    wanted = {"interfaceAttachment": {"port_id": port["id"]}}
    paths = [f"/servers/{server['id']}/os-interface" for server in (one, two)]
    assert site.user.compute("POST", paths[0], wanted).status == 200
    used = site.user.compute("POST", paths[1], wanted)
    assert (used.status, "still in use" in used.message) == (409, True)
    silent: Json = {"region": "Pod1", "service": "network", "method": "GET", "path": "/ports/"}
    with stack.simulator.fault("status", status=503, times=1, **silent):
        # Whether the pod has let it go is not known at once: it is asked again.
        site.user.compute.delete(f"{paths[0]}/{port['id']}")
        assert site.user.network.get(f"/ports/{port['id']}")["device_id"] == one["id"]
    free = "the port is free"
    until(lambda: site.user.network.get(f"/ports/{port['id']}")["device_id"] == "", free)
    assert site.user.compute("POST", paths[1], wanted).status == 200
    for server in (one, two):
        site.drop_server(server)
    site.user.network.delete(f"/ports/{port['id']}")
