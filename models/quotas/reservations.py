"""Reservations: room taken before an object is made, so that many requests at once stay inside.

The pods count what there is; a reservation counts what is on its way to a pod. One that nobody
ends, because its process died, ends by itself.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.quota import QuotaReservation, quota_reservations
from models.errors import Forbidden, GatewayError, OverLimit
from models.quotas.figures import Asker, Figures, Heard
from models.quotas.quotas import Quotas
from models.values import Caller, Pod

Amounts = Mapping[str, int]
_LEFT_OVER_SECONDS = 300.0
# Nova counts a server only once its conductor has written it, a moment after it was accepted.
_UNSEEN_SECONDS = {"compute": 2.0}
# How long one that does not fit waits for reservations that may be counted by a pod as well.
_PATIENCE = 4.0
_PAUSE = 0.2


@dataclass(slots=True)
class Held:
    """Room for ``count`` objects; without ``commit`` it is given back."""

    count: int
    pod: Pod | None = None

    def commit(self, pod: Pod) -> None:
        """Say that the objects exist: from now on the pod counts them."""
        self.pod = pod


class Reservations:
    """Takes room under the limits of a project, and of its user where there are such."""

    def __init__(self, store: Store, quotas: Quotas) -> None:
        self._store = store
        self._quotas = quotas

    @asynccontextmanager
    async def hold(
        self, asker: Asker, caller: Caller, each: Amounts, least: int = 1, most: int = 0
    ) -> AsyncIterator[Held]:
        """Hold room for up to ``most`` objects of ``each``, at least for ``least``.

        Raises ``Forbidden`` in Nova's words or ``OverLimit`` in Cinder's when there is none.
        """
        most = most or least
        users = [""]
        if await self._quotas.user_limited(asker.service, caller):
            users.append(caller.user_id)
        elif await self._quotas.unlimited(asker.service, caller.project_id, each):
            before = await self._quotas.heard(asker.service, caller.project_id)
            held = Held(most)
            yield held
            await self._count(held, asker, caller, each, before)
            return
        id_, count = await self._take(asker, caller, each, least, most, users)
        before = await self._quotas.heard(asker.service, caller.project_id)
        held = Held(count)
        try:
            yield held
        finally:
            await self._end(id_, _UNSEEN_SECONDS.get(asker.service, 0) if held.pod else 0)
        await self._count(held, asker, caller, each, before)

    async def _count(
        self, held: Held, asker: Asker, caller: Caller, each: Amounts, before: Heard
    ) -> None:
        if held.pod:
            made = {name: amount * held.count for name, amount in each.items()}
            await self._quotas.grown(asker, held.pod, caller.project_id, made, before)

    async def _take(
        self,
        asker: Asker,
        caller: Caller,
        each: Amounts,
        least: int,
        most: int,
        users: Iterable[str],
    ) -> tuple[str, int]:
        until = time.monotonic() + _PATIENCE
        while True:
            # First these, then the pods: what ends in between is counted by its pod already.
            before = await self._rows(asker.service, caller.project_id)
            figures = {
                user: await self._quotas.project(asker, caller.project_id, user) for user in users
            }
            async with self._store.write() as tx:
                await tx.alone(f"reservations/{asker.service}/{caller.project_id}")
                rows = before | await self._open(tx, asker.service, caller.project_id)
                count = most
                for user, known in figures.items():
                    count = min(count, _fitting(known, _sum(rows, user), each, most))
                if count >= least:
                    amounts = {name: amount * count for name, amount in each.items()}
                    return await self._write(tx, asker.service, caller, amounts), count
            hopeless = any(_fitting(known, {}, each, least) < least for known in figures.values())
            if hopeless or not rows or time.monotonic() > until:
                for user, known in figures.items():
                    # What is reserved may be counted by its pod by now: not twice in the answer.
                    held = {} if hopeless else _sum(rows, user)
                    if _fitting(known, held, each, least) < least:
                        raise _refusal(asker.service, known, held, each, least, most)
            await asyncio.sleep(_PAUSE)

    async def _rows(self, service: str, project_id: str) -> dict[str, Row]:
        async with self._store.read() as tx:
            return await self._open(tx, service, project_id)

    async def _open(self, tx: Transaction, service: str, project_id: str) -> dict[str, Row]:
        mine = (
            QuotaReservation.service == service,
            QuotaReservation.project_id == project_id,
        )
        current = QuotaReservation.expires > time.time()
        rows = await tx.all(QuotaReservation.select().where(*mine, current))
        return {row.id: row for row in rows}

    async def _write(self, tx: Transaction, service: str, caller: Caller, amounts: Amounts) -> str:
        await tx.run(quota_reservations.delete().where(QuotaReservation.expires < time.time()))
        row = {
            "id": new_id(),
            "service": service,
            "project_id": caller.project_id,
            "user_id": caller.user_id,
            "amounts": dict(amounts),
            "expires": time.time() + _LEFT_OVER_SECONDS,
        }
        await tx.insert(quota_reservations, row)
        return str(row["id"])

    async def _end(self, id_: str, after: float) -> None:
        mine = QuotaReservation.id == id_
        async with self._store.write() as tx:
            if after:
                soon = quota_reservations.update().where(mine)
                await tx.run(soon.values(expires=time.time() + after))
            else:
                await tx.run(quota_reservations.delete().where(mine))


def _sum(rows: Mapping[str, Row], user_id: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for row in rows.values():
        if user_id in ("", row["user_id"]):
            for name, amount in row["amounts"].items():
                total[name] = total.get(name, 0) + amount
    return total


def _used(figures: Figures, held: Amounts, name: str) -> int:
    known = figures[name]
    return known["in_use"] + known["reserved"] + held.get(name, 0)


def _fitting(figures: Figures, held: Amounts, each: Amounts, most: int) -> int:
    """Return how many objects fit, at most so many."""
    count = most
    for name, amount in each.items():
        limit = figures.get(name, {}).get("limit", -1)
        if limit >= 0 and amount > 0:
            count = min(count, max(0, limit - _used(figures, held, name)) // amount)
    return count


def _refusal(
    service: str, figures: Figures, held: Amounts, each: Amounts, least: int, most: int
) -> GatewayError:
    overs = sorted(
        name
        for name, amount in each.items()
        if 0
        <= figures.get(name, {}).get("limit", -1)
        < _used(figures, held, name) + amount * (most if service == "compute" else least)
    )
    if service == "compute":
        count = str(least) if least == most else f"{least}-{most}"
        asked = [count if name == "instances" else str(each[name] * most) for name in overs]
        used = [str(_used(figures, held, name)) for name in overs]
        allowed = [str(figures[name]["limit"]) for name in overs]
        names = ", ".join(overs)
        return Forbidden(
            f"Quota exceeded for {names}: Requested {', '.join(asked)}, but already used "
            f"{', '.join(used)} of {', '.join(allowed)} {names}"
        )
    for name in overs:
        limit = figures[name]["limit"]
        if "gigabytes" in name:
            what = "backup" if name == "backup_gigabytes" else "volume or snapshot"
            quota = "Backup gigabytes" if name == "backup_gigabytes" else name
            return OverLimit(
                f"Requested {what} exceeds allowed {quota} quota. Requested {each[name]}G, "
                f"quota is {limit}G and {_used(figures, held, name)}G has been consumed."
            )
    name, limit = overs[0], figures[overs[0]]["limit"]
    what = name.partition("_")[0]
    quota = f" for quota '{name}'." if what == "volumes" else ""
    return OverLimit(f"Maximum number of {what} allowed ({limit}) exceeded{quota}")
