"""The stage of a bench: the cloud and the gateway (or what it is compared with).

Each is a process of its own, the subject alone on its core where there are two.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from models.database.store import Store
from models.database.tables.pod import pods
from tests.support.client import send
from tests.support.processes import PROGRAMS, ROOT, Process, free_ports

TOKEN, MEMBER_TOKEN = "t" * 180, "m" * 180
_TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))


def on_core(number: int, command: list[str]) -> list[str]:
    """The command, kept to one core: 0 is the subject's, 1 everything else's."""
    return ["taskset", "-c", str(CORES[number % len(CORES)]), *command]


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident(pid: int) -> int:
    """The memory of a process, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


class Stage:
    """A folder, a cloud in it, and a database whose pods are the cloud's regions."""

    def __init__(self, folder: Path, regions: int, database_url: str = "") -> None:
        self.folder = folder
        self.database_url = database_url or f"sqlite+aiosqlite:///{folder / 'trio2o.db'}"
        self.clouds_yaml = folder / "clouds.yaml"
        self.ports: dict[str, int] = {}
        self.pod_ids: dict[str, str] = {}
        command = [sys.executable, "-m", "tests.bench.cloud", "--regions", str(regions)]
        self.cloud = Process(
            "cloud", on_core(1, command), folder / "cloud.log", self._cloud_is_ready
        )
        self.port = 0

    @property
    def url(self) -> str:
        """Where the gateway is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"X-Auth-Token": TOKEN}

    def origin(self, name: str) -> str:
        """Where a region is, or ``identity``."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def control(self, path: str) -> Any:
        """Tell the cloud something; what it has counted."""
        return send("GET", self.origin("control") + path).body

    def migrate(self) -> None:
        """Make the tables."""
        done = subprocess.run(
            [str(PROGRAMS / "alembic"), "upgrade", "head"],
            cwd=ROOT,
            env=os.environ | self.settings(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def settings(self, **more: str) -> dict[str, str]:
        """The options of gateway and worker."""
        return {
            "OS_CLIENT_CONFIG_FILE": str(self.clouds_yaml),
            "TRIO2O_DATABASE_URL": self.database_url,
            "TRIO2O_PORT": str(self.port),
            "TRIO2O_NETWORK_PORT": "0",
            # Nobody is there: nothing here starts a workflow.
            "TRIO2O_TEMPORAL_ADDRESS": "127.0.0.1:1",
            **more,
        }

    async def register(self) -> None:
        """Write a pod for each region."""
        store = Store(self.database_url)
        try:
            for name in self.ports:
                if name.startswith("Pod"):
                    self.pod_ids[name] = str(uuid.uuid4())
                    row = {"pod_id": self.pod_ids[name], "pod_name": name, "az_name": "az1"}
                    async with store.write() as tx:
                        await tx.run(insert(pods).values(**row))
        finally:
            await store.close()

    @contextmanager
    def gateway(self, **more: str) -> Iterator[Process]:
        """The gateway, one worker on one core, meanwhile."""
        (self.port,) = free_ports(1)
        process = Process(
            "gateway",
            on_core(0, [str(PROGRAMS / "gateway-api")]),
            self.folder / "gateway.log",
            self._gateway_serves,
            **self.settings(**more),
        )
        with running(process):
            yield process

    def _gateway_serves(self) -> bool:
        try:
            document = send("GET", self.url + "/compute/v2.1/").body
        except OSError:
            return False
        return bool(document["version"]["version"] > "2.1")

    def _cloud_is_ready(self) -> bool:
        line, end, _ = self.cloud.text().partition("\n")
        if not end:
            return False
        self.ports = json.loads(line)["ports"]
        auth = {
            "auth_url": f"{self.origin('identity')}/v3",
            "username": "bench",
            "password": "bench",
            "project_name": "bench",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        }
        entry = {"auth": auth, "region_name": "RegionOne", "identity_api_version": "3"}
        self.clouds_yaml.write_text(json.dumps({"clouds": {"trio2o": entry}}))
        return True


@contextmanager
def running(process: Process) -> Iterator[Process]:
    """The process, stopped at the end whatever happens."""
    try:
        process.start()
        yield process
    finally:
        process.stop()


@asynccontextmanager
async def stage(regions: int, database_url: str = "") -> AsyncIterator[Stage]:
    """A stage whose cloud runs and whose database knows it."""
    os.sched_setaffinity(0, {CORES[-1]})
    with tempfile.TemporaryDirectory(prefix="trio2o-bench-") as folder:
        made = Stage(Path(folder), regions, database_url)
        with running(made.cloud):
            await asyncio.to_thread(made.migrate)
            await made.register()
            yield made
