"""Any order of calls is fine, also when a client is quicker than the gateway."""

from __future__ import annotations

from tests.support.client import until
from tests.support.stack import Stack
from tests.support.topology import Site


def test_a_network_goes_as_soon_as_its_server_is_off_the_list(stack: Stack, site: Site) -> None:
    net = site.net("az1", "10.0.1.0/24")
    server = site.boot(net)
    stack.settle()
    # Nobody who cleans up behind the server can be what lets the network go.
    stack.worker.kill()
    try:
        site.user.compute.delete(f"/servers/{server['id']}")
        until(lambda: not site.user.compute.list("/servers"), "no server is listed")
        site.user.network.delete(f"/networks/{net.id}")
    finally:
        stack.worker.start()
