"""SharedCollection: what an admin shares with everyone, and policies with single projects."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, not_, or_

from models.database.store import Row, Transaction
from models.network.collections.collection import Collection, Shown
from models.network.collections.listing import Filter
from models.network.collections.shapes import boolean
from models.network.collections.sharing import (
    SHARED,
    follow_attributes,
    is_given,
    shared_with,
    tell_shares,
)
from models.values import Caller


class SharedCollection(Collection):
    """A collection whose table has a column ``shared``: that a policy gives it to everyone.

    ``actions`` are those of the policies by which others see its objects.
    """

    actions: tuple[str, ...] = (SHARED,)

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Add what is shared with everyone or given to the caller's project."""
        own = await super().visible(tx, caller)
        if caller.admin:
            return own
        given = shared_with(self.kind, self.table, caller, *self.actions)
        return or_(own, self.table.c.shared.is_(True), given)

    def shared(self, caller: Caller) -> ColumnElement[bool]:
        """Return in SQL whether an object is shared with the caller, or with all for an admin."""
        everyone: ColumnElement[bool] = self.table.c.shared.is_(True)
        return everyone if caller.admin else everyone | shared_with(self.kind, self.table, caller)

    def filters(self, caller: Caller) -> Mapping[str, Filter]:
        """Add ``shared``: with everyone, or by a policy with the caller."""
        return {**self.more_filters, "shared": either(self.shared(caller))}

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add to whom policies give it."""
        await tell_shares(tx, self.kind, rows)

    def view(self, row: Row, caller: Caller) -> Shown:
        """Show it as shared to whom a policy gives it."""
        shown = super().view(row, caller)
        return shown | {"shared": row["shared"] or is_given(row, caller)}

    async def insert(self, tx: Transaction, row: Row) -> Row:
        """Insert the row, and the policies that its attributes stand for."""
        row = await super().insert(tx, row)
        await follow_attributes(tx, self.kind, row, {k: v for k, v in row.items() if v is True})
        return row

    async def change(self, tx: Transaction, row: Row, changes: Row) -> Row:
        """Write the changes, and the policies that they stand for."""
        await follow_attributes(tx, self.kind, row, changes)
        return await super().change(tx, row, changes)


def either(condition: ColumnElement[bool]) -> Filter:
    """Return the filter that takes whether the condition holds."""

    def filtered(values: list[str]) -> ColumnElement[bool]:
        return or_(*(condition if boolean(value) else not_(condition) for value in values))

    return filtered
