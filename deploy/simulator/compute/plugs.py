"""A server's ports and volumes: plugged, unplugged and listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.fields import items
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.ids import new_id
from deploy.simulator.network.errors import NeutronError

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService


class Plugs:
    """`/servers/{id}/os-interface`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/servers/{id}/os-interface", self.index)
        add("POST", "/servers/{id}/os-interface", self.create)
        add("GET", "/servers/{id}/os-interface/{port}", self.show)
        add("DELETE", "/servers/{id}/os-interface/{port}", self.delete)

    def plug(self, token: Token, row: Row, item: Json, groups: list[str] | None) -> Row:
        """Bind a port that was given, or make one on a network."""
        network = self.service.network
        if item.get("port"):
            port = network.ports.get(token, str(item["port"]))
            if port["device_id"] not in ("", row["id"]):
                raise NovaError(409, f"Port {port['id']} is still in use.")
        else:
            values: Row = {"project_id": row["project_id"], "name": ""}
            if groups is not None:
                values["security_groups"] = list(groups)
            wanted = [{"ip_address": item["fixed_ip"]}] if item.get("fixed_ip") else None
            port = network.ports.build(network.networks.rows[item["uuid"]], values, wanted)
            row["made_ports"].append(port["id"])
        network.ports.assign(
            port,
            **{
                "device_id": row["id"],
                "device_owner": f"compute:{row['zone'] or self.service.state.zone}",
                "binding:host_id": self.service.state.host,
            },
        )
        return port

    def unplug(self, row: Row, port: Row) -> None:
        """Delete a port Nova made, let go of one it was given."""
        network = self.service.network
        if port["id"] in row["made_ports"]:
            row["made_ports"].remove(port["id"])
            network.ports.drop(port)
        else:
            network.ports.assign(
                port, **{"device_id": "", "device_owner": "", "binding:host_id": ""}
            )

    def unplug_all(self, row: Row) -> None:
        """Every port of a server that goes."""
        for port in self.service.network.state.ports_on(row["id"]):
            self.unplug(row, port)

    def index(self, call: Call) -> Response:
        """The server's ports."""
        row = self.service.servers.get(call)
        ports = self.service.network.state.ports_on(row["id"])
        return reply({"interfaceAttachments": [_interface(call, port) for port in ports]})

    def show(self, call: Call) -> Response:
        """One port."""
        return reply({"interfaceAttachment": _interface(call, self._port(call))})

    def create(self, call: Call) -> Response:
        """Another port for a running server."""
        row = self.service.servers.get(call)
        given = call.request.document().get("interfaceAttachment") or {}
        item: Json = {"uuid": given.get("net_id"), "port": given.get("port_id")}
        if not item["uuid"] and not item["port"]:
            item["uuid"] = self._only(call)
        for fixed in items(given, "fixed_ips")[:1]:
            item["fixed_ip"] = pick(fixed, "ip_address")
        try:
            if not item["port"]:
                self.service.network.networks.get(call.token, str(item["uuid"]))
            port = self.plug(call.token, row, item, None)
        except NeutronError as error:
            raise bad(error.message) from error
        return reply({"interfaceAttachment": _interface(call, port)})

    def delete(self, call: Call) -> Response:
        """Take a port from a running server."""
        port = self._port(call)
        self.unplug(self.service.servers.get(call), port)
        return empty(202)

    def _only(self, call: Call) -> str:
        """The one network of the caller's project."""
        rows = [
            row
            for row in self.service.network.networks.rows.values()
            if row["project_id"] == call.token.project.id or row["shared"]
        ]
        if len(rows) > 1:
            raise bad("Multiple possible networks found, use a Network ID to be more specific.")
        if not rows:
            raise bad(
                "No specific network was requested and none are available for project "
                f"'{call.token.project.id}'."
            )
        return str(rows[0]["id"])

    def _port(self, call: Call) -> Row:
        row, wanted = self.service.servers.get(call), call.request.params["port"]
        for port in self.service.network.state.ports_on(row["id"]):
            if port["id"] == wanted:
                return port
        raise NovaError(404, f"Port {wanted} is not attached to server {row['id']}.")


def _interface(call: Call, port: Row) -> Json:
    shown = {
        "net_id": port["network_id"],
        "port_id": port["id"],
        "mac_addr": port["mac_address"],
        "port_state": port["status"],
        "fixed_ips": port["fixed_ips"],
    }
    return {**shown, "tag": None} if call.at_least(70) else shown


