"""The databases that the gateway runs on, each new for a bench."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.tables import say
from tests.support.processes import free_ports

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Give what is there: ``SQLite``, and ``PostgreSQL`` with the URL of a server of our own.

    The URL lacks the name of a database; that of SQLite is empty.
    """
    reason = _missing()
    if reason:
        say(f"   SKIPPED PostgreSQL: {reason}")
        yield {"SQLite": ""}
        return
    with TemporaryDirectory(prefix="trio2o-bench-pg-") as folder, _cluster(Path(folder)) as url:
        yield {"SQLite": "", "PostgreSQL": url}


def database(server: str, name: str) -> str:
    """The URL of a new database on a server; of SQLite the empty one, a file of the stage."""
    if server:
        command = ["createdb", "-h", "127.0.0.1", "-p", server.rpartition(":")[2], name]
        subprocess.run(_as_postgres(command), check=True, capture_output=True)
        return f"{server}/{name}"
    return ""


def _missing() -> str:
    if not _PROGRAMS:
        return "it is not installed (apt-get install postgresql)"
    if os.getuid() != 0:
        return "only root can run a server of its own as the user postgres"
    return ""


def _as_postgres(command: list[str]) -> list[str]:
    program = str(_PROGRAMS[-1] / command[0])
    return ["runuser", "-u", "postgres", "--", program, *command[1:]]


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    (port,) = free_ports(1)
    data = folder / "data"
    quiet = {"check": True, "capture_output": True, "cwd": folder}
    initdb = ["initdb", "-D", str(data), "-A", "trust", "--no-sync", "--locale=C.UTF-8"]
    subprocess.run(_as_postgres(initdb), **quiet)  # type: ignore[call-overload]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = ["pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options]
    subprocess.run(_as_postgres([*control, "start"]), check=True, stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}"
    finally:
        stop = ["pg_ctl", "-D", str(data), "-m", "immediate", "stop"]
        subprocess.run(_as_postgres(stop), **quiet)  # type: ignore[call-overload]
