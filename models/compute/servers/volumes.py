"""ServerVolumes: volumes that Nova makes for servers, or takes along when they go."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models import work
from models.cache import Cache
from models.compute.servers.boot_request import BootRequest
from models.database.store import Store, Transaction
from models.database.tables.routing import Routing, routings
from models.departures import Departures
from models.operations import Operations
from models.places import Places
from models.values import Pod

_VOLUMES = "os-extended-volumes:volumes_attached"
_REMEMBERED = 10_000


class ServerVolumes:
    """Routing rows of volumes, as far as servers bring them about.

    A volume that goes with a server has the server as its owner.
    """

    def __init__(
        self, store: Store, operations: Operations, places: Places, departures: Departures
    ) -> None:
        self._store = store
        self._operations = operations
        self._places = places
        self._departures = departures
        self._known: Cache[str, None] = Cache(_REMEMBERED)

    async def seen(self, pod: Pod, servers: Iterable[Mapping[str, Any]]) -> None:
        """Record the attached volumes that the gateway has not heard of: Nova has made them."""
        attached = {
            str(volume["id"]): server
            for server in servers
            for volume in server.get(_VOLUMES) or []
            if volume.get("id") and volume["id"] not in self._known
        }
        if not attached:
            return
        wanted = select(Routing.top_id).where(
            Routing.type == "volume", Routing.top_id.in_(attached)
        )
        async with self._store.read() as tx:
            recorded = {row["top_id"] for row in await tx.all(wanted)}
        new = {id_: server for id_, server in attached.items() if id_ not in recorded}
        if new:
            async with self._store.write() as tx:
                for id_, server in new.items():
                    project = str(server.get("tenant_id") or "")
                    await self._places.record(tx, "volume", id_, pod, project)
                    await self._own(tx, [id_], str(server["id"]))
        self._known.keep(dict.fromkeys(attached))

    async def booted(self, tx: Transaction, request: BootRequest, server_id: str) -> None:
        """Note the volumes that the server was booted with, and that go when it goes."""
        ids = [
            disk.get("uuid") or disk.get("volume_id")
            for key in ("block_device_mapping_v2", "block_device_mapping")
            for disk in request.server.get(key) or []
            if disk.get("delete_on_termination") in (True, 1, "1", "true", "True", "on", "yes")
        ]
        if ids:
            await self._own(tx, ids, server_id)

    async def gone(self, tx: Transaction, server_id: str) -> list[str]:
        """Write the clean-up of what may have gone with a server, or is still to go.

        Return it to announce.
        """
        mine = Routing.type == "volume", Routing.owner_id == server_id
        await self._departures.expect(tx, *mine)
        return [
            await self._operations.add(
                tx, work.CleanUp.VOLUME.on(row.top_id), project_id=row.project_id
            )
            for row in await tx.all(Routing.select().where(*mine))
        ]

    async def _own(self, tx: Transaction, ids: Sequence[str], server_id: str) -> None:
        mine = Routing.type == "volume", Routing.top_id.in_(ids)
        await tx.run(routings.update().where(*mine).values(owner_id=server_id))
