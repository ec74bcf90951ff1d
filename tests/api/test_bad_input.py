"""What bad input gets: Neutron's, Nova's or Cinder's own answer, and nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.client import Json, until
from tests.support.simulator import SPARE
from tests.support.stack import Stack
from tests.support.topology import Site


@dataclass
class World:
    """A tenant with one of each thing that can be in use; ``ids`` are for the table's paths."""

    site: Site
    ids: dict[str, str]


@pytest.fixture(scope="module")
def world(stack: Stack) -> Iterator[World]:
    site = Site(stack, stack.tenant())
    make = site.user.network.make
    with stack.nothing_left():
        net, lone, outside = (
            site.net("az1", "10.0.1.0/24"),
            site.net("az1", "10.0.9.0/24"),
            site.external("Pod2"),
        )
        other = site.external("Pod1", "163.3.125.0/24")
        router = site.router()
        interface = site.attach(router, net)["port_id"]
        site.gateway(router, outside)
        server, alone = site.boot(net), site.boot(lone)
        floating = site.floating(outside, server["port_id"])
        group = make("/security-groups", name="used")
        make("/ports", network_id=net.id, security_groups=[group["id"]])
        site.active(router)
        stack.settle()
        yield World(
            site,
            {
                "net": net.id,
                "subnet": net.subnet_id,
                "router": router,
                "unused": site.router(),
                "interface": interface,
                "outside": outside.id,
                "other": other.id,
                "port": server["port_id"],
                "alone": alone["port_id"],
                "floating": floating["id"],
                "group": group["id"],
                "overlap": site.net("az1", "10.0.1.0/25").subnet_id,
                "empty": make("/networks", name="empty")["id"],
                "flavor": site.flavor(),
                "image": site.image(),
                "pod": stack.pod_ids["Pod1"],
            },
        )
        site.tear_down()


def _subnet(**given: Any) -> Json:
    return {"subnet": {"network_id": "<empty>", "ip_version": 4, **given}}


def _server(**given: Any) -> Json:
    base = {"name": "x", "imageRef": "<image>", "flavorRef": "<flavor>"}
    return {"server": base | {"networks": [{"uuid": "<net>"}]} | given}


def _external(**given: Any) -> Json:
    return {"network": {"name": "x", "router:external": True, **given}}


PROVIDER = {"provider:network_type": "vlan", "provider:physical_network": "extern"}
GATEWAY = {"router": {"external_gateway_info": {"network_id": "<other>"}}}
AT_EXTERNAL = {"floating_network_id": "<outside>"}

