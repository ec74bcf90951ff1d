"""The whole of it on ten simulated pods."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.simulator import SPARE, Simulator
from tests.support.stack import Stack

TEN = tuple(f"Pod{number}" for number in range(1, 11))


class TenPods(Stack):
    """A stack whose pods are each a zone: ``az1`` to ``az10``."""

    pods = TEN

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        regions = ("--regions", ",".join((*TEN, SPARE)))
        self.simulator = Simulator(folder, self.url, *regions)

    def _register_pods(self) -> None:
        self.admin.admin.make("/pods", pod_name="RegionOne")
        for number, name in enumerate(self.pods, 1):
            pod = self.admin.admin.make("/pods", pod_name=name, az_name=f"az{number}")
            self.pod_ids[name] = pod["pod_id"]


@contextmanager
def ten_pods(latency: float) -> Iterator[TenPods]:
    """Started, each call to a pod taking so long; stopped at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-bench-") as folder,
        TenPods(Path(folder)) as stack,
    ):
        stack.simulator.settings(latency=latency)
        yield stack
