"""What is done to a volume by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.image.store import ImageStore
from deploy.simulator.volume.errors import CinderError, bad, forbidden, missing
from deploy.simulator.volume.volumes import Call, Row, VolumeStore

_ADMIN = {
    "os-reset_status": "volume_admin_actions:reset_status",
    "os-force_delete": "volume_admin_actions:force_delete",
    "os-force_detach": "volume_admin_actions:force_detach",
    "os-migrate_volume": "volume_admin_actions:migrate_volume",
    "os-unmanage": "volume_unmanage",
}
# From which status to which, with nothing else to it.
_STEPS = {
    "os-reserve": ("available", "attaching"),
    "os-unreserve": ("attaching", "available"),
    "os-begin_detaching": ("in-use", "detaching"),
    "os-roll_detaching": ("detaching", "in-use"),
}


class Actions:
    """`POST /volumes/{id}/action`."""

    def __init__(self, store: VolumeStore, images: ImageStore, get: Callable[[Call], Row]) -> None:
        self.store, self.images, self.get = store, images, get
        self.by_name: dict[str, Callable[[Call, Row, Any], Response]] = {
            "os-extend": self.extend,
            "os-set_bootable": self.set_bootable,
            "os-update_readonly_flag": self.set_readonly,
            "os-reset_status": self.reset_status,
            "os-force_delete": self.force_delete,
            "os-retype": self.retype,
            "os-unmanage": self.unmanage,
            "os-attach": self.attach,
            "os-detach": self.detach,
            "os-force_detach": self.detach,
            "os-set_image_metadata": self.set_image_metadata,
            "os-unset_image_metadata": self.unset_image_metadata,
            "os-show_image_metadata": self.show_image_metadata,
            "os-volume_upload_image": self.upload_image,
            "os-initialize_connection": self.initialize_connection,
            "os-terminate_connection": self.terminate_connection,
            "os-migrate_volume": self.migrate,
            "revert": self.revert,
        }

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the route."""
        add("POST", "/volumes/{id}/action", self.act)

    def act(self, call: Call) -> Response:
        """Exactly one action."""
        row, body = self.get(call), call.request.document()
        name = next(iter(body), "")
        if name in _ADMIN and not call.token.is_admin:
            raise forbidden(f"volume_extension:{_ADMIN[name]}")
        if name in _STEPS:
            return self._step(row, *_STEPS[name])
        if name not in self.by_name:
            raise bad(f"There is no such action: {name}")
        return self.by_name[name](call, row, body[name])

    def extend(self, call: Call, row: Row, given: Any) -> Response:
        """Larger, never smaller."""
        size = int(pick(given, "new_size"))
        if row["status"] != "available" and not (call.at_least(42) and row["status"] == "in-use"):
            raise bad(
                f"Invalid volume: Volume {row['id']} status must be available to extend, but "
                f"current status is: {row['status']}."
            )
        if size <= row["size"]:
            raise bad(
                "Invalid input received: New size for extend must be greater than current size. "
                f"(current: {row['size']}, extended: {size})."
            )
        row["size"] = size
        return empty(202)

    def set_bootable(self, call: Call, row: Row, given: Any) -> Response:
        """Whether a server may start from it."""
        row["bootable"] = str(pick(given, "bootable")).lower()
        return empty(200)

    def set_readonly(self, call: Call, row: Row, given: Any) -> Response:
        """Shown in the metadata."""
        row["metadata"] = {**row["metadata"], "readonly": str(pick(given, "readonly"))}
        return empty(202)

    def reset_status(self, call: Call, row: Row, given: Any) -> Response:
        """Whatever the administrator says."""
        row["status"] = given.get("status", row["status"])
        return empty(202)

    def force_delete(self, call: Call, row: Row, given: Any) -> Response:
        """Whatever its status."""
        self.store.delete(row)
        return empty(202)

    def unmanage(self, call: Call, row: Row, given: Any) -> Response:
        """Forgotten here, and nothing else."""
        used = any(one["volume_id"] == row["id"] for one in self.store.snapshots.values())
        if used or row["status"] not in ("available", "error", "error_managing"):
            raise bad(
                "Invalid volume: Volume status must be available or error or error_restoring or "
                "error_extending or error_managing and must not be migrating, attached, belong "
                "to a group, have snapshots, awaiting a transfer, or be disassociated from "
                "snapshots after volume transfer."
            )
        self.store.unmanage("volume", row)
        return empty(202)

    def retype(self, call: Call, row: Row, given: Any) -> Response:
        """Of another type, by name or id."""
        wanted = str(pick(given, "new_type"))
        kind = self.store.type_named(wanted)
        if kind is None:
            raise bad(f"Invalid input received: Invalid volume_type passed: {wanted}.")
        if kind["id"] == row["volume_type_id"]:
            raise bad(
                "Invalid volume: Retype needs volume to be in available or in-use state, not be "
                "part of an active migration or a consistency group, requested type has to be "
                "different that the one from the volume, and for in-use volumes front-end qos "
                "specs cannot change."
            )
        row.update(volume_type=kind["name"], volume_type_id=kind["id"])
        return empty(202)

    def attach(self, call: Call, row: Row, given: Any) -> Response:
        """To a server, as an older Nova did it."""
        if row["status"] not in ("available", "attaching"):
            raise bad("Error attaching volume - InvalidVolume: Invalid volume: status")
        self.store.attach(row, given.get("instance_uuid"), new_id(), pick(given, "mountpoint"))
        return empty(202)

    def detach(self, call: Call, row: Row, given: Any) -> Response:
        """From whatever it was attached to."""
        self.store.detach(row["id"], delete=False)
        return empty(202)

    def set_image_metadata(self, call: Call, row: Row, given: Any) -> Response:
        """More image metadata."""
        row["image_metadata"] = {**row["image_metadata"], **pick(given, "metadata")}
        return reply({"metadata": row["image_metadata"]})

    def unset_image_metadata(self, call: Call, row: Row, given: Any) -> Response:
        """One key less."""
        key = pick(given, "key")
        if key not in row["image_metadata"]:
            text = f"Glance metadata for volume/snapshot {row['id']} cannot be found."
            raise CinderError(404, text)
        row["image_metadata"] = {k: v for k, v in row["image_metadata"].items() if k != key}
        return empty(200)

    def show_image_metadata(self, call: Call, row: Row, given: Any) -> Response:
        """All image metadata."""
        return reply({"metadata": row["image_metadata"]})

    def upload_image(self, call: Call, row: Row, given: Any) -> Response:
        """The volume becomes an image."""
        image = self.images.add(
            call.token.project,
            name=pick(given, "image_name"),
            disk_format=given.get("disk_format", "raw"),
            container_format=given.get("container_format", "bare"),
            visibility=given.get("visibility", "private"),
        )
        self.images.upload(image, row["id"].encode())
        kind = self.store.types[row["volume_type_id"]]
        shown: Json = {
            "id": row["id"],
            "updated_at": micros(now()),
            "status": "uploading",
            "display_description": row["description"],
            "size": row["size"],
            "volume_type": {key: kind[key] for key in ("id", "name", "qos_specs_id")},
            "image_id": image["id"],
            "container_format": image["container_format"],
            "disk_format": image["disk_format"],
            "image_name": image["name"],
        }
        return reply({"os-volume_upload_image": shown}, 202)

    def initialize_connection(self, call: Call, row: Row, given: Any) -> Response:
        """Where the data is."""
        pick(given, "connector")
        info = {"driver_volume_type": "local", "data": {"access_mode": "rw"}}
        return reply({"connection_info": info})

    def terminate_connection(self, call: Call, row: Row, given: Any) -> Response:
        """Nothing to undo."""
        pick(given, "connector")
        return empty(202)

    def migrate(self, call: Call, row: Row, given: Any) -> Response:
        """There is one host only."""
        raise bad(f"Invalid host: No available service named '{pick(given, 'host')}'")

    def revert(self, call: Call, row: Row, given: Any) -> Response:
        """To its latest snapshot."""
        snapshot = self.store.snapshots.get(str(pick(given, "snapshot_id")))
        if not call.at_least(40):
            raise bad("There is no such action: revert")
        if snapshot is None or snapshot["volume_id"] != row["id"]:
            raise missing("Snapshot", str(given["snapshot_id"]))
        return empty(202)

    def _step(self, row: Row, before: str, after: str) -> Response:
        if row["status"] != before:
            raise bad(
                f"Invalid volume: Volume status must be {before}, but the status is "
                f"{row['status']}."
            )
        row["status"] = after
        return empty(202)
