"""Trio2o itself on this machine: Temporal's dev server, the gateway and a worker.

Two stacks can stand side by side, one on the real regions and one on simulated ones; each has its
own ports, database, logs and pid files.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.pods.commands import environment, run
from deploy.pods.console import LabError, say, step
from deploy.pods.layout import State, pods_are_hidden
from deploy.pods.processes import Daemon, Supervisor

ROOT = Path(__file__).parent.parent
BIN = Path(sys.prefix) / "bin"

# One operation is a few quick steps. The dev server polls each of its few queues twenty times a
# second, so every step waits up to 50 ms; and it takes ten updates at once for one workflow.
TEMPORAL = {
    "history.transferProcessorMaxPollRPS": 2000,
    "history.timerProcessorMaxPollRPS": 2000,
    "history.visibilityProcessorMaxPollRPS": 2000,
    "history.maxInFlightUpdates": 200,
}


@dataclass(frozen=True)
class Ports:
    """Where one stack listens."""

    gateway: int
    network: int
    temporal: int
    temporal_ui: int


REAL = Ports(gateway=19999, network=9696, temporal=7233, temporal_ui=8233)
# Below 32768: from there on the kernel gives ports to outgoing connections, and then one is taken.
SIMULATED = Ports(gateway=31999, network=31696, temporal=31233, temporal_ui=31833)
SIMULATOR_PORT = 31000
SIMULATED_REGIONS = ("Pod1", "Pod2")


class Stack:
    """Temporal, gateway and worker in front of the regions that one clouds.yaml names."""

    def __init__(self, state: State, *, simulated: bool = False) -> None:
        self.simulated = simulated
        self.ports = SIMULATED if simulated else REAL
        self.state = State(state.root / "simulated") if simulated else state
        self.supervisor = Supervisor(self.state)

    @property
    def clouds(self) -> Path:
        """The clouds.yaml of this stack's users."""
        return self.state.root / "clouds.yaml"

    @property
    def gateway_url(self) -> str:
        """All APIs, each under its prefix."""
        return f"http://127.0.0.1:{self.ports.gateway}"

    @property
    def network_url(self) -> str:
        """The Network API at the root, as in the guide of 2016."""
        return f"http://127.0.0.1:{self.ports.network}"

    @property
    def temporal_ui(self) -> str:
        """Temporal's Web UI."""
        return f"http://127.0.0.1:{self.ports.temporal_ui}"

    @property
    def temporal_address(self) -> str:
        """What the ``temporal`` command wants as ``--address``."""
        return f"127.0.0.1:{self.ports.temporal}"

    def settings(self) -> Mapping[str, str]:
        """The environment of gateway and worker."""
        database = self.state.folder("data") / "trio2o.db"
        return {
            "OS_CLIENT_CONFIG_FILE": str(self.clouds),
            "TRIO2O_CLOUD": "trio2o",
            "TRIO2O_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
            "TRIO2O_PORT": str(self.ports.gateway),
            "TRIO2O_NETWORK_PORT": str(self.ports.network),
            "TRIO2O_TEMPORAL_ADDRESS": self.temporal_address,
            "TRIO2O_TEMPORAL_UI_URL": self.temporal_ui,
            **({"TRIO2O_POD_INTERFACE": "internal"} if pods_are_hidden() else {}),
        }

    def daemons(self) -> Iterator[Daemon]:
        """All processes, in the order of starting."""
        if self.simulated:
            yield self._simulator()
        yield self._temporal()
        settings = self.settings()
        serves = f"{self.gateway_url}/v1.0"
        yield Daemon("gateway", (str(BIN / "gateway-api"),), settings, url=serves)
        yield Daemon("worker", (str(BIN / "gateway-worker"),), settings)

    def _simulator(self) -> Daemon:
        command = (
            sys.executable,
            *("-m", "deploy.simulator"),
            *("--regions", ",".join(SIMULATED_REGIONS)),
            *("--gateway", self.gateway_url),
            *("--port", str(SIMULATOR_PORT)),
            *("--clouds-yaml", str(self.clouds)),
            *(("--hide-pods", "interface") if pods_are_hidden() else ()),
        )
        # Keystone, Glance and the regions come first; the control API is the last to listen.
        control = SIMULATOR_PORT + 2 + len(SIMULATED_REGIONS)
        return Daemon("simulator", command, {"PYTHONPATH": str(ROOT)}, port=control)

    def _temporal(self) -> Daemon:
        values = (f"--dynamic-config-value={name}={value}" for name, value in TEMPORAL.items())
        command = (
            str(BIN / "temporal"),
            *("server", "start-dev", "--ip=127.0.0.1", "--ui-ip=127.0.0.1"),
            f"--port={self.ports.temporal}",
            f"--ui-port={self.ports.temporal_ui}",
            f"--db-filename={self.state.folder('data') / 'temporal.db'}",
            *("--log-level=warn", "--color=never"),
            *values,
        )
        return Daemon("temporal", command, url=self.temporal_ui)

    def up(self) -> None:
        """Gateway and worker serve, on the newest database schema."""
        if self.simulated and not self.supervisor.pid("simulator"):
            self._forget()
        *before, gateway, worker = self.daemons()
        with step("Temporal" if not self.simulated else "simulated regions, Temporal"):
            for daemon in before:
                self.supervisor.start(daemon)
            for daemon in before:
                self.supervisor.wait(daemon)
        with step("database migration, gateway, worker"):
            self._migrate()
            self.supervisor.start(gateway)
            self.supervisor.start(worker)
            self.supervisor.wait(gateway)
            self.supervisor.wait(worker)

    def _forget(self) -> None:
        """Start from nothing: simulated regions keep nothing when they end."""
        self.down()
        for file in self.state.folder("data").iterdir():
            file.unlink()

    def _migrate(self) -> None:
        env = environment(self.state, self.settings())
        command = (str(BIN / "alembic"), "upgrade", "head")
        run(command, env=env, cwd=ROOT, log=self.supervisor.log_file("migration"))

    def down(self) -> None:
        """Nothing of the stack runs; its data is kept."""
        names = [daemon.name for daemon in self.daemons()]
        self.supervisor.stop(list(reversed(names)))

    def status(self) -> bool:
        """Print a line for each process; true when all run and answer."""
        healthy = True
        for daemon in self.daemons():
            pid = self.supervisor.pid(daemon.name)
            fine = bool(pid) and daemon.answers()
            healthy &= fine
            say(f"{daemon.name:28}{pid or '-':>8}  {'yes' if fine else 'NO'}")
        return healthy


def main() -> int:
    """``python -m deploy.stack up|down|restart|status [--simulated]``."""
    words = [word for word in sys.argv[1:] if word != "--simulated"]
    if len(words) != 1 or words[0] not in ("up", "down", "restart", "status"):
        say("usage: deploy/gateway up|down|restart|status [--simulated]")
        return 2
    stack = Stack(State.from_environment(), simulated="--simulated" in sys.argv)
    try:
        if words[0] == "status":
            return 0 if stack.status() else 1
        if words[0] in ("down", "restart"):
            stack.down()
        if words[0] in ("up", "restart"):
            stack.up()
            say(f"gateway {stack.gateway_url}, Temporal Web UI {stack.temporal_ui}")
    except LabError as error:
        say(f"deploy/gateway: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
