"""Leases: what one process at a time may change, told by the database's clock.

A lease that its holder could not renew may have another holder: the block that held it is ended
before that, and what it would still write is refused.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, cast, extract, func, literal_column, select

from models.database.tables.routing import leases
from models.database.transaction import Transaction, new_id
from models.errors import GatewayError, PodBusy

# In the order of taking: what the code that runs holds, with the code that it has started.
_HELD: ContextVar[tuple["Held", ...]] = ContextVar("held", default=())
Begin = Callable[[], AbstractAsyncContextManager[Transaction]]


@dataclass
class Held:
    """A lease, and until when it is certainly nobody else's, by the event loop's clock."""

    name: str
    owner: str
    until: float

    @property
    def lost(self) -> bool:
        """Whether another may hold it by now."""
        return asyncio.get_running_loop().time() >= self.until


def certain() -> None:
    """Return if every lease of the code that runs is its own still; ``PodBusy`` otherwise."""
    for held in _HELD.get():
        if held.lost:
            raise _lost(held.name)


async def fence(tx: Transaction) -> None:
    """Keep the transaction from being committed by one who has lost a lease meanwhile.

    Whoever takes it over waits until the transaction has ended.
    """
    for held in _HELD.get():
        mine = select(leases.c.name).where(
            leases.c.name == held.name, leases.c.owner == held.owner
        )
        if await tx.value(mine.with_for_update(read=True)) is None:
            raise _lost(held.name)


class Leases:
    """The leases in one database. ``begin`` begins a transaction that writes."""

    def __init__(self, begin: Begin, read: Begin, seconds: float) -> None:
        self._begin = begin
        self._read = read
        self._seconds = seconds
        self._turns = _Turns()

    @asynccontextmanager
    async def hold(self, name: str, wait: float) -> AsyncIterator[None]:
        """Hold the lease, in all processes at once; renewed while held.

        ``PodBusy`` when another holds it for longer than ``wait`` seconds, and when it is lost on
        the way: the block is cancelled then.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        async with self._turns.turn(name, wait):
            held = await self._claimed(name, until)
            token = _HELD.set((*_HELD.get(), held))
            try:
                async with asyncio.timeout_at(held.until) as scope:
                    renewal = asyncio.create_task(self._renew(held, scope))
                    try:
                        yield
                    finally:
                        renewal.cancel()
                        with suppress(asyncio.CancelledError):
                            await renewal
            except TimeoutError:
                if scope.expired():
                    raise _lost(name) from None
                raise
            finally:
                _HELD.reset(token)
                await self._release(held)

    async def _claimed(self, name: str, until: float) -> Held:
        loop, owner = asyncio.get_running_loop(), new_id()
        pause = 0.02
        # Mostly it is free; who has to wait for it looks before it writes.
        while True:
            asked = loop.time()
            if await self._claim(name, owner):
                return Held(name, owner, asked + self._seconds)
            while True:
                if loop.time() > until:
                    raise busy(name)
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 0.5)
                if not await self._is_held(name):
                    break

    async def _is_held(self, name: str) -> bool:
        async with self._read() as tx:
            valid = select(leases.c.name).where(
                leases.c.name == name, leases.c.expires >= clock(tx)
            )
            return await tx.one(valid) is not None

    async def _claim(self, name: str, owner: str) -> bool:
        async with self._begin() as tx:
            now = clock(tx)
            row = {"name": name, "owner": owner, "expires": now + self._seconds}
            if await tx.insert_new(leases, row):
                return True
            old = leases.update().where(leases.c.name == name, leases.c.expires < now)
            return await tx.run(old.values(owner=owner, expires=row["expires"])) == 1

    async def _renew(self, held: Held, scope: asyncio.Timeout) -> None:
        """Renew it again and again; when that fails the block ends in time by itself."""
        loop = asyncio.get_running_loop()
        mine = leases.update().where(leases.c.name == held.name, leases.c.owner == held.owner)
        while True:
            await asyncio.sleep(self._seconds / 3)
            asked = loop.time()
            try:
                async with self._begin() as tx:
                    renewed = await tx.run(mine.values(expires=clock(tx) + self._seconds))
            except GatewayError:
                continue
            held.until = asked + self._seconds if renewed else asked
            scope.reschedule(held.until)

    async def _release(self, held: Held) -> None:
        mine = leases.c.name == held.name, leases.c.owner == held.owner
        # Where the database does not answer the lease ends by itself.
        with suppress(GatewayError):
            async with self._begin() as tx:
                await tx.run(leases.delete().where(*mine))


class _Turns:
    """Lets the claimants of one process come one after the other.

    Each asking the database again and again, they would keep the holder's own writes waiting.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, name: str, wait: float) -> AsyncIterator[None]:
        """Wait for the turn and have it; ``PodBusy`` when that takes too long."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        self._waiting[name] += 1
        try:
            try:
                await asyncio.wait_for(lock.acquire(), wait)
            except TimeoutError:
                raise busy(name) from None
            try:
                yield
            finally:
                lock.release()
        finally:
            self._waiting[name] -= 1
            if not self._waiting[name]:
                del self._waiting[name], self._locks[name]


def busy(name: str) -> PodBusy:
    """Return the error of who has waited too long for a lease."""
    return PodBusy(f"{name} is being changed by someone else")


def _lost(name: str) -> PodBusy:
    return PodBusy(f"the lease of {name} could not be renewed in time")


def clock(tx: Transaction) -> ColumnElement[Any]:
    """Return the database's own time, in seconds: those of other machines differ."""
    if tx.dialect == "sqlite":
        return literal_column("(julianday('now') - 2440587.5) * 86400.0", Float)
    return cast(extract("epoch", func.clock_timestamp()), Float)
