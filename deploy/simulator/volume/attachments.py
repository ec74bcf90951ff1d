"""Attachments: a volume in the hands of a server, as Nova keeps them since 3.27."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.routes import NoRoute
from deploy.simulator.volume.errors import CinderError, bad, missing
from deploy.simulator.volume.lists import matching, visible
from deploy.simulator.volume.volumes import Call, Row, VolumeStore

_BRIEF = ("id", "status", "instance", "volume_id")
_DETAIL = (*_BRIEF, "attached_at", "detached_at", "attach_mode", "connection_info")


class Attachments:
    """`/attachments` and `/messages`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/attachments", self.index)
        add("GET", "/attachments/detail", self.detail)
        add("POST", "/attachments", self.create)
        add("GET", "/attachments/{id}", self.show)
        add("PUT", "/attachments/{id}", self.update)
        add("DELETE", "/attachments/{id}", self.delete)
        add("POST", "/attachments/{id}/action", self.complete)
        add("GET", "/messages", self.messages)
        add("GET", "/messages/{id}", self.message)
        add("DELETE", "/messages/{id}", self.drop_message)

    def index(self, call: Call) -> Response:
        """The short form of each."""
        return reply({"attachments": [_shown(row, _BRIEF) for row in self._rows(call)]})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        return reply({"attachments": [_shown(row, _DETAIL) for row in self._rows(call)]})

    def create(self, call: Call) -> Response:
        """The volume is reserved, and connected if it is said to what."""
        self._known(call)
        given = call.request.envelope("attachment")
        volume = self.store.get(call.token, str(given.get("volume_uuid")))
        if volume is None:
            raise missing("Volume", str(given.get("volume_uuid")))
        if volume["status"] not in ("available", "downloading"):
            raise bad(
                f"Invalid volume: Volume {volume['id']} status must be available or downloading "
                f"to reserve, but the current status is {volume['status']}."
            )
        connected = bool(given.get("connector"))
        row: Row = {
            "id": new_id(),
            "project_id": volume["project_id"],
            "volume_id": volume["id"],
            "instance": given.get("instance_uuid"),
            "status": "attaching" if connected else "reserved",
            "attach_mode": given.get("mode"),
            "attached_at": "",
            "detached_at": "",
            "connection_info": {},
            "created_at": micros(now()),
        }
        self.store.attachments[row["id"]] = row
        volume["status"] = "attaching" if connected else "reserved"
        return reply({"attachment": _shown(row, _DETAIL)})

    def show(self, call: Call) -> Response:
        """One attachment."""
        return reply({"attachment": _shown(self._get(call), _DETAIL)})

    def update(self, call: Call) -> Response:
        """It is connected now."""
        row = self._get(call)
        pick(call.request.document(), "attachment", "connector")
        row["status"] = "attaching"
        return reply({"attachment": _shown(row, _DETAIL)})

    def delete(self, call: Call) -> Response:
        """The volume is free again."""
        row = self._get(call)
        del self.store.attachments[row["id"]]
        volume = self.store.volumes.get(row["volume_id"])
        if volume is not None:
            volume.update(status="available", attachments=[])
        return reply({"attachments": []})

    def complete(self, call: Call) -> Response:
        """The server has the volume."""
        row, body = self._get(call), call.request.document()
        if "os-complete" not in body:
            raise bad(f"There is no such action: {', '.join(body)}")
        row.update(status="attached", attached_at=micros(now()))
        self.store.volumes[row["volume_id"]]["status"] = "in-use"
        return empty(204)

    def messages(self, call: Call) -> Response:
        """What went wrong behind a 202."""
        self._known(call, 3)
        return reply({"messages": visible(call, self.store.messages.values())})

    def message(self, call: Call) -> Response:
        """One message."""
        return reply({"message": self._message(call)})

    def drop_message(self, call: Call) -> Response:
        """One message less."""
        del self.store.messages[self._message(call)["id"]]
        return empty(204)

    def _message(self, call: Call) -> Row:
        self._known(call, 3)
        wanted = call.request.params["id"]
        row = self.store.messages.get(wanted)
        if row is None or row["project_id"] != call.token.project.id:
            raise missing("Message", wanted)
        return row

    def _rows(self, call: Call) -> list[Row]:
        self._known(call)
        rows = visible(call, self.store.attachments.values())
        return matching(call, rows, ("volume_id", "status", "instance"))

    def _get(self, call: Call) -> Row:
        self._known(call)
        wanted = call.request.params["id"]
        row = self.store.attachments.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            text = f"Volume attachment could not be found with filter: attachment_id = {wanted}."
            raise CinderError(404, text)
        return row

    def _known(self, call: Call, minor: int = 27) -> None:
        if not call.at_least(minor):
            raise NoRoute(call.request.path)


def _shown(row: Row, keys: tuple[str, ...]) -> Json:
    return {key: row[key] for key in keys}
