"""A PostgreSQL server of our own, gone when it is no longer needed."""

from __future__ import annotations

import atexit
import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.processes import free_ports

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def missing() -> str:
    """Why no server can be run here, or ''."""
    return "" if _PROGRAMS else "it is not installed (apt-get install postgresql)"


class Server:
    """A server whose data is in a folder; ``url`` is its URL without the name of a database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (self._port,) = free_ports(1)
        self.url = f"postgresql+asyncpg://postgres@127.0.0.1:{self._port}"
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        initdb = ["initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "--no-sync"]
        _run([*initdb, "--locale=C.UTF-8"], folder)

    def start(self) -> None:
        """Start it, and wait until it serves."""
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = ["pg_ctl", "-D", self._data, "-w", "-l", str(self._folder / "log")]
        _run([*control, "-o", options, "start"], self._folder)

    def stop(self) -> None:
        """Stop it at once; every connection is cut."""
        _run(["pg_ctl", "-D", self._data, "-m", "immediate", "stop"], self._folder)

    def database(self, name: str) -> str:
        """The URL of a new database."""
        place = ["-h", "127.0.0.1", "-p", str(self._port), "-U", "postgres"]
        _run(["createdb", *place, name], Path("/"))
        return f"{self.url}/{name}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")


@cache
def shared() -> Server:
    """A server that runs until this process ends, for whoever wants a database on it."""
    folder = TemporaryDirectory(prefix="trio2o-postgresql-")
    made = Server(Path(folder.name))
    made.start()

    def end() -> None:
        made.stop()
        folder.cleanup()

    atexit.register(end)
    return made


@contextmanager
def server() -> Iterator[Server]:
    """A server that runs meanwhile."""
    with TemporaryDirectory(prefix="trio2o-postgresql-") as name:
        made = Server(Path(name))
        made.start()
        try:
            yield made
        finally:
            made.stop()


def _run(command: list[str], folder: Path) -> None:
    """Run a program of PostgreSQL's, which refuses to be root."""
    program = [str(_PROGRAMS[-1] / command[0]), *command[1:]]
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    # A server started keeps what it inherits: nothing may wait for the end of its output.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*as_user, *program], check=True, cwd=folder, **quiet)  # type: ignore[call-overload]
