"""Transfers: a volume goes to the project that knows the key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.volume.errors import CinderError, bad, missing
from deploy.simulator.volume.lists import paged, visible
from deploy.simulator.volume.view import links
from deploy.simulator.volume.volumes import Call, Row, VolumeStore

_KNOWN = {"name", "id", "volume_id"}


class Transfers:
    """`/volume-transfers` and the older `/os-volume-transfer`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        for path in ("/volume-transfers", "/os-volume-transfer"):
            add("GET", path, self.index)
            add("GET", f"{path}/detail", self.detail)
            add("POST", path, self.create)
            add("GET", f"{path}/{{id}}", self.show)
            add("DELETE", f"{path}/{{id}}", self.delete)
            add("POST", f"{path}/{{id}}/accept", self.accept)

    def index(self, call: Call) -> Response:
        """Names and links."""
        rows, extra = self._page(call)
        return reply({"transfers": [self._brief(call, row) for row in rows], **extra})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call)
        return reply({"transfers": [self._view(call, row) for row in rows], **extra})

    def create(self, call: Call) -> Response:
        """The key is shown here and never again."""
        given = call.request.envelope("transfer")
        volume = self.store.get(call.token, str(given.get("volume_id")))
        if volume is None:
            raise missing("Volume", str(given.get("volume_id")))
        if volume["status"] != "available":
            raise bad("Invalid volume: status must be available")
        row: Row = {
            "id": new_id(),
            "project_id": volume["project_id"],
            "name": given.get("name"),
            "volume_id": volume["id"],
            "created_at": micros(now()),
            "no_snapshots": bool(given.get("no_snapshots", False)),
            "auth_key": secrets.token_hex(8),
        }
        self.store.transfers[row["id"]] = row
        volume["status"] = "awaiting-transfer"
        return reply({"transfer": {**self._view(call, row), "auth_key": row["auth_key"]}}, 202)

    def show(self, call: Call) -> Response:
        """One transfer of the project's volumes."""
        return reply({"transfer": self._view(call, self._get(call))})

    def delete(self, call: Call) -> Response:
        """The volume stays."""
        row = self._get(call)
        self.store.volumes[row["volume_id"]]["status"] = "available"
        del self.store.transfers[row["id"]]
        return empty(202)

    def accept(self, call: Call) -> Response:
        """Anybody with the key may."""
        row = self.store.transfers.get(call.request.params["id"])
        if row is None:
            raise missing("Transfer", call.request.params["id"])
        if pick(call.request.document(), "accept", "auth_key") != row["auth_key"]:
            text = f"Attempt to transfer {row['id']} with invalid auth key."
            raise CinderError(400, f"Invalid auth key: {text}")
        volume = self.store.volumes[row["volume_id"]]
        mine = {"project_id": call.token.project.id, "user_id": call.token.user.id}
        volume.update(mine, status="available")
        for snapshot in self.store.snapshots.values():
            if snapshot["volume_id"] == volume["id"] and not row["no_snapshots"]:
                snapshot.update(mine)
        del self.store.transfers[row["id"]]
        return reply({"transfer": self._brief(call, row)}, 202)

    def _get(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        row = self.store.transfers.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise missing("Transfer", wanted)
        return row

    def _page(self, call: Call) -> tuple[list[Row], Json]:
        rows = visible(call, self.store.transfers.values())
        if call.at_least(59):
            return paged(call, rows, "transfers", "Transfer")
        # Before pages everything was a filter, and an unknown one finds nothing.
        if {key for key, _ in call.request.query} - _KNOWN - {"all_tenants"}:
            return [], {}
        return rows, {}

    def _brief(self, call: Call, row: Row) -> Json:
        where = links(call, "os-volume-transfer", row["id"])
        shown = {key: row[key] for key in ("id", "volume_id", "name")}
        return {**shown, "links": where}

    def _view(self, call: Call, row: Row) -> Json:
        shown = {**self._brief(call, row), "created_at": row["created_at"]}
        if call.at_least(55):
            shown["no_snapshots"] = row["no_snapshots"]
        if call.at_least(57):
            shown |= {
                "source_project_id": row["project_id"],
                "destination_project_id": None,
                "accepted": False,
            }
        return shown
