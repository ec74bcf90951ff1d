"""FlavorCopies: a flavor in a pod, with the same id and what is said of it now."""

import asyncio
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from activities.pods.region import Regions
from models.compute.flavors import aside_name
from models.compute.release import released
from models.database.store import Row, Store
from models.database.tables.compute import flavors
from models.database.tables.routing import routings
from models.errors import Conflict, PodFault
from models.pods import PodDirectory
from models.routings import Routings, Stays, marker
from models.values import Pod

# From here on Nova keeps a description, our marker.
_DESCRIBED = "2.55"
_SIZES = ("name", "ram", "vcpus", "disk", "ephemeral", "swap", "rxtx_factor", "is_public")


class FlavorCopies:
    """Copies of flavors. What is set on a copy is remembered, so that a boot asks nothing."""

    def __init__(
        self, store: Store, regions: Regions, pods: PodDirectory, copies: Routings
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._copies = copies

    async def flavor(self, row: Row, pod: Pod) -> str:
        """Return the id of the flavor in the pod, made and brought up to date as needed."""
        id_ = row["id"]
        known = await self._copies.row("flavor", id_, pod)
        if known and known["bottom_id"] and _sizes(row) != (known["applied"] or {}).get("sizes"):
            # A flavor of this id was deleted, and another one made, before clean-up came here.
            await self._remove(id_, pod)

        async def find() -> str | None:
            return await self._found(row, pod)

        async def create() -> str:
            if await self._made(_body(row), pod) or await self._found(row, pod):
                return str(id_)
            # The name belongs to a flavor of the pod's own.
            aside = _body(row) | {"name": aside_name(row)}
            if not await self._made(aside, pod) and await self._found(row, pod) is None:
                raise Conflict(f"Pod {pod.pod_name} takes no flavor named {aside['name']}.")
            return str(id_)

        empty = {"sizes": _sizes(row), "specs": {}, "access": []}
        await self._copies.materialise("flavor", id_, pod, find=find, create=create, applied=empty)
        await self._align(row, pod)
        return str(id_)

    async def _made(self, body: dict[str, Any], pod: Pod) -> bool:
        try:
            await self._admin(pod, "POST", "/flavors", {"flavor": body})
        except PodFault as fault:
            if fault.status != 409:
                raise
            return False
        return True

    async def clean_up(self, id_: str) -> None:
        """Remove copies that are wrong by now, and those in pods without servers of ours."""
        async with self._store.read() as tx:
            row = await tx.one(select(flavors).where(flavors.c.id == id_))

        async def stays(copy: Row) -> bool:
            right = row is not None and _sizes(row) == (copy["applied"] or {}).get("sizes")
            return right and not await released(self._store, copy)

        of = (routings.c.type == "flavor", routings.c.top_id == id_)
        for copy in await self._copies.rows(*of):
            await self._remove(id_, await self._pods.get(copy["pod_id"]), stays)

    async def _align(self, row: Row, pod: Pod) -> None:
        wanted = {
            "sizes": _sizes(row),
            "specs": row["extra_specs"],
            "access": sorted(row["access"]) if not row["is_public"] else [],
        }
        known = await self._copies.row("flavor", row["id"], pod)
        if known and known["applied"] == wanted:
            return
        async with self._copies.held("flavor", row["id"], pod):
            await self._align_specs(row["id"], pod, wanted["specs"])
            if not row["is_public"]:
                await self._align_access(row["id"], pod, wanted["access"])
            await self._copies.update("flavor", row["id"], pod, applied=wanted)

    async def _align_specs(self, id_: str, pod: Pod, wanted: dict[str, str]) -> None:
        path = f"/flavors/{quote(id_, safe='')}/os-extra_specs"
        there = (await self._admin(pod, "GET", path))["extra_specs"]
        for key in set(there) - set(wanted):
            await self._admin(pod, "DELETE", f"{path}/{quote(key, safe='')}")
        if any(there.get(key) != value for key, value in wanted.items()):
            await self._admin(pod, "POST", path, {"extra_specs": wanted})

    async def _align_access(self, id_: str, pod: Pod, wanted: list[str]) -> None:
        path = f"/flavors/{quote(id_, safe='')}"
        listed = (await self._admin(pod, "GET", f"{path}/os-flavor-access"))["flavor_access"]
        there = {entry["tenant_id"] for entry in listed}
        changes = [("removeTenantAccess", project) for project in there - set(wanted)]
        changes += [("addTenantAccess", project) for project in set(wanted) - there]
        await asyncio.gather(
            *(
                self._admin(pod, "POST", f"{path}/action", {action: {"tenant": project}})
                for action, project in changes
            )
        )

    async def _found(self, row: Row, pod: Pod) -> str | None:
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

    async def _remove(self, id_: str, pod: Pod, stays: Stays | None = None) -> None:
        async def delete(_: str) -> None:
            path = f"/flavors/{quote(id_, safe='')}"
            there = (await self._admin(pod, "GET", path))["flavor"]
            # A flavor that the pod had before us stays.
            if there.get("description") == marker("flavor", id_):
                await self._admin(pod, "DELETE", path)

        await self._copies.remove("flavor", id_, pod, delete, stays=stays)

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
        "description": marker("flavor", row["id"]),
    }
