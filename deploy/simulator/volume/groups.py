"""Groups of volumes, and their snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.routes import NoRoute
from deploy.simulator.volume.errors import CinderError, bad, missing
from deploy.simulator.volume.lists import matching, paged, visible
from deploy.simulator.volume.volumes import Call, Row, VolumeStore


class Groups:
    """`/groups` and `/group_snapshots`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/groups", self.index)
        add("GET", "/groups/detail", self.detail)
        add("POST", "/groups", self.create)
        add("POST", "/groups/action", self.copy)
        add("GET", "/groups/{id}", self.show)
        add("PUT", "/groups/{id}", self.update)
        add("POST", "/groups/{id}/action", self.action)
        add("GET", "/group_snapshots", self.snapshots)
        add("GET", "/group_snapshots/detail", self.snapshots_detail)
        add("POST", "/group_snapshots", self.create_snapshot)
        add("GET", "/group_snapshots/{id}", self.show_snapshot)
        add("DELETE", "/group_snapshots/{id}", self.delete_snapshot)

    def index(self, call: Call) -> Response:
        """Names only."""
        rows, extra = self._page(call, self.store.groups, "group")
        shown = [{"id": row["id"], "name": row["name"]} for row in rows]
        return reply({"groups": shown, **extra})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call, self.store.groups, "group")
        return reply({"groups": [self._view(call, row) for row in rows], **extra})

    def create(self, call: Call) -> Response:
        """A group without volumes."""
        self._known(call)
        given = call.request.envelope("group")
        if given.get("group_type") not in self.store.group_types:
            raise missing("Group type", str(given.get("group_type")))
        unknown = [t for t in given.get("volume_types", ()) if t not in self.store.types]
        if unknown:
            raise missing("Volume type", unknown[0])
        row = self.add(call, given["group_type"], list(given["volume_types"]), given)
        return reply({"group": {"id": row["id"], "name": row["name"]}}, 202)

    def copy(self, call: Call) -> Response:
        """A group with volumes like those of another, or of a snapshot."""
        self._known(call, 14)
        given = pick(call.request.document(), "create-from-src")
        snapshot = self.store.group_snapshots.get(str(given.get("group_snapshot_id")))
        wanted = snapshot["group_id"] if snapshot else given.get("source_group_id")
        source = self.store.groups.get(str(wanted))
        if source is None:
            raise missing("Group", str(wanted))
        row = self.like(call, source, given)
        return reply({"group": {"id": row["id"], "name": row["name"]}}, 202)

    def like(self, call: Call, source: Row, given: Json) -> Row:
        """A new group with volumes like those of another."""
        row = self.add(call, source["group_type"], source["volume_types"], given)
        for volume in self._volumes(source):
            kind = self.store.types[volume["volume_type_id"]]
            like = {"name": volume["name"], "source_volid": volume["id"]}
            made = self.store.create(call.token, like, volume["size"], kind)
            made["group_id"] = row["id"]
        return row

    def show(self, call: Call) -> Response:
        """One group."""
        return reply({"group": self._view(call, self._get(call))})

    def update(self, call: Call) -> Response:
        """Its name, and what is in it."""
        self.change(call, self._get(call), call.request.envelope("group"))
        return empty(202)

    def change(self, call: Call, row: Row, given: Json) -> None:
        """Change a group's name, and what is in it."""
        row.update({key: given[key] for key in ("name", "description") if given.get(key)})
        for key, group_id in (("add_volumes", row["id"]), ("remove_volumes", None)):
            for wanted in (given.get(key) or "").split(","):
                volume = self.store.get(call.token, wanted) if wanted else None
                if wanted and volume is None:
                    text = f"Cannot {key[:-8]} volume {wanted}: it cannot be found"
                    raise bad(f"Invalid volume: {text}.")
                if volume is not None:
                    volume["group_id"] = group_id

    def action(self, call: Call) -> Response:
        """The only one that clients need: its end."""
        row, body = self._get(call), call.request.document()
        self.end(row, with_volumes=bool(pick(body, "delete").get("delete-volumes")))
        return empty(202)

    def end(self, row: Row, *, with_volumes: bool) -> None:
        """Have a group go; one with volumes only with them."""
        volumes = self._volumes(row)
        if volumes and not with_volumes:
            text = (
                "Group still contains volumes. The delete-volumes flag is required to delete it."
            )
            raise bad(f"Invalid group: {text}")
        for volume in volumes:
            self.store.delete(volume)
        row["status"] = "deleting"
        self.store.later(lambda: self._gone(self.store.groups, row))

    def snapshots(self, call: Call) -> Response:
        """Names only."""
        rows, extra = self._page(call, self.store.group_snapshots, "group_snapshot")
        keys = ("id", "name", "group_type_id")
        shown = [{key: row[key] for key in keys} for row in rows]
        return reply({"group_snapshots": shown, **extra})

    def snapshots_detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call, self.store.group_snapshots, "group_snapshot")
        return reply({"group_snapshots": [_shown(row) for row in rows], **extra})

    def create_snapshot(self, call: Call) -> Response:
        """A snapshot of every volume of a group."""
        self._known(call, 14)
        given = call.request.envelope("group_snapshot")
        group = self.store.groups.get(str(given.get("group_id")))
        if group is None:
            raise missing("Group", str(given.get("group_id")))
        row = self.snapshot(call, group, given)
        keys = ("id", "name", "group_type_id")
        return reply({"group_snapshot": {key: row[key] for key in keys}}, 202)

    def snapshot(self, call: Call, group: Row, given: Json) -> Row:
        """A new snapshot of every volume of a group."""
        volumes = self._volumes(group)
        if not volumes:
            raise bad("Invalid group: Source group is empty. No group snapshot will be created.")
        row: Row = {
            "id": new_id(),
            "project_id": call.token.project.id,
            "group_id": group["id"],
            "group_type_id": group["group_type"],
            "status": "creating",
            "created_at": micros(now()),
            "name": given.get("name"),
            "description": given.get("description"),
        }
        self.store.group_snapshots[row["id"]] = row
        for volume in volumes:
            self._snapshot(volume, row)
        self.store.later(lambda: row.update(status="available"))
        return row

    def show_snapshot(self, call: Call) -> Response:
        """One of them."""
        return reply({"group_snapshot": _shown(self._get_snapshot(call))})

    def delete_snapshot(self, call: Call) -> Response:
        """With the snapshots in it."""
        self.end_snapshot(self._get_snapshot(call))
        return empty(202)

    def end_snapshot(self, row: Row) -> None:
        """Have a snapshot go, with the snapshots in it."""
        row["status"] = "deleting"
        for snapshot in list(self.store.snapshots.values()):
            if snapshot.get("group_snapshot_id") == row["id"]:
                del self.store.snapshots[snapshot["id"]]
        self.store.later(lambda: self._gone(self.store.group_snapshots, row))

    def _snapshot(self, volume: Row, row: Row) -> None:
        moment = micros(now())
        snapshot: Row = {
            "id": new_id(),
            "project_id": volume["project_id"],
            "user_id": volume["user_id"],
            "name": row["name"],
            "description": row["description"],
            "volume_id": volume["id"],
            "size": volume["size"],
            "status": "available",
            "metadata": {},
            "created_at": moment,
            "updated_at": None,
            "group_snapshot_id": row["id"],
        }
        self.store.snapshots[snapshot["id"]] = snapshot

    def add(self, call: Call, kind: str, types: list[str], given: Json) -> Row:
        """A new group."""
        row: Row = {
            "id": new_id(),
            "project_id": call.token.project.id,
            "status": "creating",
            "availability_zone": given.get("availability_zone") or self.store.zone,
            "created_at": micros(now()),
            "name": given.get("name"),
            "description": given.get("description"),
            "group_type": kind,
            "volume_types": types,
            "group_snapshot_id": given.get("group_snapshot_id"),
            "source_group_id": given.get("source_group_id"),
        }
        self.store.groups[row["id"]] = row
        self.store.later(lambda: row.update(status="available"))
        return row

    def _volumes(self, group: Row) -> list[Row]:
        rows = self.store.volumes.values()
        return [row for row in rows if row.get("group_id") == group["id"]]

    def _gone(self, rows: dict[str, Row], row: Row) -> None:
        rows.pop(row["id"], None)

    def _page(self, call: Call, rows: dict[str, Row], noun: str) -> tuple[list[Row], Json]:
        self._known(call)
        mine = matching(call, visible(call, rows.values()), ("name", "status", "id"))
        part, extra = paged(call, mine, noun, noun.capitalize())
        return part, extra

    def _get(self, call: Call) -> Row:
        self._known(call)
        return self._one(call, self.store.groups, "Group")

    def _get_snapshot(self, call: Call) -> Row:
        self._known(call, 14)
        return self._one(call, self.store.group_snapshots, "GroupSnapshot")

    def _one(self, call: Call, rows: dict[str, Row], noun: str) -> Row:
        wanted = call.request.params["id"]
        row = rows.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise CinderError(404, f"{noun} {wanted} could not be found.")
        return row

    def _view(self, call: Call, row: Row) -> Json:
        shown = _shown(row)
        if not call.at_least(14):
            del shown["group_snapshot_id"], shown["source_group_id"]
        if call.at_least(25) and call.request.flag("list_volume"):
            shown["volumes"] = [volume["id"] for volume in self._volumes(row)]
        if call.at_least(38):
            shown["replication_status"] = "disabled"
        return shown

    def _known(self, call: Call, minor: int = 13) -> None:
        if not call.at_least(minor):
            raise NoRoute(call.request.path)


def _shown(row: Row) -> Json:
    return {key: value for key, value in row.items() if key != "project_id"}
