"""Any order of calls is fine, also when a client is quicker than the gateway."""

from __future__ import annotations

from tests.orders.play import Orders
from tests.support.client import until
from tests.support.stack import Stack
from tests.support.topology import Site

# ``tests/orders/run`` plays a hundred of other seeds.
SEED, NUMBER = 4, 6


def test_any_order_ends_the_same_and_in_nothing(stack: Stack) -> None:
    orders = Orders(stack, SEED)
    failed = [life.line() for life in orders.play(orders.lives(NUMBER)) if life.error]
    assert not failed, "\n".join(failed)


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
