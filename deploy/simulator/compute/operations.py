"""What a client reads about the service: zones and extensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute.errors import NovaError, forbidden
from deploy.simulator.compute.services import BINARIES
from deploy.simulator.compute.state import Call
from deploy.simulator.http import Json, Response, reply
from deploy.simulator.ids import micros, now

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_EXTENSIONS = {"os-consoles": "Consoles", "os-hosts": "Hosts", "os-flavor-access": "FlavorAccess"}


class Operations:
    """`/os-availability-zone`, `/extensions`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-availability-zone", self.zones)
        add("GET", "/os-availability-zone/detail", self.zones_detail)
        add("GET", "/extensions", self.extensions)
        add("GET", "/extensions/{alias}", self.extension)

    def zones(self, call: Call) -> Response:
        """Names and whether they can be used."""
        rows = [self._zone(name, None) for name in self.service.state.zones()]
        return reply({"availabilityZoneInfo": rows})

    def zones_detail(self, call: Call) -> Response:
        """With the hosts, for administrators."""
        if not call.token.is_admin:
            raise forbidden("os_compute_api:os-availability-zone:detail")
        alive = {"available": True, "active": True, "updated_at": micros(now())}
        host = self.service.state.host
        inner = {host: {name: alive for name in BINARIES[:2]}}
        rows = [self._zone("internal", inner)]
        for name in self.service.state.zones():
            rows.append(self._zone(name, {host: {BINARIES[2]: alive}}))
        return reply({"availabilityZoneInfo": rows})

    def extensions(self, call: Call) -> Response:
        """Some of the many that Nova lists for the sake of old clients."""
        return reply({"extensions": [_extension(alias) for alias in _EXTENSIONS]})

    def extension(self, call: Call) -> Response:
        """One by its alias."""
        alias = call.request.params["alias"]
        if alias not in _EXTENSIONS:
            raise NovaError(404, "The resource could not be found.")
        return reply({"extension": _extension(alias)})

    def _zone(self, name: str, hosts: Json | None) -> Json:
        return {"zoneName": name, "zoneState": {"available": True}, "hosts": hosts}


def _extension(alias: str) -> Json:
    return {
        "alias": alias,
        "name": _EXTENSIONS[alias],
        "description": "",
        "links": [],
        "namespace": "http://docs.openstack.org/compute/ext/fake_xml",
        "updated": "2014-12-03T00:00:00Z",
    }
