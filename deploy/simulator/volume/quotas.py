"""Limits of projects and of classes, and what is used of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.volume.errors import bad, forbidden
from deploy.simulator.volume.volumes import Call, Row, VolumeStore

_QUOTA = {
    "volumes": 10,
    "snapshots": 10,
    "gigabytes": 1000,
    "backups": 10,
    "backup_gigabytes": 1000,
    "groups": 10,
    "per_volume_gigabytes": -1,
}
_LIMITS = {
    "maxTotalVolumes": "volumes",
    "maxTotalSnapshots": "snapshots",
    "maxTotalBackups": "backups",
    "maxTotalVolumeGigabytes": "gigabytes",
    "maxTotalBackupGigabytes": "backup_gigabytes",
}
_USED = {
    "totalVolumesUsed": "volumes",
    "totalGigabytesUsed": "gigabytes",
    "totalSnapshotsUsed": "snapshots",
    "totalBackupsUsed": "backups",
    "totalBackupGigabytesUsed": "backup_gigabytes",
}
_MOST = 0x7FFFFFFF


class Quotas:
    """`/limits`, `/os-quota-sets`, `/os-quota-class-sets`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/limits", self.limits)
        add("GET", "/os-quota-sets/{project}", self.quota)
        add("GET", "/os-quota-sets/{project}/defaults", self.defaults)
        add("PUT", "/os-quota-sets/{project}", self.set_quota)
        add("DELETE", "/os-quota-sets/{project}", self.drop_quota)
        add("GET", "/os-quota-class-sets/{name}", self.quota_class)
        add("PUT", "/os-quota-class-sets/{name}", self.set_quota_class)

    def limits(self, call: Call) -> Response:
        """What the project may have and what it has."""
        project = call.token.project.id
        quota, used = self._limits(project), self._used(project)
        absolute = {name: quota[key] for name, key in _LIMITS.items()}
        absolute |= {name: used.get(key, 0) for name, key in _USED.items()}
        return reply({"limits": {"rate": [], "absolute": absolute}})

    def quota(self, call: Call) -> Response:
        """The limits of a project, with what is used when asked for."""
        project = self._project(call)
        limits: Json = self._limits(project)
        if call.request.flag("usage"):
            used = self._used(project)
            limits = {
                key: {"limit": value, "in_use": used.get(key, 0), "reserved": 0}
                for key, value in limits.items()
            }
        return reply({"quota_set": {"id": project, **limits}})

    def defaults(self, call: Call) -> Response:
        """The limits where none were set."""
        return reply({"quota_set": {"id": self._project(call), **self._class("default")}})

    def set_quota(self, call: Call) -> Response:
        """Set limits; not enforced here."""
        self._admin(call, "quotas:update")
        project = call.request.params["project"]
        limits = self._checked(call.request.envelope("quota_set"), "quota set")
        used = self._used(project)
        for key, value in limits.items():
            if 0 <= value < used.get(key, 0):
                text = f"Quota {key} limit must be equal or greater than existing resources."
                raise bad(
                    f"{text} Current usage is {used[key]} and the requested limit is {value}."
                )
        self.store.quotas.setdefault(project, {}).update(limits)
        return reply({"quota_set": self._limits(project)})

    def drop_quota(self, call: Call) -> Response:
        """Back to the defaults."""
        self._admin(call, "quotas:delete")
        self.store.quotas.pop(call.request.params["project"], None)
        return empty(200)

    def quota_class(self, call: Call) -> Response:
        """The limits of a class; any name is one."""
        self._admin(call, "quota_classes:get")
        name = call.request.params["name"]
        return reply({"quota_class_set": {"id": name, **self._class(name)}})

    def set_quota_class(self, call: Call) -> Response:
        """Set limits of a class."""
        self._admin(call, "quota_classes:update")
        name = call.request.params["name"]
        limits = self._checked(call.request.envelope("quota_class_set"), "quota class set")
        self.store.quotas.setdefault(f"class/{name}", {}).update(limits)
        return reply({"quota_class_set": self._class(name)})

    def _checked(self, given: Json, what: str) -> dict[str, int]:
        if not given:
            raise bad(f"Invalid input for field/attribute quota_set. Value: {given}.")
        known = self._class("default")
        wrong = [key for key in given if key not in known and key not in ("id", "tenant_id")]
        if wrong:
            raise bad(f"Invalid input received: Bad key(s) in {what}: {', '.join(wrong)}")
        limits: dict[str, int] = {}
        for key, value in given.items():
            if key in known:
                try:
                    limits[key] = int(value)
                except (TypeError, ValueError):
                    raise bad(f"Invalid input received: {key} must be an integer.") from None
                if not -1 <= limits[key] <= _MOST:
                    raise bad(f"Invalid input received: {key} must be >= -1")
        return limits

    def _class(self, name: str) -> Json:
        kinds = [row["name"] for row in self.store.types.values()]
        each = ("volumes", "snapshots", "gigabytes")
        per_type = {f"{key}_{kind}": -1 for kind in kinds for key in each}
        known = {**_QUOTA, **per_type}
        return self._over(self._over(known, "class/default"), f"class/{name}")

    def _limits(self, project: str) -> Json:
        return self._over(self._class("default"), project)

    def _over(self, known: Json, owner: str) -> Json:
        """The limits with those that were set, for as long as their types are there."""
        own = self.store.quotas.get(owner, {})
        return {key: own.get(key, value) for key, value in known.items()}

    def _used(self, project: str) -> dict[str, int]:
        volumes = _of(self.store.volumes, project)
        snapshots = _of(self.store.snapshots, project)
        used = {"volumes": len(volumes), "snapshots": len(snapshots), "gigabytes": 0}
        for row in volumes:
            used["gigabytes"] += row["size"]
            for key, amount in (("volumes", 1), ("gigabytes", row["size"])):
                name = f"{key}_{self._kind(row)}"
                used[name] = used.get(name, 0) + amount
        for row in snapshots:
            used["gigabytes"] += row["size"]
            volume = self.store.volumes.get(row["volume_id"])
            for key, amount in (("snapshots", 1), ("gigabytes", row["size"])):
                if volume is not None:
                    name = f"{key}_{self._kind(volume)}"
                    used[name] = used.get(name, 0) + amount
        return used

    def _kind(self, volume: Row) -> str:
        return str(self.store.types[volume["volume_type_id"]]["name"])

    def _project(self, call: Call) -> str:
        project = call.request.params["project"]
        if project != call.token.project.id:
            self._admin(call, "quotas:show")
        return project

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(f"volume_extension:{rule}")


def _of(rows: dict[str, Row], project: str) -> list[Row]:
    return [row for row in rows.values() if row["project_id"] == project]
