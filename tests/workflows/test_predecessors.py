"""A network made where one that was just deleted is still being cleaned up in the pod."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Answer, Json, send, until
from tests.support.stack import Stack
from tests.support.topology import Site

VLAN = 3077
SEGMENTS: dict[str, Json] = {
    "vlan": {
        "provider:network_type": "vlan",
        "provider:physical_network": "extern",
        "provider:segmentation_id": VLAN,
    },
    "flat": {"provider:network_type": "flat", "provider:physical_network": "extern"},
}
# The pod does not let go of the old one.
STUBBORN = {"kind": "status", "region": "Pod1", "service": "network", "method": "DELETE"}
STUBBORN |= {"path": "/networks/", "status": 503}


def _copies(stack: Stack, network_id: str) -> list[Json]:
    description = f"trio2o network {network_id}"
    rows = stack.simulator.inventory("Pod1")["networks"]
    return [row for row in rows if row["description"] == description]


def _post(stack: Stack, segment: Json, **more: Any) -> Answer:
    body = {"availability_zone_hints": ["Pod1"], **segment, **more}
    return stack.admin.network("POST", "/networks", {"network": body})


@pytest.mark.parametrize("kind", SEGMENTS)
def test_an_external_network_is_made_again_at_once(stack: Stack, site: Site, kind: str) -> None:
    segment = SEGMENTS[kind]
    old = site.external("Pod1", network=segment)
    with stack.simulator.fault(**STUBBORN):
        site.drop_external()
        new = site.external("Pod1", network=segment)
        shown = stack.admin.network.get(f"/networks/{new.id}")
        assert {name: shown[name] for name in segment} == segment
        assert shown["mtu"] == 1500
        assert not _copies(stack, new.id)
        router = site.router()
        site.gateway(router, new)
    site.active(router)
    stack.settle()
    assert not _copies(stack, old.id)
    (copy,) = _copies(stack, new.id)
    assert {name: copy[name] for name in segment} == segment
    assert copy["router:external"] is True
    assert len(copy["subnets"]) == 1
    routers = stack.simulator.inventory("Pod1")["routers"]
    (gateway,) = [row["external_gateway_info"] for row in routers if row["name"] == "router"]
    assert gateway["network_id"] == copy["id"]


def test_a_range_is_used_again_at_once(stack: Stack, site: Site) -> None:
    net = site.external("Pod1", network=SEGMENTS["vlan"])
    with stack.simulator.fault(**{**STUBBORN, "path": "/subnets/"}):
        stack.admin.network.delete(f"/subnets/{net.subnet_id}")
        wanted = {"network_id": net.id, "cidr": net.cidr, "ip_version": 4, "enable_dhcp": False}
        stack.admin.network.make("/subnets", **wanted)
    stack.settle()
    (copy,) = _copies(stack, net.id)
    assert len(copy["subnets"]) == 1


def test_a_network_that_waits_is_deleted(stack: Stack, site: Site) -> None:
    segment = SEGMENTS["vlan"]
    site.external("Pod1", network=segment)
    with stack.simulator.fault(**STUBBORN):
        for _ in range(3):
            site.drop_external()
            last = site.external("Pod1", network=segment)
    stack.settle()
    assert len(_copies(stack, last.id)) == 1


@pytest.mark.parametrize(
    ("kind", "fault"), [("vlan", "VlanIdInUse"), ("flat", "FlatNetworkInUse")]
)
def test_a_segment_of_a_network_that_is_there(
    stack: Stack, site: Site, kind: str, fault: str
) -> None:
    site.external("Pod1", network=SEGMENTS[kind])
    # Another one that is on its way out changes nothing.
    other = site.external("Pod1", network={"provider:segmentation_id": VLAN + 1})
    with stack.simulator.fault(**STUBBORN):
        stack.admin.network.delete(f"/networks/{other.id}")
        site.outside.remove(other)
        refused = _post(stack, SEGMENTS[kind])
        assert (refused.status, refused.fault) == (409, fault)


def test_a_segment_of_a_network_that_is_not_ours(stack: Stack, site: Site) -> None:
    at = f"{stack.admin.endpoint('Pod1', 'network')}/v2.0/networks"
    token = {"X-Auth-Token": stack.admin.token}
    made = send("POST", at, {"network": SEGMENTS["vlan"]}, headers=token)
    assert made.status == 201
    try:
        refused = _post(stack, SEGMENTS["vlan"])
        assert (refused.status, refused.fault) == (409, "VlanIdInUse")
    finally:
        send("DELETE", f"{at}/{made.body['network']['id']}", headers=token)


def test_a_network_becomes_external_where_one_is_going(stack: Stack, site: Site) -> None:
    """Its rows of old are still there to be seen when the pod has it again."""
    network = stack.admin.network
    segment = SEGMENTS["vlan"]
    site.external("Pod1", network=segment)
    with stack.simulator.fault(**STUBBORN):
        site.drop_external()
        made = _post(stack, segment).body["network"]
        network.put(f"/networks/{made['id']}", {"network": {"router:external": True}})
    until(lambda: _copies(stack, made["id"]), "the pod has it")
    stack.settle()
    assert _copies(stack, made["id"])[0]["router:external"] is True
    network.delete(f"/networks/{made['id']}")


def test_a_server_waits_for_a_range_that_is_used_again(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    site.drop_server(site.boot(net))
    stack.settle()
    with stack.simulator.fault(**{**STUBBORN, "path": "/subnets/", "times": 1}):
        site.user.network.delete(f"/subnets/{net.subnet_id}")
        site.user.network.make("/subnets", network_id=net.id, cidr=net.cidr, ip_version=4)
        site.boot(net)


def test_a_server_waits_for_a_mac_that_is_used_again(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    port = site.boot(net)["port"]
    stack.settle()
    with stack.simulator.fault(**{**STUBBORN, "path": "/ports/", "times": 1}):
        site.user.network.delete(f"/ports/{port['id']}")
        wanted = {"network_id": net.id, "mac_address": port["mac_address"]}
        again = site.user.network.make("/ports", **wanted)
        body = {"name": "vm", "imageRef": site.image(), "flavorRef": site.flavor()}
        site.user.compute.make("/servers", **body, networks=[{"port": again["id"]}])
