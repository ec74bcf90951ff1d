"""Servers: their removal, and what of theirs is the gateway's own."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import select, true

from activities.pods.region import PodAnswer, Regions
from activities.pods.user import AsUser
from models import work
from models.cache import Cache
from models.compute.release import release
from models.compute.servers.attachments import PLUGGED, Attachments
from models.compute.servers.reservations import ServerReservations
from models.compute.servers.volumes import ServerVolumes
from models.database.store import Store
from models.database.tables.base import now
from models.database.tables.network import TABLES, Port
from models.database.tables.operation import Operation
from models.database.tables.routing import Routing, routings
from models.departures import Departures, still_to_go
from models.errors import GatewayError, PodBusy, PodFault
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller, Pod
from models.work import OPEN

ports = TABLES["ports"]
GONE = "DELETED"
_GOING = (GONE, "SOFT_DELETED")
_TASKS = ("deleting", "soft-deleting")
_REMEMBERED = 10_000


class Servers:
    """What happens at the top to servers that are in pods."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        rows: Routings,
        attachments: Attachments,
        volumes: ServerVolumes,
        reservations: ServerReservations,
        departures: Departures,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._routings = rows
        self._attachments = attachments
        self._volumes = volumes
        self._reservations = reservations
        self._departures = departures
        self._plugged: Cache[str, None] = Cache(_REMEMBERED)

    async def delete(self, user: AsUser, pod: Pod, id_: str) -> PodAnswer:
        """Have the pod delete a server; return what it answers. Its ports go when it is gone."""
        async with self._departures.asked(user.caller, work.CleanUp.SERVER, id_) as departure:
            return departure.answered(await user.send(pod, "DELETE", f"/servers/{id_}"))

    async def clean_up(self, id_: str) -> None:
        """Remove what the gateway keeps for a server once its pod no longer has it.

        ``PodBusy`` while the pod is deleting it, or may still begin to: one that is being built
        does not always show it. A server that the pod keeps (it refused to delete it, or never
        heard of it) keeps everything.
        """
        row = await self._routings.where_is("server", id_)
        if row is None:
            return
        at = now()
        pod = await self._pods.get(row["pod_id"])
        try:
            server = (await self._regions.admin(pod, "compute", "GET", f"/servers/{id_}"))[
                "server"
            ]
        except PodFault as fault:
            if fault.status != 404:
                raise
            await self._forget(id_)
            return
        if server["status"] == GONE:
            # Clients take this for the end of it, and delete the network next.
            await self._let_go(id_)
        if server["status"] in _GOING or server.get("OS-EXT-STS:task_state") in _TASKS:
            raise PodBusy(f"Pod {pod.pod_name} is still deleting server {id_}")
        if still_to_go(row["late_until"], at):
            raise PodBusy(f"Pod {pod.pod_name} may still delete server {id_}", soon=False)

    async def gone(self, id_: str) -> None:
        """Do at once what a server that was just seen gone from its pod leaves to do."""
        with suppress(PodBusy):
            await self.clean_up(id_)

    async def departed(self, caller: Caller) -> bool:
        """Do the same for all servers that the caller has deleted; tell whether there were any.

        A client that saw a server leave the list may be here before the clean-up's next try.
        """
        going = select(Operation.resource_id).where(
            Operation.state.in_(OPEN),
            Operation.type == work.CleanUp.SERVER.type,
            Operation.resource_type == work.CleanUp.SERVER.resource_type,
            true() if caller.admin else Operation.project_id == caller.project_id,
        )
        async with self._store.read() as tx:
            ids = [row["resource_id"] for row in await tx.all(going)]
        for id_ in ids:
            with suppress(GatewayError):
                await self.gone(id_)
        return bool(ids)

    async def active(self, servers: Iterable[dict[str, Any]]) -> None:
        """Note at the top that the ports of active servers are plugged."""
        ids = [str(server["id"]) for server in servers if server.get("status") == "ACTIVE"]
        new = [id_ for id_ in ids if id_ not in self._plugged]
        if not new:
            return
        down = ports.update().where(Port.device_id.in_(new), Port.status == "DOWN")
        async with self._store.write() as tx:
            await tx.run(down.values(**PLUGGED))
        self._plugged.keep(dict.fromkeys(new))

    async def _let_go(self, id_: str) -> None:
        async with self._store.write() as tx:
            waiting = await self._attachments.release(tx, id_)
        self._operations.announce(*waiting)

    async def _forget(self, id_: str) -> None:
        of = (Routing.type == "server", Routing.top_id == id_)
        async with self._store.write() as tx:
            waiting = await self._attachments.release(tx, id_)
            waiting += await self._volumes.gone(tx, id_)
            await self._reservations.forget(tx, id_)
            row = await tx.one(Routing.select().where(*of))
            await tx.run(routings.delete().where(*of))
            if row:
                waiting += await release(tx, self._operations, row.pod_id)
        self._operations.announce(*waiting)
