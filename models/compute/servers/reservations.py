"""ServerReservations: which servers one request has made, by an id for them all.

A pod is asked for such servers one by one, and gives each a reservation of its own.
"""

import secrets
import string
from typing import Any

from sqlalchemy import select

from models.cache import Cache
from models.database.store import Store, Transaction
from models.database.tables.compute import ServerReservation, server_reservations

_REMEMBERED = 50_000
_SIGNS = string.digits + string.ascii_lowercase
_ID, _INDEX = "OS-EXT-SRV-ATTR:reservation_id", "OS-EXT-SRV-ATTR:launch_index"


def new_reservation() -> str:
    """Return an id in the form that Nova gives."""
    return "r-" + "".join(secrets.choice(_SIGNS) for _ in range(8))


class ServerReservations:
    """The rows: server, reservation, and the server's number in it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # What is read of a server stays so: it was recorded together with the server itself.
        self._known: Cache[str, tuple[str, int] | None] = Cache(_REMEMBERED)

    async def record(self, tx: Transaction, server_id: str, reservation_id: str) -> None:
        """Note the next server of a reservation."""
        mine = ServerReservation.reservation_id == reservation_id
        number = len(await tx.all(select(ServerReservation.server_id).where(mine)))
        row = {"server_id": server_id, "reservation_id": reservation_id, "launch_index": number}
        await tx.insert(server_reservations, row)

    async def servers(self, reservation_id: str) -> frozenset[str]:
        """Return the ids of a reservation's servers; none: it is a pod's, or nobody's."""
        mine = ServerReservation.reservation_id == reservation_id
        async with self._store.read() as tx:
            rows = await tx.all(select(ServerReservation.server_id).where(mine))
        return frozenset(row["server_id"] for row in rows)

    async def forget(self, tx: Transaction, server_id: str) -> None:
        """Delete the row of a server that is gone."""
        await tx.run(server_reservations.delete().where(ServerReservation.server_id == server_id))

    async def view(self, servers: list[dict[str, Any]]) -> None:
        """Change the reservations that a pod tells of to those that users know, in place."""
        shown = {str(server.get("id")): server for server in servers if _ID in server}
        unknown = [id_ for id_ in shown if id_ not in self._known]
        if unknown:
            await self._read(unknown)
        for id_, server in shown.items():
            known = self._known.get(id_)
            if known:
                server[_ID], server[_INDEX] = known

    async def _read(self, ids: list[str]) -> None:
        mine = ServerReservation.server_id.in_(ids)
        async with self._store.read() as tx:
            rows = await tx.all(ServerReservation.select().where(mine))
        self._known.keep(dict.fromkeys(ids))
        for row in rows:
            self._known[row.server_id] = (row.reservation_id, row.launch_index)
