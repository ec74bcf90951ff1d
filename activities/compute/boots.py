"""Boots: what a planned server needs made in its pod; its record then; or all of it undone."""

import asyncio
from typing import Any

from activities.compute.flavor_copies import FlavorCopies
from activities.compute.keypair_copies import KeypairCopies
from activities.creations import Strays
from activities.network.ports.copies import PortCopies
from activities.network.unbinding import Unbinding
from models.compute.inner_zones import DEFAULT
from models.compute.release import release
from models.compute.servers.attachments import Attachments
from models.compute.servers.boot_plan import BootPlan
from models.compute.servers.boot_request import NETWORKS_REQUIRED
from models.compute.servers.reservations import ServerReservations
from models.compute.servers.volumes import ServerVolumes
from models.creations import Creations
from models.database.store import Store
from models.errors import BadRequest, Conflict
from models.operations import Operations
from models.places import Places

# Of a request, what is done here: its pod hears nothing of it, or in other words.
_OURS = (
    "security_groups",
    "min_count",
    "max_count",
    "availability_zone",
    "return_reservation_id",
)
# What Neutron says of an address, and Nova with 400.
_ADDRESS = ("IpAddressAlreadyAllocated", "IpAddressGenerationFailure")


class Boots:
    """One boot: prepare, then record or undo."""

    def __init__(
        self,
        store: Store,
        operations: Operations,
        attachments: Attachments,
        port_copies: PortCopies,
        flavors: FlavorCopies,
        keypairs: KeypairCopies,
        places: Places,
        creations: Creations,
        strays: Strays,
        unbinding: Unbinding,
        volumes: ServerVolumes,
        reservations: ServerReservations,
    ) -> None:
        self._store = store
        self._operations = operations
        self._attachments = attachments
        self._port_copies = port_copies
        self._flavors = flavors
        self._keypairs = keypairs
        self._places = places
        self.creations = creations
        self._strays = strays
        self._unbinding = unbinding
        self._volumes = volumes
        self._reservations = reservations

    async def prepare(self, plan: BootPlan, creation: str) -> dict[str, Any]:
        """Make what the server needs in the pod; return the server as the pod is to get it."""
        port_ids = await self._reserve(plan, creation)
        work = [
            self._flavors.materialise(plan.flavor, plan.pod),
            *(self._port_copies.port_soon(port_id, plan.pod) for port_id in port_ids),
        ]
        if plan.keypair:
            work.append(self._keypairs.materialise(plan.keypair, plan.pod))
        # All of them end before a failure is told: what undoes them must not meet them.
        results = await asyncio.gather(*work, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        bottom = [str(result) for result in results[1 : 1 + len(port_ids)]]
        return self._body(plan, bottom)

    async def record(self, plan: BootPlan, creation: str, server_id: str) -> None:
        """Record the server that the pod has made, and that its ports are the server's now."""
        async with self._store.write() as tx:
            await self._places.record(tx, "server", server_id, plan.pod, plan.caller.project_id)
            await self._attachments.hand_over(tx, creation, server_id)
            await self._volumes.booted(tx, plan.request, server_id)
            if plan.request.reservation_id:
                await self._reservations.record(tx, server_id, plan.request.reservation_id)
            await self.creations.settle(tx, creation)

    async def undo(self, plan: BootPlan, creation: str) -> None:
        """Take back all that was done for a server that is not to be: its ports, its networks."""
        free = [link.network["id"] for link in plan.links if not link.network["pod_id"]]
        async with self._store.write() as tx:
            waiting = await self._attachments.release(tx, creation)
            waiting += await self._unbinding.unbind(tx, plan.pod, free)
            await self.creations.settle(tx, creation)
            waiting += await release(tx, self._operations, plan.pod.pod_id)
        self._operations.announce(*waiting)

    async def clean_up(self, creation: str) -> None:
        """Undo a creation whose outcome nobody has seen: what it made in the pod goes too."""
        async with self._strays.unfinished(creation) as left:
            if left is None:
                return
            async with self._store.write() as tx:
                used = await self._attachments.networks(tx, creation)
                waiting = await self._attachments.release(tx, creation)
                waiting += await self._unbinding.unbind(tx, left.pod, used)
                if left.made_id:
                    waiting += await self._volumes.gone(tx, left.made_id)
                await self.creations.settle(tx, creation)
                waiting += await release(tx, self._operations, left.pod.pod_id)
            self._operations.announce(*waiting)

    async def _reserve(self, plan: BootPlan, creation: str) -> list[str]:
        """Write the server's ports, so that no other server can have them; return their ids."""
        try:
            async with self._store.write() as tx:
                return [
                    await self._attachments.reserve(
                        tx,
                        link,
                        plan.pod,
                        owner=creation,
                        caller=plan.caller,
                        security_groups=plan.group_ids,
                    )
                    for link in plan.links
                ]
        except Conflict as error:
            if error.kind in _ADDRESS:
                raise BadRequest(error.message) from None
            raise

    def _body(self, plan: BootPlan, bottom: list[str]) -> dict[str, Any]:
        server = dict(plan.request.server)
        for key in _OURS:
            server.pop(key, None)
        nics: list[dict[str, str]] = []
        for link, port_id in zip(plan.links, bottom, strict=True):
            nics.append({"port": port_id} | ({"tag": link.nic.tag} if link.nic.tag else {}))
        server["networks"] = nics or "none"
        if plan.request.host:
            server["availability_zone"] = f"{plan.zone or DEFAULT}:{plan.request.host}"
        elif plan.zone:
            server["availability_zone"] = plan.zone
        return server


def least_version(plan: BootPlan) -> tuple[int, int]:
    """Return the version to speak to the pod: ``none`` has to be said, or it adds networks."""
    version = plan.request.version
    return version if plan.links else max(version, NETWORKS_REQUIRED)
