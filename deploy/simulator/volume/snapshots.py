"""Snapshots: as much as a client needs to make, list and delete one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.volume.errors import bad, missing
from deploy.simulator.volume.volumes import Call, Row, VolumeStore


class Snapshots:
    """`/snapshots`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/snapshots", self.index)
        add("GET", "/snapshots/detail", self.index)
        add("POST", "/snapshots", self.create)
        add("GET", "/snapshots/{id}", self.show)
        add("DELETE", "/snapshots/{id}", self.delete)

    def index(self, call: Call) -> Response:
        """The project's snapshots."""
        everybody = call.token.is_admin and call.request.flag("all_tenants")
        rows = [
            row
            for row in self.store.snapshots.values()
            if everybody or row["project_id"] == call.token.project.id
        ]
        for key in ("name", "volume_id", "status"):
            wanted = call.request.arg(key)
            rows = [row for row in rows if wanted in ("", str(row[key]))]
        return reply({"snapshots": [self._view(call, row) for row in rows]})

    def create(self, call: Call) -> Response:
        """A snapshot of a volume that is not in use, unless forced."""
        given = call.request.envelope("snapshot")
        volume = self.store.get(call.token, str(given.get("volume_id")))
        if volume is None:
            raise missing("Volume", str(given.get("volume_id")))
        forced = given.get("force") in (True, "true", "True") or call.at_least(66)
        if volume["status"] != "available" and not forced:
            raise bad(f"Invalid volume: Volume {volume['id']} status must be available.")
        row: Row = {
            "id": new_id(),
            "project_id": volume["project_id"],
            "user_id": call.token.user.id,
            "name": given.get("name"),
            "description": given.get("description"),
            "volume_id": volume["id"],
            "size": volume["size"],
            "status": "creating",
            "metadata": dict(given.get("metadata") or {}),
            "created_at": micros(now()),
            "updated_at": None,
        }
        self.store.snapshots[row["id"]] = row
        self.store.later(lambda: row.update(status="available"))
        return reply({"snapshot": self._view(call, row, complete=False)}, 202)

    def show(self, call: Call) -> Response:
        """One snapshot."""
        return reply({"snapshot": self._view(call, self._get(call))})

    def delete(self, call: Call) -> Response:
        """Accepted at once; gone a little later."""
        row = self._get(call)
        row["status"] = "deleting"
        self.store.later(lambda: self._gone(row))
        return empty(202)

    def _gone(self, row: Row) -> None:
        self.store.snapshots.pop(row["id"], None)

    def _get(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        row = self.store.snapshots.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise missing("Snapshot", wanted)
        return row

    def _view(self, call: Call, row: Row, *, complete: bool = True) -> Json:
        hidden = ("project_id",) if call.at_least(41) else ("project_id", "user_id")
        shown = {key: value for key, value in row.items() if key not in hidden}
        if call.at_least(14):
            shown["group_snapshot_id"] = None
        if call.at_least(65):
            shown["consumes_quota"] = True
        if complete:
            shown["os-extended-snapshot-attributes:project_id"] = row["project_id"]
            shown["os-extended-snapshot-attributes:progress"] = "100%"
        return shown
