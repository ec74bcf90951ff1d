"""The database of a stack, looked at past the gateway."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

import models.database.tables  # noqa: F401  (registers every table)
from models.database.record import METADATA

_SQLITE = "sqlite+aiosqlite:///"


@dataclass(frozen=True)
class Database:
    """What stands at a URL that the gateway is given."""

    url: str

    def rows(self) -> set[tuple[str, ...]]:
        """Every row of every table, after the table's name."""
        found: set[tuple[str, ...]] = set()
        for table in METADATA.tables:
            rows = self._all(f'SELECT * FROM "{table}"')
            found |= {(table, *map(str, row)) for row in rows}
        return found

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        """What is done meanwhile commits nothing that was written."""
        if self.url.startswith(_SQLITE):
            with closing(self._sqlite()) as seen:
                # It changes with every commit of another connection that wrote something.
                before = seen.execute("PRAGMA data_version").fetchone()
                yield
                assert seen.execute("PRAGMA data_version").fetchone() == before
            return
        # Only who writes is given a number.
        number = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
        written = self._all(number)
        yield
        assert self._all(number) == written

    def _all(self, statement: str) -> list[Any]:
        if not self.url.startswith(_SQLITE):
            return asyncio.run(self._fetch(statement))
        with closing(self._sqlite()) as connection:
            return connection.execute(statement).fetchall()

    def _sqlite(self) -> sqlite3.Connection:
        return sqlite3.connect(self.url.removeprefix(_SQLITE))

    async def _fetch(self, statement: str) -> list[Any]:
        connection = await asyncpg.connect(self.url.replace("+asyncpg", ""))
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()
