"""An address of a bridge is shown by no answer, at no moment: not while it goes either."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.support.client import Json
from tests.support.stack import Stack
from tests.support.topology import Site

# The pools of the bridges: 100.64.0.0/11 and 100.96.0.0/11.
BRIDGE = re.compile(r"\b100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.\d+\b")
COMPUTE = (
    "/servers/detail", "/servers/{server}", "/servers/{server}/ips", "/servers/{server}/ips/net",
    "/servers/{server}/os-interface", "/servers/{server}/os-interface/{port}",
    "/servers/{server}/metadata", "/servers/{server}/os-security-groups",
    "/servers/{server}/os-instance-actions", "/os-floating-ips",
)  # fmt: skip
NETWORK = (
    "/ports", "/ports/{port}", "/floatingips", "/routers", "/routers/{router}", "/networks",
    "/subnets", "/network-ip-availabilities",
)  # fmt: skip
CONSOLE = {"remote_console": {"protocol": "vnc", "type": "novnc"}}
Leave = Callable[[Site, str, Json], None]


def _deleted(site: Site, floating: str, other: Json) -> None:
    site.user.network.delete(f"/floatingips/{floating}")


def _disassociated(site: Site, floating: str, other: Json) -> None:
    site.point(floating, None)


def _moved(site: Site, floating: str, other: Json) -> None:
    site.point(floating, other["port_id"])


def _told(stack: Stack, site: Site, router: str, server: Json) -> list[str]:
    """Everything that is told of the server's addresses, to its owner and to an admin."""
    ids = {"server": server["id"], "port": server["port_id"], "router": router}
    told = []
    for user in (site.user, stack.admin):
        told += [user.compute("GET", path.format(**ids)).body for path in COMPUTE]
        told += [user.network("GET", path.format(**ids)).body for path in NETWORK]
    update, path = {"server": {"name": "renamed"}}, f"/servers/{server['id']}"
    told.append(site.user.compute("PUT", path, update).body)
    newest = {"OpenStack-API-Version": "compute 2.79"}
    told.append(site.user.compute("POST", f"{path}/remote-consoles", CONSOLE, **newest).body)
    told.append(site.user.compute("GET", path, **newest).body)
    told.append(stack.admin.compute("GET", "/servers/detail?all_tenants=1", **newest).body)
    return [json.dumps(body) for body in told]


def _addresses(site: Site, server: Json) -> set[str]:
    shown = site.user.compute.get(f"/servers/{server['id']}")["addresses"]
    plain = site.user.compute("GET", f"/servers/{server['id']}/ips").body["addresses"]
    assert {name: [one["addr"] for one in shown[name]] for name in shown} == {
        name: [one["addr"] for one in plain[name]] for name in plain
    }
    return {one["addr"] for entries in shown.values() for one in entries}


@pytest.mark.parametrize("leave", [_deleted, _disassociated, _moved])
def test_an_address_of_a_bridge_is_never_shown(stack: Stack, site: Site, leave: Leave) -> None:
    net, far = site.net("Pod1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    outside, router = site.external("Pod2"), site.router()
    for inside in (net, far):
        site.attach(router, inside)
    site.gateway(router, outside)
    server, other = site.boot(net), site.boot(net)
    floating = site.floating(outside, server["port_id"])
    stack.settle()
    fixed = server["port"]["fixed_ips"][0]["ip_address"]
    assert _addresses(site, server) == {fixed, floating["floating_ip_address"]}
    stack.worker.stop()
    try:
        leave(site, floating["id"], other)
        # The pod has it still.
        there = stack.simulator.inventory("Pod1")["floatingips"]
        assert [one for one in there if BRIDGE.search(json.dumps(one))]
        assert _addresses(site, server) == {fixed}
        told = _told(stack, site, router, server) + _told(stack, site, router, other)
        assert [body for body in told if BRIDGE.search(body)] == []
    finally:
        stack.worker.start()
    stack.settle()
    assert _addresses(site, server) == {fixed}
    if leave is _moved:
        assert floating["floating_ip_address"] in _addresses(site, other)
