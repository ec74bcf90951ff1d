"""Servers: the collection."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute import server_view
from deploy.simulator.compute.boot import check_metadata
from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.fields import canonical, changeable_parts, items, named
from deploy.simulator.compute.paging import page
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import now, seconds

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_REMEMBERED = 100
_SORTABLE = {
    "created_at": "created",
    "updated_at": "updated",
    "display_name": "name",
    "uuid": "id",
    "vm_state": "vm_state",
}


class Servers:
    """`/servers`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service
        # Those that are deleted, for who asks what has changed.
        self.gone: list[Row] = []

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/servers", self.index)
        add("GET", "/servers/detail", self.detail)
        add("POST", "/servers", self.create)
        add("GET", "/servers/{id}", self.show)
        add("PUT", "/servers/{id}", self.update)
        add("DELETE", "/servers/{id}", self.delete)
        add("GET", "/servers/{id}/ips", self.ips)
        add("GET", "/servers/{id}/metadata", self.metadata)
        add("POST", "/servers/{id}/metadata", self.add_metadata)
        add("PUT", "/servers/{id}/metadata", self.set_metadata)
        add("DELETE", "/servers/{id}/metadata/{key}", self.drop_metadata)
        add("GET", "/servers/{id}/os-security-groups", self.groups)

    def index(self, call: Call) -> Response:
        """Names and links."""
        rows, links = self._page(call)
        found = [server_view.basic(call, row) for row in rows]
        return reply({"servers": found, **({"servers_links": links} if links else {})})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, links = self._page(call)
        found = [server_view.full(self.service, call, row, one=False) for row in rows]
        return reply({"servers": found, **({"servers_links": links} if links else {})})

    def show(self, call: Call) -> Response:
        """One server."""
        return reply({"server": server_view.full(self.service, call, self.get(call))})

    def create(self, call: Call) -> Response:
        """One or more servers; the answer names the first."""
        if not call.token.may_write:
            raise forbidden("os_compute_api:servers:create")
        row = self.service.boot.request(call)[0]
        if call.request.envelope("server").get("return_reservation_id"):
            return reply({"reservation_id": row["reservation_id"]}, 202)
        groups = [{"name": name} for name in self._asked_groups(call)]
        body = {
            "id": row["id"],
            "links": server_view.links(call, row["id"]),
            "OS-DCF:diskConfig": row["diskConfig"],
            "security_groups": groups,
            "adminPass": row["admin_pass"],
        }
        location = (b"location", f"{call.base}/servers/{row['id']}".encode())
        return reply({"server": body}, 202, [location])

    def update(self, call: Call) -> Response:
        """Name, description and access addresses."""
        row = self.changeable(call)
        given = call.request.envelope("server")
        allowed = {"name", "description", "accessIPv4", "accessIPv6", "hostname"}
        unknown = set(given) - allowed - {"OS-DCF:diskConfig"} | set(call.request.json()) - {
            "server"
        }
        if unknown:
            raise bad(f"Additional properties are not allowed ({sorted(unknown)} was unexpected)")
        if "name" in given:
            named(given)
        changeable_parts(given)
        given = {**given, **canonical(given)}
        row.update({key: value for key, value in given.items() if key in allowed})
        row["updated"] = seconds(now())
        return reply({"server": server_view.changed(self.service, call, row)})

    def delete(self, call: Call) -> Response:
        """Accepted at once; the server is gone a little later."""
        row = self.changeable(call)
        if row["task_state"] != "deleting":
            row["task_state"] = "deleting"
            self.service.state.later(lambda: self._gone(row))
        return empty()

    def ips(self, call: Call) -> Response:
        """Addresses only."""
        found = server_view.addresses(self.service, self.get(call))
        wanted = ("version", "addr")
        shown = {
            name: [{key: item[key] for key in wanted} for item in items]
            for name, items in found.items()
        }
        return reply({"addresses": shown})

    def metadata(self, call: Call) -> Response:
        """All metadata."""
        return reply({"metadata": self.get(call)["metadata"]})

    def add_metadata(self, call: Call) -> Response:
        """More metadata."""
        row = self.changeable(call)
        given = call.request.envelope("metadata")
        check_metadata(given)
        row["metadata"] = {**row["metadata"], **given}
        return reply({"metadata": row["metadata"]})

    def set_metadata(self, call: Call) -> Response:
        """Other metadata."""
        row = self.changeable(call)
        given = call.request.envelope("metadata")
        check_metadata(given)
        row["metadata"] = given
        return reply({"metadata": row["metadata"]})

    def drop_metadata(self, call: Call) -> Response:
        """Less metadata."""
        row = self.changeable(call)
        if row["metadata"].pop(call.request.params["key"], None) is None:
            raise NovaError(404, "Metadata item was not found")
        return empty()

    def groups(self, call: Call) -> Response:
        """The security groups of the server's ports."""
        network = self.service.network
        ports = network.state.ports_on(self.get(call)["id"])
        ids = dict.fromkeys(group for port in ports for group in port["security_groups"])
        rows = [network.security_groups.rows[group] for group in ids]
        found = [
            {
                "id": row["id"],
                "name": row["name"],
                "description": row["description"],
                "tenant_id": row["project_id"],
                "rules": [],
            }
            for row in rows
        ]
        return reply({"security_groups": found})

    def get(self, call: Call) -> Row:
        """The server named in the path."""
        wanted = call.request.params["id"]
        row = self.service.state.servers.get(wanted)
        if row is None or not (call.token.is_admin or row["project_id"] == call.token.project.id):
            raise NovaError(404, f"Instance {wanted} could not be found.")
        return row

    def changeable(self, call: Call) -> Row:
        """The same, for callers who may do more than read."""
        row = self.get(call)
        if not call.token.may_write:
            raise forbidden("os_compute_api:servers:update")
        if row["locked"] and not call.token.is_admin:
            raise NovaError(409, f"Instance {row['id']} is locked")
        return row

    def _gone(self, row: Row) -> None:
        if self.service.state.servers.pop(row["id"], None) is not None:
            self.gone.append({**row, "vm_state": "deleted", "updated": seconds(now())})
            del self.gone[:-_REMEMBERED]
            self.service.plugs.unplug_all(row)
            self.service.volume_plugs.detach_all(row)

    def _asked_groups(self, call: Call) -> list[str]:
        given = items(call.request.envelope("server"), "security_groups")
        return [str(item.get("name")) for item in given] or ["default"]

    def _page(self, call: Call) -> tuple[list[Row], list[Json]]:
        rows = self._filtered(call)
        keys = call.request.all("sort_key") or ["created_at"]
        directions = call.request.all("sort_dir") or ["desc"]
        rows.reverse()
        for key, direction in reversed(list(zip(keys, directions * len(keys), strict=False))):
            field = _SORTABLE.get(key)
            if field is None:
                raise bad(f"Invalid input for query parameters sort_key. Value: {key}.")
            rows.sort(key=lambda row: str(row[field]), reverse=direction == "desc")
        return page(rows, call.request, lambda row: str(row["id"]), bad)

    def _filtered(self, call: Call) -> list[Row]:
        request, token = call.request, call.token
        everybody = request.flag("all_tenants") or request.all("all_tenants") == [""]
        if everybody and not token.is_admin:
            raise forbidden("os_compute_api:servers:detail:get_all_tenants")
        rows = list(self.service.state.servers.values())
        since = request.arg("changes-since")
        if since:
            rows = [row for row in [*self.gone, *rows] if row["updated"] >= _moment(since)]
        if request.flag("deleted") and token.is_admin:
            rows = list(self.gone)
        project = request.arg("project_id") or request.arg("tenant_id")
        if not everybody or not token.is_admin:
            rows = [row for row in rows if row["project_id"] == token.project.id]
        elif project:
            rows = [row for row in rows if row["project_id"] == project]
        for key, pick in _FILTERS.items():
            wanted = request.arg(key)
            if wanted:
                rows = [row for row in rows if pick(row, wanted)]
        if request.arg("ip"):
            ports = self.service.network.state.ports_on
            pattern = re.compile(request.arg("ip"))
            rows = [
                row
                for row in rows
                if any(
                    pattern.search(item["ip_address"])
                    for port in ports(row["id"])
                    for item in port["fixed_ips"]
                )
            ]
        return rows


def _moment(text: str) -> str:
    """A time as rows have it; refused when it is none."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        text = f"Invalid input for query parameters changes-since. Value: {text}."
        raise bad(text) from error
    return seconds(moment if moment.tzinfo is None else moment.astimezone(UTC))


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return pattern in text


_FILTERS: dict[str, Callable[[Row, str], bool]] = {
    "name": lambda row, wanted: _matches(wanted, row["name"]),
    "status": lambda row, wanted: server_view.status(row) == wanted.upper(),
    "flavor": lambda row, wanted: row["flavor"]["id"] == wanted,
    "image": lambda row, wanted: row["image_id"] == wanted,
    "uuid": lambda row, wanted: row["id"] == wanted,
    "user_id": lambda row, wanted: row["user_id"] == wanted,
    "availability_zone": lambda row, wanted: row["zone"] == wanted,
    "host": lambda row, wanted: row["host"] == wanted,
    "vm_state": lambda row, wanted: row["vm_state"] == wanted,
    "reservation_id": lambda row, wanted: row["reservation_id"] == wanted,
}
