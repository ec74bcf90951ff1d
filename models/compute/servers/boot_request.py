"""BootRequest: what of a server create request concerns the gateway, checked as Nova does.

Every other field goes to the pod as it is, and is the pod's to accept or refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.compute import bodies, checks
from models.compute.servers import boot_fields
from models.compute.servers.reservations import new_reservation
from models.errors import BadRequest
from models.numbers import whole
from models.placement import SERVERS
from models.uuids import is_uuid_like

# From here on a request has to say which networks it wants.
NETWORKS_REQUIRED = (2, 37)


@dataclass(frozen=True, slots=True)
class Nic:
    """One entry of ``networks``: a network, or a port the user has made."""

    network_id: str = ""
    port_id: str = ""
    fixed_ip: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class BootRequest:
    """A server create request. ``mode`` is ``auto``, ``none`` or, with given nics, ``given``."""

    server: Mapping[str, Any]
    version: tuple[int, int]
    mode: str
    nics: list[Nic]
    zone: str
    host: str
    groups: list[str]
    flavor_id: str
    key_name: str
    volumes: dict[str, str] = field(default_factory=dict)
    least: int = 1
    most: int = 1
    hints: Mapping[str, Any] = field(default_factory=dict)
    wants_reservation: bool = False
    # Empty: the one that the pod gives will do.
    reservation_id: str = ""

    @property
    def target(self) -> tuple[str, str]:
        """The compute host and the hypervisor that an admin asks for by name."""
        host, _, node = self.host.partition(":")
        wanted = self.server.get("host"), self.server.get("hypervisor_hostname")
        return str(wanted[0] or host), str(wanted[1] or node)

    @property
    def needs(self) -> tuple[str, ...]:
        """The services that a pod has to have for the server, and for the volumes made with it."""
        disks = self.server.get("block_device_mapping_v2", [])
        new = any(disk.get("destination_type") == "volume" for disk in disks)
        return (*SERVERS, "volume") if new else SERVERS

    @property
    def name(self) -> str:
        """The name of the server."""
        return str(self.server["name"])


def parse(body: Mapping[str, Any], version: tuple[int, int]) -> BootRequest:
    """Return the request in the body of ``POST /servers``; ``BadRequest`` in Nova's words."""
    bodies.server(version)(body, "body")
    server = body["server"]
    wants_reservation = server.get("return_reservation_id", False)
    wants_reservation = checks.boolean(wants_reservation, "return_reservation_id")
    zone, host = _zone(server)
    mode, nics = _networks(server)
    least, most = _counts(server)
    request = BootRequest(
        server,
        version,
        mode,
        nics,
        zone,
        host,
        _groups(server),
        # A flavorRef may be a link, as in the first versions of the API.
        str(server["flavorRef"]).rsplit("/", 1)[-1],
        server.get("key_name", ""),
        _volumes(server),
        least,
        most,
        boot_fields.hints(body),
        wants_reservation,
        new_reservation() if wants_reservation or most > 1 else "",
    )
    if request.host and (server.get("host") or server.get("hypervisor_hostname")):
        raise BadRequest(
            "One mechanism with host and/or hypervisor_hostname and another mechanism with "
            "zone:host:node are mutually exclusive."
        )
    if most > 1:
        _check_many(request)
    return request


def _zone(server: Mapping[str, Any]) -> tuple[str, str]:
    """Return zone and ``host[:node]`` of ``zone:host:node``."""
    zone, _, host = server.get("availability_zone", "").partition(":")
    return zone, host


def _networks(server: Mapping[str, Any]) -> tuple[str, list[Nic]]:
    value = server.get("networks", [])
    if isinstance(value, str):
        return value, []
    if not value:
        return "auto-if-any", []
    return "given", [_nic(entry) for entry in value]


def _nic(entry: Mapping[str, Any]) -> Nic:
    nic = Nic(
        entry.get("uuid") or "",
        entry.get("port") or "",
        entry.get("fixed_ip") or "",
        entry.get("tag") or "",
    )
    if not nic.port_id and not nic.network_id:
        raise BadRequest("Bad networks format: network uuid is not in proper format ()")
    if nic.network_id and not is_uuid_like(nic.network_id):
        reason = f"network uuid is not in proper format ({nic.network_id})"
        raise BadRequest(f"Bad networks format: {reason}")
    if nic.port_id and nic.fixed_ip:
        raise BadRequest(
            f"Specified Fixed IP '{nic.fixed_ip}' cannot be used with port '{nic.port_id}': "
            "the two cannot be specified together."
        )
    return nic


def _groups(server: Mapping[str, Any]) -> list[str]:
    # One without a name names none.
    named = [entry["name"] for entry in server.get("security_groups", []) if "name" in entry]
    return list(dict.fromkeys(named))


def _volumes(server: Mapping[str, Any]) -> dict[str, str]:
    """Return the types of the objects that disks come from, by their ids."""
    found: dict[str, str] = {}
    for key in ("block_device_mapping_v2", "block_device_mapping"):
        for disk in server.get(key, []):
            source = disk.get("source_type", "")
            if source in ("volume", "snapshot") and "uuid" in disk:
                found[disk["uuid"]] = source
            for type_ in ("volume", "snapshot"):
                if f"{type_}_id" in disk:
                    found[disk[f"{type_}_id"]] = type_
    return found


def _counts(server: Mapping[str, Any]) -> tuple[int, int]:
    least = whole(server.get("min_count", 1))
    most = whole(server.get("max_count", least))
    if least > most:
        raise BadRequest("min_count must be <= max_count")
    return least, most


def _check_many(request: BootRequest) -> None:
    for nic in request.nics:
        if nic.port_id:
            raise BadRequest(
                "Unable to launch multiple instances with a single configured port ID. "
                "Please launch your instance one by one with different ports."
            )
        if nic.fixed_ip:
            raise BadRequest("Unable to launch multiple instances with a single fixed IP.")
