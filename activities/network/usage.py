"""Usage: how many objects of each kind a project has."""

from sqlalchemy import func, select

from activities.store import Store
from models.resources.network import NETWORK
from models.tables.network import TABLES


async def used(store: Store, project_id: str) -> dict[str, int]:
    """Return the number of the project's objects by kind, as quotas name the kinds."""
    counts = {}
    async with store.read() as tx:
        for kind in NETWORK:
            table = TABLES[kind.collection]
            mine = select(func.count()).where(table.c.project_id == project_id)
            counts[kind.member] = int(await tx.value(mine) or 0)
    return counts
