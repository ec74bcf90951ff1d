"""What lies below a server: metadata items, tags, actions, diagnostics and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute import history
from deploy.simulator.compute.boot import check_metadata
from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Response, empty, pick, reply

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_TAGGED, _MOST_TAGS = 26, 50
_TAGGABLE = ("active", "paused", "suspended", "stopped")


class ServerParts:
    """`/servers/{id}/...`, as far as it is about one server alone."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/servers/{id}/metadata/{key}", self.item)
        add("PUT", "/servers/{id}/metadata/{key}", self.set_item)
        add("GET", "/servers/{id}/tags", self.tags)
        add("PUT", "/servers/{id}/tags", self.set_tags)
        add("DELETE", "/servers/{id}/tags", self.drop_tags)
        add("GET", "/servers/{id}/tags/{tag}", self.has_tag)
        add("PUT", "/servers/{id}/tags/{tag}", self.add_tag)
        add("DELETE", "/servers/{id}/tags/{tag}", self.drop_tag)
        add("GET", "/servers/{id}/os-instance-actions", self.actions)
        add("GET", "/servers/{id}/os-instance-actions/{request}", self.action)
        add("GET", "/servers/{id}/diagnostics", self.diagnostics)
        add("GET", "/servers/{id}/topology", self.topology)
        add("GET", "/servers/{id}/os-server-password", self.password)
        add("DELETE", "/servers/{id}/os-server-password", self.drop_password)
        add("GET", "/servers/{id}/shares", self.shares)
        add("GET", "/servers/{id}/migrations", self.migrations)
        add("GET", "/servers/{id}/migrations/{migration}", self.migration)

    def item(self, call: Call) -> Response:
        """One metadata item."""
        row, key = self.service.servers.get(call), call.request.params["key"]
        if key not in row["metadata"]:
            raise NovaError(404, "Metadata item was not found")
        return reply({"meta": {key: row["metadata"][key]}})

    def set_item(self, call: Call) -> Response:
        """One metadata item, new or other."""
        row, key = self.service.servers.changeable(call), call.request.params["key"]
        given = call.request.envelope("meta")
        check_metadata(given)
        if list(given) != [key]:
            raise bad("Request body and URI mismatch")
        row["metadata"] = {**row["metadata"], **given}
        return reply({"meta": given})

    def tags(self, call: Call) -> Response:
        """All tags."""
        return reply({"tags": self._tagged(call)["tags"]})

    def set_tags(self, call: Call) -> Response:
        """Other tags."""
        row = self._taggable(call)
        given = pick(call.request.document(), "tags")
        if not isinstance(given, list) or not all(isinstance(tag, str) and tag for tag in given):
            raise bad(f"Invalid input for field/attribute tags. Value: {given}.")
        row["tags"] = list(dict.fromkeys(given))
        return reply({"tags": row["tags"]})

    def drop_tags(self, call: Call) -> Response:
        """No tags."""
        self._taggable(call)["tags"] = []
        return empty()

    def has_tag(self, call: Call) -> Response:
        """Whether the server has a tag."""
        self._tag(call, self._tagged(call))
        return empty()

    def add_tag(self, call: Call) -> Response:
        """One more tag."""
        row, tag = self._taggable(call), call.request.params["tag"]
        if tag in row["tags"]:
            return empty()
        if len(row["tags"]) >= _MOST_TAGS:
            raise bad(f"The number of tags exceeded the per-server limit {_MOST_TAGS}")
        row["tags"] = [*row["tags"], tag]
        location = f"{call.base}/servers/{row['id']}/tags/{tag}".encode()
        return Response(201, b"", [(b"location", location)])

    def drop_tag(self, call: Call) -> Response:
        """One tag less."""
        row = self._taggable(call)
        tag = self._tag(call, row)
        row["tags"] = [have for have in row["tags"] if have != tag]
        return empty()

    def actions(self, call: Call) -> Response:
        """What was done to the server, the latest first."""
        row = self.service.servers.get(call)
        found = [history.shown(call, row, entry) for entry in reversed(row["actions"])]
        return reply({"instanceActions": found})

    def action(self, call: Call) -> Response:
        """One thing that was done, by the id of its request."""
        row, wanted = self.service.servers.get(call), call.request.params["request"]
        for entry in row["actions"]:
            if entry["request_id"] == wanted:
                shown = history.shown(call, row, entry)
                if call.token.is_admin or call.at_least(51):
                    shown["events"] = []
                return reply({"instanceAction": shown})
        raise NovaError(404, f"Action {wanted} not found")

    def diagnostics(self, call: Call) -> Response:
        """A few figures of a server that runs; Nova tells them to admins only."""
        row = self.service.servers.get(call)
        if not call.token.is_admin:
            raise forbidden("os_compute_api:os-server-diagnostics")
        if row["vm_state"] not in ("active", "paused", "suspended", "rescued"):
            text = f"Cannot 'get_diagnostics' instance {row['id']} while it is in vm_state "
            raise NovaError(409, text + row["vm_state"])
        return reply({"cpu0_time": 17300000000, "memory": row["flavor"]["ram"] * 1024})

    def topology(self, call: Call) -> Response:
        """Nothing: no server here asks for NUMA nodes."""
        self.service.servers.get(call)
        if not call.at_least(78):
            raise NovaError(404, "The resource could not be found.")
        return reply({"nodes": [], "pagesize_kb": None})

    def password(self, call: Call) -> Response:
        """No guest here has written one."""
        self.service.servers.get(call)
        return reply({"password": ""})

    def drop_password(self, call: Call) -> Response:
        """As if there had been one."""
        self.service.servers.changeable(call)
        return empty()

    def shares(self, call: Call) -> Response:
        """There is no Manila."""
        self.service.servers.get(call)
        if not call.at_least(97):
            raise NovaError(404, "The resource could not be found.")
        return reply({"shares": []})

    def migrations(self, call: Call) -> Response:
        """No live migration is ever under way here."""
        self._migrating(call)
        return reply({"migrations": []})

    def migration(self, call: Call) -> Response:
        """None."""
        row, wanted = self._migrating(call), call.request.params["migration"]
        raise NovaError(
            404, f"In-progress live migration {wanted} is not found for server {row['id']}."
        )

    def _migrating(self, call: Call) -> Row:
        row = self.service.servers.get(call)
        if not call.at_least(23):
            raise NovaError(404, "The resource could not be found.")
        if not call.token.is_admin:
            raise forbidden("os_compute_api:servers:migrations:index")
        return row

    def _tagged(self, call: Call) -> Row:
        if not call.at_least(_TAGGED):
            raise NovaError(404, "The resource could not be found.")
        return self.service.servers.get(call)

    def _taggable(self, call: Call) -> Row:
        self._tagged(call)
        row = self.service.servers.changeable(call)
        if row["vm_state"] not in _TAGGABLE:
            text = f"Cannot 'update tags' instance {row['id']} while it is in vm_state "
            raise NovaError(409, text + row["vm_state"])
        return row

    def _tag(self, call: Call, row: Row) -> str:
        tag = call.request.params["tag"]
        if tag not in row["tags"]:
            raise NovaError(404, f"Server {row['id']} has no tag '{tag}'")
        return tag
