"""Store: the one door to the database."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar, overload

from sqlalchemy import Executable, Select, Table, event, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.database import sqlite
from models.database.record import Record, RecordSelect
from models.database.tables.routing import leases
from models.errors import PodBusy

Row = dict[str, Any]
R = TypeVar("R", bound=Record)
# What a change makes of a row as it is when it is held; it may refuse.
Judge = Callable[[Row], Row]
# So long a statement waits for other writers.
_LOCKED_SECONDS = 30.0

__all__ = ["IntegrityError", "Judge", "Row", "Store", "Transaction", "new_id"]


def new_id() -> str:
    """Return a new object id, in the form OpenStack uses."""
    return str(uuid.uuid4())


class Transaction:
    """Statements that take effect together, or not at all."""

    def __init__(self, connection: AsyncConnection, *, writes: bool = False) -> None:
        self._connection = connection
        self._writes = writes

    @overload
    async def all(self, statement: RecordSelect[R]) -> list[R]: ...

    @overload
    async def all(self, statement: Executable) -> list[Row]: ...

    async def all(self, statement: Executable) -> list[Any]:
        """Return the rows as dicts by column name; of ``Port.select()``, as ports."""
        result = await self._connection.execute(statement)
        # SQLAlchemy's names are a subclass of str, which orjson does not take for keys.
        names = [str(name) for name in result.keys()]  # noqa: SIM118
        made = statement.record if isinstance(statement, RecordSelect) else dict
        return [made(zip(names, row, strict=True)) for row in result]

    @overload
    async def one(self, statement: RecordSelect[R]) -> R | None: ...

    @overload
    async def one(self, statement: Executable) -> Row | None: ...

    async def one(self, statement: Executable) -> Any:
        """Return the first row, or None."""
        result = await self._connection.execute(statement)
        row = result.mappings().first()
        if row is None:
            return None
        made = statement.record if isinstance(statement, RecordSelect) else dict
        return made((str(name), value) for name, value in row.items())

    @overload
    async def locked(self, statement: RecordSelect[R]) -> R | None: ...

    @overload
    async def locked(self, statement: Select[Any]) -> Row | None: ...

    async def locked(self, statement: Select[Any]) -> Any:
        """Return the first row, held against every other writer until the transaction ends.

        What a change is judged by, or made of, is read so: it cannot be stale when it is written.
        """
        return next(iter(await self.all_locked(statement.limit(1))), None)

    @overload
    async def all_locked(self, statement: RecordSelect[R]) -> list[R]: ...

    @overload
    async def all_locked(self, statement: Select[Any]) -> list[Row]: ...

    async def all_locked(self, statement: Select[Any]) -> list[Any]:
        """Return the rows, held as by ``locked``; give them an order, the same everywhere."""
        if not self._writes:
            raise RuntimeError("rows are held by a transaction that writes")
        return await self.all(statement.with_for_update())

    async def alone(self, name: str) -> None:
        """Keep others who do the same under the name waiting until the transaction ends.

        For what is judged by more than the row that is written: how many there are, whether
        another one is. On SQLite writers come one after the other anyway.
        """
        if self._connection.dialect.name != "sqlite":
            await self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))

    async def value(self, statement: Executable) -> Any:
        """Return the first column of the first row, or None."""
        return (await self._connection.execute(statement)).scalar()

    async def run(self, statement: Executable) -> int:
        """Run an insert, update or delete; return how many rows it changed."""
        return (await self._connection.execute(statement)).rowcount

    async def insert(self, table: Table, row: Row | Sequence[Row]) -> None:
        """Insert one row or several; ``IntegrityError`` when a constraint says no."""
        if row:
            await self._connection.execute(table.insert(), row)

    async def insert_new(self, table: Table, row: Row) -> bool:
        """Insert the row unless a unique constraint has one like it; tell whether it was new.

        Unlike a caught ``IntegrityError`` this leaves the transaction usable everywhere.
        """
        insert = sqlite_insert if self._connection.dialect.name == "sqlite" else postgresql_insert
        return await self.run(insert(table).values(**row).on_conflict_do_nothing()) == 1

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part that may fail on a constraint without losing the rest of the transaction."""
        async with self._connection.begin_nested():
            yield


