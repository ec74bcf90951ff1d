"""GroupTypeCopies: types of volume groups in pods, made at first use."""

from typing import Any
from urllib.parse import quote

from activities.copies import Copies, CopyKind
from activities.pods.region import Regions
from models import work
from models.database.store import Judge, Row, Store
from models.database.tables.volume import GroupType
from models.errors import PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Made
from models.values import Pod
from models.volume.group_types import GroupTypes
from models.volume.type_copies import TypeCopyRows

# From here on Cinder has them.
_SINCE = "3.11"
_FIELDS = ("name", "description", "is_public", "group_specs")


class _GroupTypes(CopyKind):
    """Found by their names: names are unique in a pod."""

    type = "group"
    found_in_pods = True

    def __init__(self, store: Store, regions: Regions) -> None:
        self._store = store
        self._regions = regions

    def desired(self, row: Row) -> Any:
        return {key: row[key] for key in _FIELDS}

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(GroupType.select().where(GroupType.id == id_))

    async def find(self, row: Row, pod: Pod) -> str | None:
        listed = (await self._admin(pod, "GET", "/group_types?is_public=None"))["group_types"]
        return next((str(item["id"]) for item in listed if item["name"] == row["name"]), None)

    async def create(self, row: Row, pod: Pod) -> Made:
        desired = self.desired(row)
        made = await self._admin(pod, "POST", "/group_types", {"group_type": desired})
        return Made(str(made["group_type"]["id"]), desired)

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        desired = self.desired(row)
        path = f"/group_types/{bottom}"
        there = (await self._admin(pod, "GET", path))["group_type"]
        names = ("name", "description", "is_public")
        changed = {key: desired[key] or "" for key in names if desired[key] != there[key]}
        if "is_public" in changed:
            changed["is_public"] = desired["is_public"]
        if changed:
            await self._admin(pod, "PUT", path, {"group_type": changed})
        specs, old = desired["group_specs"], there.get("group_specs") or {}
        for key in set(old) - set(specs):
            await self._admin(pod, "DELETE", f"{path}/group_specs/{quote(key, safe='')}")
        if any(old.get(key) != value for key, value in specs.items()):
            await self._admin(pod, "POST", f"{path}/group_specs", {"group_specs": specs})

    async def delete(self, copy: Row, pod: Pod) -> None:
        await self._admin(pod, "DELETE", f"/group_types/{copy['bottom_id']}")

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "volume", method, path, body, microversion=_SINCE)


class GroupTypeCopies:
    """Copies of group types."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        types: GroupTypes,
        rows: TypeCopyRows,
    ) -> None:
        self._store = store
        self._operations = operations
        self._types = types
        self._rows = rows
        self._copies = Copies(rows, pods, _GroupTypes(store, regions))

    async def materialise(self, row: Row, pod: Pod) -> str:
        """Return the id of the type in the pod, made and brought up to date as needed."""
        return await self._copies.materialise(row, pod)

    async def top_id(self, pod: Pod, bottom_id: str) -> str:
        """Return the id at the top of a pod's type; the pod's own while it is not known."""
        return await self._rows.top_id("group", pod, bottom_id) or bottom_id

    async def change(self, id_: str, judge: Judge) -> Row:
        """Change a type here and in every pod that has it; a silent pod follows later.

        ``judge`` returns what changes of the row as it is then, or refuses.
        """
        row = await self._types.change(id_, judge)
        try:
            await self.update(id_)
        except PodUnavailable:
            await self._later(work.UpdateCopies.GROUP_TYPE.on(id_))
        return row

    async def delete(self, row: Row) -> None:
        """Delete a type and its copies; ``PodFault`` while a group is of it."""
        async with self._store.hold("volume-types"):
            late = await self._copies.remove_all(row["id"])
            await self._types.forget(row["id"])
        if late:
            await self._later(work.CleanUp.GROUP_TYPE.on(row["id"]))

    async def update(self, id_: str) -> None:
        """Bring every copy up to date."""
        # Whoever comes last has read the row last.
        async with self._store.hold(f"group-type/{id_}"):
            await self._copies.update(id_)

    async def clean_up(self, id_: str) -> None:
        """Delete the copies of a deleted type; ``PodUnavailable``."""
        await self._copies.clean_up(id_)

    async def _later(self, task: work.Work) -> None:
        async with self._store.write() as tx:
            operation = await self._operations.add(tx, task)
        self._operations.announce(operation)
