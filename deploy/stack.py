"""Trio2o itself on this machine: Temporal's dev server, the gateway and a worker.

Two stacks can stand side by side, one on the real regions and one on simulated ones; each has its
own ports, database, logs and pid files.
"""

import shutil
import sys
from collections.abc import Mapping, Sequence
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
    """Where one stack listens; simulated regions from ``simulator`` on."""

    gateway: int
    network: int
    temporal: int
    temporal_ui: int
    simulator: int


REAL = Ports(gateway=19999, network=9696, temporal=7233, temporal_ui=8233, simulator=0)
# Below 32768: from there on the kernel gives ports to outgoing connections, and then one is taken.
SIMULATED = Ports(gateway=31999, network=31696, temporal=31233, temporal_ui=31833, simulator=31000)


class Stack:
    """Temporal, gateway and worker in front of the regions that one clouds.yaml names."""

    regions: tuple[str, ...] = ("Pod1", "Pod2")

    def __init__(self, state: State, *, simulated: bool = False) -> None:
        self.simulated = simulated
        self.ports, self.state = self.place(state)
        self.supervisor = Supervisor(self.state)

    def place(self, state: State) -> tuple[Ports, State]:
        """Where it listens and where its files lie."""
        if self.simulated:
            return SIMULATED, State(state.root / "simulated")
        return REAL, state

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
        """Temporal's Web UI; '': there is none."""
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

    def daemons(self) -> list[Daemon]:
        """All processes, in the order of starting."""
        return [*self.foundations(), *self.programs()]

    def foundations(self) -> list[Daemon]:
        """What has to run before the database has its tables."""
        return [*([self.simulator()] if self.simulated else []), self._temporal()]

    def programs(self) -> list[Daemon]:
        """Trio2o itself."""
        return [self.gateway("gateway", self.settings()), self.worker("worker")]

    def gateway(self, name: str, settings: Mapping[str, str]) -> Daemon:
        """A gateway that serves where the settings say."""
        serves = f"http://127.0.0.1:{settings['TRIO2O_PORT']}/v1.0"
        return Daemon(name, (str(BIN / "gateway-api"),), settings, url=serves)

    def worker(self, name: str) -> Daemon:
        """A worker."""
        return Daemon(name, (str(BIN / "gateway-worker"),), self.settings())

    def simulator(self) -> Daemon:
        """Keystone, Glance and the regions in one process; its control API listens last."""
        command = (
            sys.executable,
            *("-m", "deploy.simulator"),
            *("--regions", ",".join(self.regions)),
            *("--gateway", self.gateway_url),
            *("--port", str(self.ports.simulator)),
            *("--clouds-yaml", str(self.clouds)),
            *(("--hide-pods", "interface") if pods_are_hidden() else ()),
        )
        return Daemon("simulator", command, {"PYTHONPATH": str(ROOT)}, port=self.control_port)

    @property
    def control_port(self) -> int:
        """Where simulated regions are told what to do."""
        return self.ports.simulator + 2 + len(self.regions)

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
            self.forget()
        self.start_foundations()
        with step("database migration, gateway, worker"):
            self.migrate()
            self.start(self.programs())

    def start_foundations(self) -> None:
        """What has to run before the database has its tables serves."""
        with step("Temporal" if not self.simulated else "simulated regions, Temporal"):
            self.start(self.foundations())

    def start(self, daemons: Sequence[Daemon]) -> None:
        """Those of them run that did not, and all of them answer."""
        for daemon in daemons:
            self.supervisor.start(daemon)
        for daemon in daemons:
            self.supervisor.wait(daemon)

    def forget(self) -> None:
        """Nothing runs and nothing is remembered: simulated regions keep nothing either."""
        self.down()
        shutil.rmtree(self.state.folder("data"))

    def migrate(self) -> None:
        """The database has the newest schema."""
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


def steer(stack: Stack, command: str, words: Sequence[str]) -> int:
    """Do to the stack what the words of a command line say; the command's exit status."""
    asked = [word for word in words if word != "--simulated"]
    if len(asked) != 1 or asked[0] not in ("up", "down", "restart", "status"):
        say(f"usage: {command} up|down|restart|status [--simulated]")
        return 2
    try:
        if asked[0] == "status":
            return 0 if stack.status() else 1
        if asked[0] in ("down", "restart"):
            stack.down()
        if asked[0] in ("up", "restart"):
            stack.up()
            temporal = (
                f"Web UI {stack.temporal_ui}" if stack.temporal_ui else stack.temporal_address
            )
            say(f"gateway {stack.gateway_url}, Temporal {temporal}")
    except LabError as error:
        say(f"{command}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    stack = Stack(State.from_environment(), simulated="--simulated" in sys.argv)
    sys.exit(steer(stack, "deploy/gateway", sys.argv[1:]))
