"""Consequences: the operations that carry a change of a row to its copies in the pods."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select

from models import work
from models.database.store import Row, Transaction
from models.database.tables.routing import Routing
from models.operations import Operations
from models.resource import Kind
from models.values import Caller

_CHUNK = 200


async def copied(tx: Transaction, objects: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of the objects, each ``(type, id)``, have a copy or may have one soon."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(objects), _CHUNK):
        each = [
            and_(Routing.type == type_, Routing.top_id == id_)
            for type_, id_ in objects[start : start + _CHUNK]
        ]
        rows = await tx.all(select(Routing.type, Routing.top_id).where(or_(*each)))
        found |= {(row["type"], row["top_id"]) for row in rows}
    return found


async def clean_up(
    tx: Transaction,
    operations: Operations,
    objects: Sequence[tuple[work.CleanUp, str]],
    caller: Caller | None = None,
) -> list[str]:
    """Write an operation for each deleted object that has copies; return them to announce."""
    having = await copied(tx, [(kind.resource_type, id_) for kind, id_ in objects])
    return [
        await operations.add(tx, kind.on(id_), caller=caller)
        for kind, id_ in objects
        if (kind.resource_type, id_) in having
    ]


async def complete_copies(
    tx: Transaction, operations: Operations, network: Row, caller: Caller
) -> str:
    """Write the operation that makes what a network's copies lack; return it to announce."""
    return await operations.add(
        tx,
        work.UpdateCopies.NETWORK.on(network["id"]),
        project_id=network["project_id"],
        request_id=caller.request_id,
    )


async def update_copies(
    tx: Transaction,
    operations: Operations,
    kind: Kind,
    row: Row,
    changes: Iterable[str],
    caller: Caller,
    also: Sequence[str] = (),
) -> list[str]:
    """Write an operation if the change shows in copies and there are any; return it to announce.

    ``also`` names columns that show in copies in another form than the row's.
    """
    shows = {a.column for a in kind.copied} | set(also)
    if not shows.intersection(changes) or not await copied(tx, [(kind.member, row["id"])]):
        return []
    return [
        await operations.add(
            tx,
            work.UpdateCopies(kind.member).on(row["id"]),
            project_id=row["project_id"],
            request_id=caller.request_id,
        )
    ]
