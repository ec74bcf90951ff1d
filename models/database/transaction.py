"""Transaction: statements that take effect together, or not at all."""

import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, overload

from sqlalchemy import Executable, Select, Table, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.database.record import Record, RecordSelect

Row = dict[str, Any]
R = TypeVar("R", bound=Record)
# What a change makes of a row as it is when it is held; it may refuse.
Judge = Callable[[Row], Row]


def new_id() -> str:
    """Return a new object id, in the form OpenStack uses."""
    return str(uuid.uuid4())


class Transaction:
    """Statements that take effect together, or not at all."""

    def __init__(self, connection: AsyncConnection, *, writes: bool = False) -> None:
        self._connection = connection
        self._writes = writes
        # Of SQL: ``sqlite`` or ``postgresql``.
        self.dialect = connection.dialect.name

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
        if self.dialect != "sqlite":
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
        insert = sqlite_insert if self.dialect == "sqlite" else postgresql_insert
        return await self.run(insert(table).values(**row).on_conflict_do_nothing()) == 1

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part that may fail on a constraint without losing the rest of the transaction."""
        async with self._connection.begin_nested():
            yield
