"""Metadata of volumes and of snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.volume.errors import CinderError, bad
from deploy.simulator.volume.volumes import Call, Row


class Metadata:
    """`.../metadata` below one collection."""

    def __init__(self, path: str, noun: str, get: Callable[[Call], Row]) -> None:
        self.path, self.noun, self.get = path, noun, get

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        below = f"{self.path}/{{id}}/metadata"
        add("GET", below, self.index)
        add("POST", below, self.add)
        add("PUT", below, self.replace)
        add("GET", f"{below}/{{key}}", self.show)
        add("PUT", f"{below}/{{key}}", self.set)
        add("DELETE", f"{below}/{{key}}", self.drop)

    def index(self, call: Call) -> Response:
        """All of it."""
        return reply({"metadata": self.get(call)["metadata"]})

    def add(self, call: Call) -> Response:
        """More of it."""
        row = self.get(call)
        row["metadata"] = {**row["metadata"], **self._given(call, "metadata")}
        return reply({"metadata": row["metadata"]})

    def replace(self, call: Call) -> Response:
        """Other metadata."""
        row = self.get(call)
        row["metadata"] = self._given(call, "metadata")
        return reply({"metadata": row["metadata"]})

    def show(self, call: Call) -> Response:
        """One key."""
        row, key = self._item(call)
        return reply({"meta": {key: row["metadata"][key]}})

    def set(self, call: Call) -> Response:
        """One key has another value."""
        row, key = self.get(call), call.request.params["key"]
        given = self._given(call, "meta")
        if key not in given:
            raise bad("Request body and URI mismatch")
        if len(given) != 1:
            raise bad("Request body contains too many items")
        row["metadata"] = {**row["metadata"], **given}
        return reply({"meta": given})

    def drop(self, call: Call) -> Response:
        """One key less."""
        row, key = self._item(call)
        del row["metadata"][key]
        return empty(200)

    def _item(self, call: Call) -> tuple[Row, str]:
        row, key = self.get(call), call.request.params["key"]
        if key not in row["metadata"]:
            raise CinderError(404, f"{self.noun} {row['id']} has no metadata with key {key}.")
        return row, key

    def _given(self, call: Call, key: str) -> Json:
        given = call.request.envelope(key)
        check(given)
        return given


def check(given: Any) -> None:
    """Refuse anything but text by name."""
    if not isinstance(given, dict):
        raise bad(f"Invalid input for field/attribute metadata. Value: {given}.")
    for key, value in given.items():
        if not isinstance(value, str):
            raise bad(f"Invalid input for field/attribute {key}. Value: {value}. Not a string")
