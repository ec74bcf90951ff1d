"""A PostgreSQL server of our own, gone when it is no longer needed."""

from __future__ import annotations

import atexit
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy import postgresql
from deploy.postgresql import missing
from tests.support.processes import Process, free_ports

__all__ = ["Server", "missing", "server", "shared"]


class Server(postgresql.Server):
    """The deployment's server, as a process under test."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, *free_ports(1))
        self.initialise()
        daemon = self.daemon()
        command, log = list(daemon.command), folder / "log"
        self._process = Process(daemon.name, command, log, daemon.answers)

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self._process.start()

    def stop(self) -> None:
        """Stop it at once; every connection is cut."""
        self._process.stop(signal.SIGQUIT)


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
