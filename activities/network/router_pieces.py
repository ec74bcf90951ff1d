"""Pieces of a router copy, each with an operation of its own that tells what became of it."""

from collections.abc import Awaitable
from typing import TypeVar

from sqlalchemy import select

from activities.operations import OPEN
from activities.store import Store
from models.errors import PodFault
from models.tables.operation import operations

T = TypeVar("T")


async def unless_told_elsewhere(
    store: Store, piece: str, about: str, work: Awaitable[T]
) -> T | None:
    """Return what the work on a piece gives; None where the pod refused a piece of others.

    Every operation converges the whole copy, so each meets what the pod refuses to another. That
    one is under way still, and marks the piece; this one, about another piece, goes on.
    """
    try:
        return await work
    except PodFault as fault:
        if piece == about or fault.kind == "RouterNotFound":
            raise
        under_way = select(operations.c.id).where(
            operations.c.resource_id == piece, operations.c.state.in_(OPEN)
        )
        async with store.read() as tx:
            if await tx.value(under_way.limit(1)) is None:
                raise
        return None
