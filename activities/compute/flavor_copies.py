"""FlavorCopies: a flavor in a pod, with the same id and what is said of it now."""

from typing import Any
from urllib.parse import quote

from activities.copies import Copies, CopyKind
from activities.pods.region import Regions
from activities.pods.together import all_of
from models.compute.flavors import aside_name
from models.compute.release import released
from models.database.store import Row, Store
from models.database.tables.compute import Flavor
from models.errors import Conflict, PodFault
from models.pods import PodDirectory
from models.routings import Made, Routings, mark
from models.values import Pod

# From here on Nova keeps a description, our mark.
_DESCRIBED = "2.55"
_SIZES = ("name", "ram", "vcpus", "disk", "ephemeral", "swap", "rxtx_factor", "is_public")


class FlavorCopies(Copies):
    """Copies of flavors. What is set on a copy is remembered, so that a boot asks nothing."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory, rows: Routings) -> None:
        super().__init__(rows, pods, _Flavors(store, regions))


class _Flavors(CopyKind):
    """Found by their ids. One of this id that was deleted, and made anew, has other sizes."""

    type = "flavor"

    def __init__(self, store: Store, regions: Regions) -> None:
        self._store = store
        self._regions = regions

    def desired(self, row: Row) -> Any:
        return {
            "sizes": _sizes(row),
            "specs": row["extra_specs"],
            "access": sorted(row["access"]) if not row["is_public"] else [],
        }

    def replaced(self, row: Row, copy: Row) -> bool:
        return bool(_sizes(row) != (copy["applied"] or {}).get("sizes"))

    async def stays(self, id_: str, copy: Row) -> bool:
        row = await self.row(id_)
        right = row is not None and not self.replaced(row, copy)
        return right and not await released(self._store, copy)

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(Flavor.select().where(Flavor.id == id_))

    async def find(self, row: Row, pod: Pod) -> str | None:
        try:
            path = f"/flavors/{quote(row['id'], safe='')}"
            there = (await self._admin(pod, "GET", path))["flavor"]
        except PodFault as fault:
            if fault.status == 404:
                return None
            raise
        if any(there[key] != row[key] for key in ("ram", "vcpus", "disk")):
            raise Conflict(
                f"Pod {pod.pod_name} has another flavor with the id {row['id']}: "
                f"{there['name']}, {there['ram']} MB, {there['vcpus']} VCPUs."
            )
        return str(row["id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        made = Made(str(row["id"]), {"sizes": _sizes(row), "specs": {}, "access": []})
        if await self._made(_body(row), pod) or await self.find(row, pod):
            return made
        # The name belongs to a flavor of the pod's own.
        aside = _body(row) | {"name": aside_name(row)}
        if not await self._made(aside, pod) and await self.find(row, pod) is None:
            raise Conflict(f"Pod {pod.pod_name} takes no flavor named {aside['name']}.")
        return made

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        desired = self.desired(row)
        await self._set_specs(bottom, pod, desired["specs"])
        if not row["is_public"]:
            await self._set_access(bottom, pod, desired["access"])

    async def delete(self, copy: Row, pod: Pod) -> None:
        path = f"/flavors/{quote(copy['top_id'], safe='')}"
        there = (await self._admin(pod, "GET", path))["flavor"]
        # A flavor that the pod had before us stays.
        if there.get("description") == mark("flavor", copy["top_id"]):
            await self._admin(pod, "DELETE", path)

    async def _made(self, body: dict[str, Any], pod: Pod) -> bool:
        try:
            await self._admin(pod, "POST", "/flavors", {"flavor": body})
        except PodFault as fault:
            if fault.status != 409:
                raise
            return False
        return True

    async def _set_specs(self, id_: str, pod: Pod, desired: dict[str, str]) -> None:
        path = f"/flavors/{quote(id_, safe='')}/os-extra_specs"
        there = (await self._admin(pod, "GET", path))["extra_specs"]
        for key in set(there) - set(desired):
            await self._admin(pod, "DELETE", f"{path}/{quote(key, safe='')}")
        if any(there.get(key) != value for key, value in desired.items()):
            await self._admin(pod, "POST", path, {"extra_specs": desired})

    async def _set_access(self, id_: str, pod: Pod, desired: list[str]) -> None:
        path = f"/flavors/{quote(id_, safe='')}"
        listed = (await self._admin(pod, "GET", f"{path}/os-flavor-access"))["flavor_access"]
        there = {entry["tenant_id"] for entry in listed}
        changes = [("removeTenantAccess", project) for project in there - set(desired)]
        changes += [("addTenantAccess", project) for project in set(desired) - there]
        await all_of(
            *(
                self._admin(pod, "POST", f"{path}/action", {action: {"tenant": project}})
                for action, project in changes
            )
        )

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(
            pod, "compute", method, path, body, microversion=_DESCRIBED
        )


def _sizes(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in _SIZES}


def _body(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "ram": row["ram"],
        "vcpus": row["vcpus"],
        "disk": row["disk"],
        "OS-FLV-EXT-DATA:ephemeral": row["ephemeral"],
        "swap": row["swap"],
        "rxtx_factor": row["rxtx_factor"],
        "os-flavor-access:is_public": row["is_public"],
        "description": mark("flavor", row["id"]),
    }
