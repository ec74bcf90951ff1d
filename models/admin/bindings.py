"""Bindings: which pods a tenant's new objects prefer."""

from collections.abc import Iterable
from typing import Any

from models.admin.fields import known, text
from models.admin.listing import Listing, RowPage, stamp
from models.database.store import IntegrityError, Row, Store, new_id
from models.database.tables.base import now
from models.database.tables.pod import Binding, PodRow, bindings, pods
from models.errors import BadRequest, Conflict, NotFound
from models.keystone import Keystone

_FIELDS = ("tenant_id", "pod_id")
_BINDINGS = Listing(
    "Binding",
    bindings,
    Binding.id,
    {"id": Binding.id, **{field: bindings.c[field] for field in _FIELDS}},
    (Binding.created_at, Binding.id),
)
_PODS = Listing("Pod", pods, PodRow.pod_id, {}, ())


class Bindings:
    """The bindings that placement reads and writes, as an operator edits them."""

    def __init__(self, store: Store, keystone: Keystone) -> None:
        self._store = store
        self._keystone = keystone

    async def create(self, body: dict[str, Any]) -> Row:
        """Bind a project of Keystone to a bottom pod."""
        known(body, _FIELDS)
        tenant = text(body, "tenant_id", required=True)
        pod_id = text(body, "pod_id", required=True)
        await self._check_pod(pod_id)
        await self._check_project(tenant)
        row = {
            "id": new_id(),
            "tenant_id": tenant,
            "pod_id": pod_id,
            "reason": "an administrator",
            "created_at": now(),
            "updated_at": None,
        }
        try:
            async with self._store.write() as tx:
                fresh = await tx.insert_new(bindings, row)
        except IntegrityError:
            raise BadRequest(f"Pod {pod_id} could not be found.", "PodNotFound") from None
        if not fresh:
            raise Conflict(f"Project {tenant} is bound to pod {pod_id} already.")
        return view(row)

    async def list(self, params: Iterable[tuple[str, str]]) -> RowPage:
        """Return the bindings, oldest first."""
        page = await _BINDINGS.list(self._store, params)
        return RowPage([view(row) for row in page.rows], page.marker)

    async def get(self, id_: str) -> Row:
        """Return one binding; ``NotFound``."""
        return view(await _BINDINGS.get(self._store, id_))

    async def delete(self, id_: str) -> None:
        """Remove the preference; objects stay where they are."""
        await self.get(id_)
        async with self._store.write() as tx:
            await tx.run(bindings.delete().where(Binding.id == id_))

    async def _check_pod(self, pod_id: str) -> None:
        try:
            pod = await _PODS.get(self._store, pod_id)
        except NotFound as error:
            raise BadRequest(error.message, "PodNotFound") from None
        if not pod["az_name"]:
            raise BadRequest(f"{pod['pod_name']} is the top region; only pods can be bound.")

    async def _check_project(self, tenant: str) -> None:
        if not await self._keystone.has_project(tenant):
            raise BadRequest(f"Keystone has no project {tenant}.")


def view(row: Row) -> Row:
    """Return the binding as the Admin API shows it."""
    times = {"created_at": stamp(row["created_at"]), "updated_at": stamp(row["updated_at"])}
    return {**row, **times}
