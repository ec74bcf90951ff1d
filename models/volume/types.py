"""VolumeTypes: defined at the top by the admin; pods hold copies with ids of their own."""

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from models.database.store import Row, Store, new_id
from models.database.tables.volume import (
    DefaultType,
    QosSpecs,
    VolumeType,
    default_types,
    volume_types,
)
from models.errors import BadRequest, Conflict, NotFound
from models.values import Caller
from models.volume import checks
from models.volume.learning import Learning
from models.volume.type_pages import page_of

# What everybody may know of a type; the other extra specs are for admins.
VISIBLE = ("RESKEY:availability_zones", "multiattach", "replication_enabled")
_SOON = 2.0
# Of a filter by extra specs: more has nobody to ask for.
_LONGEST = 4096


class VolumeTypes:
    """The rows of volume types."""

    def __init__(self, store: Store, learning: Learning) -> None:
        self._store = store
        self._learning = learning

    async def learn(self) -> None:
        """Take over what pods have of their own, unless that was done a moment ago."""
        await self._learning.fresh(_SOON)

    async def page(
        self, caller: Caller, params: Sequence[tuple[str, str]]
    ) -> tuple[list[Row], bool]:
        """Return the types the caller may see and asked for; and whether the page is full."""
        await self._learning.fresh()
        asked = dict(params)
        async with self._store.read() as tx:
            rows = await tx.all(VolumeType.select().order_by(VolumeType.created_at, VolumeType.id))
        rows = [row for row in rows if _wanted(caller, row, asked)]
        return page_of(rows, params, not_found)

    async def get(self, caller: Caller, id_: str) -> Row:
        """Return a type the caller may use, by its id; ``NotFound``."""
        row = await self._row(VolumeType.id == id_)
        if row is None:
            await self.learn()
            row = await self._row(VolumeType.id == id_)
        if row is None or not _usable(caller, row):
            raise not_found(id_)
        return row

    async def named(self, caller: Caller, wanted: str) -> Row:
        """Return a type the caller may use, by its id or its name; ``NotFound``."""
        by = (VolumeType.id == wanted) | (VolumeType.name == wanted)
        row = await self._row(by)
        if row is None:
            await self.learn()
            row = await self._row(by)
        if row is None or not _usable(caller, row):
            if checks.is_id(wanted):
                raise not_found(wanted)
            raise NotFound(f"Volume type with name {wanted} could not be found.")
        return row

    async def create(self, body: Mapping[str, Any]) -> Row:
        """Write a type; ``Conflict`` when the name is taken."""
        row = _parsed(body)
        await self.learn()
        async with self._store.hold("volume-types"):
            if await self._row(VolumeType.name == row["name"]):
                raise Conflict(f"Volume Type {row['name']} already exists.")
            async with self._store.write() as tx:
                await tx.insert(volume_types, row)
        return await self.known(row["id"])

    async def refuse_taken(self, name: str, id_: str) -> None:
        """Return if no other type has the name; ``Conflict``."""
        row = await self._row(VolumeType.name == name)
        if row and row["id"] != id_:
            raise Conflict(f"Volume Type {name} already exists.")

    async def set(self, id_: str, values: Mapping[str, Any]) -> Row:
        """Write columns of a type."""
        async with self._store.write() as tx:
            await tx.run(volume_types.update().where(VolumeType.id == id_).values(**dict(values)))
        return await self.known(id_)

    async def forget(self, id_: str) -> None:
        """Delete the row; ``NotFound`` when somebody else was faster."""
        async with self._store.write() as tx:
            if not await tx.run(volume_types.delete().where(VolumeType.id == id_)):
                raise not_found(id_)

    async def default(self, project_id: str) -> Row | None:
        """Return the type that was made the project's default, if any."""
        mine = select(DefaultType.volume_type_id).where(DefaultType.project_id == project_id)
        async with self._store.read() as tx:
            id_ = await tx.value(mine)
        return await self._row(VolumeType.id == id_) if id_ else None

    async def defaults(self) -> list[DefaultType]:
        """Return every project's default."""
        async with self._store.read() as tx:
            return await tx.all(DefaultType.select().order_by(DefaultType.project_id))

    async def set_default(self, project_id: str, id_: str | None) -> None:
        """Make a type the project's default; None: none."""
        mine = DefaultType.project_id == project_id
        async with self._store.write() as tx:
            await tx.alone(f"default-type/{project_id}")
            await tx.run(default_types.delete().where(mine))
            if id_:
                row = {"project_id": project_id, "volume_type_id": id_}
                await tx.insert(default_types, row)

    async def is_default(self, id_: str) -> bool:
        """Tell whether the type is any project's default."""
        mine = select(DefaultType.project_id).where(DefaultType.volume_type_id == id_)
        async with self._store.read() as tx:
            return await tx.one(mine) is not None

    async def of_specs(self, specs_id: str) -> list[VolumeType]:
        """Return the types that QoS specs are associated with."""
        mine = VolumeType.select().where(VolumeType.qos_specs_id == specs_id)
        async with self._store.read() as tx:
            return await tx.all(mine.order_by(VolumeType.name))

    async def qos(self, id_: str | None) -> Row | None:
        """Return QoS specs by their id."""
        async with self._store.read() as tx:
            return await tx.one(QosSpecs.select().where(QosSpecs.id == id_)) if id_ else None

    async def known(self, id_: str) -> Row:
        """Return a type by its id; ``NotFound``."""
        row = await self._row(VolumeType.id == id_)
        if row is None:
            raise not_found(id_)
        return row

    async def _row(self, condition: Any) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(VolumeType.select().where(condition))


def not_found(id_: str) -> NotFound:
    """Return Cinder's refusal of an unknown type."""
    return NotFound(f"Volume type {id_} could not be found.", "VolumeTypeNotFound")


def _parsed(body: Mapping[str, Any]) -> Row:
    public = "os-volume-type-access:is_public"
    checks.only(body, ("name", "description", "extra_specs", public), "volume_type")
    return {
        "id": new_id(),
        "name": checks.text(checks.required(body, "name", "volume_type"), "name"),
        "description": checks.description(body.get("description")),
        "is_public": checks.boolean(body.get(public, True), public),
        "extra_specs": checks.specs(body.get("extra_specs", {}), "extra_specs"),
        "access": [],
        "encryption": {},
    }


def _usable(caller: Caller, row: Row) -> bool:
    return bool(caller.admin or row["is_public"] or caller.project_id in row["access"])


def _wanted(caller: Caller, row: Row, asked: Mapping[str, str]) -> bool:
    text = asked.get("is_public", "true") if caller.admin else "true"
    public = None if text.lower() == "none" else checks.boolean(text, "is_public")
    mine = public is not False and caller.project_id in row["access"]
    if public is not None and row["is_public"] != public and not mine:
        return False
    for key in ("name", "description"):
        if key in asked and caller.admin and row[key] != asked[key]:
            return False
    if "extra_specs" not in asked:
        return True
    specs = _literal(asked["extra_specs"])
    if not isinstance(specs, dict) or (not caller.admin and set(specs) - set(VISIBLE)):
        return False
    return all(row["extra_specs"].get(key) == value for key, value in specs.items())


@lru_cache(maxsize=16)
def _literal(text: str) -> Any:
    """Return what a filter, a literal of Python, says; nobody changes it."""
    try:
        if len(text) > _LONGEST:
            raise ValueError
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise BadRequest("Invalid input received: extra_specs is no dictionary.") from None
