"""Security groups in pods whose answers get lost: nothing is used that may be gone."""

from __future__ import annotations

from contextlib import ExitStack

from tests.support.client import Json, until
from tests.support.securityview import across, address, default_group, group_copies
from tests.support.stack import Stack
from tests.support.topology import Net, Site


def test_a_copy_that_the_pod_keeps_for_a_while_goes_later(stack: Stack, site: Site) -> None:
    server = site.boot(site.net("Pod1", "10.0.1.0/24"))
    stack.settle()
    gone = {"service": "network", "method": "DELETE", "path": "/security-groups/"}
    with stack.simulator.fault("status", **gone, status=503, times=2) as kept:
        site.drop_server(server)
        stack.settle()
    assert kept["hits"] == 2
    assert group_copies(stack.simulator, default_group(site)) == {}


_ANSWERS = (
    ("POST", "/security-groups$"),
    ("POST", "/security-group-rules$"),
    ("POST", "/address-groups$"),
    ("PUT", "/add_addresses$"),
    ("PUT", "/remove_addresses$"),
    ("DELETE", "/security-groups/"),
    ("DELETE", "/address-groups/"),
)


def test_a_copy_that_may_be_gone_is_looked_for_before_it_is_used(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    server = site.boot(net)
    stack.settle()
    group = default_group(site)
    stack.simulator.forget_calls()
    gone = {"service": "network", "method": "DELETE", "path": "/security-groups/"}
    with stack.simulator.fault("lose", **gone, times=1) as lost:
        site.drop_server(server)
        until(lambda: stack.simulator.calls(method="DELETE", path=gone["path"]), "it is deleted")
        stack.worker.stop()
        try:
            site.boot(net)
        finally:
            stack.worker.start()
        stack.settle()
    assert lost["hits"] == 1
    assert list(group_copies(stack.simulator, group)) == ["Pod1"]


def test_every_kind_of_answer_is_lost_once(stack: Stack, site: Site) -> None:
    group = default_group(site)
    first = site.net("Pod1", "10.0.1.0/24")
    with ExitStack() as faults:
        lost = [
            faults.enter_context(
                stack.simulator.fault("lose", service="network", method=method, path=path, times=1)
            )
            for method, path in _ANSWERS
        ]
        one = _patiently(site, first)
        two = _patiently(site, site.net("Pod2", "10.0.2.0/24"))
        extra = _patiently(site, first)
        stack.settle()
        site.drop_server(extra)
        stack.settle()
        assert across(stack.simulator, group) == {"Pod1": {address(two)}, "Pod2": {address(one)}}
        site.tear_down()
        stack.settle()
        assert group_copies(stack.simulator, group) == {}
    assert [fault["hits"] for fault in lost] == [1] * len(_ANSWERS)


def _patiently(site: Site, net: Net) -> Json:
    """Boot; a server that a lost answer kept from booting is asked for once more."""
    for _ in range(3):
        try:
            return site.boot(net)
        except AssertionError as refused:
            if "503" not in str(refused):
                raise
    raise AssertionError("three times not available")
