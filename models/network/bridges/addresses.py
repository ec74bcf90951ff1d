"""BridgeAddresses: the bridges and the addresses on them that one look at a topology needs."""

from collections.abc import Awaitable
from dataclasses import dataclass

from models.database.store import Row, Transaction
from models.database.tables.network import Bridge as BridgeRow
from models.database.tables.network import BridgeAddress
from models.errors import OverQuota
from models.network.bridges.purposes import Purpose
from models.network.bridges.rows import Bridges


class UnallocatedError(Exception):
    """Something has to be allocated, and the transaction only reads."""


@dataclass(slots=True)
class Bridge:
    """A bridge address: the bridge row and its address row there."""

    bridge: Row
    address: Row


class BridgeAddresses:
    """Within one transaction; ``make`` tells whether it may allocate what is missing.

    Nearly always nothing is: who looks then keeps no writer waiting. ``whole``: a used-up pool is
    ``OverQuota``; else what finds no address there is left out (None).
    """

    def __init__(
        self, tx: Transaction, bridges: Bridges, *, make: bool, whole: bool = True
    ) -> None:
        self._tx = tx
        self._bridges = bridges
        self._make = make
        self._whole = whole
        self._known: dict[str, dict[str, Row]] = {}

    async def bridge(self, kind: str, owner_id: str, project_id: str) -> Row | None:
        """Return the owner's bridge."""
        if self._make:
            return await self._made(self._bridges.allocate(self._tx, kind, owner_id, project_id))
        mine = BridgeRow.select().where(BridgeRow.kind == kind, BridgeRow.owner_id == owner_id)
        return _there(await self._tx.one(mine))

    async def address(self, bridge: Row, purpose: Purpose) -> Bridge | None:
        """Return the address of this purpose on the bridge."""
        if self._make:
            made = await self._made(self._bridges.address(self._tx, bridge, purpose))
            return None if made is None else Bridge(bridge, made)
        if bridge["id"] not in self._known:
            on_bridge = BridgeAddress.select().where(BridgeAddress.bridge_id == bridge["id"])
            found = await self._tx.all(on_bridge)
            self._known[bridge["id"]] = {row.purpose: row for row in found}
        return Bridge(bridge, _there(self._known[bridge["id"]].get(str(purpose))))

    async def _made(self, allocation: Awaitable[Row]) -> Row | None:
        try:
            return await allocation
        except OverQuota:
            if self._whole:
                raise
            return None


def _there(row: Row | None) -> Row:
    if row is None:
        raise UnallocatedError
    return row
