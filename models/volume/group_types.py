"""GroupTypes: types of volume groups, defined at the top by the admin."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.database.store import Judge, Row, Store, Transaction, new_id
from models.database.tables.volume import GroupType, group_types
from models.errors import BadRequest, Conflict, NotFound
from models.values import Caller
from models.volume import checks
from models.volume.learning import Learning
from models.volume.type_pages import page_of

_SOON = 2.0


class GroupTypes:
    """The rows of group types."""

    def __init__(self, store: Store, learning: Learning) -> None:
        self._store = store
        self._learning = learning

    async def page(
        self, caller: Caller, params: Sequence[tuple[str, str]]
    ) -> tuple[list[Row], bool]:
        """Return the types the caller may see and asked for; and whether the page is full."""
        await self._learning.fresh()
        asked = dict(params)
        async with self._store.read() as tx:
            rows = await tx.all(GroupType.select())
        text = asked.get("is_public", "true") if caller.admin else "true"
        if text.lower() != "none":
            public = checks.boolean(text, "is_public")
            rows = [row for row in rows if row.is_public == public]
        return page_of(rows, params, _not_found)

    async def get(self, caller: Caller, wanted: str) -> Row:
        """Return a type the caller may use, by its id or its name; ``NotFound``."""
        by = (GroupType.id == wanted) | (GroupType.name == wanted)
        row = await self._row(by)
        if row is None:
            await self._learning.fresh(_SOON)
            row = await self._row(by)
        if row is None or not (caller.admin or row["is_public"]):
            raise _not_found(wanted)
        return row

    async def create(self, body: Mapping[str, Any]) -> Row:
        """Write a type; ``Conflict`` when the name is taken."""
        checks.only(body, ("name", "description", "is_public", "group_specs"), "group_type")
        row: Row = {
            "id": new_id(),
            "name": checks.text(checks.required(body, "name", "group_type"), "name"),
            "description": checks.description(body.get("description")),
            "is_public": checks.boolean(body.get("is_public", True), "is_public"),
            "group_specs": checks.specs(body.get("group_specs") or {}, "group_specs"),
        }
        await self._learning.fresh(_SOON)
        async with self._store.hold("volume-types"), self._store.write() as tx:
            await self._refuse_taken(tx, row["name"], "")
            await tx.insert(group_types, row)
        return row

    async def change(self, id_: str, judge: Judge) -> Row:
        """Change a type; return it.

        ``judge`` returns what changes of the row as it is then, or refuses.
        """
        async with self._store.write() as tx:
            row = await tx.locked(GroupType.select().where(GroupType.id == id_))
            if row is None:
                raise _not_found(id_)
            values = judge(row)
            if "name" in values:
                await self._refuse_taken(tx, values["name"], id_)
            await tx.run(group_types.update().where(GroupType.id == id_).values(**values))
        return row | values

    async def forget(self, id_: str) -> None:
        """Delete the row; ``NotFound`` when somebody else was faster."""
        async with self._store.write() as tx:
            if not await tx.run(group_types.delete().where(GroupType.id == id_)):
                raise _not_found(id_)

    async def _refuse_taken(self, tx: Transaction, name: str, id_: str) -> None:
        other = await tx.one(GroupType.select().where(GroupType.name == name))
        if other and other.id != id_:
            raise Conflict(f"Group Type {name} already exists.")

    async def _row(self, condition: Any) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(GroupType.select().where(condition))


def no_spec(row: Row, key: str) -> NotFound:
    """Return Cinder's refusal of an unknown spec."""
    return NotFound(f"Group Type {row['id']} has no extra spec with key {key}.")


def parsed(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request changes of a type."""
    checks.only(body, ("name", "description", "is_public"), "group_type")
    values: dict[str, Any] = {}
    if body.get("name") is not None:
        if isinstance(body["name"], str) and not body["name"].strip():
            raise BadRequest("Group type name can not be empty.")
        values["name"] = checks.text(body["name"], "name")
    if body.get("description") is not None:
        values["description"] = checks.description(body["description"])
    if body.get("is_public") is not None:
        values["is_public"] = checks.boolean(body["is_public"], "is_public")
    if not values:
        raise BadRequest("Specify group type name, description or a combination thereof.")
    return values


def _not_found(id_: str) -> NotFound:
    return NotFound(f"Group type {id_} could not be found.", "GroupTypeNotFound")
