"""Types of volume groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.routes import NoRoute
from deploy.simulator.volume.errors import CinderError, bad, forbidden, missing
from deploy.simulator.volume.volumes import Call, Row, VolumeStore


class GroupTypes:
    """`/group_types`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/group_types", self.index)
        add("POST", "/group_types", self.create)
        add("GET", "/group_types/{id}", self.show)
        add("PUT", "/group_types/{id}", self.update)
        add("DELETE", "/group_types/{id}", self.delete)
        add("POST", "/group_types/{id}/group_specs", self.add_specs)
        add("DELETE", "/group_types/{id}/group_specs/{key}", self.drop_spec)

    def index(self, call: Call) -> Response:
        """The types the caller may use."""
        self._known(call)
        everything = call.token.is_admin and call.request.arg("is_public").lower() == "none"
        rows = [r for r in self.store.group_types.values() if everything or r["is_public"]]
        return reply({"group_types": [self._view(call, row) for row in rows]})

    def create(self, call: Call) -> Response:
        """A type; its name is unique."""
        self._admin(call)
        given = call.request.envelope("group_type")
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            raise bad(f"Invalid input for field/attribute name. Value: {name}.")
        if any(row["name"] == name for row in self.store.group_types.values()):
            raise CinderError(409, f"Group Type {name} already exists.")
        row = self.store.add_group_type(
            name,
            description=given.get("description"),
            is_public=bool(given.get("is_public", True)),
            group_specs=dict(given.get("group_specs") or {}),
        )
        return reply({"group_type": self._view(call, row)}, 202)

    def show(self, call: Call) -> Response:
        """One type."""
        return reply({"group_type": self._view(call, self._get(call))})

    def update(self, call: Call) -> Response:
        """Name, description and visibility."""
        self._admin(call)
        row, given = self._get(call), call.request.envelope("group_type")
        known = ("name", "description", "is_public")
        row.update({key: given[key] for key in known if given.get(key) is not None})
        return reply({"group_type": self._view(call, row)})

    def delete(self, call: Call) -> Response:
        """Refused while a group is of the type."""
        self._admin(call)
        row = self._get(call)
        if any(group["group_type"] == row["id"] for group in self.store.groups.values()):
            raise bad("Target group type is still in use.")
        del self.store.group_types[row["id"]]
        return empty(202)

    def add_specs(self, call: Call) -> Response:
        """More specs."""
        self._admin(call)
        given = call.request.envelope("group_specs")
        self._get(call)["group_specs"].update(given)
        return reply({"group_specs": given}, 202)

    def drop_spec(self, call: Call) -> Response:
        """One spec less."""
        self._admin(call)
        self._get(call)["group_specs"].pop(call.request.params["key"], None)
        return empty(202)

    def _get(self, call: Call) -> Row:
        self._known(call)
        wanted = call.request.params["id"]
        row = self.store.group_types.get(wanted)
        if row is None or not (row["is_public"] or call.token.is_admin):
            raise missing("Group type", wanted)
        return row

    def _view(self, call: Call, row: Row) -> Json:
        shown = {key: row[key] for key in ("id", "name", "description", "is_public")}
        return {**shown, "group_specs": row["group_specs"]} if call.token.is_admin else shown

    def _admin(self, call: Call) -> None:
        self._known(call)
        if not call.token.is_admin:
            raise forbidden("group:group_types_manage")

    def _known(self, call: Call) -> None:
        if not call.at_least(11):
            raise NoRoute(call.request.path)
