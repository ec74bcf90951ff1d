"""`/volumes` over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.compute.paging import page
from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.ids import micros, now
from deploy.simulator.image.store import ImageStore
from deploy.simulator.volume import view
from deploy.simulator.volume.errors import CinderError, bad, forbidden, missing
from deploy.simulator.volume.volumes import DEFAULT_TYPE, Call, Row, VolumeStore


class Volumes:
    """The collection."""

    def __init__(self, store: VolumeStore, images: ImageStore) -> None:
        self.store, self.images = store, images

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/volumes", self.index)
        add("GET", "/volumes/detail", self.detail)
        add("GET", "/volumes/summary", self.summary)
        add("POST", "/volumes", self.create)
        add("GET", "/volumes/{id}", self.show)
        add("PUT", "/volumes/{id}", self.update)
        add("DELETE", "/volumes/{id}", self.delete)
        add("POST", "/volumes/{id}/action", self.action)
        add("GET", "/volumes/{id}/metadata", self.metadata)
        add("POST", "/volumes/{id}/metadata", self.add_metadata)
        add("PUT", "/volumes/{id}/metadata", self.set_metadata)
        add("DELETE", "/volumes/{id}/metadata/{key}", self.drop_metadata)

    def index(self, call: Call) -> Response:
        """Names and links."""
        rows, extra = self._page(call)
        return reply({"volumes": [view.basic(call, row) for row in rows], **extra})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call)
        return reply({"volumes": [view.full(self.store, call, row) for row in rows], **extra})

    def summary(self, call: Call) -> Response:
        """How many and how large."""
        rows = self._filtered(call)
        total = {"total_size": sum(row["size"] for row in rows), "total_count": len(rows)}
        return reply({"volume-summary": {**total, "metadata": {}}})

    def show(self, call: Call) -> Response:
        """One volume."""
        return reply({"volume": view.full(self.store, call, self.get(call))})

    def create(self, call: Call) -> Response:
        """A new volume, empty or from something."""
        given = call.request.envelope("volume")
        check_metadata(given.get("metadata") or {})
        given = {**given, "name": given.get("name", given.get("display_name"))}
        size = self.store.size_of(call.token, given)
        wanted = given.get("volume_type") or DEFAULT_TYPE
        kind = self.store.type_named(str(wanted))
        if kind is None:
            raise missing("Volume type", f"{wanted}")
        zone = given.get("availability_zone")
        if zone and zone != self.store.zone:
            raise bad(f"Availability zone '{zone}' is invalid.")
        if given.get("imageRef") and not self.images.usable(call.token, str(given["imageRef"])):
            raise bad("Invalid image identifier or unable to access requested image.")
        if given.get("snapshot_id") and given["snapshot_id"] not in self.store.snapshots:
            raise missing("Snapshot", str(given["snapshot_id"]))
        if given.get("source_volid") and self.store.get(call.token, given["source_volid"]) is None:
            raise missing("Volume", str(given["source_volid"]))
        self._within_quota(call, size)
        row = self.store.create(call.token, given, size, kind)
        return reply({"volume": view.full(self.store, call, row, complete=False)}, 202)

    def update(self, call: Call) -> Response:
        """Name, description and metadata."""
        row = self.get(call)
        given = call.request.envelope("volume")
        check_metadata(given.get("metadata") or {})
        for key in ("name", "description", "metadata"):
            if key in given:
                row[key] = given[key]
        row["updated_at"] = micros(now())
        return reply({"volume": view.full(self.store, call, row, complete=False)})

    def delete(self, call: Call) -> Response:
        """Refused while the volume is in use."""
        row = self.get(call)
        force = call.request.flag("force") and call.token.is_admin
        if row["status"] not in ("available", "error", "error_deleting") and not force:
            raise bad(
                "Invalid volume: Volume status must be available or error or "
                "error_restoring or error_extending or error_managing and must not be "
                "migrating, attached, belong to a group, have snapshots."
            )
        if any(s["volume_id"] == row["id"] for s in self.store.snapshots.values()):
            if not call.request.flag("cascade"):
                raise bad("Invalid volume: Volume has dependent snapshots.")
            for snapshot in list(self.store.snapshots.values()):
                if snapshot["volume_id"] == row["id"]:
                    del self.store.snapshots[snapshot["id"]]
        self.store.delete(row)
        return empty(202)

    def action(self, call: Call) -> Response:
        """Grow, mark or reset a volume."""
        row, body = self.get(call), call.request.document()
        if "os-extend" in body:
            size = int(pick(body, "os-extend", "new_size"))
            if size <= row["size"]:
                raise bad(f"Invalid input received: New size must be greater: {row['size']}.")
            row["size"] = size
            return empty(202)
        if "os-set_bootable" in body:
            row["bootable"] = str(pick(body, "os-set_bootable", "bootable")).lower()
            return empty(200)
        if "os-reset_status" in body:
            if not call.token.is_admin:
                raise forbidden("volume_extension:volume_admin_actions:reset_status")
            row["status"] = body["os-reset_status"].get("status", row["status"])
            return empty(202)
        raise bad(f"There is no such action: {', '.join(body)}")

    def metadata(self, call: Call) -> Response:
        """All metadata."""
        return reply({"metadata": self.get(call)["metadata"]})

    def add_metadata(self, call: Call) -> Response:
        """More metadata."""
        row = self.get(call)
        given = call.request.envelope("metadata")
        check_metadata(given)
        row["metadata"] = {**row["metadata"], **given}
        return reply({"metadata": row["metadata"]})

    def set_metadata(self, call: Call) -> Response:
        """Other metadata."""
        row = self.get(call)
        row["metadata"] = call.request.envelope("metadata")
        return reply({"metadata": row["metadata"]})

    def drop_metadata(self, call: Call) -> Response:
        """Less metadata."""
        row = self.get(call)
        if row["metadata"].pop(call.request.params["key"], None) is None:
            raise missing("Metadata item", call.request.params["key"])
        return empty(200)

    def get(self, call: Call) -> Row:
        """The volume named in the path; in Cinder a reader may change what it may see."""
        row = self.store.get(call.token, call.request.params["id"])
        if row is None:
            raise missing("Volume", call.request.params["id"])
        return row

    def _within_quota(self, call: Call, size: int) -> None:
        """Only limits that were set are enforced: a benchmark needs more than the defaults."""
        project = call.token.project.id
        mine = [row for row in self.store.volumes.values() if row["project_id"] == project]
        limits = self.store.quotas.get(project, {})
        if 0 <= limits.get("volumes", -1) <= len(mine):
            text = f"({limits['volumes']}) exceeded for quota 'volumes'."
            raise CinderError(
                413, f"VolumeLimitExceeded: Maximum number of volumes allowed {text}"
            )
        used = sum(row["size"] for row in mine)
        if 0 <= limits.get("gigabytes", -1) < used + size:
            text = "Requested volume or snapshot exceeds allowed gigabytes quota."
            raise CinderError(413, f"VolumeSizeExceedsAvailableQuota: {text}")

    def _page(self, call: Call) -> tuple[list[Row], Json]:
        rows = self._filtered(call)
        rows.reverse()
        for wish in reversed(call.request.arg("sort", "created_at:desc").split(",")):
            key, _, direction = wish.partition(":")
            rows.sort(key=lambda row: str(row.get(key)), reverse=direction != "asc")
        count = len(rows)
        offset = call.request.arg("offset", "0")
        if not offset.isdigit():
            raise bad(f"Invalid input for query parameters offset. Value: {offset}.")
        marker = call.request.arg("marker")
        if marker and self.store.get(call.token, marker) is None:
            raise missing("Volume", marker)
        part, links = page(rows[int(offset) :], call.request, lambda row: str(row["id"]), bad)
        extra: Json = {"volumes_links": links} if links else {}
        if call.at_least(45) and call.request.flag("with_count"):
            extra["count"] = count
        return part, extra

    def _filtered(self, call: Call) -> list[Row]:
        rows = [row for row in self.store.volumes.values() if _seen(call.token, row, call)]
        for key in ("name", "status", "volume_type", "availability_zone", "id", "bootable"):
            wanted = call.request.arg(key)
            if wanted:
                rows = [row for row in rows if str(row[key]) == wanted]
        return rows


def _seen(token: Token, row: Row, call: Call) -> bool:
    if token.is_admin and call.request.flag("all_tenants"):
        project = call.request.arg("project_id")
        return project in ("", row["project_id"])
    return bool(row["project_id"] == token.project.id)


def check_metadata(given: Any) -> None:
    """Refuse anything but text by name."""
    if not isinstance(given, dict):
        raise bad(f"Invalid input for field/attribute metadata. Value: {given}.")
    for key, value in given.items():
        if not isinstance(value, str):
            raise bad(f"Invalid input for field/attribute {key}. Value: {value}. Not a string")
