"""What can be done to a server: one table of states, and the few actions with an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute import server_view
from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.history import noted
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Response, empty, pick, reply
from deploy.simulator.ids import new_id, now, seconds

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

# action: the name in a refusal, the states it needs, the state it leads to.
_MOVES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "os-start": ("start", ("stopped",), "active"),
    "os-stop": ("stop", ("active", "error"), "stopped"),
    "reboot": ("reboot", ("active", "stopped", "paused", "suspended", "error"), "active"),
    "pause": ("pause", ("active",), "paused"),
    "unpause": ("unpause", ("paused",), "active"),
    "suspend": ("suspend", ("active",), "suspended"),
    "resume": ("resume", ("suspended",), "active"),
    "rescue": ("rescue", ("active", "stopped", "error"), "rescued"),
    "unrescue": ("unrescue", ("rescued",), "active"),
    "shelve": ("shelve", ("active", "stopped", "paused", "suspended"), "shelved_offloaded"),
    "unshelve": ("unshelve", ("shelved", "shelved_offloaded"), "active"),
    "revertResize": ("revert_resize", ("resized",), "active"),
    "confirmResize": ("confirm_resize", ("resized",), "active"),
    "migrate": ("migrate", ("active", "stopped"), "resized"),
    "shelveOffload": ("shelve_offload", ("shelved",), "shelved_offloaded"),
    "restore": ("restore", ("soft-delete",), "active"),
}
_ADMINS = ("migrate", "os-migrateLive", "evacuate", "os-resetState", "injectNetworkInfo")
# As Nova records them.
_RECORDED = {"os-start": "start", "os-stop": "stop", "os-migrateLive": "live-migration"}
_LOOKS = ("os-getConsoleOutput", "os-getVNCConsole")
_ANSWERED_204 = ("confirmResize",)
_ACCEPTED = ("changePassword", "resetNetwork", "injectNetworkInfo", "trigger_crash_dump")
# Consoles are served by a proxy of the pod's own, which users have to reach; nobody listens here.
_CONSOLES = "http://127.0.0.1:6080/vnc_auto.html"


class Actions:
    """`/servers/{id}/action` and consoles."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("POST", "/servers/{id}/action", self.act)
        add("POST", "/servers/{id}/remote-consoles", self.console)

    def act(self, call: Call) -> Response:
        """Do the one thing the body names."""
        row, body = self.service.servers.get(call), call.request.document()
        if len(body) != 1:
            raise bad("There is no such action.")
        if not call.token.may_write:
            raise forbidden("os_compute_api:servers:action")
        name, given = next(iter(body.items()))
        if not isinstance(given or {}, dict):
            raise bad(f"Invalid input for field/attribute {name}. Value: {given}.")
        if row["locked"] and not call.token.is_admin and name not in ("unlock", "lock"):
            raise NovaError(409, f"Instance {row['id']} is locked")
        if name in _ADMINS and not call.token.is_admin:
            raise forbidden(f"os_compute_api:os-{name}")
        row["updated"] = seconds(now())
        response = self._done(call, row, name, given)
        if name not in _LOOKS:
            noted(call, row, _RECORDED.get(name, name))
        return response

    def _done(self, call: Call, row: Row, name: str, given: Any) -> Response:
        if name == "reboot" and (given or {}).get("type") not in ("SOFT", "HARD"):
            raise bad("Invalid input for field/attribute type.")
        if name in _MOVES:
            return self._move(row, name)
        special = self._special.get(name)
        if special is not None:
            return special(self, call, row, given or {})
        if name in _ACCEPTED:
            return empty(202)
        raise bad(f"There is no such action: {name}")

    def console(self, call: Call) -> Response:
        """A URL that leads nowhere."""
        row = self.service.servers.get(call)
        given = call.request.envelope("remote_console")
        url = f"{_CONSOLES}?token={new_id()}&server={row['id']}"
        shown = {"protocol": pick(given, "protocol"), "type": pick(given, "type"), "url": url}
        return reply({"remote_console": shown})

    def _move(self, row: Row, name: str) -> Response:
        verb, needed, then = _MOVES[name]
        if row["vm_state"] not in needed:
            text = f"Cannot '{verb}' instance {row['id']} while it is in vm_state "
            raise NovaError(409, text + row["vm_state"])
        if name == "revertResize" and row.get("old_flavor"):
            row["flavor"] = row.pop("old_flavor")
        if name == "confirmResize":
            row.pop("old_flavor", None)
        row["vm_state"] = then
        if name == "rescue":
            return reply({"adminPass": row["admin_pass"]})
        return empty(204 if name in _ANSWERED_204 else 202)

    def _lock(self, call: Call, row: Row, given: Any) -> Response:
        row.update(locked=True, locked_reason=given.get("locked_reason"))
        return empty(202)

    def _unlock(self, call: Call, row: Row, given: Any) -> Response:
        row.update(locked=False, locked_reason=None)
        return empty(202)

    def _resize(self, call: Call, row: Row, given: Any) -> Response:
        flavor = self.service.boot.flavor(call, str(given.get("flavorRef")))
        if row["vm_state"] not in ("active", "stopped"):
            text = f"Cannot 'resize' instance {row['id']} while it is in vm_state "
            raise NovaError(409, text + row["vm_state"])
        row.update(old_flavor=row["flavor"], flavor=flavor, vm_state="resized")
        return empty(202)

    def _rebuild(self, call: Call, row: Row, given: Any) -> Response:
        row["image_id"] = self.service.boot.image(call, given)
        row["name"] = given.get("name", row["name"])
        if row["vm_state"] == "error":
            row["vm_state"] = "active"
        row["metadata"] = given.get("metadata", row["metadata"])
        named = ["key_name"] if call.at_least(54) else []
        named += ["server_groups"] if call.at_least(71) else []
        shown = server_view.changed(self.service, call, row, *named)
        shown["adminPass"] = given.get("adminPass") or row["admin_pass"]
        if call.at_least(57):
            shown["user_data"] = row["user_data"]
        location = (b"location", f"{call.base}/servers/{row['id']}".encode())
        return reply({"server": shown}, 202, [location])

    def _create_image(self, call: Call, row: Row, given: Any) -> Response:
        image_id = self.service.images.snapshot(call.token, str(given.get("name")), row["id"])
        location = (b"location", f"{call.base}/images/{image_id}".encode())
        if call.at_least(45):
            return reply({"image_id": image_id}, 202, [location])
        return Response(202, b"", [location])

    def _log(self, call: Call, row: Row, given: Any) -> Response:
        lines = [f"simulated console of {row['name']}"] * 20
        length = given.get("length")
        if length is not None and str(length) != "-1":
            lines = lines[-int(str(length)) :] if int(str(length)) else []
        return reply({"output": "\n".join(lines)})

    def _vnc(self, call: Call, row: Row, given: Any) -> Response:
        url = f"{_CONSOLES}?token={new_id()}"
        return reply({"console": {"type": given.get("type", "novnc"), "url": url}})

    def _add_group(self, call: Call, row: Row, given: Any) -> Response:
        group = self._group(call, given)
        for port in self.service.network.state.ports_on(row["id"]):
            if group not in port["security_groups"]:
                port["security_groups"].append(group)
        return empty(202)

    def _remove_group(self, call: Call, row: Row, given: Any) -> Response:
        group = self._group(call, given)
        ports = self.service.network.state.ports_on(row["id"])
        if not any(group in port["security_groups"] for port in ports):
            raise NovaError(404, f"Security group {group} not associated with {row['id']}.")
        for port in ports:
            port["security_groups"] = [have for have in port["security_groups"] if have != group]
        return empty(202)

    def _reset(self, call: Call, row: Row, given: Any) -> Response:
        if given.get("state") not in ("active", "error"):
            raise bad(f"Invalid input for field/attribute state. Value: {given.get('state')}.")
        row.update(vm_state=str(given.get("state")), task_state=None)
        return empty(202)

    def _force_delete(self, call: Call, row: Row, given: Any) -> Response:
        self.service.servers.delete(call)
        return empty(202)

    def _live(self, call: Call, row: Row, given: Any) -> Response:
        raise bad("No valid host was found. There are not enough hosts available.")

    def _evacuate(self, call: Call, row: Row, given: Any) -> Response:
        raise bad(f"Compute service of {row['host']} is still in use.")

    def _group(self, call: Call, given: Any) -> str:
        for row in self.service.network.security_groups.rows.values():
            mine = row["project_id"] == call.token.project.id or call.token.is_admin
            if mine and given.get("name") in (row["id"], row["name"]):
                return str(row["id"])
        raise NovaError(404, f"Security group {given.get('name')} not found.")

    _special: dict[str, Callable[[Actions, Call, Row, Any], Response]] = {  # noqa: RUF012
        "lock": _lock,
        "unlock": _unlock,
        "resize": _resize,
        "rebuild": _rebuild,
        "createImage": _create_image,
        "createBackup": _create_image,
        "os-migrateLive": _live,
        "evacuate": _evacuate,
        "os-getConsoleOutput": _log,
        "os-getVNCConsole": _vnc,
        "addSecurityGroup": _add_group,
        "removeSecurityGroup": _remove_group,
        "os-resetState": _reset,
        "forceDelete": _force_delete,
    }
