"""QosSpecs: defined at the top by the admin, associated with volume types there."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.volume import QosSpecs as QosSpecsRow
from models.database.tables.volume import qos_specs
from models.errors import BadRequest, Conflict, NotFound
from models.volume import checks
from models.volume.learning import Learning
from models.volume.type_pages import page_of

_CONSUMERS = ("front-end", "back-end", "both")
_SOON = 2.0


class QosSpecs:
    """The rows of QoS specs."""

    def __init__(self, store: Store, learning: Learning) -> None:
        self._store = store
        self._learning = learning

    async def page(self, params: Sequence[tuple[str, str]]) -> tuple[list[Row], bool]:
        """Return the specs that were asked for; and whether the page is full."""
        await self._learning.fresh()
        asked = dict(params)
        async with self._store.read() as tx:
            rows = await tx.all(QosSpecsRow.select())
        for key in ("id", "name", "consumer"):
            rows = [row for row in rows if key not in asked or getattr(row, key) == asked[key]]
        return page_of(rows, params, _not_found)

    async def get(self, id_: str) -> Row:
        """Return specs by their id; ``NotFound``."""
        row = await self._row(QosSpecsRow.id == id_)
        if row is None:
            await self._learning.fresh(_SOON)
            row = await self._row(QosSpecsRow.id == id_)
        if row is None:
            raise _not_found(id_)
        return row

    async def create(self, body: Mapping[str, Any]) -> Row:
        """Write specs; ``Conflict`` when the name is taken."""
        given = dict(body)
        # The one name that Cinder takes white space off.
        name = checks.text(checks.required(given, "name", "qos_specs"), "name").strip()
        del given["name"]
        row = {"id": new_id(), "name": name, "consumer": "back-end", "specs": {}}
        row |= _parsed(given)
        await self._learning.fresh(_SOON)
        async with self._store.hold("volume-types"):
            if await self._row(QosSpecsRow.name == name):
                raise Conflict(f"QoS Specs {name} already exists.")
            async with self._store.write() as tx:
                await tx.insert(qos_specs, row)
        return row

    async def update(self, id_: str, body: Mapping[str, Any]) -> Row:
        """Add keys to specs, or replace those of the same names."""
        values = _parsed(body)
        async with self._store.write() as tx:
            row = await self._held(tx, id_)
            return await _written(tx, row, values | {"specs": row["specs"] | values["specs"]})

    async def unset(self, id_: str, keys: Iterable[Any]) -> Row:
        """Remove keys; ``NotFound`` for one that is not there."""
        async with self._store.write() as tx:
            row = await self._held(tx, id_)
            kept = dict(row["specs"])
            for key in keys:
                if key not in kept:
                    raise NotFound(f"QoS spec {id_} has no spec with key {key}.")
                del kept[key]
            return await _written(tx, row, {"specs": kept})

    async def forget(self, id_: str) -> None:
        """Delete the row; ``NotFound`` when somebody else was faster."""
        async with self._store.write() as tx:
            if not await tx.run(qos_specs.delete().where(QosSpecsRow.id == id_)):
                raise _not_found(id_)

    @asynccontextmanager
    async def held(self, id_: str) -> AsyncIterator[Row]:
        """Hold the specs against whoever else would associate or delete them; ``NotFound``."""
        async with self._store.hold(f"qos-specs/{id_}"):
            yield await self.get(id_)

    async def _held(self, tx: Transaction, id_: str) -> Row:
        row = await tx.locked(QosSpecsRow.select().where(QosSpecsRow.id == id_))
        if row is None:
            raise _not_found(id_)
        return row

    async def _row(self, condition: Any) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(QosSpecsRow.select().where(condition))


async def _written(tx: Transaction, row: Row, values: dict[str, Any]) -> Row:
    await tx.run(qos_specs.update().where(QosSpecsRow.id == row["id"]).values(**values))
    return row | values


def _parsed(body: Mapping[str, Any]) -> dict[str, Any]:
    specs: dict[str, Any] = dict(checks.specs(dict(body), "qos_specs"))
    consumer = specs.pop("consumer", None)
    values: dict[str, Any] = {"specs": specs}
    if consumer is not None:
        if consumer not in _CONSUMERS:
            raise BadRequest(
                f"Invalid qos specs: Valid consumer of QoS specs are: {list(_CONSUMERS)}"
            )
        values["consumer"] = consumer
    return values


def _not_found(id_: str) -> NotFound:
    return NotFound(f"No such QoS spec {id_}.", "QoSSpecsNotFound")
