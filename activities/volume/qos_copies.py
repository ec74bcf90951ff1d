"""QosCopies: QoS specs in pods, made when a volume type needs them there."""

from typing import Any

from sqlalchemy import select

from activities.pods.region import Regions
from models import work
from models.database.store import Row, Store
from models.database.tables.volume import qos_specs, type_copies
from models.errors import PodFault, PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Pod


class QosCopies:
    """Copies of QoS specs, found by their names: names are unique in a pod."""

    def __init__(
        self, store: Store, regions: Regions, pods: PodDirectory, operations: Operations
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations

    async def associate(self, type_: Row, pod: Pod, type_id: str) -> None:
        """Give the pod's type the specs that the type has at the top, or none."""
        item = (await self._admin(pod, "GET", f"/types/{type_id}"))["volume_type"]
        current = item.get("qos_specs_id")
        row = await self._row(type_["qos_specs_id"])
        wanted = await self.in_pod(row, pod) if row else None
        if current and current != wanted:
            await self._link(pod, current, "disassociate", type_id)
        if wanted and current != wanted:
            await self._link(pod, wanted, "associate", type_id)

    async def in_pod(self, row: Row, pod: Pod) -> str:
        """Return the id of the specs in the pod, made and brought up to date as needed."""
        wanted = _applied(row)
        async with self._store.hold(f"qos-specs/{row['id']}/{pod.pod_id}"):
            copy = await self._copy(row["id"], pod)
            if copy and copy["applied"] == wanted:
                return str(copy["bottom_id"])
            bottom = str(copy["bottom_id"]) if copy else await self._found(row["name"], pod)
            if bottom is None:
                bottom = await self._made(row, pod)
            else:
                await self._align(pod, bottom, wanted)
            await self._record(row["id"], pod, bottom, wanted)
            return bottom

    async def top_id(self, pod: Pod, bottom_id: str | None) -> str | None:
        """Return the id at the top of a pod's specs, or None."""
        wanted = select(type_copies.c.top_id).where(
            type_copies.c.kind == "qos",
            type_copies.c.pod_id == pod.pod_id,
            type_copies.c.bottom_id == bottom_id,
        )
        async with self._store.read() as tx:
            found: str | None = await tx.value(wanted)
        return found

    async def spread(self, row: Row) -> None:
        """Bring the copies up to date; those in pods that do not answer follow later."""
        try:
            await self.update(row["id"])
        except PodUnavailable:
            await self._later(work.UpdateCopies.QOS_SPECS.on(row["id"]))

    async def update(self, id_: str) -> None:
        """Bring every copy up to date."""
        # Whoever comes last has read the row last.
        async with self._store.hold(f"qos-specs/{id_}"):
            row = await self._row(id_)
            for copy in await self._copies(id_) if row else ():
                await self.in_pod(row or {}, await self._pods.get(copy["pod_id"]))

    async def delete(self, id_: str) -> None:
        """Delete the copies of specs that are gone at the top."""
        try:
            await self.clean_up(id_)
        except PodUnavailable:
            await self._later(work.CleanUp.QOS_SPECS.on(id_))

    async def clean_up(self, id_: str) -> None:
        """Delete the copies of specs that are gone at the top."""
        if await self._row(id_) is not None:
            return
        for copy in await self._copies(id_):
            pod = await self._pods.get(copy["pod_id"])
            try:
                await self._admin(pod, "DELETE", f"/qos-specs/{copy['bottom_id']}?force=True")
            except PodFault as fault:
                if fault.status != 404:
                    raise
            async with self._store.write() as tx:
                await tx.run(type_copies.delete().where(*_key(id_, pod)))

    async def _align(self, pod: Pod, id_: str, wanted: dict[str, Any]) -> None:
        there = (await self._admin(pod, "GET", f"/qos-specs/{id_}"))["qos_specs"]
        unwanted = sorted(set(there["specs"]) - set(wanted["specs"]))
        if unwanted:
            await self._admin(pod, "PUT", f"/qos-specs/{id_}/delete_keys", {"keys": unwanted})
        specs = wanted["specs"] | {"consumer": wanted["consumer"]}
        await self._admin(pod, "PUT", f"/qos-specs/{id_}", {"qos_specs": specs})

    async def _made(self, row: Row, pod: Pod) -> str:
        body = row["specs"] | {"name": row["name"], "consumer": row["consumer"]}
        made = await self._admin(pod, "POST", "/qos-specs", {"qos_specs": body})
        return str(made["qos_specs"]["id"])

    async def _found(self, name: str, pod: Pod) -> str | None:
        listed = (await self._admin(pod, "GET", "/qos-specs"))["qos_specs"]
        return next((str(item["id"]) for item in listed if item["name"] == name), None)

    async def _link(self, pod: Pod, id_: str, how: str, type_id: str) -> None:
        await self._admin(pod, "GET", f"/qos-specs/{id_}/{how}?vol_type_id={type_id}")

    async def _later(self, task: work.Work) -> None:
        async with self._store.write() as tx:
            operation = await self._operations.add(tx, task)
        self._operations.announce(operation)

    async def _row(self, id_: str | None) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(select(qos_specs).where(qos_specs.c.id == id_)) if id_ else None

    async def _copies(self, id_: str) -> list[Row]:
        of = type_copies.c.kind == "qos", type_copies.c.top_id == id_
        async with self._store.read() as tx:
            return await tx.all(select(type_copies).where(*of))

    async def _copy(self, id_: str, pod: Pod) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(select(type_copies).where(*_key(id_, pod)))

    async def _record(self, id_: str, pod: Pod, bottom_id: str, applied: dict[str, Any]) -> None:
        row = {
            "kind": "qos",
            "top_id": id_,
            "pod_id": pod.pod_id,
            "bottom_id": bottom_id,
            "applied": applied,
        }
        async with self._store.write() as tx:
            if not await tx.insert_new(type_copies, row):
                mine = type_copies.update().where(*_key(id_, pod))
                await tx.run(mine.values(bottom_id=bottom_id, applied=applied))

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "volume", method, path, body)


def _applied(row: Row) -> dict[str, Any]:
    return {"consumer": row["consumer"], "specs": row["specs"]}


def _key(id_: str, pod: Pod) -> tuple[Any, ...]:
    return (
        type_copies.c.kind == "qos",
        type_copies.c.top_id == id_,
        type_copies.c.pod_id == pod.pod_id,
    )
