"""Limits: what admins have set at the top."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Table, select

from models import work
from models.database.store import Store, Transaction
from models.database.tables.quota import QuotaClass, QuotaLimit, quota_classes, quota_limits
from models.errors import BadRequest, GatewayError
from models.operations import Operations
from models.values import Caller

DEFAULT_CLASS = "default"
# Of an operation's resource, less what its workflow's name has before it.
_LONGEST = 200


class LimitCopies(Protocol):
    """The limits that are set in pods."""

    async def converge(self, id_: str) -> None:
        """Bring limits into every pod: ``<service>/project/<project>/<user>`` or a class."""
        ...


class SetLimits:
    """The rows of limits, by service, project, user and resource; and of quota classes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def project(self, service: str, project_id: str, user_id: str = "") -> dict[str, int]:
        """Return the limits set for a project, or for a user in it."""
        return await self._rows(quota_limits, *_of(service, project_id, user_id))

    async def named_class(self, service: str, name: str = DEFAULT_CLASS) -> dict[str, int]:
        """Return the limits set for a quota class."""
        return await self._rows(
            quota_classes, QuotaClass.service == service, QuotaClass.class_name == name
        )

    async def _rows(self, table: Table, *where: Any) -> dict[str, int]:
        wanted = select(table.c.resource, table.c.hard_limit).where(*where)
        async with self._store.read() as tx:
            return {row["resource"]: row["hard_limit"] for row in await tx.all(wanted)}


class Limits(SetLimits):
    """The same rows, as they change; every change is brought into the pods."""

    def __init__(self, store: Store, operations: Operations, copies: LimitCopies) -> None:
        super().__init__(store)
        self._operations = operations
        self._copies = copies

    async def set_project(
        self,
        caller: Caller,
        service: str,
        project_id: str,
        user_id: str,
        limits: Mapping[str, int],
    ) -> None:
        """Set limits of a project or user, here and, at once or as soon as it can, in each pod."""
        key = {"service": service, "project_id": project_id, "user_id": user_id}
        id_ = _id(service, "project", project_id, user_id)
        await self._set(caller, quota_limits, key, limits, id_)

    async def set_class(
        self, caller: Caller, service: str, name: str, limits: Mapping[str, int]
    ) -> None:
        """Set limits of a quota class, here and in each pod."""
        key = {"service": service, "class_name": name}
        await self._set(caller, quota_classes, key, limits, _id(service, "class", name))

    async def delete(self, caller: Caller, service: str, project_id: str, user_id: str) -> None:
        """Forget the limits of a project with those of its users, or those of one user."""
        mine = [QuotaLimit.service == service, QuotaLimit.project_id == project_id]
        if user_id:
            mine.append(QuotaLimit.user_id == user_id)
        id_ = _id(service, "project", project_id, user_id)
        async with self._store.write() as tx:
            await tx.run(quota_limits.delete().where(*mine))
            operation = await self._later(tx, caller, id_)
        await self._spread(id_, operation)

    async def converge_all(self, caller: Caller) -> None:
        """Have every limit brought into every pod again: there is a new one."""
        of, named = quota_limits.c, quota_classes.c
        projects = select(of.service, of.project_id, of.user_id).distinct()
        classes = select(named.service, named.class_name).distinct()
        async with self._store.write() as tx:
            ids = [
                _id(row["service"], "project", row["project_id"], row["user_id"])
                for row in await tx.all(projects)
            ]
            ids += [
                _id(row["service"], "class", row["class_name"]) for row in await tx.all(classes)
            ]
            waiting = [await self._later(tx, caller, id_) for id_ in ids]
        self._operations.announce(*waiting)

    async def _set(
        self,
        caller: Caller,
        table: Table,
        key: dict[str, str],
        limits: Mapping[str, int],
        id_: str,
    ) -> None:
        async with self._store.write() as tx:
            for resource, limit in limits.items():
                row = key | {"resource": resource}
                if not await tx.insert_new(table, row | {"hard_limit": limit}):
                    where = [table.c[name] == value for name, value in row.items()]
                    await tx.run(table.update().where(*where).values(hard_limit=limit))
            operation = await self._later(tx, caller, id_)
        await self._spread(id_, operation)

    async def _later(self, tx: Transaction, caller: Caller, id_: str) -> str:
        return await self._operations.add(tx, work.UpdateCopies.QUOTA.on(id_), caller=caller)

    async def _spread(self, id_: str, operation: str) -> None:
        """Do it now, so that a raised limit holds when it is answered; and make sure of it."""
        # If it fails, the operation tells, and repeats it.
        with suppress(GatewayError):
            await self._copies.converge(id_)
        self._operations.announce(operation)


def _id(*parts: str) -> str:
    """Return the id by which an operation knows limits; ``BadRequest`` if it is too long."""
    id_ = "/".join(quote(part, safe="") for part in parts)
    if len(id_) > _LONGEST:
        raise BadRequest(f"Invalid input received: {parts[-1] or parts[-2]} is too long.")
    return id_


def _of(service: str, project_id: str, user_id: str) -> tuple[Any, ...]:
    return (
        QuotaLimit.service == service,
        QuotaLimit.project_id == project_id,
        QuotaLimit.user_id == user_id,
    )
