"""BootHomes: where a server has to be because of what its request names beside networks."""

from typing import Any, Protocol

from models.compute.servers.boot_request import BootRequest
from models.errors import BadRequest, Forbidden, NotFound
from models.places import Home, Places
from models.values import Caller, Pod

_SAME, _DIFFERENT = "same_host", "different_host"


class Hosts(Protocol):
    """Compute hosts, each in one pod; ``BadRequest`` for one that no pod has."""

    async def pod_of_host(self, name: str) -> Pod:
        """Return the pod with the compute service of this host."""
        ...

    async def pod_of_node(self, name: str) -> Pod:
        """Return the pod with the hypervisor of this name."""
        ...


class BootHomes:
    """Volumes, snapshots, other servers and compute hosts, each of which is in one pod."""

    def __init__(self, hosts: Hosts, places: Places) -> None:
        self._hosts = hosts
        self._places = places

    async def homes(self, caller: Caller, request: BootRequest) -> list[Home]:
        """Return what the server has to be near to; ``BadRequest`` for what does not exist."""
        found = []
        for id_, type_ in request.volumes.items():
            try:
                found.append(await self._places.of(caller, type_, id_))
            except NotFound:
                raise BadRequest(
                    f"Block Device Mapping is Invalid: failed to get {type_} {id_}."
                ) from None
        for id_ in texts(request.hints.get(_SAME)):
            home = await self._places.home("server", id_)
            # The scheduler of a pod takes no notice of a server that is not there.
            if home and (home[1] == caller.project_id or caller.admin):
                found.append((f"server {id_}", home[0]))
        return [*found, *await self._targets(caller, request)]

    async def hints(self, request: BootRequest, pod: Pod) -> dict[str, Any]:
        """Return the hints as the pod is to get them."""
        given = dict(request.hints)
        if _DIFFERENT in given:
            # Servers in other pods are on other hosts already, and unknown in this one.
            homes = {
                id_: await self._places.home("server", id_) for id_ in texts(given[_DIFFERENT])
            }
            given[_DIFFERENT] = [id_ for id_, home in homes.items() if not home or home[0] == pod]
            if not given[_DIFFERENT]:
                del given[_DIFFERENT]
        return given

    async def _targets(self, caller: Caller, request: BootRequest) -> list[Home]:
        host, node = request.target
        if not host and not node:
            return []
        if not caller.admin:
            api, rule = "compute", "requested_destination"
            if request.host:
                api, rule = "os_compute_api", "forced_host"
            raise Forbidden(f"Policy doesn't allow {api}:servers:create:{rule} to be performed.")
        homes = []
        if host:
            homes.append((f"host {host}", await self._hosts.pod_of_host(host)))
        if node:
            homes.append((f"host {node}", await self._hosts.pod_of_node(node)))
        return homes


def texts(value: object) -> list[str]:
    """Return the texts of a hint, which may be one or a list."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]
