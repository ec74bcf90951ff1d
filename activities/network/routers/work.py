"""RouterWork: the activities of one router's operations, and what users see of them."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from temporalio import activity

from activities.heartbeat import beating, patience
from activities.network.routers.apply import RouterCopies
from activities.shares import Shares
from models.database.store import Row, Store, Transaction
from models.database.tables.network import TABLES, FloatingIP, Port, Router
from models.database.tables.operation import Operation
from models.database.tables.routing import Routing
from models.errors import NotFound, PodBusy, PodFault
from models.network import addresses, holders
from models.network.bridges.leftovers import BridgeLeftovers
from models.network.ports.owners import ROUTER_PORTS
from models.operations import Operations
from models.pods import PodDirectory
from models.work import EXTRA_ROUTES, OPEN, CleanUp, RouterChange, State, kind_of

ports, routers = TABLES["ports"], TABLES["routers"]
floatingips = TABLES["floatingips"]
_PIECES = {"port": ports, "floatingip": floatingips}


@dataclass(frozen=True)
class RouterInPod:
    """One router copy, by the router's id at the top and the pod's name.

    ``about`` is the piece of the router for whose sake the copy is changed.
    """

    router_id: str
    pod: str
    about: str = ""


@dataclass(frozen=True)
class Begun:
    """What an operation has to change: nothing when it was cancelled."""

    pods: list[str] = field(default_factory=list)
    cancelled: bool = False
    again: bool = False
    about: str = ""


@dataclass(frozen=True)
class Ended:
    """How an operation ended; ``error`` is empty when it succeeded."""

    operation_id: str
    state: State
    error: str = ""


@dataclass(frozen=True)
class Settled:
    """A router on which nothing more is to be done; ``error`` tells why its routes failed."""

    router_id: str
    error: str = ""


class RouterWork:
    """Activities that workflows on routers are made of."""

    def __init__(
        self,
        store: Store,
        pods: PodDirectory,
        jobs: Operations,
        copies: RouterCopies,
        leftovers: BridgeLeftovers,
        shares: Shares,
    ) -> None:
        self._store = store
        self._pods = pods
        self._operations = jobs
        self._copies = copies
        self._leftovers = leftovers
        self._shares = shares

    @activity.defn
    async def begin_router_operation(self, operation_id: str) -> Begun:
        """Mark the operation running; return the pods whose copy of the router must change."""
        operation = await self._operations.begin(operation_id)
        if operation is None:
            return Begun(cancelled=True)
        async with self._store.write() as tx:
            # A redo of what failed: wanted again, so the topology must see it again.
            await _mark(tx, operation, "DOWN", only="ERROR")
        pods = await self._names(
            await self._copies.pods_to_change(
                operation["router_id"], whole=_kind(operation).needs_bridge_addresses
            )
        )
        again = operation["state"] not in OPEN
        return Begun(pods, again=again, about=operation["resource_id"])

    @activity.defn
    async def converge_router_copy(self, copy: RouterInPod) -> None:
        """Make the router in the pod what it should be now."""
        with self._shares.of(copy.pod):
            async with beating(), patience():
                await self._copies.converge(copy.router_id, await self._id(copy.pod), copy.about)

    @activity.defn
    async def pods_with_wrong_routes(self, router_id: str) -> list[str]:
        """Return the pods whose router copy needs other extra routes."""
        return await self._names(await self._copies.routes_to_change(router_id))

    @activity.defn
    async def converge_extra_routes(self, copy: RouterInPod) -> None:
        """Set the extra routes of the router in the pod."""
        with self._shares.of(copy.pod):
            async with beating(), patience():
                await self._set_routes(copy)

    async def _set_routes(self, copy: RouterInPod) -> None:
        try:
            await self._copies.converge_routes(copy.router_id, await self._id(copy.pod))
        except PodFault as fault:
            if fault.kind == "InvalidRoutes" and await self._is_changing(copy.router_id):
                # The interface that leads to the next hop is still being added.
                raise PodBusy(fault.message) from fault
            raise

    @activity.defn
    async def end_router_operation(self, ended: Ended) -> list[str]:
        """Record the outcome; return the pods to change so that what failed leaves nothing."""
        operation = await self._operations.get(ended.operation_id)
        if operation is None:
            return []
        waiting: list[str] = []
        left = await self._copies.routes_to_change(operation["router_id"])
        async with self._store.write() as tx:
            if not await self._operations.finish(tx, ended.operation_id, ended.state, ended.error):
                return []
            if ended.state == State.SUCCEEDED:
                await _succeeded(tx, operation)
                await self._let_go(tx, operation["resource_id"])
                if left:
                    waiting = [await self._routes_follow(tx, operation)]
            else:
                await _mark(tx, operation, "ERROR")
                waiting = await self._spare(tx, operation)
        self._operations.announce(*waiting)
        router_id = operation["router_id"]
        if ended.state != State.SUCCEEDED:
            return await self._names(await self._copies.pods_to_change(router_id))
        if not left:
            # Who waits for the router need not wait until that is noticed elsewhere.
            await self.settle_router(Settled(router_id))
        return []

    async def _routes_follow(self, tx: Transaction, operation: Row) -> str:
        """Write the job that brings up the routes which the operation has made possible.

        The router shows no progress, so that there is always an open job until all of it is done.
        """
        return await self._operations.add(
            tx,
            EXTRA_ROUTES.on(operation["router_id"]),
            project_id=operation["project_id"],
            request_id=operation["request_id"],
        )

    async def _spare(self, tx: Transaction, operation: Row) -> list[str]:
        """Write the clean-up of a network's copy that was made for a failed interface alone."""
        if _kind(operation) is not RouterChange.ADD_INTERFACE:
            return []
        port = select(Port.network_id).where(Port.id == operation["resource_id"])
        network_id = await tx.value(port)
        if network_id is None:
            return []
        return [
            await self._operations.add(
                tx,
                CleanUp.NETWORK_COPY.on(network_id),
                project_id=operation["project_id"],
                request_id=operation["request_id"],
            )
        ]

    async def _is_changing(self, router_id: str) -> bool:
        others = select(func.count()).where(
            Operation.router_id == router_id,
            Operation.state.in_(OPEN),
            Operation.type != EXTRA_ROUTES.type,
        )
        async with self._store.read() as tx:
            return bool(await tx.value(others))

    async def _names(self, pod_ids: list[str]) -> list[str]:
        return sorted([(await self._pods.get(pod_id)).pod_name for pod_id in pod_ids])

    async def _id(self, name: str) -> str:
        pod = await self._pods.named(name)
        if pod is None:
            raise NotFound(f"Pod {name} could not be found.", "PodNotFound")
        return pod.pod_id

    async def _let_go(self, tx: Transaction, floatingip_id: str) -> None:
        """Free the address of a deleted floating IP, once no pod has it any more."""
        copied = select(Routing.id).where(
            Routing.type == "floatingip", Routing.top_id == floatingip_id
        )
        if not await tx.value(copied):
            await addresses.release(tx, holders.floatingip(floatingip_id))

    @activity.defn
    async def settle_router(self, settled: Settled) -> None:
        """Show the router ACTIVE or ERROR, unless something is still under way.

        Routes that no client asked for have no operation: one is written to tell of a failure.
        """
        router_id = settled.router_id
        async with self._store.write() as tx:
            mine = Operation.router_id == router_id
            still = select(func.count()).where(mine, Operation.state.in_(OPEN))
            if await tx.value(still):
                return
            await self._leftovers.release(tx, router_id)
            if settled.error:
                await self._tell(tx, settled)
            last = select(Operation.state).where(mine).order_by(Operation.sequence.desc())
            broken = select(func.count()).where(
                Port.device_id == router_id,
                Port.device_owner.in_(ROUTER_PORTS),
                Port.status == "ERROR",
            )
            failed = await tx.value(last.limit(1)) == State.FAILED or await tx.value(broken)
            status = "ERROR" if failed else "ACTIVE"
            changed = routers.update().where(Router.id == router_id, Router.status != status)
            await tx.run(changed.values(status=status))

    async def _tell(self, tx: Transaction, settled: Settled) -> None:
        id_ = settled.router_id
        owner = await tx.value(select(Router.project_id).where(Router.id == id_))
        job = await self._operations.add(tx, EXTRA_ROUTES.on(id_), project_id=owner or "")
        await self._operations.finish(tx, job, State.FAILED, settled.error, unbegun=True)


