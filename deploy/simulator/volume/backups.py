"""Backups: made from a volume, restored to one, known elsewhere by a record."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson

from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.volume.errors import bad, forbidden, missing
from deploy.simulator.volume.lists import matching, paged, visible
from deploy.simulator.volume.view import links
from deploy.simulator.volume.volumes import DEFAULT_TYPE, Call, Row, VolumeStore

_FILTERS = ("name", "status", "volume_id", "id")
_SHOWN = (
    "id",
    "status",
    "size",
    "object_count",
    "availability_zone",
    "container",
    "created_at",
    "updated_at",
    "name",
    "description",
    "fail_reason",
    "volume_id",
    "is_incremental",
    "snapshot_id",
    "data_timestamp",
)


class Backups:
    """`/backups`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/backups", self.index)
        add("GET", "/backups/detail", self.detail)
        add("POST", "/backups", self.create)
        add("POST", "/backups/import_record", self.bring)
        add("GET", "/backups/{id}", self.show)
        add("PUT", "/backups/{id}", self.update)
        add("DELETE", "/backups/{id}", self.delete)
        add("POST", "/backups/{id}/restore", self.restore)
        add("GET", "/backups/{id}/export_record", self.record)
        add("POST", "/backups/{id}/action", self.action)

    def index(self, call: Call) -> Response:
        """Names and links."""
        rows, extra = self._page(call)
        return reply({"backups": [self._brief(call, row) for row in rows], **extra})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call)
        return reply({"backups": [self._view(call, row) for row in rows], **extra})

    def create(self, call: Call) -> Response:
        """A copy of what a volume holds."""
        given = call.request.envelope("backup")
        volume = self.store.get(call.token, str(given.get("volume_id")))
        if volume is None:
            raise missing("Volume", str(given.get("volume_id")))
        snapshot = given.get("snapshot_id")
        if snapshot and snapshot not in self.store.snapshots:
            raise missing("Snapshot", str(snapshot))
        zone = given.get("availability_zone")
        if zone and not call.at_least(51):
            raise bad("Additional properties are not allowed ('availability_zone' was unexpected)")
        if volume["status"] == "in-use" and not (snapshot or given.get("force")):
            raise bad("Invalid volume: Backing up an in-use volume must use the force flag.")
        if volume["status"] not in ("available", "in-use"):
            raise bad(
                "Invalid volume: Volume to be backed up must be available or in-use, but the "
                f'current status is "{volume["status"]}".'
            )
        mine = [row for row in self.store.backups.values() if row["volume_id"] == volume["id"]]
        if given.get("incremental") and not mine:
            raise bad("Invalid backup: No backups available to do an incremental backup.")
        moment = micros(now())
        row = self._new(
            call,
            volume_id=volume["id"],
            size=volume["size"],
            name=given.get("name"),
            description=given.get("description"),
            container=given.get("container") or "backups",
            snapshot_id=snapshot,
            is_incremental=bool(given.get("incremental")),
            metadata=dict(given.get("metadata") or {}),
            volume_metadata=dict(volume["metadata"]),
            data_timestamp=moment,
            availability_zone=zone or self.store.zone,
        )
        self.store.later(lambda: row.update(status="available", object_count=1))
        return reply({"backup": self._brief(call, row)}, 202)

    def show(self, call: Call) -> Response:
        """One backup."""
        return reply({"backup": self._view(call, self.get(call))})

    def update(self, call: Call) -> Response:
        """Name, description and metadata."""
        row, given = self.get(call), call.request.envelope("backup")
        if not call.at_least(9):
            raise missing("The resource", call.request.path)
        known = ("name", "description", "metadata")
        row.update({key: given[key] for key in known if key in given})
        return reply({"backup": self._brief(call, row)})

    def delete(self, call: Call) -> Response:
        """Accepted at once; gone a little later."""
        row = self.get(call)
        if row["status"] not in ("available", "error"):
            raise bad("Invalid backup: Backup status must be available or error")
        return self._delete(row)

    def restore(self, call: Call) -> Response:
        """What the backup holds is written to a volume, a new one without any named."""
        row = self.get(call)
        given = call.request.document().get("restore") or {}
        if row["status"] != "available":
            raise bad("Invalid backup: Backup status must be available")
        if given.get("volume_id"):
            volume = self.store.get(call.token, str(given["volume_id"]))
            if volume is None:
                raise missing("Volume", str(given["volume_id"]))
            if volume["status"] != "available":
                raise bad("Invalid volume: Volume to be restored to must be available")
            if volume["size"] < row["size"]:
                raise bad(
                    f"Invalid volume: volume size {volume['size']} is too small to restore "
                    f"backup of size {row['size']}."
                )
        else:
            kind = self.store.type_named(DEFAULT_TYPE)
            if kind is None:
                raise missing("Volume type", DEFAULT_TYPE)
            name = given.get("name") or f"restore_backup_{row['id']}"
            fresh: Json = {"name": name, "description": "auto-created_from_restore_from_backup"}
            volume = self.store.create(call.token, fresh, row["size"], kind)
        volume["metadata"] = {**volume["metadata"], **row["volume_metadata"]}
        shown = {
            "backup_id": row["id"],
            "volume_id": volume["id"],
            "volume_name": volume["name"],
        }
        return reply({"restore": shown}, 202)

    def record(self, call: Call) -> Response:
        """What another Cinder needs to know of the backup."""
        self._admin(call, "backup:export-import")
        row = self.get(call)
        record = {key: row[key] for key in ("id", "volume_id", "size", "name", "container")}
        shown = {
            "backup_service": "cinder.backup.drivers.posix.PosixBackupDriver",
            "backup_url": base64.b64encode(orjson.dumps(record)).decode(),
        }
        return reply({"backup-record": shown})

    def bring(self, call: Call) -> Response:
        """A backup becomes known by its record, under the id it had."""
        self._admin(call, "backup:backup-import")
        given = call.request.envelope("backup-record")
        try:
            record = orjson.loads(base64.b64decode(str(given.get("backup_url"))))
        except ValueError:
            raise bad("Invalid input received: Can't parse backup record.") from None
        if record["id"] in self.store.backups:
            raise bad("Invalid backup: Backup already exists in database.")
        row = self._new(call, **record)
        self.store.later(lambda: row.update(status="available", object_count=1))
        return reply({"backup": self._brief(call, row)}, 201)

    def action(self, call: Call) -> Response:
        """What administrators do to it."""
        row, body = self.get(call), call.request.document()
        self._admin(call, "volume_extension:backup_admin_actions")
        if "os-reset_status" in body:
            row["status"] = pick(body, "os-reset_status", "status")
            return empty(202)
        if "os-force_delete" in body:
            return self._delete(row)
        raise bad(f"There is no such action: {', '.join(body)}")

    def get(self, call: Call) -> Row:
        """The backup named in the path."""
        wanted = call.request.params["id"]
        row = self.store.backups.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise missing("Backup", wanted)
        return row

    def _new(self, call: Call, **values: Any) -> Row:
        row: Row = {
            "id": new_id(),
            "project_id": call.token.project.id,
            "status": "creating",
            "object_count": 0,
            "availability_zone": self.store.zone,
            "container": None,
            "created_at": micros(now()),
            "updated_at": None,
            "description": None,
            "fail_reason": None,
            "is_incremental": False,
            "snapshot_id": None,
            "data_timestamp": None,
            "metadata": {},
            "volume_metadata": {},
            **values,
        }
        self.store.backups[row["id"]] = row
        return row

    def _delete(self, row: Row) -> Response:
        row["status"] = "deleting"
        self.store.later(lambda: self._gone(row))
        return empty(202)

    def _gone(self, row: Row) -> None:
        self.store.backups.pop(row["id"], None)

    def _page(self, call: Call) -> tuple[list[Row], Json]:
        rows = matching(call, visible(call, self.store.backups.values()), _FILTERS)
        return paged(call, rows, "backups", "Backup")

    def _brief(self, call: Call, row: Row) -> Json:
        where = links(call, "backups", row["id"])
        return {"id": row["id"], "name": row["name"], "links": where}

    def _view(self, call: Call, row: Row) -> Json:
        shown: Json = {key: row[key] for key in _SHOWN}
        shown["links"] = links(call, "backups", row["id"])
        shown["has_dependent_backups"] = False
        if call.at_least(18):
            shown["os-backup-project-attr:project_id"] = row["project_id"]
        if call.at_least(43):
            shown["metadata"] = row["metadata"]
        if call.at_least(56):
            shown["user_id"] = call.token.user.id
        return shown

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(rule)
