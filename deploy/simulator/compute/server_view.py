"""What a server looks like, at each microversion and to each kind of caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

STATUS = {
    "building": "BUILD",
    "active": "ACTIVE",
    "stopped": "SHUTOFF",
    "paused": "PAUSED",
    "suspended": "SUSPENDED",
    "rescued": "RESCUE",
    "resized": "VERIFY_RESIZE",
    "shelved": "SHELVED",
    "shelved_offloaded": "SHELVED_OFFLOADED",
    "error": "ERROR",
    "deleted": "DELETED",
}
POWER = {"active": 1, "rescued": 1, "paused": 3, "resized": 1}
_OF_CHANGES = {
    "id", "name", "status", "tenant_id", "user_id", "metadata", "hostId", "image", "flavor",
    "created", "updated", "accessIPv4", "accessIPv6", "links", "OS-DCF:diskConfig", "fault",
    "progress", "locked", "description", "tags", "trusted_image_certificates", "locked_reason",
}  # fmt: skip
_PROGRESS = ("ACTIVE", "BUILD", "RESIZE", "VERIFY_RESIZE")


def status(row: Row) -> str:
    """The status users read, which follows from the state."""
    if row["vm_state"] == "active" and row["task_state"] == "rebooting_hard":
        return "HARD_REBOOT"
    return STATUS[row["vm_state"]]


def links(call: Call, server_id: str) -> list[Json]:
    """Where a server is found."""
    return [
        {"rel": "self", "href": f"{call.base}/servers/{server_id}"},
        {"rel": "bookmark", "href": f"{call.request.origin}/compute/servers/{server_id}"},
    ]


def basic(call: Call, row: Row) -> Json:
    """The short form of a list."""
    return {"id": row["id"], "name": row["name"], "links": links(call, row["id"])}


def full(service: ComputeService, call: Call, row: Row, *, one: bool = True) -> Json:
    """The long form; `one` when it is not part of a list."""
    state = service.state
    shown: Json = {
        "id": row["id"],
        "name": row["name"],
        "status": status(row),
        "tenant_id": row["project_id"],
        "user_id": row["user_id"],
        "metadata": row["metadata"],
        "hostId": state.host_id(row["project_id"]) if row["host"] else "",
        "image": _image(call, row),
        "flavor": _flavor(call, row),
        "created": row["created"],
        "updated": row["updated"],
        "addresses": addresses(service, row),
        "accessIPv4": row["accessIPv4"],
        "accessIPv6": row["accessIPv6"],
        "links": links(call, row["id"]),
        "OS-DCF:diskConfig": row["diskConfig"],
        "OS-EXT-AZ:availability_zone": row["zone"] if row["host"] else row["wanted_zone"] or "",
        "config_drive": row["config_drive"],
        "key_name": row["key_name"],
        "OS-SRV-USG:launched_at": row["launched_at"],
        "OS-SRV-USG:terminated_at": None,
        "OS-EXT-STS:task_state": row["task_state"],
        "OS-EXT-STS:vm_state": row["vm_state"],
        "OS-EXT-STS:power_state": POWER.get(row["vm_state"], 4 if row["host"] else 0),
        "os-extended-volumes:volumes_attached": _volumes(service, call, row),
    }
    if shown["status"] in _PROGRESS:
        shown["progress"] = 0
    if shown["status"] == "ERROR" and row["fault"]:
        shown["fault"] = row["fault"]
    groups = _groups(service, row)
    if groups:
        shown["security_groups"] = groups
    if call.token.is_admin:
        shown.update(_for_admin(call, row))
    shown.update(_newer(call, row, one))
    return shown


def changed(service: ComputeService, call: Call, row: Row, *more: str) -> Json:
    """The answer to an update or a rebuild: only since 2.75 all that there is."""
    shown = full(service, call, row)
    if call.at_least(75):
        return shown
    kept = {key: value for key, value in shown.items() if key in _OF_CHANGES or key in more}
    plain = {
        name: [{key: entry[key] for key in ("version", "addr")} for entry in entries]
        for name, entries in shown["addresses"].items()
    }
    return {**kept, "addresses": plain}


def addresses(service: ComputeService, row: Row) -> Json:
    """Addresses by network name, the floating ones after the fixed."""
    network = service.network
    found: Json = {}
    for port in network.state.ports_on(row["id"]):
        name = network.networks.rows[port["network_id"]]["name"]
        mac = {"OS-EXT-IPS-MAC:mac_addr": port["mac_address"]}
        entries = found.setdefault(name, [])
        for item in port["fixed_ips"]:
            entries.append(_address(item["ip_address"], "fixed", mac))
        for floating in network.floatingips.rows.values():
            if floating["port_id"] == port["id"]:
                entries.append(_address(floating["floating_ip_address"], "floating", mac))
    return found


def _address(address: str, kind: str, mac: Json) -> Json:
    version = 6 if ":" in address else 4
    return {"version": version, "addr": address, "OS-EXT-IPS:type": kind, **mac}


def _groups(service: ComputeService, row: Row) -> list[Json]:
    network = service.network
    rows = network.security_groups.rows
    ports = network.state.ports_on(row["id"])
    wanted = list(dict.fromkeys(group for port in ports for group in port["security_groups"]))
    return [{"name": rows[group]["name"]} for group in wanted if group in rows]


def _image(call: Call, row: Row) -> Json | str:
    if not row["image_id"]:
        return ""
    href = f"{call.request.origin}/compute/images/{row['image_id']}"
    shown: Json = {"id": row["image_id"], "links": [{"rel": "bookmark", "href": href}]}
    return {**shown, "properties": {}} if call.at_least(98) else shown


def _flavor(call: Call, row: Row) -> Json:
    flavor = row["flavor"]
    if call.at_least(47):
        return {
            "vcpus": flavor["vcpus"],
            "ram": flavor["ram"],
            "disk": flavor["disk"],
            "ephemeral": flavor["OS-FLV-EXT-DATA:ephemeral"],
            "swap": flavor["swap"],
            "original_name": flavor["name"],
            "extra_specs": dict(flavor["extra_specs"]),
        }
    href = f"{call.request.origin}/compute/flavors/{flavor['id']}"
    return {"id": flavor["id"], "links": [{"rel": "bookmark", "href": href}]}


def _volumes(service: ComputeService, call: Call, row: Row) -> list[Json]:
    found = []
    for attachment in row["volumes"]:
        shown: Json = {"id": attachment["volumeId"]}
        if call.at_least(3):
            shown["delete_on_termination"] = attachment["delete_on_termination"]
        found.append(shown)
    return found


def _for_admin(call: Call, row: Row) -> Json:
    shown: Json = {
        "OS-EXT-SRV-ATTR:host": row["host"],
        "OS-EXT-SRV-ATTR:instance_name": row["instance_name"],
        "OS-EXT-SRV-ATTR:hypervisor_hostname": row["host"],
    }
    if call.at_least(3):
        shown.update(
            {
                "OS-EXT-SRV-ATTR:reservation_id": row["reservation_id"],
                "OS-EXT-SRV-ATTR:launch_index": row["launch_index"],
                "OS-EXT-SRV-ATTR:hostname": row["hostname"],
                "OS-EXT-SRV-ATTR:kernel_id": "",
                "OS-EXT-SRV-ATTR:ramdisk_id": "",
                "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
                "OS-EXT-SRV-ATTR:user_data": row["user_data"],
            }
        )
    if call.at_least(16):
        shown["host_status"] = "UP" if row["host"] else ""
    return shown


def _newer(call: Call, row: Row, one: bool) -> Json:
    fields: list[tuple[int, str, object]] = [
        (9, "locked", row["locked"]),
        (19, "description", row["description"]),
        (26, "tags", row["tags"]),
        (63, "trusted_image_certificates", None),
        (73, "locked_reason", row["locked_reason"]),
        (90, "OS-EXT-SRV-ATTR:hostname", row["hostname"]),
        (96, "pinned_availability_zone", row["wanted_zone"]),
        (100, "scheduler_hints", row["scheduler_hints"]),
    ]
    if one:
        fields.append((71, "server_groups", row["server_groups"]))
    return {name: value for minor, name, value in fields if call.at_least(minor)}
