"""TypeLimits: limits on the volumes of one type, beside those on all of a project's."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Table, select

from models.database.store import Store, Transaction
from models.database.tables.quota import quota_classes, quota_limits
from models.database.tables.volume import VolumeType
from models.quotas.figures import Figures
from models.quotas.limits import Limits

_PARTS = ("volumes", "snapshots", "gigabytes")
_PREFIXES = tuple(f"{part}_" for part in _PARTS)
_TABLES = (quota_limits, quota_classes)


class TypeLimits:
    """Resources such as ``volumes_<type>``: pods count them, the top enforces what is set here."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store = store
        self._limits = limits

    async def amounts(
        self, project_id: str, each: Mapping[str, int], type_: Callable[[], Awaitable[str]]
    ) -> dict[str, int]:
        """Return what the amounts are under limits of their type, where such are set at the top.

        ``type_`` finds the type's name; it is asked only when there are such limits at all. Where
        there are none, every pod keeps to its own, and with them the sum.
        """
        limits = await self._limits.named_class("volume")
        limits |= await self._limits.project("volume", project_id)
        if not any(name.startswith(_PREFIXES) and limit >= 0 for name, limit in limits.items()):
            return {}
        name = await type_()
        typed = {f"{part}_{name}": each[part] for part in _PARTS if part in each}
        return {name: amount for name, amount in typed.items() if limits.get(name, -1) >= 0}

    async def complete(self, figures: Figures) -> None:
        """Add the resources of types that no pod has a copy of yet."""
        async with self._store.read() as tx:
            rows = await tx.all(select(VolumeType.name))
        for row in rows:
            for part in _PARTS:
                nothing = {"limit": -1, "in_use": 0, "reserved": 0}
                figures.setdefault(f"{part}_{row['name']}", nothing)

    async def renamed(self, old: str, new: str) -> None:
        """Let the limits of a type follow its name."""
        async with self._store.write() as tx:
            for table in _TABLES:
                for part in _PARTS:
                    await _delete(tx, table, f"{part}_{new}")
                    mine = table.update().where(*_of(table, f"{part}_{old}"))
                    await tx.run(mine.values(resource=f"{part}_{new}"))

    async def forget(self, name: str) -> None:
        """Delete the limits of a type that is no more."""
        async with self._store.write() as tx:
            for table in _TABLES:
                for part in _PARTS:
                    await _delete(tx, table, f"{part}_{name}")


async def _delete(tx: Transaction, table: Table, resource: str) -> None:
    await tx.run(table.delete().where(*_of(table, resource)))


def _of(table: Table, resource: str) -> tuple[Any, Any]:
    return table.c.service == "volume", table.c.resource == resource
