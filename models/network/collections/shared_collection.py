"""SharedCollection: what an admin shares with everyone, and policies with single projects."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from models.database.store import Row, Transaction
from models.network.collections.collection import Collection, Shown
from models.network.collections.sharing import is_given, shared_with, tell_shares
from models.values import Caller


class SharedCollection(Collection):
    """A collection whose table has a column ``shared``."""

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Add what is shared with everyone or with the caller's project."""
        own = await super().visible(tx, caller)
        return own | self.table.c.shared.is_(True) | shared_with(self.kind, self.table, caller)

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add to whom policies give it."""
        await tell_shares(tx, self.kind, rows)

    def view(self, row: Row, caller: Caller) -> Shown:
        """Show it as shared to whom a policy gives it."""
        shown = super().view(row, caller)
        return shown | {"shared": row["shared"] or is_given(row, caller)}
