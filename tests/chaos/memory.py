"""How much memory gateways and workers hold, from the first minute to the last."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tests.chaos.stage import Stage

WATCHED = ("gateway1", "gateway2", "worker1", "worker2")
_EVERY = 2.0
# The first third is for warming up; from the second to the last nothing may grow by more.
_GROWTH = 1.2


class Memory:
    """Samples the processes until told to stop."""

    def __init__(self, stage: Stage) -> None:
        self._supervisor = stage.cluster.supervisor
        self._begin = time.monotonic()
        self._samples: list[tuple[float, str, int]] = []

    def watch(self, over: threading.Event) -> None:
        """Sample until all is over."""
        while not over.wait(_EVERY):
            for name in WATCHED:
                pid = self._supervisor.pid(name)
                if pid and (size := _resident(pid)):
                    self._samples.append((time.monotonic() - self._begin, name, size))

    def parts(self, role: str) -> list[int]:
        """The most that a process of the role held in each third of the time, in MiB."""
        end = max((at for at, _, _ in self._samples), default=0.0) + 0.001
        found = [0, 0, 0]
        for at, name, size in self._samples:
            if name.startswith(role):
                third = int(3 * at / end)
                found[third] = max(found[third], size)
        return found

    def grew(self, role: str) -> bool:
        """Whether a process of the role held more in the end than in the middle."""
        _, middle, last = self.parts(role)
        return last > middle * _GROWTH


def _resident(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
    except OSError:
        pass
    return 0
