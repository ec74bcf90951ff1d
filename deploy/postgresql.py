"""A server of Debian's PostgreSQL, of our own: unprivileged, in one folder, on the loopback.

Durability is given up: what is committed survives the death of every process, but not the
machine's.
"""

import os
import pwd
from pathlib import Path

from deploy.pods.commands import run
from deploy.pods.processes import Daemon

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# For many processes, each with a pool, beside Temporal's.
_CONNECTIONS = 400


def missing() -> str:
    """Why no server can be run here, or ''."""
    return "" if _PROGRAMS else "it is not installed (apt-get install postgresql)"


class Server:
    """A server whose data is in a folder; ``url`` is its URL without the name of a database."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._place = ("-h", "127.0.0.1", "-p", str(port), "-U", "postgres")
        self.port = port
        self.url = f"postgresql+asyncpg://postgres@127.0.0.1:{port}"

    def initialise(self) -> None:
        """It has its own tables, and all of it belongs to a user who is not root."""
        if (self._data / "PG_VERSION").exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self._folder, user.pw_uid, user.pw_gid)
        options = ("-U", "postgres", "-A", "trust", "--no-sync", "--locale=C.UTF-8")
        self._run("initdb", "-D", str(self._data), *options)

    def daemon(self) -> Daemon:
        """The process; ended by SIGTERM it waits for its clients, by SIGQUIT it cuts them off."""
        options = ("fsync=off", f"max_connections={_CONNECTIONS}", "listen_addresses=127.0.0.1")
        command = self._command("postgres", "-D", str(self._data), "-p", str(self.port), "-k", "")
        set_to = tuple(word for option in options for word in ("-c", option))
        probe = (_program("pg_isready"), *self._place)
        return Daemon("postgresql", (*command, *set_to), port=self.port, probe=probe)

    def database(self, name: str) -> str:
        """The URL of a database, which is there afterwards."""
        if name not in self.databases():
            self._run("createdb", *self._place, name)
        return f"{self.url}/{name}"

    def databases(self) -> list[str]:
        """The names of all databases."""
        return self.query("SELECT datname FROM pg_database").split()

    def query(self, statement: str) -> str:
        """What the superuser is answered, a line for each row."""
        return self._run("psql", *self._place, "-d", "postgres", "-Atc", statement)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *words: str) -> str:
        return run(self._command(program, *words), cwd=Path("/"))

    def _command(self, program: str, *words: str) -> tuple[str, ...]:
        """A program of PostgreSQL's, which refuses to be root; it keeps the process id."""
        user = ("--reuid=postgres", "--regid=postgres", "--clear-groups", "--")
        as_user = ("setpriv", *user) if os.getuid() == 0 else ()
        return (*as_user, _program(program), *words)


def _program(name: str) -> str:
    return str(_PROGRAMS[-1] / name)
