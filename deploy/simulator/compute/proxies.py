"""Volumes, snapshots and images as Nova showed them until 2.35."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.paging import page
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.volume.volumes import DEFAULT_TYPE

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

Handler = Callable[..., Response]


class OldProxies:
    """`/os-volumes`, `/os-snapshots` and `/images`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-volumes", _old(self.volumes))
        add("GET", "/os-volumes/detail", _old(self.volumes))
        add("POST", "/os-volumes", _old(self.create_volume))
        add("GET", "/os-volumes/{id}", _old(self.volume))
        add("DELETE", "/os-volumes/{id}", _old(self.drop_volume))
        add("GET", "/os-snapshots", _old(self.snapshots))
        add("GET", "/os-snapshots/detail", _old(self.snapshots))
        add("POST", "/os-snapshots", _old(self.create_snapshot))
        add("GET", "/os-snapshots/{id}", _old(self.snapshot))
        add("DELETE", "/os-snapshots/{id}", _old(self.drop_snapshot))
        add("GET", "/images", _old(self.images))
        add("GET", "/images/detail", _old(self.images))
        add("GET", "/images/{id}", _old(self.image))

    def volumes(self, call: Call) -> Response:
        """The project's volumes, newest first."""
        rows = [
            row
            for row in self.service.volumes.volumes.values()
            if row["project_id"] == call.token.project.id
        ]
        part, _ = page(rows[::-1], call.request, lambda row: str(row["id"]), bad)
        return reply({"volumes": [_volume(row) for row in part]})

    def volume(self, call: Call) -> Response:
        """One volume."""
        return reply({"volume": _volume(self._volume(call))})

    def create_volume(self, call: Call) -> Response:
        """A volume."""
        if not call.token.may_write:
            raise forbidden("os_compute_api:os-volumes:create")
        given = call.request.envelope("volume")
        size = given.get("size")
        if not str(size).isdecimal() or int(str(size)) < 1:
            raise bad(f"Invalid input for field/attribute size. Value: {size}.")
        store = self.service.volumes
        kind = store.type_named(str(given.get("volume_type") or DEFAULT_TYPE))
        if kind is None:
            raise NovaError(404, f"Volume type {given['volume_type']} could not be found.")
        wanted = {
            "name": given.get("display_name"),
            "description": given.get("display_description"),
            "metadata": given.get("metadata"),
            "availability_zone": given.get("availability_zone"),
        }
        return reply({"volume": _volume(store.create(call.token, wanted, int(str(size)), kind))})

    def drop_volume(self, call: Call) -> Response:
        """Accepted."""
        row = self._volume(call)
        if row["status"] not in ("available", "error"):
            raise bad(f"Invalid volume: Volume status must be available or error: {row['id']}")
        self.service.volumes.delete(row)
        return empty(202)

    def snapshots(self, call: Call) -> Response:
        """The project's snapshots, newest first."""
        rows = [
            row
            for row in self.service.volumes.snapshots.values()
            if row["project_id"] == call.token.project.id
        ]
        part, _ = page(rows[::-1], call.request, lambda row: str(row["id"]), bad)
        return reply({"snapshots": [_snapshot(row) for row in part]})

    def snapshot(self, call: Call) -> Response:
        """One snapshot."""
        return reply({"snapshot": _snapshot(self._snapshot(call))})

    def create_snapshot(self, call: Call) -> Response:
        """A snapshot of a volume."""
        if not call.token.may_write:
            raise forbidden("os_compute_api:os-volumes:snapshots:create")
        given = call.request.envelope("snapshot")
        store = self.service.volumes
        volume = store.get(call.token, str(given.get("volume_id")))
        if volume is None:
            raise NovaError(404, f"Volume {given.get('volume_id')} could not be found.")
        wanted = {
            "name": given.get("display_name"),
            "description": given.get("display_description"),
        }
        row = store.add_snapshot(call.token, wanted, volume)
        store.later(lambda: row.update(status="available"))
        return reply({"snapshot": _snapshot(row)})

    def drop_snapshot(self, call: Call) -> Response:
        """Accepted."""
        row = self._snapshot(call)
        row["status"] = "deleting"
        store = self.service.volumes

        def gone() -> None:
            store.snapshots.pop(row["id"], None)

        store.later(gone)
        return empty(202)

    def images(self, call: Call) -> Response:
        """The images that the caller may use."""
        store = self.service.images
        rows = [row for row in store.images.values() if store.visible(call.token, row)]
        return reply({"images": [_image(call, row) for row in rows]})

    def image(self, call: Call) -> Response:
        """One image."""
        store, wanted = self.service.images, call.request.params["id"]
        row = store.images.get(wanted)
        if row is None or not store.visible(call.token, row):
            raise NovaError(404, f"Image {wanted} could not be found.")
        return reply({"image": _image(call, row)})

    def _snapshot(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        row = self.service.volumes.snapshots.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise NovaError(404, f"Snapshot {wanted} could not be found.")
        return row

    def _volume(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        row = self.service.volumes.get(call.token, wanted)
        if row is None:
            raise NovaError(404, f"Volume {wanted} could not be found.")
        return row


def _old(handler: Handler) -> Handler:
    @wraps(handler)
    def guarded(call: Call) -> Response:
        if call.at_least(36):
            raise NovaError(404, "The resource could not be found.")
        return handler(call)

    return guarded


def _volume(row: Row) -> Json:
    return {
        "id": row["id"],
        "status": row["status"],
        "size": row["size"],
        "availabilityZone": row["availability_zone"],
        "createdAt": row["created_at"],
        "attachments": [{}],
        "displayName": row["name"],
        "displayDescription": row["description"],
        "volumeType": row["volume_type"],
        "snapshotId": row["snapshot_id"],
        "metadata": row["metadata"],
    }


def _snapshot(row: Row) -> Json:
    return {
        "id": row["id"],
        "status": row["status"],
        "size": row["size"],
        "volumeId": row["volume_id"],
        "displayName": row["name"],
        "displayDescription": row["description"],
        "createdAt": row["created_at"],
    }


def _image(call: Call, row: Row) -> Json:
    links = [
        {"rel": "self", "href": f"{call.base}/images/{row['id']}"},
        {"rel": "bookmark", "href": f"{call.request.origin}/compute/images/{row['id']}"},
    ]
    return {"id": row["id"], "name": row["name"], "links": links}
