"""The host as Nova showed it until 2.42, and what is no more or never was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute.errors import NovaError, forbidden
from deploy.simulator.compute.services import BINARIES
from deploy.simulator.compute.state import Call
from deploy.simulator.http import Json, Response, reply

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_GONE = "This resource is no longer available.  No forwarding address is given."
_UNSUPPORTED = "The requested functionality is not supported."


class Hosts:
    """`/os-hosts`, `/os-baremetal-nodes`; and one path of those that are gone."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-hosts", self.index)
        add("GET", "/os-hosts/{id}", self.show)
        add("PUT", "/os-hosts/{id}", self.unsupported)
        for action in ("reboot", "shutdown", "startup"):
            add("GET", f"/os-hosts/{{id}}/{action}", self.unsupported)
        add("GET", "/os-baremetal-nodes", self.nodes)
        add("GET", "/os-fping", self.gone)

    def index(self, call: Call) -> Response:
        """A line for each process."""
        self._check(call, "list")
        zone = self.service.zone_of_host()
        rows = [
            {
                "host_name": self.service.state.host,
                "service": binary.removeprefix("nova-"),
                "zone": zone if binary == "nova-compute" else "internal",
            }
            for binary in BINARIES
        ]
        wanted = call.request.arg("zone")
        return reply({"hosts": [row for row in rows if wanted in ("", row["zone"])]})

    def show(self, call: Call) -> Response:
        """What there is, what is used, what servers may use."""
        self._check(call, "show")
        self._here(call)
        flavors = [row["flavor"] for row in self.service.state.servers.values()]
        used = {
            "cpu": sum(flavor["vcpus"] for flavor in flavors),
            "memory_mb": sum(flavor["ram"] for flavor in flavors),
            "disk_gb": sum(flavor["disk"] for flavor in flavors),
        }
        total = {"cpu": 64, "memory_mb": 262144, "disk_gb": 10000}
        parts = (("(total)", total), ("(used_now)", used), ("(used_max)", used))
        host: list[Json] = [
            {"resource": {"host": self.service.state.host, "project": project, **figures}}
            for project, figures in parts
        ]
        return reply({"host": host})

    def unsupported(self, call: Call) -> Response:
        """No driver of today does that."""
        self._check(call, "update")
        self._here(call)
        raise NovaError(501, _UNSUPPORTED)

    def nodes(self, call: Call) -> Response:
        """There is no Ironic."""
        if call.at_least(36):
            raise NovaError(404, "The resource could not be found.")
        if not call.token.is_admin:
            raise forbidden("os_compute_api:os-baremetal-nodes:list")
        return reply({"nodes": []})

    def gone(self, call: Call) -> Response:
        """As all of its kind."""
        raise NovaError(410, _GONE)

    def _here(self, call: Call) -> None:
        wanted = call.request.params["id"]
        if wanted != self.service.state.host:
            raise NovaError(404, f"Host '{wanted}' is not mapped to any cell")

    def _check(self, call: Call, rule: str) -> None:
        if call.at_least(43):
            raise NovaError(404, "The resource could not be found.")
        if not call.token.is_admin:
            raise forbidden(f"os_compute_api:os-hosts:{rule}")
