"""BootPlanner: everything a boot needs looked up, and its pod chosen, before anything is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import or_, select

from models.compute.flavors import Flavors
from models.compute.inner_zones import InnerZones
from models.compute.keypairs import Keypairs
from models.compute.servers.boot_homes import BootHomes
from models.compute.servers.boot_request import BootRequest, Nic
from models.database.store import Row, Store
from models.database.tables.network import Network, SecurityGroup, Subnet
from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from models.network.networks import Networks
from models.network.ports.rows import Ports
from models.network.security_groups.rows import SecurityGroups
from models.places import Home, Places
from models.values import Caller, Pod


@dataclass(frozen=True, slots=True)
class Link:
    """One nic of the server to be: its network, and the user's port where there is one."""

    nic: Nic
    network: Row
    port: Row | None


@dataclass(frozen=True, slots=True)
class BootPlan:
    """A boot that may begin in the pod, or, if that cannot take it, in one of the others."""

    request: BootRequest
    caller: Caller
    pod: Pod
    links: list[Link]
    flavor: Row
    keypair: Row | None
    group_ids: list[str] | None
    hints: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Pod, ...] = ()
    # As the pod calls it; empty: any.
    zone: str = ""


class BootPlanner:
    """Makes plans; refuses as Nova does."""

    def __init__(
        self,
        store: Store,
        places: Places,
        homes: BootHomes,
        network_rows: Networks,
        ports: Ports,
        flavors: Flavors,
        keypairs: Keypairs,
        security_groups: SecurityGroups,
        zones: InnerZones,
    ) -> None:
        self._store = store
        self._places = places
        self._homes = homes
        self._networks = network_rows
        self._ports = ports
        self._flavors = flavors
        self._keypairs = keypairs
        self._security_groups = security_groups
        self._zones = zones

    async def plan(
        self, request: BootRequest, caller: Caller, near: Iterable[Home] = ()
    ) -> BootPlan:
        """Return the plan, in the pod of what it is to be ``near`` to; nothing is made.

        ``BadRequest`` for what does not exist or does not go together.
        """
        try:
            flavor = await self._flavors.get(caller, request.flavor_id)
            links = [await self.link(caller, nic) for nic in request.nics]
            group_ids = await self.group_ids(caller, request.groups)
        except NotFound as error:
            # Nova's answer to a reference in the body that leads nowhere.
            raise BadRequest(error.message) from None
        keypair = await self._keypair(caller, request.key_name)
        homes = [*near, *await self._homes.homes(caller, request)]
        pods = await self._pods(caller, request, links, homes)
        if request.mode.startswith("auto"):
            link = await self._automatic(caller, request, pods)
            if link:
                links = [link]
                pods = await self._pods(caller, request, links, homes)
        plan = BootPlan(request, caller, pods[0], links, flavor, keypair, group_ids)
        return await self.moved(replace(plan, others=tuple(pods)))

    async def moved(self, plan: BootPlan) -> BootPlan:
        """Return the plan for the first of the other pods, which is one of the others no more."""
        pod, *others = plan.others
        hints = await self._homes.hints(plan.request, pod)
        zone = await self._zones.asked(pod, plan.request.zone)
        return replace(plan, pod=pod, others=tuple(others), hints=hints, zone=zone)

    async def only_link(self, caller: Caller, pods: list[Pod]) -> Link | None:
        """Return the one network of the project, where none was named; None: it has none.

        ``Conflict`` when there are several.
        """
        mine = or_(Network.project_id == caller.project_id, Network.shared.is_(True))
        with_subnets = Network.id.in_(select(Subnet.network_id))
        usable = Network.select().where(
            mine,
            with_subnets,
            Network.router_external.is_(False),
            Network.admin_state_up.is_(True),
        )
        async with self._store.read() as tx:
            rows = await tx.all(usable)
        reachable = [row for row in rows if await self._reaches(row, pods)]
        if len(reachable) > 1:
            raise Conflict(
                "Multiple possible networks found, use a Network ID to be more specific.",
                "NetworkAmbiguous",
            )
        return Link(Nic(network_id=reachable[0].id), reachable[0], None) if reachable else None

    async def default_group(self, caller: Caller) -> str:
        """Return the id of the default group of the caller's project."""
        return await self._security_groups.default_id(caller.project_id)

    async def link(self, caller: Caller, nic: Nic) -> Link:
        """Return what a nic stands for; ``NotFound`` or ``Conflict`` when it cannot be had."""
        port = None
        if nic.port_id:
            port = await self._ports.get(caller, nic.port_id)
            self._ports.refuse_foreign(caller, port, "update_port")
            if port["device_id"]:
                raise Conflict(f"Port {nic.port_id} is still in use.", "PortInUse")
            if not port["fixed_ips"]:
                raise BadRequest(f"Port {nic.port_id} requires a FixedIP in order to be used.")
        network_id = port["network_id"] if port else nic.network_id
        network = await self._networks.get(caller, network_id)
        outside = network["router_external"] and not network["shared"]
        if outside and not caller.admin and network["project_id"] != caller.project_id:
            raise Forbidden(
                f"It is not allowed to create an interface on external network {network['id']}"
            )
        if not await self._has_subnet(network["id"]):
            raise BadRequest(
                f"Network {network['id']} requires a subnet in order to boot instances on."
            )
        return Link(nic, network, port)

    async def check_pod(self, link: Link, pod: Pod) -> None:
        """Return if the network is in the pod, or may be; ``BadRequest`` naming both zones."""
        network = link.network
        if network["pod_id"]:
            allowed = [await self._networks.pod(network)]
        else:
            allowed = await self._networks.candidates(network)
        if pod not in allowed:
            zones = ", ".join(dict.fromkeys(other.az_name for other in allowed))
            raise BadRequest(
                f"Network {network['id']} is in availability zone {zones}, but the server is in "
                f"{pod.az_name} (pod {pod.pod_name})."
            )

    async def _has_subnet(self, network_id: str) -> bool:
        async with self._store.read() as tx:
            own = select(Subnet.id).where(Subnet.network_id == network_id)
            return await tx.one(own.limit(1)) is not None

    async def group_ids(self, caller: Caller, names: list[str]) -> list[str] | None:
        """Return the ids of the groups; None: the project's default group."""
        found = []
        for name in names:
            if name == "default":
                match = SecurityGroup.default_of == caller.project_id
            else:
                match = or_(SecurityGroup.id == name, SecurityGroup.name == name)
            mine = SecurityGroup.project_id == caller.project_id
            async with self._store.read() as tx:
                rows = await tx.all(select(SecurityGroup.id).where(mine, match))
            ids = [row["id"] for row in rows]
            if name in ids:
                ids = [name]
            if len(ids) > 1:
                raise Conflict(
                    f"Multiple security_groups found matching '{name}'. "
                    "Use an ID to be more specific."
                )
            if not ids and name != "default":
                raise BadRequest(
                    f"Security group {name} not found for project {caller.project_id}."
                )
            found += ids
        return found or None

    async def _keypair(self, caller: Caller, name: str) -> Row | None:
        if not name:
            return None
        try:
            return await self._keypairs.get(caller.user_id, name)
        except NotFound:
            raise BadRequest("Invalid key_name provided.") from None

    async def _pods(
        self, caller: Caller, request: BootRequest, links: list[Link], homes: list[Home]
    ) -> list[Pod]:
        """Return the pods that have, or may get, everything the server needs."""
        bound = [
            (f"network {link.network['id']}", await self._networks.pod(link.network))
            for link in links
            if link.network["pod_id"]
        ]
        inner = await self._zones.pods(request.zone) if request.zone else []
        zone = "" if inner else request.zone
        pods = await self._places.candidates(caller, zone, [*bound, *homes], request.needs)
        if inner:
            pods = [pod for pod in pods if pod in inner]
            if not pods:
                raise BadRequest(_elsewhere(request.zone, inner, [*bound, *homes]))
        for link in links:
            allowed = await self._networks.candidates(link.network)
            fitting = [pod for pod in pods if pod in allowed]
            if not fitting:
                hints = ", ".join(link.network["availability_zone_hints"])
                zones = ", ".join(dict.fromkeys(pod.az_name for pod in pods))
                raise BadRequest(
                    f"Network {link.network['id']} may only be in {hints}, but the server would "
                    f"be in availability zone {zones}."
                )
            pods = fitting
        return self._places.willing(pods)

    async def _automatic(
        self, caller: Caller, request: BootRequest, pods: list[Pod]
    ) -> Link | None:
        link = await self.only_link(caller, pods)
        if link is None and request.mode == "auto":
            raise BadRequest(
                f"Unable to automatically allocate a network for project {caller.project_id}"
            )
        return link

    async def _reaches(self, network: Row, pods: list[Pod]) -> bool:
        if network["pod_id"]:
            return network["pod_id"] in {pod.pod_id for pod in pods}
        try:
            allowed = await self._networks.candidates(network)
        except GatewayError:
            return False
        return any(pod in pods for pod in allowed)


def _elsewhere(zone: str, inner: list[Pod], homes: list[Home]) -> str:
    where = f"Availability zone {zone} is in pod {', '.join(pod.pod_name for pod in inner)}"
    for what, pod in homes:
        if pod not in inner:
            return f"{where}, but {what} is in {pod.az_name} (pod {pod.pod_name})."
    return f"{where}, which takes no new objects."
