"""Images, shared by every region."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from deploy.simulator.identity.state import Project, Token
from deploy.simulator.ids import new_id, now, seconds

Row = dict[str, Any]


@dataclass(slots=True)
class ImageStore:
    """Rows by id, the bytes of those that were uploaded, and namespaces of their properties."""

    owner: Project
    images: dict[str, Row] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)
    namespaces: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        row = self.add(
            self.owner,
            name="cirros",
            disk_format="qcow2",
            container_format="bare",
            visibility="public",
        )
        self.upload(row, b"QFI\xfb" + bytes(4092))

    def add(self, owner: Project, /, **values: Any) -> Row:
        """An image without data yet."""
        moment = seconds(now())
        row: Row = {
            "id": new_id(),
            "name": None,
            "status": "queued",
            "visibility": "shared",
            "owner": owner.id,
            "protected": False,
            "min_disk": 0,
            "min_ram": 0,
            "disk_format": None,
            "container_format": None,
            "size": None,
            "virtual_size": None,
            "checksum": None,
            "os_hash_algo": None,
            "os_hash_value": None,
            "os_hidden": False,
            "tags": [],
            "created_at": moment,
            "updated_at": moment,
            **values,
        }
        self.images[row["id"]] = row
        return row

    def upload(self, row: Row, data: bytes) -> None:
        """The image's bytes; from now on it can be used."""
        self.data[row["id"]] = data
        row.update(
            status="active",
            stores="file",
            size=len(data),
            checksum=hashlib.md5(data, usedforsecurity=False).hexdigest(),
            os_hash_algo="sha512",
            os_hash_value=hashlib.sha512(data).hexdigest(),
            updated_at=seconds(now()),
        )

    def visible(self, token: Token, row: Row) -> bool:
        """Whether the caller may know of the image."""
        return (
            token.is_admin
            or row["owner"] == token.project.id
            or row["visibility"] in ("public", "community")
        )

    def usable(self, token: Token, wanted: str) -> bool:
        """Whether the caller may boot from the image."""
        row = self.images.get(wanted)
        return row is not None and row["status"] == "active" and self.visible(token, row)

    def snapshot(self, token: Token, name: str, server_id: str) -> str:
        """The image of a server."""
        row = self.add(
            token.project,
            name=name,
            disk_format="qcow2",
            container_format="bare",
            visibility="private",
            instance_uuid=server_id,
        )
        self.upload(row, server_id.encode())
        return str(row["id"])
