"""Pieces of a router copy, each with an operation of its own that tells what became of it."""

from collections.abc import Awaitable
from typing import TypeVar

from sqlalchemy import select

from models.database.store import Store
from models.database.tables.operation import Operation
from models.errors import PodFault
from models.work import OPEN, State

T = TypeVar("T")


async def unless_told_elsewhere(
    store: Store, piece: str, about: str, work: Awaitable[T]
) -> T | None:
    """Return what the work on a piece gives; None where the pod refused a piece of others.

    Every operation converges the whole copy, so each meets what the pod refuses to another. That
    one marks the piece and tells why, or has just done so; this one, about another piece, goes on.
    """
    try:
        return await work
    except PodFault as fault:
        if piece == about or fault.kind == "RouterNotFound":
            raise
        told = select(Operation.state).where(Operation.resource_id == piece)
        async with store.read() as tx:
            last = await tx.value(told.order_by(Operation.sequence.desc()).limit(1))
            under_way = await tx.value(told.where(Operation.state.in_(OPEN)).limit(1))
        if under_way is None and last not in (State.FAILED, State.CANCELLED):
            raise
        return None
