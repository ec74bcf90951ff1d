"""TypeCopies: volume types in pods, made at first use and kept as the top has them."""

import asyncio
from collections import OrderedDict
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from activities.pods.region import Regions
from activities.volume.qos_copies import QosCopies
from models import work
from models.database.store import Judge, Row, Store
from models.database.tables.volume import type_copies, volume_types
from models.errors import GatewayError, PodFault, PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Pod
from models.volume.types import VolumeTypes

_KEPT = 10_000
_SETTINGS = ("provider", "control_location", "cipher", "key_size")
_PUBLIC = "os-volume-type-access:is_public"


class TypeCopies:
    """Copies of volume types, found by their names: names are unique in a pod."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        types: VolumeTypes,
        qos: QosCopies,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._types = types
        self._qos = qos
        self._tops: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def in_pod(self, row: Row, pod: Pod) -> str:
        """Return the id of the type in the pod, made and brought up to date as needed."""
        wanted = await self._wanted(row)
        copy = await self._copy(row["id"], pod)
        if copy and copy["applied"] == wanted:
            return str(copy["bottom_id"])
        async with self._held(row["id"], pod):
            try:
                return await self._aligned(row, pod, wanted)
            except PodFault as fault:
                if fault.status != 404:
                    raise
                # It was deleted in the pod behind our back.
                await self._forget(row["id"], pod)
                return await self._aligned(row, pod, wanted)

    async def top_id(self, pod: Pod, bottom_id: str) -> str:
        """Return the id at the top of a pod's type; the pod's own while it is not known."""
        key = (pod.pod_id, bottom_id)
        known = self._tops.get(key)
        if known is None:
            wanted = select(type_copies.c.top_id).where(
                type_copies.c.kind == "type",
                type_copies.c.pod_id == pod.pod_id,
                type_copies.c.bottom_id == bottom_id,
            )
            for _ in range(2):
                async with self._store.read() as tx:
                    known = await tx.value(wanted)
                if known is not None:
                    break
                await self._types.learn()
            if known is None:
                return bottom_id
            self._tops[key] = known
            if len(self._tops) > _KEPT:
                self._tops.popitem(last=False)
        return known

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
        for pod in await self._holders(row["id"]):
            try:
                await self.in_pod(new, pod)
                done.append(pod)
            except PodUnavailable:
                late = True
            except GatewayError:
                await asyncio.gather(*(self.in_pod(row, other) for other in done))
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
            late = False
            for pod in await self._holders(row["id"]):
                try:
                    await self._remove(row["id"], pod)
                except PodUnavailable:
                    late = True
            await self._types.forget(row["id"])
        if late:
            await self._later(work.CleanUp.VOLUME_TYPE.on(row["id"]))

    async def update(self, id_: str) -> None:
        """Bring every copy up to date."""
        async with self._store.hold(f"volume-type/{id_}"):
            row = await self._row(id_)
            for pod in await self._holders(id_) if row else ():
                await self.in_pod(row or {}, pod)

    async def clean_up(self, id_: str) -> None:
        """Delete the copies of a deleted type."""
        if await self._row(id_) is None:
            for pod in await self._holders(id_):
                await self._remove(id_, pod)

    async def _aligned(self, row: Row, pod: Pod, wanted: dict[str, Any]) -> str:
        copy = await self._copy(row["id"], pod)
        applied = copy["applied"] if copy else None
        if copy is None:
            bottom = await self._found(row["name"], pod)
            if bottom is None:
                bottom = await self._made(row, pod)
                applied = wanted | {"access": [], "encryption": {}, "qos": None}
            await self._record(row["id"], pod, bottom)
        else:
            bottom = str(copy["bottom_id"])
        if applied is None:
            applied = await self._read(pod, bottom)
        if applied != wanted:
            await self._align(row, pod, bottom, applied, wanted)
        mine = _key(row["id"], pod)
        async with self._store.write() as tx:
            await tx.run(type_copies.update().where(*mine).values(applied=wanted))
        return bottom

    async def _align(
        self, row: Row, pod: Pod, id_: str, applied: dict[str, Any], wanted: dict[str, Any]
    ) -> None:
        path = f"/types/{id_}"
        names = ("name", "description", "is_public")
        changed = {key: wanted[key] for key in names if wanted[key] != applied[key]}
        if changed:
            # Cinder cannot set a description to nothing.
            changed = {key: "" if value is None else value for key, value in changed.items()}
            await self._admin(pod, "PUT", path, {"volume_type": changed})
        for key in set(applied["specs"]) - set(wanted["specs"]):
            await self._admin(pod, "DELETE", f"{path}/extra_specs/{quote(key, safe='')}")
        if any(applied["specs"].get(k) != v for k, v in wanted["specs"].items()):
            body = {"extra_specs": wanted["specs"]}
            await self._admin(pod, "POST", f"{path}/extra_specs", body)
        if not wanted["is_public"]:
            for action, one, other in (
                ("removeProjectAccess", applied["access"], wanted["access"]),
                ("addProjectAccess", wanted["access"], applied["access"]),
            ):
                for project in sorted(set(one) - set(other)):
                    await self._admin(
                        pod, "POST", f"{path}/action", {action: {"project": project}}
                    )
        if wanted["encryption"] != applied["encryption"]:
            await self._encrypt(pod, id_, applied["encryption"], wanted["encryption"])
        if wanted["qos"] != applied["qos"]:
            await self._qos.associate(row, pod, id_)

    async def _encrypt(
        self, pod: Pod, id_: str, applied: dict[str, Any], wanted: dict[str, Any]
    ) -> None:
        path = f"/types/{id_}/encryption"
        if applied and wanted:
            await self._admin(pod, "PUT", f"{path}/provider", {"encryption": wanted})
        elif wanted:
            await self._admin(pod, "POST", path, {"encryption": wanted})
        else:
            await self._admin(pod, "DELETE", f"{path}/provider")

    async def _made(self, row: Row, pod: Pod) -> str:
        body = {
            "name": row["name"],
            "description": row["description"],
            "extra_specs": row["extra_specs"],
            _PUBLIC: row["is_public"],
        }
        made = await self._admin(pod, "POST", "/types", {"volume_type": body})
        return str(made["volume_type"]["id"])

    async def _found(self, name: str, pod: Pod) -> str | None:
        listed = (await self._admin(pod, "GET", "/types?is_public=None"))["volume_types"]
        return next((str(item["id"]) for item in listed if item["name"] == name), None)

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

    async def _wanted(self, row: Row) -> dict[str, Any]:
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

    async def _remove(self, id_: str, pod: Pod) -> None:
        async with self._held(id_, pod):
            copy = await self._copy(id_, pod)
            if copy is None:
                return
            try:
                await self._admin(pod, "DELETE", f"/types/{copy['bottom_id']}")
            except PodFault as fault:
                if fault.status != 404:
                    raise
            await self._forget(id_, pod)

    async def _holders(self, id_: str) -> list[Pod]:
        of = type_copies.c.kind == "type", type_copies.c.top_id == id_
        async with self._store.read() as tx:
            rows = await tx.all(select(type_copies.c.pod_id).where(*of))
        here = {row["pod_id"] for row in rows}
        return [pod for pod in await self._pods.all() if pod.pod_id in here]

    async def _later(self, task: work.Work) -> None:
        async with self._store.write() as tx:
            operation = await self._operations.add(tx, task)
        self._operations.announce(operation)

    async def _row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(select(volume_types).where(volume_types.c.id == id_))

    async def _copy(self, id_: str, pod: Pod) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(select(type_copies).where(*_key(id_, pod)))

    async def _record(self, id_: str, pod: Pod, bottom_id: str) -> None:
        row = {"kind": "type", "top_id": id_, "pod_id": pod.pod_id, "bottom_id": bottom_id}
        async with self._store.write() as tx:
            await tx.insert_new(type_copies, row)

    async def _forget(self, id_: str, pod: Pod) -> None:
        async with self._store.write() as tx:
            await tx.run(type_copies.delete().where(*_key(id_, pod)))

    def _held(self, id_: str, pod: Pod) -> Any:
        return self._store.hold(f"volume-type/{id_}/{pod.pod_id}")

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "volume", method, path, body)


def _key(id_: str, pod: Pod) -> tuple[Any, ...]:
    return (
        type_copies.c.kind == "type",
        type_copies.c.top_id == id_,
        type_copies.c.pod_id == pod.pod_id,
    )
