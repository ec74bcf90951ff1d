"""Nova's processes on the one host of the region."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.state import Call
from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import micros, new_id, now

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

BINARIES = ("nova-conductor", "nova-scheduler", "nova-compute")
_UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_ACTIONS = ("enable", "disable", "disable-log-reason", "force-down")


class Services:
    """`/os-services`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service
        self.ids = [new_id() for _ in BINARIES]
        self.flags: Json = {"disabled": False, "reason": None, "forced_down": False}

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-services", self.index)
        add("PUT", "/os-services/{id}", self.update)
        add("DELETE", "/os-services/{id}", self.delete)

    def index(self, call: Call) -> Response:
        """Every process."""
        self._admin(call, "list")
        rows = [self.view(call, number) for number in range(len(BINARIES))]
        for key in ("host", "binary"):
            wanted = call.request.arg(key)
            rows = [row for row in rows if wanted in ("", row[key])]
        return reply({"services": rows})

    def update(self, call: Call) -> Response:
        """Enable, disable, force down: by id, or by host and binary in older versions."""
        self._admin(call, "update")
        if not call.at_least(53):
            return self._act(call)
        number = self._number(call)
        body = call.request.document()
        if BINARIES[number] != "nova-compute":
            raise bad(_only_compute(BINARIES[number]))
        status = body.get("status")
        if status == "enabled":
            if body.get("disabled_reason"):
                raise bad("Specifying 'disabled_reason' with status 'enabled' is invalid.")
            self.flags |= {"disabled": False, "reason": None}
        elif status == "disabled":
            self.flags |= {"disabled": True, "reason": body.get("disabled_reason")}
        if "forced_down" in body:
            self.flags["forced_down"] = bool(body["forced_down"])
        if status is None and "forced_down" not in body:
            text = "No updates were requested. Fields 'status' or 'forced_down' should be"
            raise bad(f"{text} specified.")
        return reply({"service": self.view(call, number)})

    def delete(self, call: Call) -> Response:
        """Refused while servers are on the host."""
        self._admin(call, "delete")
        number = self._number(call)
        if BINARIES[number] == "nova-compute" and self.service.state.servers:
            text = "Unable to delete compute service that is hosting instances. Migrate or delete"
            raise NovaError(409, f"{text} the instances first.")
        return empty()

    def view(self, call: Call, number: int) -> Json:
        """One process as the caller's version shows it."""
        compute = BINARIES[number] == "nova-compute"
        off = compute and self.flags["disabled"]
        row: Json = {
            "id": self.ids[number] if call.at_least(53) else number + 1,
            "binary": BINARIES[number],
            "host": self.service.state.host,
            "zone": self.service.zone_of_host() if compute else "internal",
            "status": "disabled" if off else "enabled",
            "state": "down" if compute and self.flags["forced_down"] else "up",
            "updated_at": micros(now()),
            "disabled_reason": self.flags["reason"] if compute else None,
        }
        if call.at_least(11):
            row["forced_down"] = compute and self.flags["forced_down"]
        return row

    def _act(self, call: Call) -> Response:
        action, body = call.request.params["id"], call.request.document()
        if action not in _ACTIONS or (action == "force-down" and not call.at_least(11)):
            raise NovaError(404, "Unknown action")
        host, binary = body.get("host"), body.get("binary")
        if action == "disable-log-reason" and not body.get("disabled_reason"):
            raise bad("Missing disabled reason field")
        if action == "force-down" and "forced_down" not in body:
            raise bad("Missing forced_down field")
        if binary != "nova-compute":
            raise bad(_only_compute(str(binary)))
        if host != self.service.state.host:
            raise NovaError(404, f"Host '{host}' is not mapped to any cell")
        shown: Json = {"host": host, "binary": binary}
        if action == "force-down":
            self.flags["forced_down"] = bool(body["forced_down"])
            return reply({"service": {**shown, "forced_down": self.flags["forced_down"]}})
        reason = body.get("disabled_reason") if action == "disable-log-reason" else None
        self.flags |= {"disabled": action != "enable", "reason": reason}
        shown["status"] = "enabled" if action == "enable" else "disabled"
        return reply({"service": {**shown, **({"disabled_reason": reason} if reason else {})}})

    def _number(self, call: Call) -> int:
        wanted = call.request.params["id"]
        if call.at_least(53):
            if not _UUID.match(wanted):
                raise bad(f"Invalid uuid {wanted}")
            if wanted in self.ids:
                return self.ids.index(wanted)
            text = f"Service {wanted} not found."
            if call.request.method == "PUT":
                text = f"Service {wanted} could not be found."
            raise NovaError(404, text)
        if not wanted.isdecimal():
            raise bad("id must be an integer")
        if not 0 < int(wanted) <= len(BINARIES):
            raise NovaError(404, f"Service {wanted} not found.")
        return int(wanted) - 1

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(f"os_compute_api:os-services:{rule}")


def _only_compute(binary: str) -> str:
    return (
        f"Updating a {binary} service is not supported. Only nova-compute services can be updated."
    )
