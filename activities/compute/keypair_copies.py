"""KeypairCopies: a user's keypair in a pod."""

from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from activities.pods.region import Regions
from models.compute.keypairs import top_id
from models.compute.release import released
from models.database.store import Row, Store
from models.database.tables.compute import keypairs
from models.database.tables.routing import routings
from models.errors import Conflict, PodFault
from models.pods import PodDirectory
from models.routings import Routings, Stays
from models.values import Pod

# From here on an admin may name the user that a keypair belongs to.
_OF_USER = "2.10"


class KeypairCopies:
    """Copies of keypairs. A pod's keypair has no description: user and name are its marker."""

    def __init__(
        self, store: Store, regions: Regions, pods: PodDirectory, copies: Routings
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._copies = copies

    async def keypair(self, row: Row, pod: Pod) -> str:
        """Return the name of the keypair in the pod, made when it is not there."""
        id_ = top_id(row["user_id"], row["name"])
        known = await self._copies.row("keypair", id_, pod)
        if known and known["bottom_id"] and not _same(row, known):
            # Deleted and made again with another key before clean-up came here.
            await self._remove(id_, known, pod)
        applied = {key: row[key] for key in ("user_id", "name", "fingerprint")}

        async def find() -> str | None:
            return await self._found(row, pod)

        async def create() -> str:
            body = {key: row[key] for key in ("name", "type", "public_key", "user_id")}
            try:
                await self._admin(pod, "POST", "/os-keypairs", {"keypair": body})
            except PodFault as fault:
                if fault.status != 409 or await self._found(row, pod) is None:
                    raise
                # The user had it in the pod before us: it stays when ours goes.
                applied["kept"] = True
            return str(row["name"])

        return await self._copies.materialise(
            "keypair", id_, pod, find=find, create=create, applied=applied
        )

    async def clean_up(self, id_: str) -> None:
        """Remove copies that are wrong by now, and those in pods without servers of ours."""

        async def stays(copy: Row) -> bool:
            user_id, name = _owner(id_, copy)
            mine = (keypairs.c.user_id == user_id, keypairs.c.name == name)
            async with self._store.read() as tx:
                row = await tx.one(select(keypairs).where(*mine))
            right = row is not None and _same(row, copy)
            return right and not await released(self._store, copy)

        of = (routings.c.type == "keypair", routings.c.top_id == id_)
        for copy in await self._copies.rows(*of):
            await self._remove(id_, copy, await self._pods.get(copy["pod_id"]), stays)

    async def _found(self, row: Row, pod: Pod) -> str | None:
        try:
            path = f"/os-keypairs/{quote(row['name'], safe='')}?user_id={row['user_id']}"
            there = (await self._admin(pod, "GET", path))["keypair"]
        except PodFault as fault:
            if fault.status == 404:
                return None
            raise
        if there["fingerprint"] != row["fingerprint"]:
            raise Conflict(f"Pod {pod.pod_name} has another keypair named '{row['name']}'.")
        return str(row["name"])

    async def _remove(self, id_: str, copy: Row, pod: Pod, stays: Stays | None = None) -> None:
        user_id, name = _owner(id_, copy)

        async def delete(_: str) -> None:
            if not (copy["applied"] or {}).get("kept"):
                path = f"/os-keypairs/{quote(name, safe='')}?user_id={user_id}"
                await self._admin(pod, "DELETE", path)

        await self._copies.remove("keypair", id_, pod, delete, stays=stays)

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "compute", method, path, body, microversion=_OF_USER)


def _same(row: Row, copy: Row) -> bool:
    return bool((copy["applied"] or {}).get("fingerprint") == row["fingerprint"])


def _owner(id_: str, copy: Row) -> tuple[str, str]:
    """Return user and name: a long name is not in the id."""
    user_id, _, name = id_.partition("/")
    applied = copy["applied"] or {}
    return user_id, str(applied.get("name", name))
