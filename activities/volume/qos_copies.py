"""QosCopies: QoS specs in pods, made when a volume type needs them there."""

from typing import Any

from activities.copies import Copies, CopyKind
from activities.pods.region import Regions
from models import work
from models.database.store import Row, Store
from models.database.tables.volume import QosSpecs
from models.errors import PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Made
from models.values import Pod
from models.volume.type_copies import TypeCopyRows


class _QosSpecs(CopyKind):
    """Found by their names: names are unique in a pod."""

    type = "qos"
    found_in_pods = True

    def __init__(self, store: Store, regions: Regions) -> None:
        self._store = store
        self._regions = regions

    def desired(self, row: Row) -> Any:
        return {"consumer": row["consumer"], "specs": row["specs"]}

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(QosSpecs.select().where(QosSpecs.id == id_))

    async def find(self, row: Row, pod: Pod) -> str | None:
        listed = (await self.admin(pod, "GET", "/qos-specs"))["qos_specs"]
        return next((str(item["id"]) for item in listed if item["name"] == row["name"]), None)

    async def create(self, row: Row, pod: Pod) -> Made:
        body = row["specs"] | {"name": row["name"], "consumer": row["consumer"]}
        made = await self.admin(pod, "POST", "/qos-specs", {"qos_specs": body})
        return Made(str(made["qos_specs"]["id"]), self.desired(row))

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        path = f"/qos-specs/{bottom}"
        there = (await self.admin(pod, "GET", path))["qos_specs"]
        unwanted = sorted(set(there["specs"]) - set(row["specs"]))
        if unwanted:
            await self.admin(pod, "PUT", f"{path}/delete_keys", {"keys": unwanted})
        specs = row["specs"] | {"consumer": row["consumer"]}
        await self.admin(pod, "PUT", path, {"qos_specs": specs})

    async def delete(self, copy: Row, pod: Pod) -> None:
        await self.admin(pod, "DELETE", f"/qos-specs/{copy['bottom_id']}?force=True")

    async def admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "volume", method, path, body)


class QosCopies:
    """Copies of QoS specs."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        rows: TypeCopyRows,
    ) -> None:
        self._store = store
        self._operations = operations
        self._rows = rows
        self._kind = _QosSpecs(store, regions)
        self._copies = Copies(rows, pods, self._kind)

    async def associate(self, type_: Row, pod: Pod, type_id: str) -> None:
        """Give the pod's type the specs that the type has at the top, or none."""
        item = (await self._kind.admin(pod, "GET", f"/types/{type_id}"))["volume_type"]
        current = item.get("qos_specs_id")
        row = await self._kind.row(type_["qos_specs_id"]) if type_["qos_specs_id"] else None
        desired = await self._copies.materialise(row, pod) if row else None
        if current and current != desired:
            await self._link(pod, current, "disassociate", type_id)
        if desired and current != desired:
            await self._link(pod, desired, "associate", type_id)

    async def top_id(self, pod: Pod, bottom_id: str | None) -> str | None:
        """Return the id at the top of a pod's specs, or None."""
        return await self._rows.top_id("qos", pod, bottom_id)

    async def converge(self, row: Row) -> None:
        """Bring the copies up to date; those in pods that do not answer follow later."""
        try:
            await self.update(row["id"])
        except PodUnavailable:
            await self._later(work.UpdateCopies.QOS_SPECS.on(row["id"]))

    async def update(self, id_: str) -> None:
        """Bring every copy up to date."""
        # Whoever comes last has read the row last.
        async with self._store.hold(f"qos-specs/{id_}"):
            await self._copies.update(id_)

    async def delete(self, id_: str) -> None:
        """Delete the copies of specs that are gone at the top."""
        try:
            await self.clean_up(id_)
        except PodUnavailable:
            await self._later(work.CleanUp.QOS_SPECS.on(id_))

    async def clean_up(self, id_: str) -> None:
        """Delete the copies of specs that are gone at the top; ``PodUnavailable``."""
        await self._copies.clean_up(id_)

    async def _link(self, pod: Pod, id_: str, how: str, type_id: str) -> None:
        await self._kind.admin(pod, "GET", f"/qos-specs/{id_}/{how}?vol_type_id={type_id}")

    async def _later(self, task: work.Work) -> None:
        async with self._store.write() as tx:
            operation = await self._operations.add(tx, task)
        self._operations.announce(operation)
