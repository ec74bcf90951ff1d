"""Snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import micros, now
from deploy.simulator.volume.errors import bad, forbidden, missing
from deploy.simulator.volume.lists import matching, paged, visible
from deploy.simulator.volume.metadata import Metadata, check
from deploy.simulator.volume.volumes import Call, Row, VolumeStore

_FILTERS = ("name", "volume_id", "status", "id", "group_snapshot_id")

_HIDDEN = ("project_id", "user_id", "group_snapshot_id")


class Snapshots:
    """`/snapshots`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/snapshots", self.index)
        add("GET", "/snapshots/detail", self.detail)
        add("POST", "/snapshots", self.create)
        add("GET", "/snapshots/{id}", self.show)
        add("PUT", "/snapshots/{id}", self.update)
        add("DELETE", "/snapshots/{id}", self.delete)
        add("POST", "/snapshots/{id}/action", self.action)
        Metadata("/snapshots", "Snapshot", self.get).route(add)

    def index(self, call: Call) -> Response:
        """Everything but what extensions add."""
        rows, extra = self._page(call)
        shown = [self.view(call, row, complete=False, detail=False) for row in rows]
        return reply({"snapshots": shown, **extra})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call)
        return reply({"snapshots": [self.view(call, row) for row in rows], **extra})

    def create(self, call: Call) -> Response:
        """A snapshot of a volume that is not in use, unless forced."""
        given = call.request.envelope("snapshot")
        check(given.get("metadata") or {})
        volume = self.store.get(call.token, str(given.get("volume_id")))
        if volume is None:
            raise missing("Volume", str(given.get("volume_id")))
        forced = given.get("force") in (True, "true", "True") or call.at_least(66)
        if volume["status"] != "available" and not (forced and volume["status"] == "in-use"):
            wanted = "available, in-use" if forced else "available"
            raise bad(
                f"Invalid volume: Volume {volume['id']} status must be {wanted}, but current "
                f"status is: {volume['status']}."
            )
        row = self.store.add_snapshot(call.token, given, volume)
        self.store.later(lambda: row.update(status="available"))
        return reply({"snapshot": self.view(call, row, complete=False)}, 202)

    def show(self, call: Call) -> Response:
        """One snapshot."""
        return reply({"snapshot": self.view(call, self.get(call))})

    def update(self, call: Call) -> Response:
        """Name and description."""
        row, given = self.get(call), call.request.envelope("snapshot")
        row.update({key: given[key] for key in ("name", "description") if key in given})
        row["updated_at"] = micros(now())
        return reply({"snapshot": self.view(call, row, complete=False)})

    def delete(self, call: Call) -> Response:
        """Accepted at once; gone a little later."""
        row = self.get(call)
        if row["status"] not in ("available", "error"):
            raise bad(
                "Invalid snapshot: Snapshot status must be available or error or unmanaging "
                "and must not be part of a group."
            )
        return self._delete(row)

    def action(self, call: Call) -> Response:
        """What administrators and back ends do to it."""
        row, body = self.get(call), call.request.document()
        if "os-update_snapshot_status" in body:
            row["status"] = pick(body, "os-update_snapshot_status", "status")
            return empty(202)
        for action in ("os-reset_status", "os-force_delete", "os-unmanage"):
            if action in body and not call.token.is_admin:
                raise forbidden(f"volume_extension:snapshot_admin_actions:{action[3:]}")
        if "os-reset_status" in body:
            row["status"] = pick(body, "os-reset_status", "status")
            return empty(202)
        if "os-force_delete" in body:
            return self._delete(row)
        if "os-unmanage" in body:
            if row["status"] not in ("available", "error"):
                raise bad(
                    "Invalid snapshot: Snapshot status must be available or error and must not "
                    "be part of a group."
                )
            self.store.unmanage("snapshot", row)
            return empty(202)
        raise bad(f"There is no such action: {', '.join(body)}")

    def get(self, call: Call) -> Row:
        """The snapshot named in the path."""
        wanted = call.request.params["id"]
        row = self.store.snapshots.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise missing("Snapshot", wanted)
        return row

    def _delete(self, row: Row) -> Response:
        row["status"] = "deleting"
        self.store.later(lambda: self._gone(row))
        return empty(202)

    def _gone(self, row: Row) -> None:
        self.store.snapshots.pop(row["id"], None)

    def _page(self, call: Call) -> tuple[list[Row], Json]:
        rows = matching(call, visible(call, self.store.snapshots.values()), _FILTERS)
        return paged(call, rows, "snapshots", "Snapshot")

    def view(self, call: Call, row: Row, *, complete: bool = True, detail: bool = True) -> Json:
        """What it looks like; the answer to a change is without what extensions add."""
        shown = {key: value for key, value in row.items() if key not in _HIDDEN}
        if not detail:
            return shown
        if call.at_least(41):
            shown["user_id"] = row["user_id"]
        if call.at_least(14):
            shown["group_snapshot_id"] = row.get("group_snapshot_id")
        if call.at_least(65):
            shown["consumes_quota"] = True
        if complete:
            shown["os-extended-snapshot-attributes:project_id"] = row["project_id"]
            shown["os-extended-snapshot-attributes:progress"] = "100%"
        return shown
