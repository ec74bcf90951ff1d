"""Listings: the Admin API's collections, filtered and paged by the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Table, select, tuple_

from models.database.store import Row, Store
from models.errors import BadRequest, NotFound

MOST = 1000


def stamp(value: datetime | None) -> str | None:
    """Return a time as it is shown."""
    return value.isoformat() + "Z" if value else None


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows of a list, and the marker of the next page where there is one."""

    rows: list[Row]
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One table as it is listed: what an object is called, its key, and the order of pages.

    ``filters`` are the columns by the names clients use; ``order`` ends in something unique.
    """

    noun: str
    table: Table
    key: Column[Any]
    filters: Mapping[str, Column[Any]]
    order: tuple[Column[Any], ...]
    descending: bool = False

    async def get(self, store: Store, id_: str) -> Row:
        """Return one row by its key; ``NotFound``."""
        async with store.read() as tx:
            row = await tx.one(select(self.table).where(self.key == self._typed(self.key, id_)))
        if row is None:
            raise NotFound(f"{self.noun} {id_} could not be found.", f"{self.noun}NotFound")
        return row

    async def list(self, store: Store, params: Iterable[tuple[str, str]]) -> RowPage:
        """Return the page that the query asks for; a repeated filter means any of its values."""
        limit, marker = MOST, ""
        wanted: dict[str, list[str]] = {}
        for name, value in params:
            if name == "limit":
                limit = _limit(value)
            elif name == "marker":
                marker = value
            elif name in self.filters:
                wanted.setdefault(name, []).append(value)
            else:
                raise BadRequest(f"Unknown filter '{name}'; there are: {', '.join(self.filters)}.")
        statement = select(self.table)
        for name, values in wanted.items():
            column = self.filters[name]
            statement = statement.where(column.in_([self._typed(column, v) for v in values]))
        if marker:
            statement = statement.where(await self._beyond(store, marker))
        order = [c.desc() if self.descending else c for c in self.order]
        async with store.read() as tx:
            rows = await tx.all(statement.order_by(*order).limit(limit + 1))
        more = len(rows) > limit > 0
        return RowPage(rows[:limit], str(rows[limit - 1][self.key.name]) if more else "")

    async def _beyond(self, store: Store, marker: str) -> Any:
        try:
            last = await self.get(store, marker)
        except NotFound:
            raise BadRequest(f"The marker {marker} is no {self.noun.lower()}.") from None
        place = tuple(last[column.name] for column in self.order)
        here = tuple_(*self.order)
        return here < place if self.descending else here > place

    def _typed(self, column: Column[Any], value: str) -> Any:
        if not isinstance(column.type, Integer):
            return value
        # An id that is no number, or too large for the column, belongs to nothing.
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise BadRequest(f"Invalid limit '{value}': it is not a number of objects.")
    return min(int(value), MOST) if len(value) < 10 else MOST
