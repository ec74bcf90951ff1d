"""The cluster of ``deploy/cluster`` with three simulated pods, as a stack that tests speak to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deploy.pods.layout import State
from deploy.pods.processes import Daemon
from deploy.production.cluster import Cluster
from deploy.stack import Ports
from tests.support.processes import Process
from tests.support.simulator import PODS
from tests.support.stack import Stack
from tests.support.temporal import Temporal

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
# Temporal's server asks the kernel for the time, past every library.
SKEWED = ("postgresql", "simulator", "gateway1", "gateway2", "worker1", "worker2")
SETTINGS = {
    # No simulated pod acts later than it is paused for at most.
    "TRIO2O_POD_LATE_SECONDS": "15",
    "TRIO2O_TOKEN_CACHE_SECONDS": "30",
    "TRIO2O_NETWORK_QUOTAS": "",
}


def no_clocks() -> str:
    """Why clocks cannot be put wrong here, or ''."""
    return "" if _LIBRARIES else "libfaketime is not installed (apt-get install libfaketime)"


class SkewedCluster(Cluster):
    """Its processes have clocks that can be put wrong; monotonic ones go on as they are."""

    regions = PODS

    def place(self, state: State) -> tuple[Ports, State]:
        """A folder of its own: a cluster that somebody has keeps its data."""
        ports, _ = super().place(state)
        return ports, State(state.root / "chaos")

    def foundations(self) -> list[Daemon]:
        """Those of the cluster."""
        return [self._skewed(daemon) for daemon in super().foundations()]

    def programs(self) -> list[Daemon]:
        """Those of the cluster."""
        return [self._skewed(daemon) for daemon in super().programs()]

    def set_clock(self, name: str, seconds: int) -> None:
        """Put the clock of a process wrong by so many seconds, within a second."""
        self._clock(name).write_text(f"{seconds:+d}\n")

    def _skewed(self, daemon: Daemon) -> Daemon:
        if daemon.name not in SKEWED or no_clocks():
            return daemon
        if not self._clock(daemon.name).exists():
            self.set_clock(daemon.name, 0)
        more = (
            f"LD_PRELOAD={_LIBRARIES[0]}",
            f"FAKETIME_TIMESTAMP_FILE={self._clock(daemon.name)}",
            "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
        )
        # The library keeps what it shares for the user that first loads it.
        command = daemon.command
        at = command.index("--") + 1 if command[0] == "setpriv" else 0
        return replace(daemon, command=(*command[:at], "env", *more, *command[at:]))

    def _clock(self, name: str) -> Path:
        return self.state.folder("clocks") / name


class Stage(Stack):
    """Gateways are asked through the front; nothing of it is a process of the tests."""

    def __init__(self, folder: Path, state: State, settings: Mapping[str, str] = SETTINGS) -> None:
        self.cluster = SkewedCluster(state, simulated=True, more=settings)
        super().__init__(folder, f"{self.cluster.postgresql.url}/trio2o")
        self.port, self.network_port = self.cluster.ports.gateway, self.cluster.ports.network
        self.url, self.network_url = self.cluster.gateway_url, self.cluster.network_url
        self.temporal = Temporal(folder, self.cluster.ports.temporal)

    @property
    def processes(self) -> list[Process]:
        """None: they are the cluster's."""
        return []

    def start(self) -> None:
        """The cluster serves, empty, with all pods registered."""
        self.cluster.forget()
        _forget_shared()
        self.cluster.up()
        self.simulator.found_at(f"http://127.0.0.1:{self.cluster.control_port}")
        self.greet(self.simulator.clouds)

    def stop(self) -> None:
        """Nothing of the cluster runs."""
        self.cluster.down()
        _forget_shared()


def _forget_shared() -> None:
    """What libfaketime shared between a process that was killed and its children is gone."""
    for shared in Path("/dev/shm").glob("*faketime_*"):
        if not Path("/proc", shared.name.rpartition("_")[2]).exists():
            shared.unlink(missing_ok=True)
