"""Groups and their snapshots under the names that they had first; at every version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.volume.errors import CinderError, bad, missing
from deploy.simulator.volume.groups import Groups
from deploy.simulator.volume.lists import matching, paged, visible
from deploy.simulator.volume.volumes import Call, Row, VolumeStore

_SHOWN = ("id", "status", "availability_zone", "created_at", "name", "description")


class ConsistencyGroups:
    """`/consistencygroups` and `/cgsnapshots`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store
        self.groups = Groups(store)

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/consistencygroups", self.index)
        add("GET", "/consistencygroups/detail", self.detail)
        add("POST", "/consistencygroups", self.create)
        add("GET", "/consistencygroups/{id}", self.show)
        add("POST", "/consistencygroups/create_from_src", self.copy)
        add("PUT", "/consistencygroups/{id}", self.update)
        add("PUT", "/consistencygroups/{id}/update", self.update)
        add("POST", "/consistencygroups/{id}/delete", self.delete)
        add("GET", "/cgsnapshots", self.snapshots)
        add("GET", "/cgsnapshots/detail", self.snapshots_detail)
        add("POST", "/cgsnapshots", self.create_snapshot)
        add("GET", "/cgsnapshots/{id}", self.show_snapshot)
        add("DELETE", "/cgsnapshots/{id}", self.delete_snapshot)

    def index(self, call: Call) -> Response:
        """Names only."""
        rows, extra = self._page(call)
        shown = [{"id": row["id"], "name": row["name"]} for row in rows]
        return reply({"consistencygroups": shown, **extra})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, extra = self._page(call)
        return reply({"consistencygroups": [_view(row) for row in rows], **extra})

    def create(self, call: Call) -> Response:
        """A group of the type that every Cinder has."""
        given = call.request.envelope("consistencygroup")
        types = str(given.get("volume_types") or "").rstrip(",").split(",")
        if types == [""]:
            text = "volume_types must be provided to create consistency group"
            raise bad(f"{text} {given.get('name')}.")
        unknown = [wanted for wanted in types if wanted not in self.store.types]
        if unknown:
            raise missing("Volume type", unknown[0])
        kind = next(
            id_
            for id_, row in self.store.group_types.items()
            if row["name"] == "default_cgsnapshot_type"
        )
        row = self.groups.add(call, kind, types, given)
        return reply({"consistencygroup": {"id": row["id"], "name": row["name"]}}, 202)

    def copy(self, call: Call) -> Response:
        """A group with volumes like those of another, or of a snapshot."""
        given = call.request.envelope("consistencygroup-from-src")
        snapshot_id, group_id = given.get("cgsnapshot_id"), given.get("source_cgid")
        tail = f"to create consistency group {given.get('name')} from source."
        if not snapshot_id and not group_id:
            raise bad(f"Either 'cgsnapshot_id' or 'source_cgid' must be provided {tail}")
        if snapshot_id and group_id:
            raise bad(f"Cannot provide both 'cgsnapshot_id' and 'source_cgid' {tail}")
        if snapshot_id:
            rows = self.store.group_snapshots
            group_id = self._one(call, rows, "GroupSnapshot", str(snapshot_id))["group_id"]
        source = self._one(call, self.store.groups, "Group", str(group_id))
        row = self.groups.like(call, source, given)
        return reply({"consistencygroup": {"id": row["id"], "name": row["name"]}}, 202)

    def show(self, call: Call) -> Response:
        """One group."""
        return reply({"consistencygroup": _view(self._get(call))})

    def update(self, call: Call) -> Response:
        """Its name, and what is in it."""
        given = call.request.envelope("consistencygroup")
        words = ("name", "description", "add_volumes", "remove_volumes")
        if not any(given.get(word) for word in words):
            text = "Name, description, add_volumes, and remove_volumes can not be all empty"
            raise bad(f"{text} in the request body.")
        self.groups.change(call, self._get(call), given)
        return empty(202)

    def delete(self, call: Call) -> Response:
        """Gone; with its volumes only if that is asked for."""
        row = self._get(call)
        force = bool(call.request.envelope("consistencygroup").get("force"))
        self.groups.end(row, with_volumes=force)
        return empty(202)

    def snapshots(self, call: Call) -> Response:
        """Names only."""
        rows = visible(call, self.store.group_snapshots.values())
        shown = [{"id": row["id"], "name": row["name"]} for row in rows]
        return reply({"cgsnapshots": shown})

    def snapshots_detail(self, call: Call) -> Response:
        """Everything about each."""
        rows = visible(call, self.store.group_snapshots.values())
        return reply({"cgsnapshots": [_snapshot(row) for row in rows]})

    def create_snapshot(self, call: Call) -> Response:
        """A snapshot of every volume of a group."""
        given = call.request.envelope("cgsnapshot")
        if "consistencygroup_id" not in given:
            raise bad("'consistencygroup_id' must be specified")
        wanted = str(given["consistencygroup_id"])
        group = self._one(call, self.store.groups, "Group", wanted)
        row = self.groups.snapshot(call, group, given)
        return reply({"cgsnapshot": {"id": row["id"], "name": row["name"]}}, 202)

    def show_snapshot(self, call: Call) -> Response:
        """One of them."""
        return reply({"cgsnapshot": _snapshot(self._get_snapshot(call))})

    def delete_snapshot(self, call: Call) -> Response:
        """With the snapshots in it."""
        self.groups.end_snapshot(self._get_snapshot(call))
        return empty(202)

    def _page(self, call: Call) -> tuple[list[Row], Json]:
        mine = visible(call, self.store.groups.values())
        return paged(call, matching(call, mine, ("name", "status", "id")), "group", "Group")

    def _get(self, call: Call) -> Row:
        return self._one(call, self.store.groups, "Group", call.request.params["id"])

    def _get_snapshot(self, call: Call) -> Row:
        rows = self.store.group_snapshots
        return self._one(call, rows, "GroupSnapshot", call.request.params["id"])

    def _one(self, call: Call, rows: dict[str, Row], noun: str, wanted: str) -> Row:
        """The one of that id, if the caller may know it."""
        row = rows.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise CinderError(404, f"{noun} {wanted} could not be found.")
        return row


def _view(row: Row) -> Json:
    return {**{key: row[key] for key in _SHOWN}, "volume_types": row["volume_types"]}


def _snapshot(row: Row) -> Json:
    keys = ("id", "status", "created_at", "name", "description")
    return {**{key: row[key] for key in keys}, "consistencygroup_id": row["group_id"]}
