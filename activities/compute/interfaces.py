"""Interfaces: ports attached to a running server, and taken from it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from activities.network.ports.copies import PortCopies
from activities.pods.region import Regions
from models import work
from models.compute import checks
from models.compute.servers.attachments import PLUGGED, Attachments
from models.compute.servers.boot_plan import BootPlanner, Link
from models.compute.servers.boot_request import Nic
from models.database.store import Store
from models.database.tables.network import TABLES, Port
from models.database.tables.routing import Routing
from models.errors import BadRequest, Conflict, NotFound, PodBusy, PodFault, PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller, Pod

ports = TABLES["ports"]
_TAGGED = (2, 49)


class Interfaces:
    """Attachments of ports; ids in requests and answers are the top's."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
        rows: Routings,
        planner: BootPlanner,
        attachments: Attachments,
        port_copies: PortCopies,
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._routings = rows
        self._planner = planner
        self._attachments = attachments
        self._port_copies = port_copies

    async def attach(
        self,
        caller: Caller,
        pod: Pod,
        server_id: str,
        wanted: Mapping[str, Any],
        version: tuple[int, int],
    ) -> tuple[str, dict[str, Any]]:
        """Make the port that is to be attached; return its id and what to tell the pod.

        Refuses as Nova does: 400 for what cannot be chosen, 404 for what does not exist.
        """
        known = ("net_id", "port_id", "fixed_ips")
        tagged = version >= _TAGGED
        checks.only(wanted, (*known, "tag") if tagged else known, "interfaceAttachment")
        nic = _nic(wanted)
        link = await self._link(caller, pod, nic)
        await self._planner.check_pod(link, pod)
        port_id = await self._reserve(caller, pod, server_id, link)
        try:
            bottom = await self._port_copies.port_soon(port_id, pod)
        except BaseException:
            await self.let_go(port_id)
            raise
        return port_id, {"port_id": bottom} | ({"tag": nic.tag} if nic.tag else {})

    async def attached(self, port_id: str) -> None:
        """Record that the pod has plugged the port."""
        async with self._store.write() as tx:
            await tx.run(ports.update().where(Port.id == port_id).values(**PLUGGED))

    async def detached(self, caller: Caller, port_id: str) -> None:
        """Let the port go once its pod has; a server's own comes off there after the answer.

        Another server could not have it sooner.
        """
        try:
            await self.clean_up(port_id)
        except (PodBusy, PodUnavailable):
            async with self._store.write() as tx:
                operation = await self._operations.add(
                    tx, work.CleanUp.INTERFACE.on(port_id), caller=caller
                )
            self._operations.announce(operation)

    async def clean_up(self, port_id: str) -> None:
        """Let the port go if the pod has; ``PodBusy`` while the server there still has it."""
        async with self._store.read() as tx:
            port = await tx.one(Port.select().where(Port.id == port_id))
        if port is None or not port.device_id:
            return
        row = await self._routings.where_is("port", port_id)
        if row and row["bottom_id"]:
            pod = await self._pods.get(row["pod_id"])
            if await self._owner(pod, row["bottom_id"]) == port.device_id:
                raise PodBusy(f"Pod {pod.pod_name} is still detaching port {port_id}")
        await self.let_go(port_id)

    async def let_go(self, port_id: str) -> None:
        """Delete the port if it was made for the server, else free it."""
        async with self._store.write() as tx:
            waiting = await self._attachments.release_port(tx, port_id)
        self._operations.announce(*waiting)

    async def in_pod(self, port_id: str, pod: Pod) -> str:
        """Return the id of a port in the pod; ``NotFound``."""
        known = await self._routings.bottom_id("port", port_id, pod)
        if known is None:
            raise NotFound(f"Port id {port_id} could not be found.", "PortNotFound")
        return known

    async def view(self, pod: Pod, attachments: Iterable[dict[str, Any]]) -> None:
        """Put the top's ids into a pod's attachments, in place."""
        attachments = list(attachments)
        for attachment in attachments:
            await self._topped(pod, "port", attachment, "port_id")
            await self._topped(pod, "network", attachment, "net_id")
            for ip in attachment.get("fixed_ips") or []:
                await self._topped(pod, "subnet", ip, "subnet_id")

    async def _owner(self, pod: Pod, bottom: str) -> str:
        """Return the server that the pod's port belongs to."""
        try:
            shown = await self._regions.admin(pod, "network", "GET", f"/ports/{bottom}")
        except PodFault as fault:
            if fault.status != 404:
                raise
            return ""
        return str(shown["port"]["device_id"])

    async def _link(self, caller: Caller, pod: Pod, nic: Nic) -> Link:
        """Return what is to be attached; where nothing is named, the project's one network."""
        if nic.network_id or nic.port_id:
            return await self._planner.link(caller, nic)
        try:
            link = await self._planner.only_link(caller, [pod])
        except Conflict as error:
            raise BadRequest(error.message) from None
        if link is None:
            raise BadRequest(
                "No specific network was requested and none are available for project "
                f"'{caller.project_id}'."
            )
        return link

    async def _topped(self, pod: Pod, type_: str, item: dict[str, Any], key: str) -> None:
        of = (
            Routing.pod_id == pod.pod_id,
            Routing.type == type_,
            Routing.bottom_id == item.get(key),
        )
        async with self._store.read() as tx:
            top_id = await tx.value(select(Routing.top_id).where(*of))
        if top_id:
            item[key] = top_id

    async def _reserve(self, caller: Caller, pod: Pod, server_id: str, link: Link) -> str:
        try:
            async with self._store.write() as tx:
                return await self._attachments.reserve(
                    tx, link, pod, owner=server_id, caller=caller
                )
        except Conflict as error:
            if error.kind != "IpAddressGenerationFailure":
                raise
            raise BadRequest(
                f"No fixed IP addresses available for network: {link.network['id']}"
            ) from None


def _nic(wanted: Mapping[str, Any]) -> Nic:
    network, port = wanted.get("net_id") or "", wanted.get("port_id") or ""
    for name, value in (("net_id", network), ("port_id", port), ("tag", wanted.get("tag") or "")):
        if not isinstance(value, str):
            raise checks.refuse(name, value, f"{value!r} is not of type 'string'")
    if network and port:
        raise BadRequest("Must not input both network_id and port_id")
    ips = wanted.get("fixed_ips") or []
    if not isinstance(ips, list) or len(ips) > 1 or not all(isinstance(ip, dict) for ip in ips):
        raise checks.refuse("fixed_ips", ips, "It is not an array of one object")
    fixed_ip = str(ips[0].get("ip_address", "")) if ips else ""
    if ips and not network:
        raise BadRequest("Must input network_id when request IP address")
    return Nic(network, port, fixed_ip, wanted.get("tag") or "")