class VolumePlugs:
    """`/servers/{id}/os-volume_attachments`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/servers/{id}/os-volume_attachments", self.index)
        add("POST", "/servers/{id}/os-volume_attachments", self.create)
        add("GET", "/servers/{id}/os-volume_attachments/{volume}", self.show)
        add("PUT", "/servers/{id}/os-volume_attachments/{volume}", self.update)
        add("DELETE", "/servers/{id}/os-volume_attachments/{volume}", self.delete)

    def attach(self, token: Token, row: Row, item: Json) -> Json:
        """Take a volume into use."""
        volume = self.service.volumes.get(token, str(item.get("uuid") or item.get("volumeId")))
        if volume is None:
            raise NovaError(404, f"Volume {item.get('volumeId')} could not be found.")
        if volume["status"] != "available":
            raise bad(f"Invalid volume: Volume {volume['id']} status must be available.")
        device = item.get("device") or f"/dev/vd{chr(ord('b') + len(row['volumes']))}"
        attachment = {
            "id": volume["id"],
            "volumeId": volume["id"],
            "serverId": row["id"],
            "device": device,
            "delete_on_termination": bool(item.get("delete_on_termination")),
            "attachment_id": new_id(),
            "bdm_uuid": new_id(),
        }
        row["volumes"].append(attachment)
        self.service.volumes.attach(volume, row["id"], attachment["attachment_id"], device)
        return attachment

    def detach_all(self, row: Row) -> None:
        """Every volume of a server that goes."""
        for attachment in row["volumes"]:
            self.service.volumes.detach(
                attachment["volumeId"], delete=attachment["delete_on_termination"]
            )
        row["volumes"] = []

    def index(self, call: Call) -> Response:
        """The server's volumes."""
        rows = self.service.servers.get(call)["volumes"]
        return reply({"volumeAttachments": [_attachment(call, row) for row in rows]})

    def show(self, call: Call) -> Response:
        """One volume."""
        return reply({"volumeAttachment": _attachment(call, self._one(call))})

    def create(self, call: Call) -> Response:
        """Another volume for a running server."""
        row = self.service.servers.get(call)
        attachment = self.attach(call.token, row, call.request.envelope("volumeAttachment"))
        return reply({"volumeAttachment": _attachment(call, attachment)})

    def update(self, call: Call) -> Response:
        """Whether the volume goes with the server; or another volume instead, for admins."""
        attachment, row = self._one(call), self.service.servers.get(call)
        given = call.request.envelope("volumeAttachment")
        wanted = pick(given, "volumeId")
        if wanted != attachment["volumeId"]:
            if not call.token.is_admin:
                raise forbidden("os_compute_api:os-volumes-attachments:swap")
            row["volumes"].remove(attachment)
            try:
                self.attach(call.token, row, {"uuid": wanted, "device": attachment["device"]})
            except NovaError:
                row["volumes"].append(attachment)
                raise
            self.service.volumes.detach(attachment["volumeId"], delete=False)
        elif not call.at_least(85):
            raise bad("Invalid input: the volume is attached already.")
        else:
            attachment["delete_on_termination"] = bool(given.get("delete_on_termination"))
        return empty(202)

    def delete(self, call: Call) -> Response:
        """Take a volume from a running server."""
        attachment = self._one(call)
        self.service.servers.get(call)["volumes"].remove(attachment)
        self.service.volumes.detach(attachment["volumeId"], delete=False)
        return empty(202)

    def _one(self, call: Call) -> Json:
        row, wanted = self.service.servers.get(call), call.request.params["volume"]
        for attachment in row["volumes"]:
            if attachment["volumeId"] == wanted:
                return dict(attachment) if call.request.method == "GET" else attachment
        raise NovaError(404, f"Volume {wanted} is not attached to server {row['id']}.")


def _attachment(call: Call, row: Json) -> Json:
    keys = ["volumeId", "serverId", "device"]
    if call.request.method == "POST" or not call.at_least(89):
        keys.append("id")
    else:
        keys += ["attachment_id", "bdm_uuid"]
    if call.at_least(79):
        keys.append("delete_on_termination")
    shown = {key: row[key] for key in keys}
    return {**shown, "tag": None} if call.at_least(70) else shown
