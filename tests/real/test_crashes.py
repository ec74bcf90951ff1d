"""The worker dies at any moment of ``router add subnet`` on real regions."""

from __future__ import annotations

import random
import time

from tests.support.lab import LabStack
from tests.support.topology import Site

KILLS = 3


def test_a_killed_worker_leaves_no_duplicates(stack: LabStack, site: Site) -> None:
    near, far = site.net("az1", "10.0.1.0/24"), site.net("az2", "10.0.2.0/24")
    router = site.router()
    site.attach(router, near)
    site.attach(router, far)
    for _ in range(KILLS):
        time.sleep(random.uniform(0.2, 3.0))
        stack.worker.kill()
        stack.worker.start()
    site.active(router)
    stack.settle()
    for pod in stack.pods:
        copies = [row for row in stack.in_pod(pod, "routers") if router in row["description"]]
        assert len(copies) == 1
        ports = [p for p in stack.in_pod(pod, "ports") if p["device_id"] == copies[0]["id"]]
        assert len(ports) == 2, ports
        assert len(copies[0]["routes"]) == 1
