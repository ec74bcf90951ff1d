"""What an operator sees in Temporal, and may do there."""

from __future__ import annotations

import base64
import json

import pytest

from tests.support.client import until
from tests.support.podview import copies
from tests.support.stack import Stack
from tests.support.topology import Site


@pytest.fixture
def router(stack: Stack, site: Site) -> str:
    """A router over two pods with a way out and a floating IP: every kind of work was done."""
    router, near = site.router(), site.net("az1", "10.0.1.0/24")
    site.attach(router, near)
    site.attach(router, site.net("Pod2", "10.0.2.0/24"))
    outside = site.external("Pod2")
    site.gateway(router, outside)
    site.floating(outside, site.boot(near)["port_id"])
    site.active(router)
    stack.settle()
    return router


def test_the_web_ui_reads_like_a_job_list(stack: Stack, site: Site, router: str) -> None:
    rows = stack.temporal.executions(f"Router = '{router}'")
    named = {row["execution"]["workflowId"]: row for row in rows}
    kinds = {id_.partition("/")[0] for id_ in named}
    wanted = {"router", "router-interface-add", "router-gateway-set", "floatingip-associate"}
    assert wanted | {"extra-routes"} <= kinds
    for job in stack.jobs(router_id=router):
        if job["type"] == "extra-routes":
            # The router's own execution runs it, whoever asked for what made routes necessary.
            assert job["workflow_id"] == f"router/{router}"
            continue
        execution = named[job["workflow_id"]]
        assert job["workflow_id"].startswith(f"{job['type']}/")
        assert execution["status"] == "WORKFLOW_EXECUTION_STATUS_COMPLETED"
        found = {
            name: json.loads(base64.b64decode(value["data"]))
            for name, value in execution["searchAttributes"]["indexedFields"].items()
        }
        assert found["Project"] == site.user.project_id
        assert found["RequestId"] == job["request_id"]
        assert job["links"][0]["href"].startswith(stack.temporal.ui_url)


def test_reset_of_a_finished_execution_changes_nothing(
    stack: Stack, site: Site, router: str
) -> None:
    job = stack.jobs(router_id=router, type="router-interface-add")[0]
    before, things = copies(stack.simulator, router), stack.things_in_pods()
    reset = ("-t", "FirstWorkflowTask", "--reason", "a test")
    stack.temporal.command("workflow", "reset", "-w", job["workflow_id"], *reset)
    stack.temporal.command("workflow", "result", "-w", job["workflow_id"])
    site.active(router)
    stack.settle()
    again = stack.job(job["id"])
    assert (again["state"], again["attempts"]) == ("succeeded", job["attempts"] + 1)
    assert copies(stack.simulator, router) == before
    assert stack.things_in_pods() == things


def test_a_terminated_execution_is_redone(stack: Stack, site: Site) -> None:
    router = site.router()
    with stack.simulator.fault("status", region="Pod1", service="network", status=503):
        site.attach(router, site.net("az1", "10.0.1.0/24"))
        job = stack.jobs(router_id=router)[0]
        until(lambda: stack.job(job["id"])["state"] == "running", "the job is running")
        stack.temporal.command("workflow", "terminate", "-w", job["workflow_id"])
    answer = stack.admin.admin("POST", f"/jobs/{job['id']}/redo")
    assert answer.status == 202, answer.body
    site.becomes_active(router)
    stack.settle()
    assert copies(stack.simulator, router)["Pod1"].inside == {"10.0.1.1"}


def test_a_running_job_can_be_cancelled_and_leaves_nothing(stack: Stack, site: Site) -> None:
    router = site.router()
    before = stack.things_in_pods()
    refused = {"region": "Pod1", "service": "network", "path": "/add_router_interface$"}
    with stack.simulator.fault("status", **refused, status=503):
        site.attach(router, site.net("az1", "10.0.1.0/24"))
        job = stack.jobs(router_id=router)[0]
        until(lambda: stack.job(job["id"])["state"] == "running", "the job is running")
        answer = stack.admin.admin("POST", f"/jobs/{job['id']}/cancel")
        assert answer.status == 202
        stack.settle()
    assert stack.job(job["id"])["state"] == "cancelled"
    left = {kind for _, kind, _ in stack.things_in_pods() - before}
    assert left <= {"networks", "subnets"}


def test_a_running_update_can_be_cancelled(stack: Stack, site: Site) -> None:
    net = site.net("az1", "10.0.1.0/24")
    site.boot(net)
    stack.settle()
    refused = {"region": "Pod1", "service": "network", "method": "PUT", "path": "/networks/"}
    with stack.simulator.fault("status", **refused, status=503):
        site.user.network.put(f"/networks/{net.id}", {"network": {"name": "other"}})
        job = stack.jobs(type="update-copies", resource_id=net.id)[0]
        until(lambda: stack.job(job["id"])["state"] == "running", "the job is running")
        answer = stack.admin.admin("POST", f"/jobs/{job['id']}/cancel")
        assert answer.status == 202
        stack.settle()
    assert stack.job(job["id"])["state"] == "cancelled"


def test_no_token_or_password_enters_a_history(stack: Stack, site: Site, router: str) -> None:
    secrets = {user.token for user in (*stack.users.values(), site.user)}
    secrets |= {cloud["auth"]["password"] for cloud in stack.simulator.clouds.values()}
    secrets.add(site.user.auth["password"])
    for row in stack.temporal.executions(f"Router = '{router}'"):
        execution = row["execution"]
        history = stack.temporal.history(execution["workflowId"], execution["runId"])
        assert not [secret for secret in secrets if secret in history]
    for process in stack.processes[2:]:
        assert not [secret for secret in secrets if secret in process.text()], process.name
