"""BootRequest: what of a server create request concerns the gateway, checked as Nova does.

Every other field goes to the pod as it is, and is the pod's to accept or refuse.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.compute import checks
from models.compute.servers import boot_fields
from models.compute.servers.reservations import new_reservation
from models.errors import BadRequest

_ID = re.compile(r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$")
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
    def name(self) -> str:
        """The name of the server."""
        return str(self.server["name"])


def parse(body: Mapping[str, Any], version: tuple[int, int]) -> BootRequest:
    """Return the request in the body of ``POST /servers``; ``BadRequest`` in Nova's words."""
    server = body.get("server")
    if not isinstance(server, dict):
        raise BadRequest("Invalid input: the body needs a 'server', an object.")
    boot_fields.check(body, server, version)
    checks.named(checks.required(server, "name", "server"))
    flavor = checks.required(server, "flavorRef", "server")
    if isinstance(flavor, bool) or not isinstance(flavor, str | int):
        raise checks.refuse("flavorRef", flavor, f"{flavor!r} is not of type 'string'")
    wants_reservation = server.get("return_reservation_id", False)
    wants_reservation = checks.boolean(wants_reservation, "return_reservation_id")
    zone, host = _zone(server)
    mode, nics = _networks(server, version)
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
        str(flavor).rsplit("/", 1)[-1],
        _key_name(server),
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
    if "availability_zone" not in server:
        return "", ""
    given = checks.named(server["availability_zone"], "availability_zone")
    zone, _, host = given.partition(":")
    return zone, host


def _networks(server: Mapping[str, Any], version: tuple[int, int]) -> tuple[str, list[Nic]]:
    value = server.get("networks")
    if version >= NETWORKS_REQUIRED:
        checks.required(server, "networks", "server")
        if value in ("auto", "none"):
            return str(value), []
    if "networks" not in server or value == []:
        return "auto-if-any", []
    if not isinstance(value, list):
        raise checks.refuse("networks", value, f"{value!r} is not valid under the given schema")
    return "given", [_nic(entry, version) for entry in value]


def _nic(entry: object, version: tuple[int, int]) -> Nic:
    if not isinstance(entry, dict):
        raise checks.refuse("networks", entry, f"{entry!r} is not of type 'object'")
    known = ("uuid", "port", "fixed_ip")
    checks.only(entry, (*known, "tag") if boot_fields.tagged_nics(version) else known, "networks")
    for key, value in entry.items():
        if value is not None and not isinstance(value, str):
            raise checks.refuse(key, value, f"{value!r} is not of type 'string'")
    nic = Nic(
        entry.get("uuid") or "",
        entry.get("port") or "",
        entry.get("fixed_ip") or "",
        entry.get("tag") or "",
    )
    if not nic.port_id and not nic.network_id:
        raise checks.refuse("networks", entry, "Either a network uuid or a port is required")
    for kind, id_ in (("network uuid", nic.network_id), ("port", nic.port_id)):
        if id_ and not _ID.match(id_):
            raise BadRequest(f"Bad networks format: {kind} is not in proper format ({id_})")
    if nic.port_id and nic.fixed_ip:
        raise BadRequest(
            f"Specified Fixed IP '{nic.fixed_ip}' cannot be used with port '{nic.port_id}': "
            "the two cannot be specified together."
        )
    return nic


def _groups(server: Mapping[str, Any]) -> list[str]:
    value = server.get("security_groups", [])
    if not isinstance(value, list):
        raise checks.refuse("security_groups", value, f"{value!r} is not of type 'array'")
    names = []
    for entry in value:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise checks.refuse("security_groups", entry, "It needs a 'name', a string")
        checks.only(entry, ("name",), "security_groups")
        names.append(entry["name"])
    return list(dict.fromkeys(names))


def _key_name(server: Mapping[str, Any]) -> str:
    return checks.named(server["key_name"], "key_name") if "key_name" in server else ""


def _volumes(server: Mapping[str, Any]) -> dict[str, str]:
    """Return the types of the objects that disks come from, by their ids."""
    found: dict[str, str] = {}
    for key in ("block_device_mapping_v2", "block_device_mapping"):
        mapping = server.get(key) or []
        if not isinstance(mapping, list) or not all(isinstance(disk, dict) for disk in mapping):
            raise checks.refuse(key, mapping, "It is not an array of objects")
        for disk in mapping:
            source = disk.get("source_type", "")
            if source in ("volume", "snapshot") and isinstance(disk.get("uuid"), str):
                found[disk["uuid"]] = source
            for type_ in ("volume", "snapshot"):
                if isinstance(disk.get(f"{type_}_id"), str):
                    found[disk[f"{type_}_id"]] = type_
    return found


def _counts(server: Mapping[str, Any]) -> tuple[int, int]:
    least = checks.integer(server.get("min_count") or 1, "min_count", least=1)
    most = checks.integer(server.get("max_count") or least, "max_count", least=1)
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
