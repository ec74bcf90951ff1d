"""GroupTypes: types of volume groups, defined at the top; pods hold copies, found by name."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from activities.pods.region import Regions
from activities.volume.type_learning import TypeLearning
from models import work
from models.database.store import Judge, Row, Store, Transaction, new_id
from models.database.tables.volume import group_types, type_copies
from models.errors import BadRequest, Conflict, NotFound, PodFault, PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Caller, Pod
from models.volume import checks
from models.volume.type_pages import page_of

# From here on Cinder has them.
SINCE = "3.11"
_SOON = 2.0


class GroupTypes:
    """The rows, and what is made of them in pods."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        learning: TypeLearning,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._learning = learning

    async def page(
        self, caller: Caller, params: Sequence[tuple[str, str]]
    ) -> tuple[list[Row], bool]:
        """Return the types the caller may see and asked for; and whether the page is full."""
        await self._learning.fresh()
        asked = dict(params)
        async with self._store.read() as tx:
            rows = await tx.all(select(group_types))
        text = asked.get("is_public", "true") if caller.admin else "true"
        if text.lower() != "none":
            public = checks.boolean(text, "is_public")
            rows = [row for row in rows if row["is_public"] == public]
        return page_of(rows, params, _not_found)

    async def get(self, caller: Caller, wanted: str) -> Row:
        """Return a type the caller may use, by its id or its name; ``NotFound``."""
        by = (group_types.c.id == wanted) | (group_types.c.name == wanted)
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
        """Change a type here and in every pod that has it; a silent pod follows later.

        ``judge`` returns what changes of the row as it is then, or refuses.
        """
        async with self._store.write() as tx:
            row = await tx.locked(select(group_types).where(group_types.c.id == id_))
            if row is None:
                raise _not_found(id_)
            values = judge(row)
            if "name" in values:
                await self._refuse_taken(tx, values["name"], id_)
            await tx.run(group_types.update().where(group_types.c.id == id_).values(**values))
        try:
            await self.update(id_)
        except PodUnavailable:
            await self._later(work.UpdateCopies.GROUP_TYPE.on(id_))
        return row | values

    async def delete(self, row: Row) -> None:
        """Delete a type and its copies; ``PodFault`` while a group is of it."""
        async with self._store.hold("volume-types"):
            late = False
            for copy in await self._copies(row["id"]):
                try:
                    await self._remove(copy)
                except PodUnavailable:
                    late = True
            async with self._store.write() as tx:
                await tx.run(group_types.delete().where(group_types.c.id == row["id"]))
        if late:
            await self._later(work.CleanUp.GROUP_TYPE.on(row["id"]))

    async def in_pod(self, row: Row, pod: Pod) -> str:
        """Return the id of the type in the pod, made and brought up to date as needed."""
        wanted = {key: row[key] for key in ("name", "description", "is_public", "group_specs")}
        async with self._store.hold(f"group-type/{row['id']}/{pod.pod_id}"):
            copy = await self._copy(row["id"], pod)
            if copy and copy["applied"] == wanted:
                return str(copy["bottom_id"])
            bottom = str(copy["bottom_id"]) if copy else await self._found(row["name"], pod)
            if bottom is None:
                made = await self._admin(pod, "POST", "/group_types", {"group_type": wanted})
                bottom = str(made["group_type"]["id"])
            else:
                await self._align(pod, bottom, wanted)
            await self._record(row["id"], pod, bottom, wanted)
            return bottom

    async def top_id(self, pod: Pod, bottom_id: str) -> str:
        """Return the id at the top of a pod's type; the pod's own while it is not known."""
        mine = select(type_copies.c.top_id).where(
            type_copies.c.kind == "group",
            type_copies.c.pod_id == pod.pod_id,
            type_copies.c.bottom_id == bottom_id,
        )
        async with self._store.read() as tx:
            return await tx.value(mine) or bottom_id

    async def update(self, id_: str) -> None:
        """Bring every copy up to date."""
        # Whoever comes last has read the row last.
        async with self._store.hold(f"group-type/{id_}"):
            row = await self._row(group_types.c.id == id_)
            for copy in await self._copies(id_) if row else ():
                await self.in_pod(row or {}, await self._pods.get(copy["pod_id"]))

    async def clean_up(self, id_: str) -> None:
        """Delete the copies of a deleted type."""
        if await self._row(group_types.c.id == id_) is None:
            for copy in await self._copies(id_):
                await self._remove(copy)

    async def _align(self, pod: Pod, id_: str, wanted: dict[str, Any]) -> None:
        path = f"/group_types/{id_}"
        there = (await self._admin(pod, "GET", path))["group_type"]
        names = ("name", "description", "is_public")
        changed = {key: wanted[key] or "" for key in names if wanted[key] != there[key]}
        if "is_public" in changed:
            changed["is_public"] = wanted["is_public"]
        if changed:
            await self._admin(pod, "PUT", path, {"group_type": changed})
        specs, old = wanted["group_specs"], there.get("group_specs") or {}
        for key in set(old) - set(specs):
            await self._admin(pod, "DELETE", f"{path}/group_specs/{quote(key, safe='')}")
        if any(old.get(key) != value for key, value in specs.items()):
            await self._admin(pod, "POST", f"{path}/group_specs", {"group_specs": specs})

    async def _remove(self, copy: Row) -> None:
        pod = await self._pods.get(copy["pod_id"])
        try:
            await self._admin(pod, "DELETE", f"/group_types/{copy['bottom_id']}")
        except PodFault as fault:
            if fault.status != 404:
                raise
        async with self._store.write() as tx:
            await tx.run(type_copies.delete().where(*_key(copy["top_id"], pod)))

    async def _found(self, name: str, pod: Pod) -> str | None:
        listed = (await self._admin(pod, "GET", "/group_types?is_public=None"))["group_types"]
        return next((str(item["id"]) for item in listed if item["name"] == name), None)

    async def _refuse_taken(self, tx: Transaction, name: str, id_: str) -> None:
        other = await tx.one(select(group_types).where(group_types.c.name == name))
        if other and other["id"] != id_:
            raise Conflict(f"Group Type {name} already exists.")

    async def _later(self, task: work.Work) -> None:
        async with self._store.write() as tx:
            operation = await self._operations.add(tx, task)
        self._operations.announce(operation)

    async def _copies(self, id_: str) -> list[Row]:
        of = type_copies.c.kind == "group", type_copies.c.top_id == id_
        async with self._store.read() as tx:
            return await tx.all(select(type_copies).where(*of))

    async def _copy(self, id_: str, pod: Pod) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(select(type_copies).where(*_key(id_, pod)))

    async def _record(self, id_: str, pod: Pod, bottom_id: str, applied: Any) -> None:
        row = {"kind": "group", "top_id": id_, "pod_id": pod.pod_id, "bottom_id": bottom_id}
        async with self._store.write() as tx:
            if not await tx.insert_new(type_copies, row | {"applied": applied}):
                mine = type_copies.update().where(*_key(id_, pod))
                await tx.run(mine.values(bottom_id=bottom_id, applied=applied))

    async def _row(self, condition: Any) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(select(group_types).where(condition))

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "volume", method, path, body, microversion=SINCE)


def no_spec(row: Row, key: str) -> NotFound:
    """Return Cinder's refusal of an unknown spec."""
    return NotFound(f"Group Type {row['id']} has no extra spec with key {key}.")


def parsed(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request changes of a type."""
    checks.only(body, ("name", "description", "is_public"), "group_type")
    values: dict[str, Any] = {}
    if body.get("name") is not None:
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


def _key(id_: str, pod: Pod) -> tuple[Any, ...]:
    return (
        type_copies.c.kind == "group",
        type_copies.c.top_id == id_,
        type_copies.c.pod_id == pod.pod_id,
    )
