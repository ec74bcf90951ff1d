"""Two gateways, two workers, PostgreSQL, Temporal's server, and haproxy before them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deploy.pods.console import LabError, step
from deploy.pods.layout import State
from deploy.pods.processes import Daemon
from deploy.postgresql import Server, missing
from deploy.production.front import Front
from deploy.production.temporal import Temporal
from deploy.stack import REAL, Ports, Stack

# Of no other stack, and of no service of the lab's pods (10000 to 29999).
SIMULATED = Ports(gateway=30999, network=30696, temporal=30233, temporal_ui=0, simulator=30100)
# The catalogue of the lab names the doors of ``deploy/gateway``: the front takes its place.
LAB = replace(SIMULATED, gateway=REAL.gateway, network=REAL.network)
POSTGRESQL_PORT = 30432
# Ports of the gateways behind the front: all APIs, and the network API at its root.
GATEWAYS = {"gateway1": (30001, 30011), "gateway2": (30002, 30012)}
WORKERS = ("worker1", "worker2")
NAMESPACE = "default"


class Cluster(Stack):
    """The stack of one machine, taken apart as on many: nothing is shared but the doors."""

    def __init__(
        self, state: State, *, simulated: bool = False, more: Mapping[str, str] | None = None
    ) -> None:
        """``more`` are settings that differ from the defaults."""
        super().__init__(state, simulated=simulated)
        self._lab = state
        self._more = dict(more or {})
        data = self.state.root / "data"
        self.postgresql = Server(data / "postgresql", POSTGRESQL_PORT)
        self._temporal_server = Temporal(
            data / "temporal", self.ports.temporal, self.postgresql, NAMESPACE
        )
        doors = (("apis", self.ports.gateway, "/v1.0"), ("network", self.ports.network, "/"))
        self.front = Front(self.state.folder("run"), doors)

    def place(self, state: State) -> tuple[Ports, State]:
        """Its own; either way it may run once on a machine."""
        if self.simulated:
            return SIMULATED, State(state.root / "cluster" / "simulated")
        return LAB, State(state.root / "cluster" / "lab")

    @property
    def clouds(self) -> Path:
        """The clouds.yaml of the lab, or of the simulated regions."""
        return super().clouds if self.simulated else self._lab.root / "clouds.yaml"

    @property
    def temporal_ui(self) -> str:
        """Temporal's server has no Web UI: that is a program of its own, which is not here."""
        return ""

    def settings(self) -> Mapping[str, str]:
        """The environment of every gateway and worker."""
        url = f"{self.postgresql.url}/trio2o"
        return {**super().settings(), "TRIO2O_DATABASE_URL": url, **self._more}

    def foundations(self) -> list[Daemon]:
        """What has to run before the database has its tables."""
        pods = [self.simulator()] if self.simulated else []
        return [self.postgresql.daemon(), *pods, self._temporal_server.daemon()]

    def programs(self) -> list[Daemon]:
        """Trio2o itself, and the front."""
        settings = self.settings()
        gateways = [
            self.gateway(
                name, {**settings, "TRIO2O_PORT": str(port), "TRIO2O_NETWORK_PORT": str(network)}
            )
            for name, (port, network) in GATEWAYS.items()
        ]
        return [*gateways, *(self.worker(name) for name in WORKERS), self.front.daemon()]

    def up(self) -> None:
        """All processes serve."""
        if reason := missing():
            raise LabError(f"PostgreSQL: {reason}")
        if not self.simulated and not self.clouds.exists():
            raise LabError("there is no lab: deploy/lab up, or --simulated")
        super().up()

    def start_foundations(self) -> None:
        """PostgreSQL, pods and Temporal serve, with all that Trio2o needs there."""
        database, *others = self.foundations()
        with step("PostgreSQL"):
            self.postgresql.initialise()
            self.start([database])
            self.postgresql.database("trio2o")
        with step("Temporal" if not self.simulated else "simulated regions, Temporal"):
            self._temporal_server.prepare()
            self.start(others)
            self._temporal_server.make_namespace()
        self.front.prepare(GATEWAYS)

    def down(self) -> None:
        """Nothing of it runs; its data is kept, but what simulated pods knew."""
        *others, database = (daemon.name for daemon in reversed(self.daemons()))
        self.supervisor.stop(others)
        # It waits for its clients to go.
        self.supervisor.stop([database])
