"""``python -m tests.replay.record``: record the histories that ``test_replay`` replays.

Every kind of work is done once on simulated regions, some of it through failures; the longest
history of each type and way of ending is kept, without the machine's name in it.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.client import until
from tests.support.stack import Stack
from tests.support.topology import Site

HISTORIES = Path(__file__).parent / "histories"
# Paths of this machine stand in stack traces, its name in identities.
_PRIVATE = {"identity", "stackTrace", "workerIdentity"}


def _work(stack: Stack) -> None:
    site = Site(stack, stack.tenant())
    router = site.router()
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    with stack.simulator.fault("status", region="Pod1", service="network", status=503, times=2):
        site.attach(router, near)
        site.active(router)
    own = {"destination": "192.168.0.0/24", "nexthop": "10.0.1.77"}
    site.user.network.put(f"/routers/{router}", {"router": {"routes": [own]}})
    outside = site.external("Pod2")
    site.gateway(router, outside)
    site.active(router)
    server = site.boot(near)
    floating = site.floating(outside, server["port_id"])["id"]
    group = site.user.network.list("/security-groups?name=default", "security_groups")[0]["id"]
    rule = {"direction": "ingress", "security_group_id": group, "protocol": "icmp"}
    site.user.network.make("/security-group-rules", **rule)
    stack.settle()
    refusal = {"region": "Pod2", "service": "network", "method": "PUT"}
    with stack.simulator.fault("status", **refusal, path="/add_router_interface$", status=403):
        site.attach(router, far)
        stack.settle()
    job = stack.jobs(router_id=router, type="router-interface-add")[0]
    stack.admin.admin("POST", f"/jobs/{job['id']}/redo")
    site.becomes_active(router)
    stack.settle()
    name = {"network": {"name": "renamed", "port_security_enabled": False}}
    site.user.network.put(f"/networks/{far.id}", name)
    site.point(floating, None)
    stack.settle()
    reset = ("-t", "FirstWorkflowTask", "--reason", "recorded")
    stack.temporal.command("workflow", "reset", "-w", job["workflow_id"], *reset)
    stack.temporal.command("workflow", "result", "-w", job["workflow_id"])
    site.user.network.put(f"/routers/{router}", {"router": {"routes": []}})
    stack.settle()
    with stack.simulator.fault("status", region="Pod1", service="network", status=503):
        site.detach(router, near)
        waiting = stack.jobs(router_id=router)[0]
        time.sleep(1)
        stack.admin.admin("POST", f"/jobs/{waiting['id']}/cancel")
    stack.settle()
    site.tear_down()
    stack.settle()
    running = "ExecutionStatus = 'Running'"
    until(lambda: not stack.temporal.executions(running), "all executions have ended")


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _public(item) for key, item in value.items() if key not in _PRIVATE}
    return [_public(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    """Work, then write the histories anew."""
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder)) as stack:
        _work(stack)
        _record(stack)


def _record(stack: Stack) -> None:
    longest: dict[str, str] = {}
    for row in stack.temporal.executions():
        execution = row["execution"]
        text = stack.temporal.history(execution["workflowId"], execution["runId"])
        end = row["status"].removeprefix("WORKFLOW_EXECUTION_STATUS_").lower()
        name = f"{row['type']['name']}--{end.replace('_', '-')}"
        if end != "running" and len(text) > len(longest.get(name, "")):
            longest[name] = text
    HISTORIES.mkdir(exist_ok=True)
    for file in HISTORIES.glob("*.json"):
        file.unlink()
    for name, text in longest.items():
        document = json.dumps(_public(json.loads(text)), separators=(",", ":"))
        assert not re.search(r'"/(home|root|work)/', document), name
        (HISTORIES / f"{name}.json").write_text(document + "\n")


if __name__ == "__main__":
    main()
