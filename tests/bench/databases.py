"""The databases that the gateway runs on, each new for a bench."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.tables import say
from tests.support import postgresql
from tests.support.postgresql import Server


@contextmanager
def servers() -> Iterator[dict[str, Server | None]]:
    """Give what is there: ``SQLite``, and ``PostgreSQL`` with a server of our own."""
    if reason := postgresql.missing():
        say(f"   SKIPPED PostgreSQL: {reason}")
        yield {"SQLite": None}
        return
    with postgresql.server() as server:
        yield {"SQLite": None, "PostgreSQL": server}


def database(server: Server | None, name: str) -> str:
    """The URL of a new database on a server; of SQLite the empty one, a file of the stage."""
    return server.database(name) if server else ""
