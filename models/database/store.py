"""Store: the one door to the database."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.database import sqlite
from models.database.leases import Leases, fence
from models.database.transaction import Judge, Row, Transaction, new_id
from models.errors import BadRequest, DatabaseUnavailable

# So long a statement waits for other writers.
_LOCKED_SECONDS = 30.0
# So long a connection to a server may take.
_CONNECT_SECONDS = 5.0
# What PostgreSQL says of itself or of the moment, not of a statement: it cannot be reached, two
# transactions wait for each other, it has no room, it is being stopped or started.
_PASSING = ("08", "40", "53", "57P")
# What it says of a value that no column holds.
_DATA = "22"
# The same as above, of SQLite.
_PASSING_CODES = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)

__all__ = ["IntegrityError", "Judge", "Row", "Store", "Transaction", "new_id"]


class Store:
    """The database, as transactions and leases."""

    def __init__(self, url: str, *, lease_seconds: float = 15.0) -> None:
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(trio2o_write=True)
        self._leases = Leases(self._write, self.read, lease_seconds)

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A transaction that only reads: never waits for a writer."""
        # It begins with its first statement; there is nothing to commit.
        async with _connected(self.engine) as connection:
            yield Transaction(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction that may write: committed at its end, undone by an exception.

        ``PodBusy`` instead, when a lease was lost meanwhile that the code which runs believes to
        hold. ``DatabaseUnavailable`` when the database does not answer, or lets somebody else go
        first: nothing was written then, or nobody knows.
        """
        async with self._write() as tx:
            yield tx
            await fence(tx)

    def hold(self, name: str, *, wait: float = 60.0) -> AbstractAsyncContextManager[None]:
        """Hold the named lease, in all processes at once; renewed while held.

        Waits up to ``wait`` seconds for another holder and then raises ``PodBusy``. The lease of a
        process that died is taken over when it expires. One that could not be renewed ends the
        block, with ``PodBusy``, before another may have it.
        """
        return self._leases.hold(name, wait)

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Transaction]:
        async with _connected(self._writing) as connection, connection.begin():
            yield Transaction(connection, writes=True)


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        connection = await engine.connect()
    except (OSError, DBAPIError, NoneFree) as error:
        raise DatabaseUnavailable(_name(error)) from error
    try:
        yield connection
    except (DBAPIError, sqlite3.Error) as error:
        if _passes(error):
            raise DatabaseUnavailable(_name(error)) from error
        if _state(error).startswith(_DATA):
            raise BadRequest("Invalid input: a value is too long or too large.") from error
        raise
    finally:
        await _given_back(connection)


async def _given_back(connection: AsyncConnection) -> None:
    try:
        await connection.close()
    except DBAPIError:
        # It broke when nothing more was asked of it: what was read or committed stays so.
        if not connection.closed:
            await connection.invalidate()
            await connection.close()


def _passes(error: DBAPIError | sqlite3.Error) -> bool:
    """Tell whether the database failed, not the statement."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    return _state(error).startswith(_PASSING) or (
        code is not None and code & 0xFF in _PASSING_CODES
    )


def _state(error: DBAPIError | sqlite3.Error) -> str:
    """Return PostgreSQL's word for what is wrong; SQLite has none."""
    return str(getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", ""))


def _name(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return type(cause).__name__


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            url,
            pool_size=20,
            max_overflow=20,
            pool_pre_ping=True,
            connect_args={"timeout": _CONNECT_SECONDS},
        )
    sqlite.private(url)
    connect = {"async_creator_fn": sqlite.opener(_LOCKED_SECONDS)}
    engine = create_async_engine(url, connect_args=connect, pool_size=20, max_overflow=20)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("trio2o_write", False)
        connection.connection.dbapi_connection.run_async(lambda driver: driver.begin(write))

    return engine
