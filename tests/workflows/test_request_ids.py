"""One request has one id: in its answer, in every call to a pod, in its job and in the logs."""

from __future__ import annotations

import re

from tests.support.client import Answer, Json
from tests.support.stack import Stack
from tests.support.topology import Site


def _id(answer: Answer) -> str:
    assert answer.status in (200, 201), answer.body
    return answer.headers["x-openstack-request-id"]


def _changes(stack: Stack, service: str) -> list[Json]:
    """The calls that changed something in a pod."""
    calls = stack.simulator.calls(service=service)
    return [call for call in calls if call["method"] in ("POST", "PUT", "DELETE")]


def test_work_goes_on_in_the_name_of_its_request(stack: Stack, site: Site) -> None:
    router, near, far = (
        site.router(),
        site.net("Pod1", "10.0.1.0/24"),
        site.net("Pod2", "10.0.2.0/24"),
    )
    site.attach(router, near)
    stack.settle()
    stack.simulator.forget_calls()
    stack.mark_logs()
    path, body = f"/routers/{router}/add_router_interface", {"subnet_id": far.subnet_id}
    asked = _id(site.user.network("PUT", path, body))
    stack.settle()
    calls = _changes(stack, "network")
    assert {call["region"] for call in calls} == {"Pod1", "Pod2"}
    assert {call["global_request_id"] for call in calls} == {asked}
    assert stack.jobs(router_id=router)[0]["request_id"] == asked
    lines = [line for line in stack.worker.tail(500).splitlines() if f"[{asked}]" in line]
    assert any(re.search(r"POST /routers in pod Pod2: 201 [0-9a-f-]{36}", line) for line in lines)


def test_what_the_gateway_does_itself_is_done_in_the_name_of_its_request(
    stack: Stack, site: Site
) -> None:
    stack.simulator.forget_calls()
    body = {
        "name": "ext-net",
        "router:external": True,
        "availability_zone_hints": ["Pod1"],
        "provider:network_type": "vlan",
        "provider:physical_network": "extern",
    }
    made = stack.admin.network("POST", "/networks", {"network": body})
    calls = _changes(stack, "network")
    assert {call["global_request_id"] for call in calls} == {_id(made)}
    gone = stack.admin.network("DELETE", f"/networks/{made.body['network']['id']}")
    stack.settle()
    after = _changes(stack, "network")[len(calls) :]
    assert {call["global_request_id"] for call in after} == {
        gone.headers["x-openstack-request-id"]
    }
