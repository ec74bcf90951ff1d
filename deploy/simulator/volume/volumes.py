"""Volumes: the rows, who may see them, and what Nova does with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deploy.simulator.http import Json, Request
from deploy.simulator.identity.state import Token
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.volume.errors import bad
from deploy.simulator.volume.versions import Microversion

Row = dict[str, Any]
DEFAULT_TYPE = "file"


@dataclass(slots=True)
class Call:
    """One authenticated request with its microversion."""

    token: Token
    request: Request
    version: Microversion

    @property
    def project(self) -> str:
        """The project, where the path of the request has it: links have it there as well."""
        first = self.request.path.removeprefix("/volume/v3/").partition("/")[0]
        return f"/{first}" if first == self.token.project.id else ""

    @property
    def base(self) -> str:
        """Where the links of the answer begin."""
        return f"{self.request.origin}/volume/v3{self.project}"

    def at_least(self, minor: int) -> bool:
        """Whether the caller speaks 3.<minor> or newer."""
        return self.version >= (3, minor)


@dataclass(slots=True)
class VolumeStore:
    """Rows by id."""

    region: str
    later: Callable[[Callable[[], None]], None]
    zone: str = "nova"
    volumes: dict[str, Row] = field(default_factory=dict)
    snapshots: dict[str, Row] = field(default_factory=dict)
    backups: dict[str, Row] = field(default_factory=dict)
    transfers: dict[str, Row] = field(default_factory=dict)
    attachments: dict[str, Row] = field(default_factory=dict)
    messages: dict[str, Row] = field(default_factory=dict)
    types: dict[str, Row] = field(default_factory=dict)
    qos: dict[str, Row] = field(default_factory=dict)
    groups: dict[str, Row] = field(default_factory=dict)
    group_snapshots: dict[str, Row] = field(default_factory=dict)
    group_types: dict[str, Row] = field(default_factory=dict)
    disabled: dict[str, str | None] = field(default_factory=dict)
    unmanaged: dict[str, list[Row]] = field(default_factory=lambda: {"volume": [], "snapshot": []})
    quotas: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.add_type("__DEFAULT__")
        self.add_type(DEFAULT_TYPE)
        self.add_group_type("default_cgsnapshot_type")

    def add_type(self, name: str, **values: Any) -> Row:
        """A volume type."""
        row: Row = {
            "id": new_id(),
            "name": name,
            "description": None,
            "is_public": True,
            "extra_specs": {},
            "access": [],
            "encryption": {},
            "qos_specs_id": None,
            **values,
        }
        self.types[row["id"]] = row
        return row

    def add_group_type(self, name: str, **values: Any) -> Row:
        """A type of groups."""
        row: Row = {
            "id": new_id(),
            "name": name,
            "description": None,
            "is_public": True,
            "group_specs": {},
            **values,
        }
        self.group_types[row["id"]] = row
        return row

    def type_named(self, wanted: str) -> Row | None:
        """A type by its id or name."""
        for row in self.types.values():
            if wanted in (row["id"], row["name"]):
                return row
        return None

    def get(self, token: Token, wanted: str) -> Row | None:
        """A volume, if the caller may know of it."""
        row = self.volumes.get(wanted)
        if row is None or not (token.is_admin or row["project_id"] == token.project.id):
            return None
        return row

    def create(self, token: Token, given: Json, size: int, kind: Row) -> Row:
        """A volume that is being made."""
        moment = micros(now())
        image = {"image_id": given["imageRef"]} if given.get("imageRef") else {}
        source = self._source(given)
        row: Row = {
            "id": new_id(),
            "project_id": token.project.id,
            "user_id": token.user.id,
            "name": given.get("name"),
            "description": given.get("description"),
            "size": size,
            "availability_zone": given.get("availability_zone") or self.zone,
            "volume_type": kind["name"],
            "volume_type_id": kind["id"],
            "snapshot_id": given.get("snapshot_id"),
            "source_volid": given.get("source_volid"),
            "image_metadata": image or dict(source.get("image_metadata", {})),
            "metadata": dict(given.get("metadata") or {}),
            "bootable": "true" if image else source.get("bootable", "false"),
            "multiattach": False,
            "status": "creating",
            "created_at": moment,
            "updated_at": None,
            "attachments": [],
            "admin_metadata": {},
            "group_id": given.get("group_id"),
        }
        self.volumes[row["id"]] = row
        self.later(lambda: self._ready(row))
        return row

    def add_snapshot(self, token: Token, given: Json, volume: Row) -> Row:
        """A snapshot that is being made."""
        row: Row = {
            "id": new_id(),
            "project_id": token.project.id,
            "user_id": token.user.id,
            "name": given.get("name"),
            "description": given.get("description"),
            "volume_id": volume["id"],
            "size": volume["size"],
            "status": "creating",
            "metadata": dict(given.get("metadata") or {}),
            "created_at": micros(now()),
            "updated_at": None,
        }
        self.snapshots[row["id"]] = row
        return row

    def delete(self, row: Row) -> None:
        """Accepted at once; the volume is gone a little later."""
        row["status"] = "deleting"
        self.later(lambda: self._gone(row))

    def unmanage(self, kind: str, row: Row) -> None:
        """Accepted at once; a little later nothing is known of the data, which stay."""
        rows = self.volumes if kind == "volume" else self.snapshots
        row["status"] = "unmanaging"

        def gone() -> None:
            if rows.pop(row["id"], None):
                self.unmanaged[kind].append(row)

        self.later(gone)

    def attach(self, row: Row, server_id: str, attachment_id: str, device: str) -> None:
        """Nova has taken a volume into use."""
        moment = micros(now())
        row.update(status="in-use", updated_at=moment)
        self.attachments[attachment_id] = {
            "id": attachment_id,
            "project_id": row["project_id"],
            "volume_id": row["id"],
            "instance": server_id,
            "status": "attached",
            "attach_mode": "rw",
            "attached_at": moment,
            "detached_at": "",
            "connection_info": {},
            "created_at": moment,
        }
        row["attachments"].append(
            {
                "id": row["id"],
                "volume_id": row["id"],
                "attachment_id": attachment_id,
                "server_id": server_id,
                "device": device,
                "host_name": f"{self.region.lower()}-compute1",
                "attached_at": moment,
            }
        )

    def detach(self, volume_id: str, *, delete: bool) -> None:
        """Nova has let go of a volume."""
        row = self.volumes.get(volume_id)
        if row is None:
            return
        for entry in row["attachments"]:
            self.attachments.pop(entry["attachment_id"], None)
        row.update(status="available", attachments=[], updated_at=micros(now()))
        if delete:
            self.delete(row)

    def size_of(self, token: Token, given: Json) -> int:
        """The size asked for, or that of what the volume is made from."""
        size = given.get("size")
        if size is None:
            source = (
                self.snapshots.get(str(given.get("snapshot_id")))
                or self.backups.get(str(given.get("backup_id")))
                or self.get(token, str(given.get("source_volid")))
            )
            if source is not None:
                return int(source["size"])
            raise bad(
                "Invalid input received: Invalid volume size provided for create request: None "
                "(size argument must be an integer (or string representation of an integer) and "
                "greater than zero)."
            )
        if isinstance(size, str) and size.isdigit():
            size = int(size)
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise bad(
                f"Invalid input for field/attribute size. Value: {given.get('size')}. "
                f"{given.get('size')} is not a positive integer"
            )
        return size

    def _source(self, given: Json) -> Row:
        """The volume that the new one is like, by itself or by a snapshot of it."""
        snapshot = self.snapshots.get(str(given.get("snapshot_id"))) or {}
        wanted = given.get("source_volid") or snapshot.get("volume_id")
        return self.volumes.get(str(wanted), {})

    def _ready(self, row: Row) -> None:
        if row["status"] == "creating":
            row.update(status="available", updated_at=micros(now()))

    def _gone(self, row: Row) -> None:
        self.volumes.pop(row["id"], None)
        for id_ in [i for i, a in self.attachments.items() if a["volume_id"] == row["id"]]:
            del self.attachments[id_]
