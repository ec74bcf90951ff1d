"""Usage: how many objects of each kind a project has."""

from sqlalchemy import func, select

from models.database.store import Store, Transaction
from models.resource import Kind
from models.resources.network import NETWORK


async def used(store: Store, project_id: str) -> dict[str, int]:
    """Return the number of the project's objects by kind, as quotas name the kinds."""
    async with store.read() as tx:
        return {kind.member: await used_of(tx, kind, project_id) for kind in NETWORK}


async def used_of(tx: Transaction, kind: Kind, project_id: str) -> int:
    """Return the number of the project's objects of one kind."""
    table = kind.table
    mine = select(func.count()).select_from(table).where(table.c.project_id == project_id)
    return int(await tx.value(mine) or 0)
