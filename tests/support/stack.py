"""The whole of it in real processes: regions, Temporal, database, gateway, worker."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.support import postgresql
from tests.support.client import Json, User, send, until
from tests.support.database import Database
from tests.support.doom import Doom
from tests.support.processes import PROGRAMS, ROOT, Process, free_ports
from tests.support.simulator import Simulator
from tests.support.temporal import Temporal

ZONES = {"Pod1": "az1", "Pod2": "az2", "Pod3": "az2"}
USERS = ("admin", "demo", "alt", "viewer")
NETWORK = ("networks", "subnets", "ports", "routers", "floatingips")
NETWORK += ("security-groups", "security-group-rules")
ADMIN = ("pods", "bindings", "routings", "jobs")


class Stack:
    """Started once for a session of tests.

    ``pods`` are the regions it is given: the simulator's, unless a subclass brings real ones.
    """

    pods: tuple[str, ...] = tuple(ZONES)
    external_has: dict[str, Any] = {}  # noqa: RUF012 - nobody changes it

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.database = Database(database_url or _new_database(folder))
        self.port, self.network_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.network_url = f"http://127.0.0.1:{self.network_port}"
        self.temporal = Temporal(folder)
        self.simulator = Simulator(folder, self.url)
        self.users: dict[str, User] = {}
        self.pod_ids: dict[str, str] = {}
        env = self._settings(self.clouds_yaml)
        self.gateway = Process(
            "gateway",
            [str(PROGRAMS / "gateway-api")],
            folder / "gateway.log",
            self._gateway_serves,
            **env,
        )
        self.worker = Process(
            "worker",
            [str(PROGRAMS / "gateway-worker")],
            folder / "worker.log",
            self._worker_works,
            **env,
        )

    def mortal(self, process: Process) -> Doom:
        """Have gateway or worker, not started yet, die when the doom says so."""
        file = self.folder / f"{process.name}.doom"
        process.run_as([sys.executable, "-m", "tests.support.mortal", process.name, str(file)])
        return Doom(file)

    @property
    def clouds_yaml(self) -> Path:
        """Where the processes find whom they are."""
        return self.simulator.clouds_yaml

    @property
    def processes(self) -> list[Process]:
        """All processes, in the order of starting."""
        return [self.simulator.process, self.temporal.process, self.gateway, self.worker]

    def __enter__(self) -> Self:
        """Start it; at the end it is stopped, also when it did not start."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it all, and register the pods as an operator does."""
        self.temporal.process.start(wait=False)
        clouds = self._start_regions()
        self._migrate()
        self.gateway.start(wait=False)
        self.temporal.process.wait()
        self.worker.start(wait=False)
        self.gateway.wait()
        self.greet(clouds)
        self.worker.wait()

    def greet(self, clouds: Json) -> None:
        """Users are signed in, and the pods are registered and known to the gateway."""
        for name in USERS:
            self.users[name] = User(self.url, clouds[name]["auth"]).sign_in()
        self._register_pods()
        until(self._versions_are_known, "the gateway has learned what its pods speak")

    def stop(self) -> None:
        """Stop what runs."""
        for process in reversed(self.processes):
            process.stop()

    def end_with(self, number: signal.Signals) -> None:
        """Have the signal end what runs, files and this process: nothing is left behind."""

        def end(*_: object) -> None:
            self.stop()
            shutil.rmtree(self.folder, ignore_errors=True)
            os._exit(1)

        signal.signal(number, end)

    def mark_logs(self) -> None:
        """Forget what the processes have said so far."""
        for process in self.processes:
            process.mark()

    def logs(self) -> list[tuple[str, str]]:
        """What each process has said since."""
        return [(process.name, text) for process in self.processes if (text := process.tail())]

    # What tests do with it.

    @property
    def admin(self) -> User:
        """The administrator of the gateway."""
        return self.users["admin"]

    def tenant(self, *roles: str) -> User:
        """Somebody new, alone in a new project, with these roles beside a member's."""
        name = f"tenant-{secrets.token_hex(4)}"
        entry = self.simulator.tenant(name, "member", "reader", *roles)
        return User(self.url, entry["auth"]).sign_in()

    def wider(self, scope: str, *roles: str) -> User:
        """Somebody new with these roles in the ``domain`` or the ``system``, and such a token."""
        user = self.tenant()
        keystone, token = user.auth["auth_url"], {"X-Auth-Token": self.admin.token}
        known = send("GET", f"{keystone}/roles", None, token).body["roles"]
        where = "domains/default" if scope == "domain" else scope
        for role in known:
            if role["name"] in roles:
                path = f"{keystone}/{where}/users/{user.user_id}/roles/{role['id']}"
                assert send("PUT", path, None, token).status == 204
        return user.sign_in({scope: {"id": "default"} if scope == "domain" else {"all": True}})

    def jobs(self, **filters: str) -> list[Json]:
        """The jobs that match, newest first."""
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        return self.admin.admin.list(f"/jobs?{query}", "jobs")

    def job(self, id_: str) -> Json:
        """One job."""
        job: Json = self.admin.admin.get(f"/jobs/{id_}")
        return job

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until no accepted work is left to do, and what failed is undone."""

        def idle() -> bool:
            if self.jobs(state="accepted&state=running", limit="1"):
                return False
            if not self.jobs(state="failed&state=cancelled", limit="1"):
                return True
            # A job that failed says so at once; its execution goes on until nothing of it is left.
            return not self.temporal.executions("ExecutionStatus = 'Running'")

        try:
            until(idle, "all jobs are finished", seconds)
        except AssertionError:
            left = self.jobs(state="accepted&state=running")
            raise AssertionError(f"jobs that never finish: {json.dumps(left, indent=1)}") from None

    def routings(self, **filters: str) -> list[Json]:
        """Where copies lie."""
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        return self.admin.admin.list(f"/routings?{query}", "routings")

    def snapshot(self) -> dict[str, Any]:
        """All there is: at the top by kind, and in the pods."""
        see = {name: self.admin.network.list(f"/{name}") for name in NETWORK}
        for name in ADMIN:
            see[name] = self.admin.admin.list(f"/{name}", _ADMIN_KEYS.get(name, name))
        # What a refused boot has made is cleaned up by a job, which is history and no state.
        see["jobs"] = [job for job in see["jobs"] if job["type"] != "clean-up"]
        servers = self.admin.compute.list("/servers?all_tenants=1", "servers")
        volumes = self.admin.volume.list("/volumes?all_tenants=1", "volumes")
        flavors = self.admin.compute.list("/flavors?is_public=None", "flavors")
        ids = {"servers": servers, "volumes": volumes, "flavors": flavors}
        see |= {name: sorted(row["id"] for row in rows) for name, rows in ids.items()}
        return {**see, "in pods": self.things_in_pods()}

    def things_in_pods(self) -> set[tuple[str, str, str]]:
        """Every object in the pods, but for what a pod makes by itself."""
        return self.simulator.ids()

    @contextmanager
    def nothing_left(self) -> Iterator[None]:
        """What is done meanwhile leaves nothing in the pods and no routings."""
        self.settle()
        things, rows = self.things_in_pods(), {row["id"] for row in self.routings()}
        yield
        self.settle()
        left = sorted(self.things_in_pods() - things)
        assert not left, f"left in the pods: {left}"
        left_rows = [row for row in self.routings() if row["id"] not in rows]
        assert not left_rows, f"routings left: {left_rows}"

    @contextmanager
    def nothing_changed(self) -> Iterator[None]:
        """What is refused meanwhile changes nothing anywhere."""
        self.settle()
        before = self.snapshot()
        yield
        self.settle()
        after = self.snapshot()
        changed = {name: _difference(before[name], after[name]) for name in before}
        assert not any(changed.values()), {name: rows for name, rows in changed.items() if rows}

    @contextmanager
    def beside(self, command: list[str], ready: str) -> Iterator[str]:
        """Have the command be a second gateway meanwhile; its address, where it serves a path."""
        port, network_port = free_ports(2)
        url = f"http://127.0.0.1:{port}"
        env = self._settings(self.clouds_yaml)
        env |= {"TRIO2O_PORT": str(port), "TRIO2O_NETWORK_PORT": str(network_port)}
        log = self.folder / "second-gateway.log"
        process = Process("second gateway", command, log, lambda: _serves(url + ready), **env)
        try:
            process.start()
            yield url
        finally:
            process.stop()

    # How it is started.

    def _start_regions(self) -> Json:
        self.simulator.start()
        return self.simulator.clouds

    def _register_pods(self) -> None:
        self.admin.admin.make("/pods", pod_name="RegionOne")
        for name in self.pods:
            pod = self.admin.admin.make("/pods", pod_name=name, az_name=ZONES[name])
            self.pod_ids[name] = pod["pod_id"]

    def _versions_are_known(self) -> bool:
        document = send("GET", f"{self.url}/compute/v2.1/").body
        return str(document["version"]["version"]) > "2.1"

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        return {
            "OS_CLIENT_CONFIG_FILE": str(clouds_yaml),
            "TRIO2O_DATABASE_URL": self.database.url,
            "TRIO2O_PORT": str(self.port),
            "TRIO2O_NETWORK_PORT": str(self.network_port),
            "TRIO2O_TEMPORAL_ADDRESS": self.temporal.address,
            "TRIO2O_TEMPORAL_UI_URL": self.temporal.ui_url,
            "TRIO2O_SWEEP_SECONDS": "1",
            "TRIO2O_LEASE_SECONDS": "4",
            "TRIO2O_LIST_DEADLINE": "3",
            "TRIO2O_POD_LATE_SECONDS": "4",
            "TRIO2O_TOKEN_CACHE_SECONDS": "2",
            # Tests that need a quota set one.
            "TRIO2O_NETWORK_QUOTAS": "",
        }

    def _migrate(self) -> None:
        env = os.environ | self._settings(self.clouds_yaml)
        done = subprocess.run(
            [str(PROGRAMS / "alembic"), "upgrade", "head"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _gateway_serves(self) -> bool:
        return _serves(self.url + "/")

    def _worker_works(self) -> bool:
        return self.worker.has_said("Working on task queue")


def _new_database(folder: Path) -> str:
    """The URL of a database of the stack's own: PostgreSQL's where the ring asks for that."""
    if os.environ.get("TRIO2O_TEST_DATABASE") == "postgresql":
        return postgresql.shared().database(f"trio2o_{secrets.token_hex(4)}")
    return f"sqlite+aiosqlite:///{folder / 'trio2o.db'}"


def _serves(url: str) -> bool:
    try:
        return send("GET", url).status == 200
    except OSError:
        return False


_ADMIN_KEYS = {"bindings": "pod_bindings"}


def _difference(before: Iterable[Any], after: Iterable[Any]) -> list[Any]:
    old, new = list(before), list(after)
    return [row for row in old if row not in new] + [row for row in new if row not in old]
