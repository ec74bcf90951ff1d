"""Another MAC for a port: an admin's to give, as long as no server has the port."""

from __future__ import annotations

from tests.support.client import Json, until
from tests.support.stack import Stack
from tests.support.topology import Site

MAC = "fa:16:3e:0a:0b:0c"


def _copy(stack: Stack, port: str) -> Json:
    rows = stack.simulator.inventory("Pod1")["ports"]
    return next(row for row in rows if row["description"] == f"trio2o port {port}")


def test_a_servers_port_keeps_its_mac(stack: Stack, site: Site) -> None:
    server = site.boot(site.net("Pod1", "10.0.1.0/24"))
    port, before = server["port_id"], server["port"]["mac_address"]
    refused = stack.admin.network("PUT", f"/ports/{port}", {"port": {"mac_address": MAC}})
    assert (refused.status, refused.fault) == (409, "PortBound")
    assert refused.message == (
        f"Unable to complete operation on port {port}, port is already bound, port type: ovs, "
        f"old_mac {before}, new_mac {MAC}."
    )
    same = {"port": {"mac_address": before.upper(), "name": "renamed"}}
    stack.admin.network.put(f"/ports/{port}", same)
    stack.settle()
    assert _copy(stack, port)["name"] == "renamed"
    stack.simulator.die("Pod1")
    try:
        silent = stack.admin.network("PUT", f"/ports/{port}", {"port": {"mac_address": MAC}})
        assert silent.status == 503
        assert "Pod1" in silent.message
    finally:
        stack.simulator.revive("Pod1")


def test_a_port_that_its_server_has_given_back(stack: Stack, site: Site) -> None:
    network = site.user.network
    net = site.net("Pod1", "10.0.1.0/24")
    v6 = {"ip_version": 6, "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    network.make("/subnets", network_id=net.id, cidr="fd0a::/64", **v6)
    port = network.make("/ports", network_id=net.id)["id"]
    server = site.boot(net)
    attached = f"/servers/{server['id']}/os-interface"
    body = {"interfaceAttachment": {"port_id": port}}
    assert site.user.compute("POST", attached, body).status == 200
    site.user.compute.delete(f"{attached}/{port}")
    until(lambda: not network.get(f"/ports/{port}")["device_id"], "the port is given back")
    given = stack.admin.network.put(f"/ports/{port}", {"port": {"mac_address": MAC}})["port"]
    assert given["mac_address"] == MAC
    assert given["fixed_ips"][1]["ip_address"] == "fd0a::f816:3eff:fe0a:b0c"
    stack.settle()
    copy = _copy(stack, port)
    assert copy["mac_address"] == MAC
    assert {ip["ip_address"] for ip in copy["fixed_ips"]} == {
        ip["ip_address"] for ip in given["fixed_ips"]
    }
    with_it = network.make("/ports", network_id=net.id)
    taken = {"port": {"mac_address": MAC}}
    refused = stack.admin.network("PUT", f"/ports/{with_it['id']}", taken)
    assert (refused.status, refused.fault) == (409, "MacAddressInUse")
