"""The default group's members reach each other across real pods, and nobody else reaches them."""

from __future__ import annotations

from tests.support.client import until
from tests.support.lab import LabStack
from tests.support.packets import Host
from tests.support.topology import Site


def test_a_port_that_leaves_the_group_is_not_admitted(stack: LabStack, site: Site) -> None:
    near, far = site.net("az1", "10.0.1.0/24"), site.net("az2", "10.0.2.0/24")
    router = site.router()
    site.attach(router, near)
    site.attach(router, far)
    one, other = site.boot(near, "az1"), site.boot(far, "az2")
    other_group = site.user.network.make("/security-groups", name="others")
    site.active(router)
    stack.settle()
    target = one["port"]["fixed_ips"][0]["ip_address"]
    guest = Host.guest(other["id"])
    assert guest.pings(target)
    body = {"port": {"security_groups": [other_group["id"]]}}
    site.user.network.put(f"/ports/{other['port_id']}", body)
    stack.settle()
    until(lambda: not guest.pings(target), "packets of who left the group are dropped")
