"""Temporal is lost with all it knew: the database still knows what was accepted."""

from __future__ import annotations

from pathlib import Path

from tests.support.client import until
from tests.support.podview import copies
from tests.support.processes import PROGRAMS, Process
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


def test_a_worker_waits_for_a_temporal_that_is_not_well(stack: Stack, tmp_path: Path) -> None:
    worker = Process(
        "a worker of another namespace",
        [str(PROGRAMS / "gateway-worker")],
        tmp_path / "worker.log",
        lambda: worker.has_said("Working on task queue"),
        OS_CLIENT_CONFIG_FILE=str(stack.clouds_yaml),
        TRIO2O_DATABASE_URL=stack.database.url,
        TRIO2O_TEMPORAL_ADDRESS=stack.temporal.address,
        TRIO2O_TEMPORAL_NAMESPACE="later",
        # What is accepted here is another worker's.
        TRIO2O_SWEEP_SECONDS="3600",
    )
    try:
        worker.start(wait=False)
        until(lambda: worker.has_said("later") or not worker.running, "it has asked for it")
        assert worker.running, worker.tail()
        stack.temporal.command("operator", "namespace", "create", "--namespace", "later")
        worker.wait()
    finally:
        worker.stop()
