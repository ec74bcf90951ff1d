"""`/volumes` over HTTP."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import micros, now
from deploy.simulator.image.store import ImageStore
from deploy.simulator.routes import NoRoute
from deploy.simulator.volume import view
from deploy.simulator.volume.actions import Actions
from deploy.simulator.volume.errors import CinderError, bad, missing
from deploy.simulator.volume.lists import matching, paged, visible
from deploy.simulator.volume.metadata import Metadata, check
from deploy.simulator.volume.volumes import DEFAULT_TYPE, Call, Row, VolumeStore

_FILTERS = (
    "name",
    "status",
    "volume_type",
    "volume_type_id",
    "availability_zone",
    "id",
    "bootable",
    "snapshot_id",
    "source_volid",
    "group_id",
)
_DELETABLE = ("available", "error", "error_deleting", "error_managing")


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
        add("GET", "/volumes/{id}/encryption", self.encryption)
        Metadata("/volumes", "Volume", self.get).route(add)
        Actions(self.store, self.images, self.get).route(add)

    def index(self, call: Call) -> Response:
        """Names and links."""
        rows, extra = self._page(call)
        return reply({"volumes": [view.basic(call, row) for row in rows], **extra})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call)
        return reply({"volumes": [view.full(self.store, call, row) for row in rows], **extra})

    def summary(self, call: Call) -> Response:
        """How many and how large; Cinder asks for no filter here, though it takes them."""
        if not call.at_least(12):
            raise NoRoute(call.request.path)
        rows = visible(call, self.store.volumes.values())
        total: Json = {"total_size": sum(row["size"] for row in rows), "total_count": len(rows)}
        if call.at_least(36):
            total["metadata"] = _values(rows)
        return reply({"volume-summary": total})

    def show(self, call: Call) -> Response:
        """One volume."""
        return reply({"volume": view.full(self.store, call, self.get(call))})

    def create(self, call: Call) -> Response:
        """A new volume, empty or from something."""
        given = call.request.envelope("volume")
        check(given.get("metadata") or {})
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
        if given.get("backup_id") and given["backup_id"] not in self.store.backups:
            raise missing("Backup", str(given["backup_id"]))
        if given.get("source_volid") and self.store.get(call.token, given["source_volid"]) is None:
            raise missing("Volume", str(given["source_volid"]))
        self._within_quota(call, size, kind)
        row = self.store.create(call.token, given, size, kind)
        return reply({"volume": view.full(self.store, call, row, complete=False)}, 202)

    def update(self, call: Call) -> Response:
        """Name, description and metadata."""
        row = self.get(call)
        given = call.request.envelope("volume")
        check(given.get("metadata") or {})
        for key in ("name", "description", "metadata"):
            if key in given:
                row[key] = given[key]
        row["updated_at"] = micros(now())
        return reply({"volume": view.full(self.store, call, row, complete=False)})

    def encryption(self, call: Call) -> Response:
        """Nothing is encrypted here."""
        self.get(call)
        return reply({"encryption_key_id": None})

    def delete(self, call: Call) -> Response:
        """Refused while the volume is in use."""
        row = self.get(call)
        force = call.request.flag("force") and call.token.is_admin
        if row["status"] not in _DELETABLE and not force:
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

    def get(self, call: Call) -> Row:
        """The volume named in the path; in Cinder a reader may change what it may see."""
        row = self.store.get(call.token, call.request.params["id"])
        if row is None:
            raise missing("Volume", call.request.params["id"])
        return row

    def _within_quota(self, call: Call, size: int, kind: Row) -> None:
        """Only limits that were set are enforced: a benchmark needs more than the defaults."""
        project = call.token.project.id
        mine = [row for row in self.store.volumes.values() if row["project_id"] == project]
        limits = self.store.quotas.get(project, {})
        of_kind = [row for row in mine if row["volume_type_id"] == kind["id"]]
        for suffix, rows in (("", mine), (f"_{kind['name']}", of_kind)):
            limit = limits.get(f"volumes{suffix}", -1)
            if 0 <= limit <= len(rows):
                text = f"({limit}) exceeded for quota 'volumes{suffix}'."
                raise CinderError(
                    413, f"VolumeLimitExceeded: Maximum number of volumes allowed {text}"
                )
            used = sum(row["size"] for row in rows)
            if 0 <= limits.get(f"gigabytes{suffix}", -1) < used + size:
                text = f"Requested volume or snapshot exceeds allowed gigabytes{suffix} quota."
                raise CinderError(413, f"VolumeSizeExceedsAvailableQuota: {text}")

    def _page(self, call: Call) -> tuple[list[Row], Json]:
        return paged(call, self._filtered(call), "volumes", "Volume")

    def _filtered(self, call: Call) -> list[Row]:
        rows = matching(call, visible(call, self.store.volumes.values()), _FILTERS)
        wanted = call.request.arg("metadata")
        if not wanted:
            return rows
        pairs = _literal(wanted)
        if not isinstance(pairs, dict):
            return []
        return [row for row in rows if all(row["metadata"].get(k) == v for k, v in pairs.items())]


def _literal(given: str) -> Any:
    """What Cinder reads out of a filter's value; what it cannot read is text."""
    try:
        return ast.literal_eval(given)
    except (ValueError, SyntaxError):
        return given


def _values(rows: list[Row]) -> dict[str, list[str]]:
    """Each value that each key of the volumes' metadata has."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for key, value in row["metadata"].items():
            found.setdefault(key, set()).add(value)
    return {key: sorted(values) for key, values in found.items()}