# who, api, method, path, body, status, fault, words of the message
TABLE: dict[str, tuple[str, str, str, str, Any, int, str, str]] = {
    "region that Keystone does not know": (
        *("admin", "admin", "POST", "/pods"),
        {"pod": {"pod_name": "Nowhere", "az_name": "az9"}},
        *(400, "errors", "Nowhere"),
    ),
    "duplicate pod": (
        *("admin", "admin", "POST", "/pods"),
        {"pod": {"pod_name": "Pod1", "az_name": "az1"}},
        *(409, "errors", "Pod1"),
    ),
    "second top region": (
        *("admin", "admin", "POST", "/pods"),
        {"pod": {"pod_name": SPARE}},
        *(409, "errors", ""),
    ),
    "pod in use": ("admin", "admin", "DELETE", "/pods/<pod>", None, 409, "errors", "network"),
    "not an admin": ("tenant", "admin", "GET", "/pods", None, 403, "errors", ""),
    "zone hint of a network": (
        *("tenant", "network", "POST", "/networks"),
        {"network": {"name": "x", "availability_zone_hints": ["az-nowhere"]}},
        *(404, "NeutronError/AvailabilityZoneNotFound", "az-nowhere"),
    ),
    "zone of a server": (
        *("tenant", "compute", "POST", "/servers"),
        _server(availability_zone="az-nowhere"),
        *(400, "badRequest", "availability zone"),
    ),
    "zone of a server far from its network": (
        *("tenant", "compute", "POST", "/servers"),
        _server(availability_zone="az2"),
        *(400, "badRequest", "az1"),
    ),
    "zone of a volume": (
        *("tenant", "volume", "POST", "/volumes"),
        {"volume": {"size": 1, "availability_zone": "az-nowhere"}},
        *(400, "badRequest", "az-nowhere"),
    ),
    "overlap on one router": (
        *("tenant", "network", "PUT", "/routers/<router>/add_router_interface"),
        {"subnet_id": "<overlap>"},
        *(400, "NeutronError/BadRequest", "overlaps with cidr"),
    ),
    "subnet in the east-west pool": (
        *("tenant", "network", "POST", "/subnets"),
        _subnet(cidr="100.64.7.0/24"),
        *(400, "NeutronError/InvalidInput", "100.64.0.0/11"),
    ),
    "subnet around the north-south pool": (
        *("tenant", "network", "POST", "/subnets"),
        _subnet(cidr="100.0.0.0/8"),
        *(400, "NeutronError/InvalidInput", "100."),
    ),
    "external network by a member": (
        *("tenant", "network", "POST", "/networks"),
        _external(availability_zone_hints=["Pod1"]),
        *(403, "NeutronError/PolicyNotAuthorized", ""),
    ),
    "external network that the pod refuses": (
        *("admin", "network", "POST", "/networks"),
        _external(
            **{"provider:network_type": "vlan", "provider:physical_network": "nowhere"},
            availability_zone_hints=["Pod1"],
        ),
        *(400, "NeutronError/InvalidInput", "nowhere"),
    ),
    "floating IP of a port that no router leads to": (
        *("tenant", "network", "POST", "/floatingips"),
        {"floatingip": {"port_id": "<alone>", **AT_EXTERNAL}},
        *(404, "NeutronError/ExternalGatewayForFloatingIPNotFound", "<alone>"),
    ),
    "second floating IP of a port": (
        *("tenant", "network", "POST", "/floatingips"),
        {"floatingip": {"port_id": "<port>", **AT_EXTERNAL}},
        *(409, "NeutronError/FloatingIPPortAlreadyAssociated", "<port>"),
    ),
    "second gateway while floating IPs use the first": (
        *("tenant", "network", "PUT", "/routers/<router>"),
        GATEWAY,
        *(409, "NeutronError/RouterExternalGatewayInUseByFloatingIp", "<router>"),
    ),
    "gateway on a network that is not external": (
        *("tenant", "network", "PUT", "/routers/<unused>"),
        {"router": {"external_gateway_info": {"network_id": "<net>"}}},
        *(400, "NeutronError/BadRequest", "<net>"),
    ),
    "network in use": (
        *("tenant", "network", "DELETE", "/networks/<net>", None),
        *(409, "NeutronError/NetworkInUse", "<net>"),
    ),
    "external network in use": (
        *("admin", "network", "DELETE", "/networks/<outside>", None),
        *(409, "NeutronError/NetworkInUse", "<outside>"),
    ),
    "subnet in use": (
        *("tenant", "network", "DELETE", "/subnets/<subnet>", None),
        *(409, "NeutronError/SubnetInUse", "<subnet>"),
    ),
    "router in use": (
        *("tenant", "network", "DELETE", "/routers/<router>", None),
        *(409, "NeutronError/RouterInUse", "<router>"),
    ),
    "port of a router": (
        *("tenant", "network", "DELETE", "/ports/<interface>", None),
        *(409, "NeutronError/ServicePortInUse", "<interface>"),
    ),
    "interface in use by a floating IP": (
        *("tenant", "network", "PUT", "/routers/<router>/remove_router_interface"),
        {"subnet_id": "<subnet>"},
        *(409, "NeutronError/RouterInterfaceInUseByFloatingIP", "<router>"),
    ),
    "security group in use": (
        *("tenant", "network", "DELETE", "/security-groups/<group>", None),
        *(409, "NeutronError/SecurityGroupInUse", "<group>"),
    ),
    "flavor that is not there": (
        *("tenant", "compute", "POST", "/servers"),
        _server(flavorRef="nothing"),
        *(400, "badRequest", "nothing"),
    ),
    "field that Nova does not know": (
        *("tenant", "compute", "POST", "/servers"),
        _server(colour="red"),
        *(400, "badRequest", "colour"),
    ),
    "attribute that Neutron does not know": (
        *("tenant", "network", "POST", "/networks"),
        {"network": {"colour": "red"}},
        *(400, "NeutronError/HTTPBadRequest", "colour"),
    ),
    "no JSON for Neutron": (
        *("tenant", "network", "POST", "/networks", b"{"),
        *(400, "NeutronError/HTTPBadRequest", ""),
    ),
    "no JSON for Nova": ("tenant", "compute", "POST", "/servers", b"{", 400, "badRequest", ""),
    "no JSON for Cinder": ("tenant", "volume", "POST", "/volumes", b"[", 400, "badRequest", ""),
    "a body of two megabytes": (
        *("tenant", "network", "POST", "/networks", b'"' + b"x" * 2_000_000 + b'"'),
        *(413, "NeutronError/", ""),
    ),
}


def _filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, ids) for item in value]
    if isinstance(value, str):
        for name, id_ in ids.items():
            value = value.replace(f"<{name}>", id_)
    return value


@pytest.mark.parametrize("case", TABLE)
def test_bad_input(stack: Stack, world: World, case: str) -> None:
    who, api, method, path, body, status, fault, words = _filled(list(TABLE[case]), world.ids)
    user = stack.admin if who == "admin" else world.site.user
    with stack.nothing_changed():
        answer = getattr(user, api)(method, path, body)
    assert answer.status == status, answer.body
    dialect, _, kind = fault.partition("/")
    assert list(answer.body) == [dialect]
    assert not kind or answer.fault == kind
    assert words in answer.message
    # Something for a person to act on.
    assert len(answer.message) > len("Error.")


def test_an_expired_token_is_refused_soon(stack: Stack) -> None:
    user = stack.tenant()
    assert user.network("GET", "/networks").status == 200
    stack.simulator.expire(user.token)
    until(lambda: user.network("GET", "/networks").status == 401, "the token is refused")
    answer = user.network("GET", "/networks")
    assert answer.headers["www-authenticate"].startswith("Keystone uri=")


def test_an_unreachable_pod_is_named(stack: Stack, world: World) -> None:
    ports = world.site.user.network.list("/ports")
    stack.simulator.die("Pod1")
    try:
        answer = world.site.user.compute("POST", "/servers", _filled(_server(), world.ids))
    finally:
        stack.simulator.revive("Pod1")
    assert answer.status == 503
    assert "Pod1" in answer.message
    stack.settle()
    assert world.site.user.network.list("/ports") == ports
