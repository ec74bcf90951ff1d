"""The one hypervisor of the region."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.services import Services
from deploy.simulator.compute.state import Call
from deploy.simulator.http import Json, Response, reply
from deploy.simulator.ids import new_id

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_UPTIME = " 10:10:10 up 3 days,  1:01,  0 users,  load average: 0.01, 0.02, 0.03"
_CPU = {
    "arch": "x86_64",
    "model": "Nehalem",
    "vendor": "Intel",
    "features": ["pge", "clflush"],
    "topology": {"cores": 1, "threads": 1, "sockets": 4},
}
_COMPUTE = 2


class Hypervisors:
    """`/os-hypervisors`."""

    def __init__(self, service: ComputeService, services: Services) -> None:
        self.service, self.services = service, services
        self.id = new_id()

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-hypervisors", self.index)
        add("GET", "/os-hypervisors/detail", self.detail)
        add("GET", "/os-hypervisors/statistics", self.statistics)
        add("GET", "/os-hypervisors/{id}", self.show)
        add("GET", "/os-hypervisors/{id}/uptime", self.uptime)
        add("GET", "/os-hypervisors/{id}/search", self.search)
        add("GET", "/os-hypervisors/{id}/servers", self.servers)

    def index(self, call: Call) -> Response:
        """In short."""
        self._admin(call, "list")
        return reply({"hypervisors": self._listed(call, detail=False)})

    def detail(self, call: Call) -> Response:
        """In full."""
        self._admin(call, "list-detail")
        return reply({"hypervisors": self._listed(call, detail=True)})

    def statistics(self, call: Call) -> Response:
        """The sum over all, which is the one."""
        self._admin(call, "statistics")
        self._until(call, 87)
        full = self._sizes()
        return reply({"hypervisor_statistics": {"count": 1, **full}})

    def show(self, call: Call) -> Response:
        """The one, by its id."""
        self._admin(call, "show")
        self._check_id(call)
        row = self._view(call, detail=True)
        if call.request.flag("with_servers") and call.at_least(53):
            self._add_servers(call, row)
        return reply({"hypervisor": row})

    def uptime(self, call: Call) -> Response:
        """How long its host is up."""
        self._admin(call, "uptime")
        self._until(call, 87)
        self._check_id(call)
        return reply({"hypervisor": {**self._view(call, detail=False), "uptime": _UPTIME}})

    def search(self, call: Call) -> Response:
        """By a part of the name."""
        self._admin(call, "search")
        self._until(call, 52)
        self._match(call.request.params["id"])
        return reply({"hypervisors": [self._view(call, detail=False)]})

    def servers(self, call: Call) -> Response:
        """By a part of the name, with the servers."""
        self._admin(call, "servers")
        self._until(call, 52)
        self._match(call.request.params["id"])
        row = self._view(call, detail=False)
        self._add_servers(call, row)
        return reply({"hypervisors": [row]})

    def _listed(self, call: Call, *, detail: bool) -> list[Json]:
        row = self._view(call, detail=detail)
        pattern = call.request.arg("hypervisor_hostname_pattern")
        marker = call.request.arg("marker")
        if call.at_least(53) and pattern:
            if marker or call.request.arg("limit"):
                text = "Paging over hypervisors with the hypervisor_hostname_pattern query"
                raise bad(f"{text} parameter is not supported.")
            self._match(pattern)
        if call.at_least(33) and marker:
            if marker != str(row["id"]):
                raise bad(f"marker [{marker}] not found")
            return []
        if call.request.flag("with_servers") and call.at_least(53):
            self._add_servers(call, row)
        return [row]

    def _view(self, call: Call, *, detail: bool) -> Json:
        state, service = self.service.state, self.services.view(call, _COMPUTE)
        row: Json = {
            "id": self.id if call.at_least(53) else 1,
            "hypervisor_hostname": state.host,
            "state": service["state"],
            "status": service["status"],
        }
        if not detail:
            return row
        row |= {
            "hypervisor_type": "fake",
            "hypervisor_version": 1000,
            "host_ip": "127.0.0.1",
            "service": {
                "id": service["id"],
                "host": state.host,
                "disabled_reason": service["disabled_reason"],
            },
        }
        if call.at_least(88):
            return {**row, "uptime": _UPTIME}
        cpu: Any = _CPU if call.at_least(28) else orjson.dumps(_CPU).decode()
        return {**row, **self._sizes(), "cpu_info": cpu}

    def _sizes(self) -> Json:
        servers = list(self.service.state.servers.values())
        ram = sum(row["flavor"]["ram"] for row in servers)
        return {
            "vcpus": 1000,
            "vcpus_used": sum(row["flavor"]["vcpus"] for row in servers),
            "memory_mb": 800000,
            "memory_mb_used": ram + 512,
            "free_ram_mb": 800000 - ram - 512,
            "local_gb": 600000,
            "local_gb_used": 0,
            "free_disk_gb": 600000,
            "disk_available_least": 0,
            "current_workload": 0,
            "running_vms": len(servers),
        }

    def _add_servers(self, call: Call, row: Json) -> None:
        rows = self.service.state.servers.values()
        servers = [{"name": server["name"], "uuid": server["id"]} for server in rows]
        if servers or call.at_least(75):
            row["servers"] = servers

    def _check_id(self, call: Call) -> None:
        wanted = call.request.params["id"]
        if call.at_least(53) and not _UUID.match(wanted):
            raise bad(f"Invalid uuid {wanted}")
        if wanted != (self.id if call.at_least(53) else "1"):
            raise NovaError(404, f"Hypervisor with ID '{wanted}' could not be found.")

    def _match(self, pattern: str) -> None:
        if pattern not in self.service.state.host:
            raise NovaError(404, f"No hypervisor matching '{pattern}' could be found.")

    def _until(self, call: Call, minor: int) -> None:
        if call.at_least(minor + 1):
            raise NovaError(404, "The resource could not be found.")

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(f"os_compute_api:os-hypervisors:{rule}")
