"""SQLite in the event loop's own thread, as the asyncio driver that SQLAlchemy expects.

The usual driver has a thread for each connection and hands every step of every statement to it
and back: some ten times a millisecond of work that SQLite does in a few microseconds. What may
take time in SQLite is waiting for another writer; that is done here without blocking anybody.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import make_url

T = TypeVar("T")
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.001, 0.02


def private(url: str) -> None:
    """Have the file of a SQLite database be there: a new one is its owner's alone.

    SQLite gives the files that it lays beside it the same mode.
    """
    path = make_url(url).database
    if path and path != ":memory:":
        # Where it cannot be, SQLite says so.
        with suppress(OSError):
            Path(path).touch(mode=0o600)


class Writers:
    """The writers of one process, who come one after the other."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.lock = asyncio.Lock()

    async def turn(self) -> None:
        """Return once it is the caller's turn; who got it has to release the lock."""
        try:
            async with asyncio.timeout(self.seconds):
                await self.lock.acquire()
        except TimeoutError:
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise locked from None


class SqliteConnection:
    """A connection, which waits its turn among all writers before it writes."""

    def __init__(self, writers: Writers, path: str, **options: Any) -> None:
        self._writers, self._path, self._options = writers, path, options
        self._writing = False
        # Under this name SQLAlchemy looks whether it is open.
        self._connection: sqlite3.Connection | None = None

    def __await__(self) -> Generator[Any, None, "SqliteConnection"]:
        return self._open().__await__()

    async def _open(self) -> "SqliteConnection":
        # Autocommit: the driver's own transaction handling would begin too late for a
        # read-then-write.
        opened = sqlite3.connect(self._path, timeout=0, isolation_level=None, **self._options)
        self._connection = opened
        for pragma in _PRAGMAS:
            await self.patiently(partial(opened.execute, f"PRAGMA {pragma}"))
        return self

    @property
    def inner(self) -> sqlite3.Connection:
        """The connection itself; ``ValueError`` once it is closed."""
        if self._connection is None:
            raise ValueError("no active connection")
        return self._connection

    def cursor(self) -> "Cursor":
        """A cursor."""
        return Cursor(self, self.inner.cursor())

    async def create_function(self, *args: Any, **options: Any) -> None:
        """Make a function known to SQL."""
        self.inner.create_function(*args, **options)

    async def begin(self, write: bool) -> None:
        """Begin a transaction."""
        # Nothing else in a transaction lets others go on.
        await asyncio.sleep(0)
        if not write:
            self.inner.execute("BEGIN")
            return
        await self._writers.turn()
        self._writing = True
        try:
            # A writer that first read could otherwise find its snapshot stale and fail.
            await self.patiently(partial(self.inner.execute, "BEGIN IMMEDIATE"))
        except BaseException:
            self._end()
            raise

    async def commit(self) -> None:
        """Commit, if there is anything to commit."""
        await self.patiently(self.inner.commit)
        self._end()

    async def rollback(self) -> None:
        """Roll back, if there is anything to roll back."""
        self.inner.rollback()
        self._end()

    async def close(self) -> None:
        """Close it; more than once is fine."""
        self.stop()

    def stop(self) -> None:
        """Close it without asking the event loop."""
        self._end()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def patiently(self, call: Callable[[], T]) -> T:
        """What the call returns once no other process has the database locked."""
        waited, pause = 0.0, _FIRST_PAUSE
        while True:
            try:
                return call()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or waited > self._writers.seconds:
                    raise
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, _LONGEST_PAUSE)

    def _end(self) -> None:
        if self._writing:
            self._writing = False
            self._writers.lock.release()


class Cursor:
    """What SQLAlchemy asks of a cursor."""

    def __init__(self, connection: SqliteConnection, cursor: sqlite3.Cursor) -> None:
        self._connection, self._cursor = connection, cursor

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        """The columns of the result, or None when there is none."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The id of the last row inserted."""
        return self._cursor.lastrowid

    async def execute(self, words: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Execute one statement."""
        await self._connection.patiently(partial(self._cursor.execute, words, parameters))
        return self

    async def executemany(self, words: str, parameters: Sequence[Sequence[Any]]) -> "Cursor":
        """Execute one statement with several sets of parameters."""
        self._cursor.executemany(words, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Close it."""
        with suppress(sqlite3.ProgrammingError):
            self._cursor.close()


def opener(seconds: float) -> Callable[..., SqliteConnection]:
    """Return what opens connections whose writers wait so many seconds for one another."""
    writers = Writers(seconds)

    def opened(path: str, **options: Any) -> SqliteConnection:
        return SqliteConnection(writers, path, **options)

    return opened