class Store:
    """The database, as transactions and leases."""

    def __init__(self, url: str, *, lease_seconds: float = 15.0) -> None:
        self._lease_seconds = lease_seconds
        self._turns = _Turns()
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(trio2o_write=True)

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A transaction that only reads: never waits for a writer."""
        # It begins with its first statement; there is nothing to commit.
        async with self.engine.connect() as connection:
            yield Transaction(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction that may write: committed at its end, undone by an exception."""
        async with self._writing.begin() as connection:
            yield Transaction(connection, writes=True)

    @asynccontextmanager
    async def hold(self, name: str, *, wait: float = 60.0) -> AsyncIterator[None]:
        """Hold the named lease, in all processes at once; renewed while held.

        Waits up to ``wait`` seconds for another holder and then raises ``PodBusy``. The lease of a
        process that died is taken over when it expires.
        """
        until = time.monotonic() + wait
        async with self._turns.turn(name, wait):
            owner = await self._claimed(name, until)
            async with self._held(name, owner):
                yield

    async def _claimed(self, name: str, until: float) -> str:
        owner = new_id()
        pause = 0.02
        # Mostly it is free; who has to wait for it looks before it writes.
        while not await self._claim(name, owner):
            while True:
                if time.monotonic() > until:
                    raise _busy(name)
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 0.5)
                if not await self._is_held(name):
                    break
        return owner

    async def _is_held(self, name: str) -> bool:
        held = select(leases.c.name).where(leases.c.name == name, leases.c.expires >= time.time())
        async with self.read() as tx:
            return await tx.one(held) is not None

    @asynccontextmanager
    async def _held(self, name: str, owner: str) -> AsyncIterator[None]:
        renewal = asyncio.create_task(self._renew(name, owner))
        try:
            yield
        finally:
            renewal.cancel()
            with suppress(asyncio.CancelledError):
                await renewal
            async with self.write() as tx:
                await tx.run(leases.delete().where(leases.c.name == name, leases.c.owner == owner))

    async def _claim(self, name: str, owner: str) -> bool:
        # Wall clock, because the holder may have been on another machine.
        at = time.time()
        row = {"name": name, "owner": owner, "expires": at + self._lease_seconds}
        async with self.write() as tx:
            if await tx.insert_new(leases, row):
                return True
            old = leases.update().where(leases.c.name == name, leases.c.expires < at)
            return await tx.run(old.values(owner=owner, expires=row["expires"])) == 1

    async def _renew(self, name: str, owner: str) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / 3)
            mine = leases.update().where(leases.c.name == name, leases.c.owner == owner)
            async with self.write() as tx:
                await tx.run(mine.values(expires=time.time() + self._lease_seconds))


class _Turns:
    """Lets the claimants of one process come one after the other.

    Each asking the database again and again, they would keep the holder's own writes waiting.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, name: str, wait: float) -> AsyncIterator[None]:
        """Wait for the turn and have it; ``PodBusy`` when that takes too long."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        self._waiting[name] += 1
        try:
            try:
                await asyncio.wait_for(lock.acquire(), wait)
            except TimeoutError:
                raise _busy(name) from None
            try:
                yield
            finally:
                lock.release()
        finally:
            self._waiting[name] -= 1
            if not self._waiting[name]:
                del self._waiting[name], self._locks[name]


def _busy(name: str) -> PodBusy:
    return PodBusy(f"{name} is being changed by someone else")


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
    connect = {"async_creator_fn": sqlite.opener(_LOCKED_SECONDS)}
    engine = create_async_engine(url, connect_args=connect, pool_size=20, max_overflow=20)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("trio2o_write", False)
        connection.connection.dbapi_connection.run_async(lambda driver: driver.begin(write))

    return engine
