"""Temporal is lost with all it knew: the database still knows what was accepted."""

from __future__ import annotations

from tests.support.client import until
from tests.support.podview import copies
from tests.support.stack import Stack
from tests.support.topology import Site


def test_a_running_operation_is_run_again_by_a_new_temporal(stack: Stack, site: Site) -> None:
    router = site.router()
    with stack.simulator.fault("status", region="Pod1", service="network", status=503):
        site.attach(router, site.net("az1", "10.0.1.0/24"))
        job = stack.jobs(router_id=router)[0]
        until(lambda: stack.job(job["id"])["state"] == "running", "the job is running")
        stack.temporal.process.kill()
        stack.temporal.lose_everything()
        stack.temporal.process.start()
    site.active(router)
    stack.settle()
    assert copies(stack.simulator, router)["Pod1"].inside == {"10.0.1.1"}
    assert stack.job(job["id"])["state"] == "succeeded"
