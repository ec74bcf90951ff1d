"""TypeCopies: volume types in pods, made at first use and kept as the top has them."""

import asyncio
from typing import Any
from urllib.parse import quote

from activities.copies import Copies, CopyKind
from activities.pods.region import Regions
from activities.volume.qos_copies import QosCopies
from models import work
from models.database.store import Judge, Row, Store
from models.database.tables.volume import VolumeType
from models.errors import GatewayError, PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Made
from models.values import Pod
from models.volume.type_copies import TypeCopyRows
from models.volume.types import VolumeTypes

_SETTINGS = ("provider", "control_location", "cipher", "key_size")
_PUBLIC = "os-volume-type-access:is_public"


class _VolumeTypes(CopyKind):
    """Found by their names: names are unique in a pod."""

    type = "type"
    found_in_pods = True

    def __init__(self, store: Store, regions: Regions, qos: QosCopies) -> None:
        self._store = store
        self._regions = regions
        self._qos = qos

    def desired(self, row: Row) -> Any:
        encryption = {key: row["encryption"][key] for key in _SETTINGS if key in row["encryption"]}
        return {
            "name": row["name"],
            "description": row["description"],
            "is_public": row["is_public"],
            "specs": row["extra_specs"],
            "access": [] if row["is_public"] else sorted(row["access"]),
            "encryption": encryption,
            "qos": row["qos_specs_id"],
        }

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(VolumeType.select().where(VolumeType.id == id_))

    async def find(self, row: Row, pod: Pod) -> str | None:
        listed = (await self._admin(pod, "GET", "/types?is_public=None"))["volume_types"]
        return next((str(item["id"]) for item in listed if item["name"] == row["name"]), None)

    async def create(self, row: Row, pod: Pod) -> Made:
        body = {
            "name": row["name"],
            "description": row["description"],
            "extra_specs": row["extra_specs"],
            _PUBLIC: row["is_public"],
        }
        made = await self._admin(pod, "POST", "/types", {"volume_type": body})
        applied = self.desired(row) | {"access": [], "encryption": {}, "qos": None}
        return Made(str(made["volume_type"]["id"]), applied)

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        desired = self.desired(row)
        if applied is None:
            applied = await self._read(pod, bottom)
        path = f"/types/{bottom}"
        names = ("name", "description", "is_public")
        changed = {key: desired[key] for key in names if desired[key] != applied[key]}
        if changed:
            # Cinder cannot set a description to nothing.
            changed = {key: "" if value is None else value for key, value in changed.items()}
            await self._admin(pod, "PUT", path, {"volume_type": changed})
        for key in set(applied["specs"]) - set(desired["specs"]):
            await self._admin(pod, "DELETE", f"{path}/extra_specs/{quote(key, safe='')}")
        if any(applied["specs"].get(k) != v for k, v in desired["specs"].items()):
            body = {"extra_specs": desired["specs"]}
            await self._admin(pod, "POST", f"{path}/extra_specs", body)
        if not desired["is_public"]:
            for action, one, other in (
                ("removeProjectAccess", applied["access"], desired["access"]),
                ("addProjectAccess", desired["access"], applied["access"]),
            ):
                for project in sorted(set(one) - set(other)):
                    await self._admin(
                        pod, "POST", f"{path}/action", {action: {"project": project}}
                    )
        if desired["encryption"] != applied["encryption"]:
            await self._encrypt(pod, bottom, applied["encryption"], desired["encryption"])
        if desired["qos"] != applied["qos"]:
            await self._qos.associate(row, pod, bottom)

    async def delete(self, copy: Row, pod: Pod) -> None:
        await self._admin(pod, "DELETE", f"/types/{copy['bottom_id']}")

    async def _encrypt(
        self, pod: Pod, id_: str, applied: dict[str, Any], desired: dict[str, Any]
    ) -> None:
        path = f"/types/{id_}/encryption"
        if applied and desired:
            await self._admin(pod, "PUT", f"{path}/provider", {"encryption": desired})
        elif desired:
            await self._admin(pod, "POST", path, {"encryption": desired})
        else:
            await self._admin(pod, "DELETE", f"{path}/provider")

    async def _read(self, pod: Pod, id_: str) -> dict[str, Any]:
        """Return what is set on a copy now."""
        path = f"/types/{id_}"
        item = (await self._admin(pod, "GET", path))["volume_type"]
        access: list[str] = []
        if not item["is_public"]:
            listed = await self._admin(pod, "GET", f"{path}/os-volume-type-access")
            access = sorted(entry["project_id"] for entry in listed["volume_type_access"])
        encryption = await self._admin(pod, "GET", f"{path}/encryption")
        return {
            "name": item["name"],
            "description": item["description"],
            "is_public": item["is_public"],
            "specs": item["extra_specs"],
            "access": access,
            "encryption": {key: encryption[key] for key in _SETTINGS if key in encryption},
            "qos": await self._qos.top_id(pod, item.get("qos_specs_id")),
        }

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "volume", method, path, body)


