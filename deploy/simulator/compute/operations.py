"""What an operator or a client reads: zones, hypervisors, services, limits and quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from deploy.simulator.compute.errors import NovaError, forbidden
from deploy.simulator.compute.state import Call
from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import micros, new_id, now

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_QUOTA = {
    "instances": 10,
    "cores": 20,
    "ram": 51200,
    "key_pairs": 100,
    "metadata_items": 128,
    "server_groups": 10,
    "server_group_members": 10,
}
_NETWORK_QUOTA = {
    "floating_ips": -1,
    "fixed_ips": -1,
    "security_groups": -1,
    "security_group_rules": -1,
}
_FILE_QUOTA = {
    "injected_files": 5,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes": 255,
}
_CPU = {
    "arch": "x86_64",
    "model": "Nehalem",
    "vendor": "Intel",
    "features": ["pge", "clflush"],
    "topology": {"cores": 1, "threads": 1, "sockets": 4},
}
_SERVICES = ("nova-conductor", "nova-scheduler", "nova-compute")


class Operations:
    """`/os-availability-zone`, `/os-hypervisors`, `/os-services`, `/limits`, `/os-quota-sets`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service
        self.hypervisor_id = new_id()
        self.service_ids = [new_id() for _ in _SERVICES]

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-availability-zone", self.zones)
        add("GET", "/os-availability-zone/detail", self.zones_detail)
        add("GET", "/os-hypervisors", self.hypervisors)
        add("GET", "/os-hypervisors/detail", self.hypervisors_detail)
        add("GET", "/os-hypervisors/{id}", self.hypervisor)
        add("GET", "/os-services", self.services)
        add("GET", "/limits", self.limits)
        add("GET", "/extensions", self.extensions)
        add("GET", "/os-simple-tenant-usage", self.usages)
        add("GET", "/os-simple-tenant-usage/{project}", self.usage)
        for tail in ("", "/defaults", "/detail"):
            add("GET", f"/os-quota-sets/{{project}}{tail}", self.quota)
        add("PUT", "/os-quota-sets/{project}", self.set_quota)
        add("DELETE", "/os-quota-sets/{project}", self.drop_quota)

    def zones(self, call: Call) -> Response:
        """Names and whether they can be used."""
        rows = [self._zone(name, None) for name in self.service.state.zones()]
        return reply({"availabilityZoneInfo": rows})

    def zones_detail(self, call: Call) -> Response:
        """With the hosts, for administrators."""
        self._admin(call, "os-availability-zone:detail")
        alive = {"available": True, "active": True, "updated_at": micros(now())}
        host = self.service.state.host
        inner = {host: {name: alive for name in _SERVICES[:2]}}
        rows = [self._zone("internal", inner)]
        for name in self.service.state.zones():
            rows.append(self._zone(name, {host: {_SERVICES[2]: alive}}))
        return reply({"availabilityZoneInfo": rows})

    def hypervisors(self, call: Call) -> Response:
        """The one, in short."""
        self._admin(call, "os-hypervisors:list")
        full = self._hypervisor(call)
        short = {key: full[key] for key in ("id", "hypervisor_hostname", "state", "status")}
        return reply({"hypervisors": [short]})

    def hypervisors_detail(self, call: Call) -> Response:
        """The one, in full."""
        self._admin(call, "os-hypervisors:list-detail")
        return reply({"hypervisors": [self._hypervisor(call)]})

    def hypervisor(self, call: Call) -> Response:
        """The one, by its id."""
        self._admin(call, "os-hypervisors:show")
        row = self._hypervisor(call)
        if str(row["id"]) != call.request.params["id"]:
            raise NovaError(404, f"Compute host {call.request.params['id']} could not be found.")
        return reply({"hypervisor": row})

    def services(self, call: Call) -> Response:
        """Every process, all of them up."""
        self._admin(call, "os-services:list")
        rows = []
        for number, binary in enumerate(_SERVICES):
            row = {
                "id": self.service_ids[number] if call.at_least(53) else number + 1,
                "binary": binary,
                "host": self.service.state.host,
                "zone": "internal" if number < 2 else self.service.zone_of_host(),
                "status": "enabled",
                "state": "up",
                "updated_at": micros(now()),
                "disabled_reason": None,
            }
            rows.append({**row, "forced_down": False} if call.at_least(11) else row)
        for key in ("host", "binary"):
            wanted = call.request.arg(key)
            rows = [row for row in rows if wanted in ("", row[key])]
        return reply({"services": rows})

    def limits(self, call: Call) -> Response:
        """What the project may have and what it has."""
        project = call.request.arg("tenant_id") or call.token.project.id
        used = self._used(project)
        limits = self._limits(project)
        absolute: Json = {
            "maxTotalInstances": limits["instances"],
            "maxTotalCores": limits["cores"],
            "maxTotalRAMSize": limits["ram"],
            "maxTotalKeypairs": limits["key_pairs"],
            "maxServerMeta": limits["metadata_items"],
            "maxServerGroups": limits["server_groups"],
            "maxServerGroupMembers": limits["server_group_members"],
            "totalInstancesUsed": used["instances"],
            "totalCoresUsed": used["cores"],
            "totalRAMUsed": used["ram"],
            "totalServerGroupsUsed": 0,
        }
        if not call.at_least(39):
            absolute["maxImageMeta"] = 128
        if not call.at_least(36):
            absolute |= {
                "maxSecurityGroups": -1,
                "maxSecurityGroupRules": -1,
                "maxTotalFloatingIps": -1,
                "totalFloatingIpsUsed": 0,
                "totalSecurityGroupsUsed": 0,
            }
        if not call.at_least(57):
            absolute |= {"maxPersonality": 5, "maxPersonalitySize": 10240}
        return reply({"limits": {"rate": [], "absolute": absolute}})

    def extensions(self, call: Call) -> Response:
        """None that a client of today would ask for."""
        return reply({"extensions": []})

    def usages(self, call: Call) -> Response:
        """Not simulated: nobody has used anything."""
        self._admin(call, "os-simple-tenant-usage:list")
        return reply({"tenant_usages": []})

    def usage(self, call: Call) -> Response:
        """Not simulated: nothing was used."""
        return reply({"tenant_usage": {}})

    def quota(self, call: Call) -> Response:
        """The limits of a project, with what is used when asked for detail."""
        project = call.request.params["project"]
        self._own(call, project)
        limits: Json = dict(self._limits(project))
        if call.request.path.endswith("/defaults"):
            limits = dict(_QUOTA)
        if not call.at_least(36):
            limits = {**limits, **_NETWORK_QUOTA}
        if not call.at_least(57):
            limits = {**limits, **_FILE_QUOTA}
        if call.request.path.endswith("/detail"):
            used = self._used(project)
            limits = {
                key: {"limit": value, "in_use": used.get(key, 0), "reserved": 0}
                for key, value in limits.items()
            }
        return reply({"quota_set": {"id": project, **limits}})

    def set_quota(self, call: Call) -> Response:
        """Set limits; not enforced here."""
        self._admin(call, "os-quota-sets:update")
        project = call.request.params["project"]
        given = {k: v for k, v in call.request.envelope("quota_set").items() if k in _QUOTA}
        self.service.state.quotas.setdefault(project, {}).update(given)
        return reply({"quota_set": self._limits(project)})

    def drop_quota(self, call: Call) -> Response:
        """Back to the defaults."""
        self._admin(call, "os-quota-sets:delete")
        self.service.state.quotas.pop(call.request.params["project"], None)
        return empty(202)

    def _limits(self, project: str) -> Json:
        return {**_QUOTA, **self.service.state.quotas.get(project, {})}

    def _used(self, project: str) -> Json:
        servers = [s for s in self.service.state.servers.values() if s["project_id"] == project]
        return {
            "instances": len(servers),
            "cores": sum(row["flavor"]["vcpus"] for row in servers),
            "ram": sum(row["flavor"]["ram"] for row in servers),
        }

    def _zone(self, name: str, hosts: Json | None) -> Json:
        return {"zoneName": name, "zoneState": {"available": True}, "hosts": hosts}

    def _hypervisor(self, call: Call) -> Json:
        state = self.service.state
        row: Json = {
            "id": self.hypervisor_id if call.at_least(53) else 1,
            "hypervisor_hostname": state.host,
            "hypervisor_type": "fake",
            "hypervisor_version": 1000,
            "host_ip": "127.0.0.1",
            "state": "up",
            "status": "enabled",
            "service": {
                "id": self.service_ids[2] if call.at_least(53) else 3,
                "host": state.host,
                "disabled_reason": None,
            },
        }
        if call.at_least(88):
            return {**row, "uptime": None}
        used = self._used_by_all()
        return row | {
            "vcpus": 1000,
            "vcpus_used": used["cores"],
            "memory_mb": 800000,
            "memory_mb_used": used["ram"] + 512,
            "free_ram_mb": 800000 - used["ram"] - 512,
            "local_gb": 600000,
            "local_gb_used": 0,
            "free_disk_gb": 600000,
            "disk_available_least": 0,
            "current_workload": 0,
            "running_vms": used["instances"],
            "cpu_info": _CPU if call.at_least(28) else orjson.dumps(_CPU).decode(),
        }

    def _used_by_all(self) -> Json:
        servers = list(self.service.state.servers.values())
        return {
            "instances": len(servers),
            "cores": sum(row["flavor"]["vcpus"] for row in servers),
            "ram": sum(row["flavor"]["ram"] for row in servers),
        }

    def _own(self, call: Call, project: str) -> None:
        if project != call.token.project.id:
            self._admin(call, "os-quota-sets:show")

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(f"os_compute_api:{rule}")
