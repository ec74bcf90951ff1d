"""What pods decide about the ports of servers is told as it is there now."""

from __future__ import annotations

from typing import Any

from tests.support.client import send, until
from tests.support.stack import Stack
from tests.support.topology import Site


def test_a_binding_is_the_pods(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    loose = site.user.network.make("/ports", network_id=net.id)
    port = site.boot(net)["port_id"]

    def bound() -> Any:
        """A pod that was away in the test before is not asked again at once."""
        seen = stack.admin.network.get(f"/ports/{port}")
        return seen if seen["binding:host_id"] == "pod1-compute1" else None

    seen = until(bound, "the binding is seen")
    assert seen["binding:vif_type"] == "ovs"
    assert seen["binding:vif_details"]["port_filter"] is True
    of_all = stack.admin.network.list(f"/ports?network_id={net.id}")
    hosts = {row["id"]: row["binding:host_id"] for row in of_all}
    assert hosts == {port: "pod1-compute1", loose["id"]: ""}
    path = f"/ports?network_id={net.id}&fields=binding:vif_type&sort_key=device_owner&sort_dir=asc"
    assert stack.admin.network.list(path) == [
        {"binding:vif_type": "unbound"},
        {"binding:vif_type": "ovs"},
    ]
    assert "binding:host_id" not in site.user.network.get(f"/ports/{port}")


def test_an_admins_binding_is_in_the_pod_too(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    port = site.user.network.make("/ports", network_id=net.id)["id"]
    admin = stack.tenant("admin", "service").network
    admin.put(f"/ports/{port}", {"port": {"binding:profile": {"trusted": "true"}}})
    body = {"name": "vm", "imageRef": site.image(), "flavorRef": site.flavor()}
    site.user.compute.make("/servers", **body, networks=[{"port": port}])
    stack.settle()
    mark = f"trio2o port {port}"

    def profile() -> Any:
        rows = stack.simulator.inventory("Pod1")["ports"]
        return [row["binding:profile"] for row in rows if row["description"] == mark]

    assert profile() == [{"trusted": "true"}]
    changed = {"port": {"binding:profile": {"trusted": "false"}}}
    assert admin.put(f"/ports/{port}", changed)["port"]["binding:profile"] == {"trusted": "false"}
    assert profile() == [{"trusted": "false"}]
    stack.simulator.die("Pod1")
    try:
        silent = admin("PUT", f"/ports/{port}", {"port": {"binding:profile": {}}})
        assert silent.status == 503
    finally:
        stack.simulator.revive("Pod1")


def test_a_status_is_the_pods(stack: Stack, site: Site) -> None:
    port = site.boot(site.net("Pod1", "10.0.1.0/24"))["port_id"]
    assert site.user.network.get(f"/ports/{port}")["status"] == "ACTIVE"
    mark = f"trio2o port {port}"
    rows = stack.simulator.inventory("Pod1")["ports"]
    (copy,) = [row["id"] for row in rows if row["description"] == mark]
    # As when the host has lost it.
    url = f"{stack.admin.endpoint('Pod1', 'network')}/v2.0/ports/{copy}"
    body = {"port": {"binding:host_id": ""}}
    assert send("PUT", url, body, {"X-Auth-Token": stack.admin.token}).status == 200

    def down() -> bool:
        return bool(site.user.network.get(f"/ports/{port}")["status"] == "DOWN")

    until(down, "the port is seen down")
    assert stack.admin.network.get(f"/ports/{port}?fields=status") == {"status": "DOWN"}
    stack.simulator.die("Pod1")
    try:
        assert site.user.network.get(f"/ports/{port}")["status"] == "ACTIVE"
        assert len(stack.admin.network.list(f"/ports?id={port}")) == 1
    finally:
        stack.simulator.revive("Pod1")