class TypeCopies:
    """Copies of volume types."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        types: VolumeTypes,
        qos: QosCopies,
        rows: TypeCopyRows,
    ) -> None:
        self._store = store
        self._operations = operations
        self._types = types
        self._rows = rows
        self._copies = Copies(rows, pods, _VolumeTypes(store, regions, qos))

    async def materialise(self, row: Row, pod: Pod) -> str:
        """Return the id of the type in the pod, made and brought up to date as needed."""
        return await self._copies.materialise(row, pod)

    async def _foretold(self, row: Row, pod: Pod) -> None:
        """Bring the copy up to what the type is about to be."""
        await self._copies.materialise(row, pod, ahead=True)

    async def top_id(self, pod: Pod, bottom_id: str) -> str:
        """Return the id at the top of a pod's type; the pod's own while it is not known."""
        known = await self._rows.top_id("type", pod, bottom_id)
        if known is None:
            await self._types.learn()
            known = await self._rows.top_id("type", pod, bottom_id)
        return known or bottom_id

    async def change(self, id_: str, judge: Judge) -> tuple[Row, Row]:
        """Change a type in every pod that has it, then at the top; return it before and after.

        ``judge`` returns what changes of the row as it is then, or refuses. What a pod refuses is
        undone in the others. A pod that does not answer follows later.
        """
        async with self._store.hold(f"volume-type/{id_}"):
            row = await self._types.known(id_)
            return row, await self._change(row, judge(row))

    async def _change(self, row: Row, values: Row) -> Row:
        if not values:
            return row
        new = row | values
        done: list[Pod] = []
        late = False
        for pod in await self._copies.pods(row["id"]):
            try:
                await self._foretold(new, pod)
                done.append(pod)
            except PodUnavailable:
                late = True
            except GatewayError:
                await asyncio.gather(*(self._foretold(row, other) for other in done))
                raise
        changed = await self._types.set(row["id"], values)
        if late:
            await self._later(work.UpdateCopies.VOLUME_TYPE.on(row["id"]))
        return changed

    async def delete(self, row: Row) -> None:
        """Delete a type in every pod that has it, then at the top; ``PodFault`` where it is used.

        Copies that went before another pod refused are made again when they are needed.
        """
        async with self._store.hold("volume-types"):
            late = await self._copies.remove_all(row["id"])
            await self._types.forget(row["id"])
        if late:
            await self._later(work.CleanUp.VOLUME_TYPE.on(row["id"]))

    async def update(self, id_: str) -> None:
        """Bring every copy up to date."""
        async with self._store.hold(f"volume-type/{id_}"):
            await self._copies.update(id_)

    async def clean_up(self, id_: str) -> None:
        """Delete the copies of a deleted type; ``PodUnavailable``."""
        await self._copies.clean_up(id_)

    async def _later(self, task: work.Work) -> None:
        async with self._store.write() as tx:
            operation = await self._operations.add(tx, task)
        self._operations.announce(operation)
