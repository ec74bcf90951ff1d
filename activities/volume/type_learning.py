"""TypeLearning: volume types and QoS specs that pods have of their own become the gateway's.

The same name in two pods is the same type. A type keeps the id that the first pod gave it.
"""

import asyncio
import logging
import time
from typing import Any

from sqlalchemy import select

from activities.pods.region import Regions
from models.database.store import Row, Store, new_id
from models.database.tables.volume import (
    TypeCopy,
    group_types,
    qos_specs,
    type_copies,
    volume_types,
)
from models.errors import PodFault
from models.logs import failed
from models.pods import PodDirectory
from models.settings import Settings
from models.values import Pod

LOG = logging.getLogger(__name__)
_SECONDS = 30.0
# How long a pod that could not be read is left alone.
_PAUSE = 5.0
_PATHS = {"type": "/types", "qos": "/qos-specs", "group": "/group_types"}
_TABLES = {"type": volume_types, "qos": qos_specs, "group": group_types}
# Types of groups are newer than the others.
_VERSIONS = {"group": "3.11"}
_ENCRYPTION = ("encryption_id", "provider", "control_location", "cipher", "key_size")


class TypeLearning:
    """Reads every pod's types now and then; new ones are taken over."""

    def __init__(
        self, settings: Settings, store: Store, regions: Regions, pods: PodDirectory
    ) -> None:
        self._settings = settings
        self._store = store
        self._regions = regions
        self._pods = pods
        self._read: dict[str, float] = {}
        self._failed: dict[str, float] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}

    async def fresh(self, seconds: float = _SECONDS) -> None:
        """Return when every pod was read in the last seconds; without those that are too slow."""
        due = []
        at = time.monotonic()
        for pod in await self._pods.serving("volume"):
            silent = self._failed.get(pod.pod_id, 0.0) > at - _PAUSE
            if not silent and self._read.get(pod.pod_id, 0.0) < at - seconds:
                task = self._reading.get(pod.pod_id)
                if task is None or task.done():
                    task = asyncio.get_running_loop().create_task(self._pod(pod))
                    self._reading[pod.pod_id] = task
                due.append(task)
        if due:
            await asyncio.wait(due, timeout=self._settings.list_deadline)

    async def _pod(self, pod: Pod) -> None:
        began = time.monotonic()
        try:
            await self._take(pod, "qos", await self._listed(pod, "qos", "qos_specs"))
            await self._take(pod, "type", await self._listed(pod, "type", "volume_types"))
            await self._take(pod, "group", await self._groups(pod))
            self._read[pod.pod_id] = began
        except Exception as error:
            # Nobody waits for this task for long: the next reading has to go on without it.
            self._failed[pod.pod_id] = time.monotonic()
            failed(LOG, f"{pod.pod_name}: volume types were not read", error)

    async def _listed(self, pod: Pod, kind: str, key: str) -> list[dict[str, Any]]:
        path = _PATHS[kind] + ("" if kind == "qos" else "?is_public=None")
        listed: list[dict[str, Any]] = (await self._admin(pod, path, kind))[key]
        return listed

    async def _groups(self, pod: Pod) -> list[dict[str, Any]]:
        try:
            return await self._listed(pod, "group", "group_types")
        except PodFault:
            # A Cinder from before there were any.
            return []

    async def _take(self, pod: Pod, kind: str, listed: list[dict[str, Any]]) -> None:
        copies = TypeCopy.select().where(TypeCopy.kind == kind, TypeCopy.pod_id == pod.pod_id)
        async with self._store.read() as tx:
            before = await tx.all(copies)
        known = {row.bottom_id for row in before}
        if all(item["id"] in known for item in listed):
            return
        # Whoever makes or deletes a type holds the same lease.
        async with self._store.hold("volume-types"):
            for item in listed:
                if item["id"] not in known and await self._is_there(pod, kind, item["id"]):
                    await self._adopt(pod, kind, item)

    async def _adopt(self, pod: Pod, kind: str, item: dict[str, Any]) -> None:
        table = _TABLES[kind]
        async with self._store.read() as tx:
            row = await tx.one(select(table).where(table.c.name == item["name"]))
            taken = await tx.one(select(table.c.id).where(table.c.id == item["id"]))
        new: Row | None = None
        if row is None:
            new = await self._type(pod, item) if kind == "type" else _row(kind, item)
            if taken:
                new["id"] = new_id()
        top_id = (row or new or {})["id"]
        copy = {
            "kind": kind,
            "top_id": top_id,
            "pod_id": pod.pod_id,
            "bottom_id": item["id"],
            "applied": None,
        }
        of = (
            TypeCopy.kind == kind,
            TypeCopy.top_id == top_id,
            TypeCopy.pod_id == pod.pod_id,
        )
        async with self._store.write() as tx:
            if new is not None:
                await tx.insert(table, new)
            # Under the same name, another id: it was made anew in the pod.
            if not await tx.insert_new(type_copies, copy):
                again = type_copies.update().where(*of)
                await tx.run(again.values(bottom_id=item["id"], applied=None))

    async def _type(self, pod: Pod, item: dict[str, Any]) -> Row:
        path = f"/types/{item['id']}"
        access: list[str] = []
        if not item["is_public"]:
            listed = await self._admin(pod, f"{path}/os-volume-type-access")
            access = sorted(entry["project_id"] for entry in listed["volume_type_access"])
        encryption = await self._admin(pod, f"{path}/encryption")
        return {
            "id": item["id"],
            "name": item["name"],
            "description": item.get("description"),
            "is_public": item["is_public"],
            "extra_specs": item.get("extra_specs") or {},
            "access": access,
            "encryption": {key: encryption[key] for key in _ENCRYPTION if key in encryption},
            "qos_specs_id": await self._top_id(pod, item.get("qos_specs_id")),
        }

    async def _top_id(self, pod: Pod, bottom_id: str | None) -> str | None:
        if bottom_id is None:
            return None
        wanted = select(TypeCopy.top_id).where(
            TypeCopy.kind == "qos",
            TypeCopy.pod_id == pod.pod_id,
            TypeCopy.bottom_id == bottom_id,
        )
        async with self._store.read() as tx:
            found: str | None = await tx.value(wanted)
        return found

    async def _is_there(self, pod: Pod, kind: str, id_: str) -> bool:
        try:
            await self._admin(pod, f"{_PATHS[kind]}/{id_}", kind)
        except PodFault as fault:
            if fault.status == 404:
                return False
            raise
        return True

    async def _admin(self, pod: Pod, path: str, kind: str = "") -> Any:
        version = _VERSIONS.get(kind, "")
        return await self._regions.admin(pod, "volume", "GET", path, microversion=version)


def _row(kind: str, item: dict[str, Any]) -> Row:
    if kind == "qos":
        return {key: item[key] for key in ("id", "name", "consumer", "specs")}
    known = {key: item[key] for key in ("id", "name", "description", "is_public")}
    return known | {"group_specs": item.get("group_specs") or {}}
