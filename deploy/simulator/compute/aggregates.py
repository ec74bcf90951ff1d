"""Host aggregates, which is also where zones come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.fields import named
from deploy.simulator.compute.state import Call, ComputeState, Row
from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import micros, new_id, now


class Aggregates:
    """`/os-aggregates`."""

    def __init__(self, state: ComputeState) -> None:
        self.state = state

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-aggregates", self.index)
        add("POST", "/os-aggregates", self.create)
        add("GET", "/os-aggregates/{id}", self.show)
        add("PUT", "/os-aggregates/{id}", self.update)
        add("DELETE", "/os-aggregates/{id}", self.delete)
        add("POST", "/os-aggregates/{id}/action", self.action)

    def index(self, call: Call) -> Response:
        """All of them."""
        self._admin(call)
        rows = self.state.aggregates.values()
        return reply({"aggregates": [self._view(call, row) for row in rows]})

    def create(self, call: Call) -> Response:
        """One without hosts."""
        self._admin(call)
        given = call.request.envelope("aggregate")
        name = named(given)
        if any(row["name"] == name for row in self.state.aggregates.values()):
            raise NovaError(409, f"Aggregate {name} already exists.")
        zone = given.get("availability_zone")
        row: Row = {
            "id": self.state.next_aggregate,
            "uuid": new_id(),
            "name": name,
            "availability_zone": zone,
            "hosts": [],
            "metadata": {"availability_zone": zone} if zone else {},
            "created_at": micros(now()),
            "updated_at": None,
            "deleted_at": None,
            "deleted": False,
        }
        self.state.next_aggregate += 1
        self.state.aggregates[row["id"]] = row
        shown = self._view(call, row)
        del shown["hosts"], shown["metadata"]
        return reply({"aggregate": shown})

    def show(self, call: Call) -> Response:
        """One aggregate."""
        return reply({"aggregate": self._view(call, self._get(call))})

    def update(self, call: Call) -> Response:
        """Another name or zone."""
        row = self._get(call)
        given = call.request.envelope("aggregate")
        row["name"] = given.get("name", row["name"])
        if "availability_zone" in given:
            self._set_metadata(row, {"availability_zone": given["availability_zone"]})
        row["updated_at"] = micros(now())
        return reply({"aggregate": self._view(call, row)})

    def delete(self, call: Call) -> Response:
        """Gone, if it has no hosts."""
        row = self._get(call)
        if row["hosts"]:
            raise bad(f"Cannot remove host from aggregate {row['id']}. Reason: Not empty.")
        del self.state.aggregates[row["id"]]
        return empty(200)

    def action(self, call: Call) -> Response:
        """Hosts and metadata."""
        row, body = self._get(call), call.request.document()
        if "add_host" in body:
            host = pick(body, "add_host", "host")
            if host != self.state.host:
                raise NovaError(404, f"Compute host {host} could not be found.")
            if host in row["hosts"]:
                raise NovaError(409, f"Aggregate {row['id']} already has host {host}.")
            others = self._other_zones(row, row["availability_zone"], [host])
            if others:
                reason = f"One or more hosts already in availability zone(s) {others}"
                raise NovaError(
                    409, f"Cannot add host to aggregate {row['id']}. Reason: {reason}."
                )
            row["hosts"].append(host)
        elif "remove_host" in body:
            host = pick(body, "remove_host", "host")
            if host not in row["hosts"]:
                raise NovaError(404, f"Aggregate {row['id']} has no host {host}.")
            row["hosts"].remove(host)
        elif "set_metadata" in body:
            self._set_metadata(row, pick(body, "set_metadata", "metadata"))
        else:
            raise bad("There is no such action.")
        row["updated_at"] = micros(now())
        return reply({"aggregate": self._view(call, row)})

    def _other_zones(self, row: Row, zone: str | None, hosts: list[str]) -> list[str]:
        return [
            other["availability_zone"]
            for other in self.state.aggregates.values()
            if zone
            and other is not row
            and other["availability_zone"] not in (None, zone)
            and set(hosts) & set(other["hosts"])
        ]

    def _set_metadata(self, row: Row, given: Json) -> None:
        others = self._other_zones(row, given.get("availability_zone"), row["hosts"])
        if others:
            reason = f"One or more hosts already in availability zone(s) {others}"
            raise bad(f"Cannot update metadata of aggregate {row['id']}. Reason: {reason}.")
        for key, value in given.items():
            if value is None:
                row["metadata"].pop(key, None)
            else:
                row["metadata"][key] = value
        row["availability_zone"] = row["metadata"].get("availability_zone")

    def _get(self, call: Call) -> Row:
        self._admin(call)
        wanted = call.request.params["id"]
        if not wanted.isdigit():
            text = f"Invalid input for field/attribute id. Value: {wanted}. {wanted} is not an "
            raise bad(f"{text}integer")
        row = self.state.aggregates.get(int(wanted))
        if row is None:
            raise NovaError(404, f"Aggregate {wanted} could not be found.")
        return row

    def _view(self, call: Call, row: Row) -> Json:
        return {key: row[key] for key in row if key != "uuid" or call.at_least(41)}

    def _admin(self, call: Call) -> None:
        if not call.token.is_admin:
            raise forbidden("os_compute_api:os-aggregates")
