"""What lies on the back end without being known: it becomes a volume or a snapshot, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, reply
from deploy.simulator.routes import NoRoute
from deploy.simulator.volume import view
from deploy.simulator.volume.errors import CinderError, bad, forbidden, missing
from deploy.simulator.volume.metadata import check
from deploy.simulator.volume.snapshots import Snapshots
from deploy.simulator.volume.volumes import DEFAULT_TYPE, Call, Row, VolumeStore

_BOTH = "One and only one of cluster and host must be set."
_VOLUME = "description availability_zone bootable volume_type name host ref metadata cluster"
_SNAPSHOT = "description metadata name volume_id ref"
_MORE = ("reason_not_safe", "cinder_id", "extra_info")


class Manageable:
    """`/os-volume-manage`, `/os-snapshot-manage` and their newer names."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store
        self.host = f"{store.region.lower()}-storage1@file"

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        for kind in ("volume", "snapshot"):
            for path, since in ((f"/os-{kind}-manage", 0), (f"/manageable_{kind}s", 8)):
                add("GET", path, self._since(since, self._lister(kind, detail=False)))
                add("GET", f"{path}/detail", self._since(since, self._lister(kind, detail=True)))
                make = self.manage_volume if kind == "volume" else self.manage_snapshot
                add("POST", path, self._since(since, make))

    def manage_volume(self, call: Call) -> Response:
        """A volume, whose size is known once its data were found; an error if there are none."""
        given = self._given(call, "volume", _VOLUME, ("ref",))
        host = self._host(call, given, 16)
        wanted = given.get("volume_type") or DEFAULT_TYPE
        kind = self.store.type_named(str(wanted))
        if kind is None:
            raise bad(f"Invalid volume type: Cannot find requested '{wanted}' volume type")
        if host.partition("#")[0] != self.host:
            raise bad(f"Host '{host}' not found")
        row = self.store.create(call.token, given, 0, kind)
        row["status"] = "managing"
        self.store.later(lambda: self._managed("volume", row, given["ref"]))
        return reply({"volume": view.full(self.store, call, row, complete=False)}, 202)

    def manage_snapshot(self, call: Call) -> Response:
        """A snapshot of a volume that is there."""
        given = self._given(call, "snapshot", _SNAPSHOT, ("ref", "volume_id"))
        volume = self.store.get(call.token, str(given["volume_id"]))
        if volume is None:
            raise missing("Volume", str(given["volume_id"]))
        snapshots = Snapshots(self.store)
        row = self.store.add_snapshot(call.token, given, volume)
        self.store.later(lambda: self._managed("snapshot", row, given["ref"]))
        return reply({"snapshot": snapshots.view(call, row, complete=False)}, 202)

    def _since(self, minor: int, handler: Callable[[Call], Response]) -> Any:
        def handle(call: Call) -> Response:
            if not call.at_least(minor):
                raise NoRoute(call.request.path)
            return handler(call)

        return handle

    def _lister(self, kind: str, *, detail: bool) -> Callable[[Call], Response]:
        def listed(call: Call) -> Response:
            if not call.token.is_admin:
                raise forbidden(f"{kind}_extension:list_manageable")
            host = self._host(call, dict(call.request.query), 17)
            if host.partition("#")[0] != self.host:
                text = f"Service cinder-volume could not be found on host {host}."
                raise CinderError(404, text)
            entries = _page(call, self._entries(kind))
            if not detail:
                entries = [
                    {key: value for key, value in entry.items() if key not in _MORE}
                    for entry in entries
                ]
            return reply({f"manageable-{kind}s": entries})

        return listed

    def _entries(self, kind: str) -> list[Json]:
        rows = self.store.volumes if kind == "volume" else self.store.snapshots
        known = [_entry(kind, row, managed=True) for row in rows.values()]
        return known + [_entry(kind, row, managed=False) for row in self.store.unmanaged[kind]]

    def _managed(self, kind: str, row: Row, ref: Any) -> None:
        for found in self.store.unmanaged[kind]:
            if ref == _name(kind, found):
                self.store.unmanaged[kind].remove(found)
                row.update(status="available", size=found["size"])
                return
        row["status"] = "error_managing" if kind == "volume" else "error"

    def _given(self, call: Call, key: str, known: str, needed: tuple[str, ...]) -> Json:
        given = call.request.envelope(key)
        for name in needed:
            if name not in given:
                raise bad(f"Invalid input for field/attribute {key}. '{name}' is required")
        for name in given:
            if name not in known.split():
                raise bad(f"Invalid input for field/attribute {key}. '{name}' was unexpected")
        check(given.get("metadata") or {})
        if not call.token.is_admin:
            raise forbidden(f"{key}_extension:{key}_manage")
        return given

    def _host(self, call: Call, given: Json, clustered: int) -> str:
        cluster = given.get("cluster") if call.at_least(clustered) else None
        host = given.get("host")
        if bool(cluster) == bool(host):
            rule = _BOTH if call.at_least(clustered) else "Host field is missing."
            raise bad(f"Invalid input received: {rule}")
        return str(host or cluster)


def _name(kind: str, row: Row) -> Json:
    return {"source-name": f"{kind}-{row['id']}"}


def _entry(kind: str, row: Row, *, managed: bool) -> Json:
    entry: Json = {
        "reference": _name(kind, row),
        "size": row["size"],
        "safe_to_manage": not managed,
        "reason_not_safe": "already managed" if managed else None,
        "cinder_id": row["id"] if managed else None,
        "extra_info": None,
    }
    if kind == "snapshot":
        entry["source_reference"] = {"source-name": f"volume-{row['volume_id']}"}
    return entry


def _page(call: Call, entries: list[Json]) -> list[Json]:
    sort = call.request.arg("sort", "reference:desc")
    for wish in reversed(sort.split(",")):
        key, _, direction = wish.partition(":")
        if key not in ("reference", "size"):
            raise bad(f"Invalid sort keys passed: {key}")
        if direction not in ("", "asc", "desc"):
            raise bad(f"Invalid sort dirs passed: {direction}")
        entries.sort(key=lambda entry: _value(entry[key]), reverse=direction != "asc")
    start = int(call.request.arg("offset") or 0)
    if marker := call.request.arg("marker"):
        wanted = json.loads(marker)
        places = [place for place, one in enumerate(entries) if one["reference"] == wanted]
        if not places:
            raise bad(f"Invalid input received: marker not found: {marker}")
        start += places[0] + 1
    return entries[start : start + int(call.request.arg("limit") or 1000)]


def _value(value: Any) -> Any:
    return min(value.values()) if isinstance(value, dict) else value
