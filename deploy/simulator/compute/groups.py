"""Server groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.compute.errors import NovaError, bad
from deploy.simulator.compute.state import Call, ComputeState, Row
from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import new_id


class ServerGroups:
    """`/os-server-groups`."""

    def __init__(self, state: ComputeState) -> None:
        self.state = state

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-server-groups", self.index)
        add("POST", "/os-server-groups", self.create)
        add("GET", "/os-server-groups/{id}", self.show)
        add("DELETE", "/os-server-groups/{id}", self.delete)

    def index(self, call: Call) -> Response:
        """The project's groups."""
        everybody = call.token.is_admin and bool(call.request.arg("all_projects"))
        rows = [
            self._view(call, row)
            for row in self.state.groups.values()
            if everybody or row["project_id"] == call.token.project.id
        ]
        return reply({"server_groups": rows})

    def create(self, call: Call) -> Response:
        """A group with one policy."""
        given = call.request.envelope("server_group")
        single = call.at_least(64)
        policy = given.get("policy") if single else (given.get("policies") or [None])[0]
        if not given.get("name") or not policy:
            raise bad("Invalid input for field/attribute server_group.")
        row: Row = {
            "id": new_id(),
            "name": given["name"],
            "policy": policy,
            "rules": given.get("rules") or {},
            "members": [],
            "project_id": call.token.project.id,
            "user_id": call.token.user.id,
        }
        self.state.groups[row["id"]] = row
        return reply({"server_group": self._view(call, row)})

    def show(self, call: Call) -> Response:
        """One group."""
        return reply({"server_group": self._view(call, self._get(call))})

    def delete(self, call: Call) -> Response:
        """Gone."""
        del self.state.groups[self._get(call)["id"]]
        return empty()

    def join(self, call: Call, wanted: str, server: Row) -> None:
        """Take a new server in; a group of another project is none."""
        row = self.state.groups.get(wanted)
        if row is None or row["project_id"] != call.token.project.id:
            raise bad(f"Instance group {wanted} could not be found.")
        row["members"].append(server["id"])
        server["server_groups"] = [wanted]

    def _get(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        row = self.state.groups.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise NovaError(404, f"Instance group {wanted} could not be found.")
        return row

    def _view(self, call: Call, row: Row) -> Json:
        keys = ["id", "name"]
        if call.at_least(13):
            keys += ["project_id", "user_id"]
        shown = {key: row[key] for key in keys}
        shown["members"] = [id_ for id_ in row["members"] if id_ in self.state.servers]
        if call.at_least(64):
            return {**shown, "policy": row["policy"], "rules": row["rules"]}
        return {**shown, "policies": [row["policy"]], "metadata": {}}
