"""PodRegistry: the pods as an operator keeps them, each with the aggregate of its zone."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from models.admin.fields import known, text
from models.admin.listing import Listing, RowPage
from models.database.store import IntegrityError, Row, Store, Transaction, new_id
from models.database.tables.compute import Aggregate, aggregates
from models.database.tables.network import TABLES
from models.database.tables.pod import Binding, PodRow, pods
from models.database.tables.routing import Routing
from models.errors import BadRequest, Conflict, NotFound
from models.keystone import Keystone
from models.pods import PodDirectory
from models.settings import Settings
from models.values import PodState

FIELDS = ("pod_id", "pod_name", "pod_az_name", "dc_name", "az_name", "state")
_GIVEN = ("pod_name", "az_name", "pod_az_name", "dc_name")
_CHANGEABLE = ("az_name", "pod_az_name", "dc_name", "state")
_STATES = tuple(PodState)
_PODS = Listing(
    "Pod", pods, PodRow.pod_id, {field: pods.c[field] for field in FIELDS}, (PodRow.pod_name,)
)


class PodRegistry:
    """Registers pods. The row whose ``az_name`` is empty stands for the top region itself."""

    def __init__(
        self, settings: Settings, store: Store, keystone: Keystone, directory: PodDirectory
    ) -> None:
        self._top = settings.region_name
        self._store = store
        self._keystone = keystone
        self._directory = directory

    async def create(self, body: dict[str, Any]) -> Row:
        """Register a region of Keystone; a bottom pod gets its aggregate at the same moment."""
        known(body, _GIVEN)
        name = text(body, "pod_name", required=True)
        zone = _zone(text(body, "az_name"))
        row = {
            "pod_id": new_id(),
            "pod_name": name,
            "az_name": zone,
            "pod_az_name": text(body, "pod_az_name") if zone else "",
            "dc_name": text(body, "dc_name"),
            "state": PodState.ACTIVE,
        }
        if not zone and text(body, "pod_az_name"):
            raise BadRequest("The top region has no pod_az_name; a bottom pod needs an az_name.")
        async with self._store.read() as tx:
            await self._refuse_duplicate(tx, name, zone)
        self._refuse_wrong_side(name, zone)
        if not await self._keystone.has_region(name):
            raise BadRequest(f"Keystone has no region {name}; pod_name is the name of a region.")
        try:
            async with self._store.write() as tx:
                await self._refuse_duplicate(tx, name, zone)
                await tx.insert(pods, row)
                if zone:
                    await tx.insert(aggregates, _aggregate(row))
        except IntegrityError:
            raise Conflict(f"Pod {name} was registered at the same moment.") from None
        self._directory.changed()
        return row

    async def list(self, params: Iterable[tuple[str, str]]) -> RowPage:
        """Return the pods, the top region among them."""
        return await _PODS.list(self._store, params)

    async def get(self, pod_id: str) -> Row:
        """Return one pod; ``NotFound``."""
        return await _PODS.get(self._store, pod_id)

    async def update(self, pod_id: str, body: dict[str, Any]) -> Row:
        """Change what is given. The zone changes only while nothing lives in the pod."""
        known(body, _CHANGEABLE)
        changes = {field: text(body, field) for field in body}
        if "state" in changes and changes["state"] not in _STATES:
            raise BadRequest(f"Invalid state: it is one of {', '.join(_STATES)}.")
        async with self._store.write() as tx:
            row = await _locked(tx, pod_id)
            if not row["az_name"] and set(changes) - {"dc_name"}:
                raise BadRequest("The top region has no zone, pod_az_name or state to change.")
            zone = _zone(changes.get("az_name", str(row["az_name"])))
            if zone != row["az_name"]:
                await self._move(tx, row, zone)
            if changes:
                await tx.run(pods.update().where(PodRow.pod_id == pod_id).values(**changes))
        self._directory.changed()
        return {**row, **changes}

    async def delete(self, pod_id: str) -> None:
        """Forget the pod and its aggregate; ``Conflict`` names what still uses it."""
        try:
            async with self._store.write() as tx:
                row = await _locked(tx, pod_id)
                await _refuse_used(tx, row, "cannot be deleted")
                await tx.run(aggregates.delete().where(Aggregate.pod_id == pod_id))
                await tx.run(pods.delete().where(PodRow.pod_id == pod_id))
        except IntegrityError:
            raise Conflict(f"Pod {pod_id} was taken into use at the same moment.") from None
        self._directory.changed()

    async def _move(self, tx: Transaction, row: Row, zone: str) -> None:
        if not zone:
            raise BadRequest("A bottom pod needs an az_name.")
        await _refuse_used(tx, row, "cannot move to another availability zone")
        mine = aggregates.update().where(Aggregate.pod_id == row["pod_id"])
        await tx.run(mine.values(availability_zone=zone, metadata={"availability_zone": zone}))

    async def _refuse_duplicate(self, tx: Transaction, name: str, zone: str) -> None:
        if await tx.one(select(PodRow.pod_id).where(PodRow.pod_name == name)):
            raise Conflict(f"Pod {name} is registered already.")
        top = await tx.value(select(PodRow.pod_name).where(PodRow.az_name == ""))
        if top and not zone:
            raise Conflict(f"The top region {top} is registered already; give an az_name.")
        ours = Aggregate.name == _aggregate_name(name)
        if zone and await tx.one(select(Aggregate.id).where(ours)):
            raise Conflict(f"An aggregate {_aggregate_name(name)} exists already.")

    def _refuse_wrong_side(self, name: str, zone: str) -> None:
        # Sending pods' work to the gateway itself would loop; the reverse would hide a pod.
        if zone and name == self._top:
            raise BadRequest(f"{name} is the region of this gateway and cannot be a bottom pod.")
        if not zone and name != self._top:
            raise BadRequest(
                f"Without az_name it would be the top region, which is {self._top}; "
                "a bottom pod needs an az_name."
            )


def _zone(name: str) -> str:
    if ":" in name:
        raise BadRequest("Invalid az_name: ':' separates zone and host in server requests.")
    return name


def _aggregate_name(pod_name: str) -> str:
    return f"ag_{pod_name}"


def _aggregate(pod: Row) -> Row:
    return {
        "uuid": new_id(),
        "name": _aggregate_name(pod["pod_name"]),
        "availability_zone": pod["az_name"],
        "pod_id": pod["pod_id"],
        "metadata": {"availability_zone": pod["az_name"]},
    }


async def _locked(tx: Transaction, pod_id: str) -> Row:
    row = await tx.locked(PodRow.select().where(PodRow.pod_id == pod_id))
    if row is None:
        raise NotFound(f"Pod {pod_id} could not be found.", "PodNotFound")
    return row


async def _refuse_used(tx: Transaction, pod: Row, what: str) -> None:
    here = pod["pod_id"]
    networks = TABLES["networks"]
    uses = []
    counted = select(Routing.type, func.count().label("count")).where(Routing.pod_id == here)
    for row in await tx.all(counted.group_by(Routing.type).order_by(Routing.type)):
        uses.append(f"routings of type {row['type']}: {row['count']}")
    for noun, column in (("bindings", Binding.pod_id), ("networks", networks.c.pod_id)):
        count = await tx.value(select(func.count()).where(column == here))
        if count:
            uses.append(f"{noun}: {count}")
    if uses:
        raise Conflict(f"Pod {pod['pod_name']} {what}, it is in use ({'; '.join(uses)}).")
