"""The databases that the gateway runs on, each new for a bench."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.tables import say
from tests.support import postgresql


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Give what is there: ``SQLite``, and ``PostgreSQL`` with the URL of a server of our own.

    The URL lacks the name of a database; that of SQLite is empty.
    """
    if reason := postgresql.missing():
        say(f"   SKIPPED PostgreSQL: {reason}")
        yield {"SQLite": ""}
        return
    with postgresql.server() as url:
        yield {"SQLite": "", "PostgreSQL": url}


def database(server: str, name: str) -> str:
    """The URL of a new database on a server; of SQLite the empty one, a file of the stage."""
    return postgresql.database(server, name) if server else ""