def _kind(operation: Row) -> RouterChange:
    kind = kind_of(operation["type"], operation["resource_type"])
    assert isinstance(kind, RouterChange)
    return kind


async def _mark(tx: Transaction, operation: Row, status: str, *, only: str = "") -> None:
    """Set the status of the piece that the operation is about, if it still exists."""
    table = _PIECES.get(operation["resource_type"])
    if table is None:
        return
    piece = table.update().where(table.c.id == operation["resource_id"], table.c.status != status)
    if only:
        piece = piece.where(table.c.status == only)
    await tx.run(piece.values(status=status, revision_number=table.c.revision_number + 1))


async def _succeeded(tx: Transaction, operation: Row) -> None:
    """Show what the operation brought up; a floating IP without a copy stays DOWN.

    An interface in a network that no pod has yet is up as well: nothing of it is missing, and
    clients wait for it as they do at one pod.
    """
    router_id = operation["router_id"]
    links = ports.update().where(
        Port.device_id == router_id,
        Port.device_owner.in_(ROUTER_PORTS),
        Port.status == "DOWN",
    )
    copied = select(Routing.top_id).where(
        Routing.type == "floatingip", Routing.owner_id == router_id
    )
    floating = floatingips.update().where(
        FloatingIP.router_id == router_id,
        FloatingIP.status == "DOWN",
        FloatingIP.id.in_(copied),
    )
    for table, found in ((ports, links), (floatingips, floating)):
        revision = table.c.revision_number + 1
        await tx.run(found.values(status="ACTIVE", revision_number=revision))
