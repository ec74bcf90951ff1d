"""Aggregates: the admin's, and one for each pod that shows its availability zone."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from activities.compute import checks
from activities.store import Row, Store, Transaction, new_id
from models.errors import BadRequest, Conflict, NotFound
from models.tables.compute import aggregates


class Aggregates:
    """The aggregate rows. Hosts stay inside their pods, so no aggregate here has any."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, body: Mapping[str, Any]) -> Row:
        """Write an aggregate."""
        checks.only(body, ("name", "availability_zone"), "aggregate")
        row = {
            "uuid": new_id(),
            "name": checks.text(checks.required(body, "name", "aggregate"), "name"),
            "availability_zone": _zone(body.get("availability_zone")),
        }
        async with self._store.write() as tx:
            if not await tx.insert_new(aggregates, row):
                raise Conflict(f"Aggregate {row['name']} already exists.")
            named = select(aggregates).where(aggregates.c.name == row["name"])
            return await tx.one(named) or row

    async def list(self) -> list[Row]:
        """Return all aggregates."""
        async with self._store.read() as tx:
            return await tx.all(select(aggregates).order_by(aggregates.c.id))

    async def get(self, id_: str) -> Row:
        """Return one aggregate; ``NotFound``."""
        async with self._store.read() as tx:
            return await self._row(tx, id_)

    async def update(self, id_: str, body: Mapping[str, Any]) -> Row:
        """Change name or availability zone; a pod's aggregate follows its pod only."""
        checks.only(body, ("name", "availability_zone"), "aggregate")
        if not body:
            raise checks.refuse("aggregate", dict(body), "{} does not have enough properties")
        values: dict[str, Any] = {}
        if "name" in body:
            values["name"] = checks.text(body["name"], "name")
        if "availability_zone" in body:
            values["availability_zone"] = _zone(body["availability_zone"])
        async with self._store.write() as tx:
            await self._own(tx, id_, "changed")
            other = select(aggregates.c.id).where(
                aggregates.c.name == values.get("name"), aggregates.c.id != int(id_)
            )
            if await tx.one(other):
                raise Conflict(f"Aggregate {values['name']} already exists.")
            return await self._write(tx, id_, values)

    async def set_metadata(self, id_: str, metadata: object) -> Row:
        """Set metadata; a null removes its key; ``availability_zone`` sets the zone."""
        if not isinstance(metadata, dict):
            raise checks.refuse("metadata", metadata, "It is not of type 'object'")
        given = checks.texts({k: v for k, v in metadata.items() if v is not None}, "metadata")
        async with self._store.write() as tx:
            row = await self._own(tx, id_, "changed")
            values: dict[str, Any] = {}
            if "availability_zone" in metadata:
                values["availability_zone"] = _zone(given.pop("availability_zone", None))
            kept = {k: v for k, v in row["metadata"].items() if k not in metadata}
            return await self._write(tx, id_, values | {"metadata": kept | given})

    async def delete(self, id_: str) -> None:
        """Delete an aggregate of the admin's own."""
        async with self._store.write() as tx:
            row = await self._own(tx, id_, "deleted")
            await tx.run(aggregates.delete().where(aggregates.c.id == row["id"]))

    async def _own(self, tx: Transaction, id_: str, verb: str) -> Row:
        row = await self._row(tx, id_)
        if row["pod_id"]:
            raise Conflict(
                f"Aggregate {row['name']} stands for a pod: it is {verb} with it, at /v1.0/pods."
            )
        return row

    async def _write(self, tx: Transaction, id_: str, values: dict[str, Any]) -> Row:
        await tx.run(aggregates.update().where(aggregates.c.id == int(id_)).values(**values))
        return await self._row(tx, id_)

    async def _row(self, tx: Transaction, id_: str) -> Row:
        if not id_.isdecimal():
            raise BadRequest(f"Invalid input for aggregate_id. Value: {id_}. It is no integer.")
        row = await tx.one(select(aggregates).where(aggregates.c.id == int(id_)))
        if row is None:
            raise NotFound(f"Aggregate {id_} could not be found.")
        return row


def _zone(value: object) -> str | None:
    if value is None:
        return None
    zone = checks.text(value, "availability_zone")
    if ":" in zone:
        raise checks.refuse("availability_zone", value, "A zone has no ':' in its name")
    return zone
