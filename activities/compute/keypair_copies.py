"""KeypairCopies: a user's keypair in a pod."""

from typing import Any
from urllib.parse import quote

from activities.copies import Copies, CopyKind
from activities.pods.region import Regions
from models.compute.keypairs import top_id
from models.compute.release import released
from models.database.store import Row, Store
from models.database.tables.compute import Keypair
from models.errors import Conflict, PodFault
from models.pods import PodDirectory
from models.routings import Made, Routings
from models.values import Pod

# From here on an admin may name the user that a keypair belongs to.
_OF_USER = "2.10"


class KeypairCopies(Copies):
    """Copies of keypairs."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory, rows: Routings) -> None:
        super().__init__(rows, pods, _Keypairs(store, regions))


class _Keypairs(CopyKind):
    """A pod's keypair has no description: user and name are its mark."""

    type = "keypair"

    def __init__(self, store: Store, regions: Regions) -> None:
        self._store = store
        self._regions = regions

    def key(self, row: Row) -> str:
        return top_id(row["user_id"], row["name"])

    def desired(self, row: Row) -> Any:
        return {key: row[key] for key in ("user_id", "name", "fingerprint")}

    def converged(self, row: Row, applied: Any) -> bool:
        return bool((applied or {}).get("fingerprint") == row["fingerprint"])

    def replaced(self, row: Row, copy: Row) -> bool:
        # Deleted and made again with another key before clean-up came here.
        return not self.converged(row, copy["applied"])

    async def stays(self, id_: str, copy: Row) -> bool:
        user_id, name = _owner(id_, copy)
        mine = (Keypair.user_id == user_id, Keypair.name == name)
        async with self._store.read() as tx:
            row = await tx.one(Keypair.select().where(*mine))
        right = row is not None and not self.replaced(row, copy)
        return right and not await released(self._store, copy)

    async def row(self, id_: str) -> Row | None:
        user_id, _, name = id_.partition("/")
        mine = (Keypair.user_id == user_id, Keypair.name == name)
        async with self._store.read() as tx:
            return await tx.one(Keypair.select().where(*mine))

    async def find(self, row: Row, pod: Pod) -> str | None:
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

    async def create(self, row: Row, pod: Pod) -> Made:
        body = {key: row[key] for key in ("name", "type", "public_key", "user_id")}
        applied = self.desired(row)
        try:
            await self._admin(pod, "POST", "/os-keypairs", {"keypair": body})
        except PodFault as fault:
            if fault.status != 409 or await self.find(row, pod) is None:
                raise
            # The user had it in the pod before us: it stays when ours goes.
            applied["kept"] = True
        return Made(str(row["name"]), applied)

    async def delete(self, copy: Row, pod: Pod) -> None:
        if not (copy["applied"] or {}).get("kept"):
            user_id, name = _owner(copy["top_id"], copy)
            path = f"/os-keypairs/{quote(name, safe='')}?user_id={user_id}"
            await self._admin(pod, "DELETE", path)

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "compute", method, path, body, microversion=_OF_USER)


def _owner(id_: str, copy: Row) -> tuple[str, str]:
    """Return user and name: a long name is not in the id."""
    user_id, _, name = id_.partition("/")
    applied = copy["applied"] or {}
    return user_id, str(applied.get("name", name))
