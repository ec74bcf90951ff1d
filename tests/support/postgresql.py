"""A PostgreSQL server of our own, gone when it is no longer needed."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.processes import free_ports

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def missing() -> str:
    """Why no server can be run here, or ''."""
    return "" if _PROGRAMS else "it is not installed (apt-get install postgresql)"


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server without the name of a database, meanwhile."""
    with TemporaryDirectory(prefix="trio2o-postgresql-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        (port,) = free_ports(1)
        data = str(folder / "data")
        initdb = ["initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        _run([*initdb, "--locale=C.UTF-8"], folder)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = ["pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options]
        _run([*control, "start"], folder)
        try:
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}"
        finally:
            _run(["pg_ctl", "-D", data, "-m", "immediate", "stop"], folder)


def database(server: str, name: str) -> str:
    """The URL of a new database on the server."""
    port = server.rpartition(":")[2]
    _run(["createdb", "-h", "127.0.0.1", "-p", port, "-U", "postgres", name], Path("/"))
    return f"{server}/{name}"


def _run(command: list[str], folder: Path) -> None:
    """Run a program of PostgreSQL's, which refuses to be root."""
    program = [str(_PROGRAMS[-1] / command[0]), *command[1:]]
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    # A server started keeps what it inherits: nothing may wait for the end of its output.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*as_user, *program], check=True, cwd=folder, **quiet)  # type: ignore[call-overload]
