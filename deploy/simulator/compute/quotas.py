"""Limits of projects, of users and of classes, and what is used of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute.errors import bad, forbidden
from deploy.simulator.compute.state import Call
from deploy.simulator.http import Json, Response, empty, reply

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_INTEGER = re.compile(r"^-?[0-9]+$")
_GROUPS = ("server_groups", "server_group_members")
_OF_NETWORKS = ("fixed_ips", "floating_ips", "security_groups", "security_group_rules")
_OF_FILES = ("injected_files", "injected_file_content_bytes", "injected_file_path_bytes")
_QUOTA = {
    "instances": 10,
    "cores": 20,
    "ram": 51200,
    "key_pairs": 100,
    "metadata_items": 128,
    "server_groups": 10,
    "server_group_members": 10,
    **dict.fromkeys(_OF_NETWORKS, -1),
    "injected_files": 5,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes": 255,
}


class Quotas:
    """`/limits`, `/os-quota-sets`, `/os-quota-class-sets`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/limits", self.limits)
        for tail in ("", "/defaults", "/detail"):
            add("GET", f"/os-quota-sets/{{project}}{tail}", self.quota)
        add("PUT", "/os-quota-sets/{project}", self.set_quota)
        add("DELETE", "/os-quota-sets/{project}", self.drop_quota)
        add("GET", "/os-quota-class-sets/{name}", self.quota_class)
        add("PUT", "/os-quota-class-sets/{name}", self.set_quota_class)

    def limits(self, call: Call) -> Response:
        """What the project may have and what it has."""
        project = call.request.arg("tenant_id") or call.token.project.id
        used, limits = self._used(project, ""), self._limits(project, "")
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
            "totalServerGroupsUsed": used["server_groups"],
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

    def quota(self, call: Call) -> Response:
        """The limits of a project or user, with what is used when asked for detail."""
        project, user = call.request.params["project"], call.request.arg("user_id")
        if project != call.token.project.id:
            self._admin(call, "os-quota-sets:show")
        limits: Json = self._limits(project, user)
        if call.request.path.endswith("/defaults"):
            limits = self._class("default")
        if call.request.path.endswith("/detail"):
            used = self._used(project, user)
            limits = {
                key: {"limit": value, "in_use": used.get(key, 0), "reserved": 0}
                for key, value in limits.items()
            }
        return reply({"quota_set": {"id": project, **self._shown(call, limits)}})

    def set_quota(self, call: Call) -> Response:
        """Set limits; not enforced here."""
        self._admin(call, "os-quota-sets:update")
        project, user = call.request.params["project"], call.request.arg("user_id")
        given = call.request.envelope("quota_set")
        force = given.pop("force", False)
        limits = self._checked(call, given)
        for key, value in limits.items():
            used = self._used(project, user).get(key, 0)
            if not force and 0 <= value < used:
                text = f"Quota limit {value} for {key} must be greater than or equal to already"
                raise bad(f"{text} used and reserved {used}.")
        self.service.state.quotas.setdefault(_key(project, user), {}).update(limits)
        return reply({"quota_set": self._shown(call, self._limits(project, user))})

    def drop_quota(self, call: Call) -> Response:
        """Back to the defaults."""
        self._admin(call, "os-quota-sets:delete")
        project, user = call.request.params["project"], call.request.arg("user_id")
        quotas = self.service.state.quotas
        for key in [key for key in quotas if key == _key(project, user)]:
            del quotas[key]
        if not user:
            for key in [key for key in quotas if key.startswith(f"{project}/")]:
                del quotas[key]
        return empty(202)

    def quota_class(self, call: Call) -> Response:
        """The limits of a class; any name is one."""
        self._admin(call, "os-quota-class-sets:show")
        name = call.request.params["name"]
        limits = self._class_shown(call, self._class(name))
        return reply({"quota_class_set": {"id": name, **limits}})

    def set_quota_class(self, call: Call) -> Response:
        """Set limits of a class."""
        self._admin(call, "os-quota-class-sets:update")
        name = call.request.params["name"]
        limits = self._checked(call, call.request.envelope("quota_class_set"))
        self.service.state.quota_classes.setdefault(name, {}).update(limits)
        return reply({"quota_class_set": self._class_shown(call, self._class(name))})

    def _checked(self, call: Call, given: Json) -> dict[str, int]:
        known = self._shown(call, _QUOTA)
        for key, value in given.items():
            if key not in known:
                text = f"Additional properties are not allowed ('{key}' was unexpected)"
                raise bad(f"Invalid input for field/attribute quota_set. Value: {given}. {text}")
            if not _INTEGER.match(str(value)) or int(value) < -1:
                raise bad(f"Invalid input for field/attribute {key}. Value: {value}.")
        return {key: int(value) for key, value in given.items()}

    def _shown(self, call: Call, limits: Json) -> Json:
        hidden: tuple[str, ...] = _OF_NETWORKS if call.at_least(36) else ()
        hidden += _OF_FILES if call.at_least(57) else ()
        return {key: value for key, value in limits.items() if key not in hidden}

    def _class_shown(self, call: Call, limits: Json) -> Json:
        hidden: tuple[str, ...] = _OF_NETWORKS if call.at_least(50) else _GROUPS
        hidden += _OF_FILES if call.at_least(57) else ()
        return {key: value for key, value in limits.items() if key not in hidden}

    def _class(self, name: str) -> Json:
        classes = self.service.state.quota_classes
        return {**_QUOTA, **classes.get("default", {}), **classes.get(name, {})}

    def _limits(self, project: str, user: str) -> Json:
        quotas = self.service.state.quotas
        own = quotas.get(_key(project, user), {}) if user else {}
        return {**self._class("default"), **quotas.get(project, {}), **own}

    def _used(self, project: str, user: str) -> Json:
        state = self.service.state
        servers = [
            row
            for row in state.servers.values()
            if row["project_id"] == project and user in ("", row["user_id"])
        ]
        return {
            "instances": len(servers),
            "cores": sum(row["flavor"]["vcpus"] for row in servers),
            "ram": sum(row["flavor"]["ram"] for row in servers),
            "server_groups": sum(row["project_id"] == project for row in state.groups.values()),
        }

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(f"os_compute_api:{rule}")


def _key(project: str, user: str) -> str:
    return f"{project}/{user}" if user else project
