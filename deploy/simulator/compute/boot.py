"""From a boot request to a running server: what is checked at once and what happens later."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute import boot_volumes
from deploy.simulator.compute.errors import NovaError, bad
from deploy.simulator.compute.fields import canonical, items, named
from deploy.simulator.compute.history import noted
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json
from deploy.simulator.identity.state import Token
from deploy.simulator.ids import new_id, now, seconds
from deploy.simulator.network.errors import NeutronError

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_FIELDS = {
    "name", "flavorRef", "imageRef", "networks", "availability_zone", "key_name", "metadata",
    "security_groups", "user_data", "config_drive", "min_count", "max_count", "adminPass",
    "block_device_mapping_v2", "block_device_mapping", "description", "tags", "accessIPv4",
    "accessIPv6", "OS-DCF:diskConfig", "personality", "return_reservation_id", "hostname",
    "os:scheduler_hints", "trusted_image_certificates", "host", "hypervisor_hostname",
}  # fmt: skip


class Boot:
    """Checks a request, makes the rows, and brings them up."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def request(self, call: Call) -> list[Row]:
        """The new servers, still building."""
        document = call.request.json()
        given = call.request.envelope("server")
        unknown = set(given) - _FIELDS
        if unknown:
            text = f"Additional properties are not allowed ({sorted(unknown)} was unexpected)"
            raise bad(f"Invalid input for field/attribute server. {text}")
        name = named(given)
        if "flavorRef" not in given:
            raise bad("Invalid input for field/attribute server. 'flavorRef' is required.")
        if str(given.get("return_reservation_id", False)).lower() not in ("true", "false"):
            raise bad("Invalid input for field/attribute return_reservation_id. No boolean.")
        check_metadata(given.get("metadata") or {})
        flavor = self.flavor(call, str(given["flavorRef"]))
        image = self.image(call, given)
        self._key(call, given)
        zone = self._zone(given.get("availability_zone"))
        volumes = boot_volumes.wanted(self.service, call, given)
        if not image and not volumes:
            raise bad("Invalid imageRef provided.")
        networks = self._networks(call, given)
        groups = self._groups(call, given)
        count = self._count(given)
        self._within_quota(call, flavor, count)
        if count > 1 and any("port" in item for item in networks):
            raise bad("Failed to launch multiple servers with one port.")
        hints = document.get("os:scheduler_hints") or document.get("OS-SCH-HNT:scheduler_hints")
        rows = []
        reservation = f"r-{secrets.token_hex(4)}"
        for number in range(count):
            row = self._row(call, given, flavor, image, zone)
            row.update(reservation_id=reservation, launch_index=number)
            row["scheduler_hints"] = hints or {}
            if (hints or {}).get("group"):
                self.service.groups.join(call, str(hints["group"]), row)
            if count > 1:
                row["name"] = f"{name}-{number + 1}"
            row["plan"] = {"networks": networks, "groups": groups, "volumes": volumes}
            noted(call, row, "create")
            self.service.state.servers[row["id"]] = row
            self.service.state.later(partial(self.finish, call.token, row))
            rows.append(row)
        return rows

    def finish(self, token: Token, row: Row) -> None:
        """Plug, attach and start; whatever fails turns the server to ERROR."""
        if row["id"] not in self.service.state.servers or row["task_state"] == "deleting":
            return
        row.update(host=self.service.state.host, zone=self.service.zone_of_host())
        try:
            for item in row["plan"]["networks"]:
                self.service.plugs.plug(token, row, item, row["plan"]["groups"])
            for item in row["plan"]["volumes"]:
                boot_volumes.attach(self.service, token, row, item)
        except (NeutronError, NovaError) as error:
            row.update(vm_state="error", task_state=None)
            row["fault"] = {
                "code": 500,
                "created": seconds(now()),
                "message": f"Build of instance {row['id']} aborted: {error}",
            }
            return
        moment = now()
        row.update(vm_state="active", task_state=None, updated=seconds(moment))
        row["launched_at"] = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")

    def _row(self, call: Call, given: Json, flavor: Row, image: str, zone: str | None) -> Row:
        state, moment = self.service.state, seconds(now())
        number = state.next_instance
        state.next_instance += 1
        name = given["name"]
        return {
            "id": new_id(),
            "name": name,
            "project_id": call.token.project.id,
            "user_id": call.token.user.id,
            "metadata": given.get("metadata") or {},
            "image_id": image,
            "flavor": flavor,
            "created": moment,
            "updated": moment,
            "accessIPv4": "",
            "accessIPv6": "",
            **canonical(given),
            "diskConfig": given.get("OS-DCF:diskConfig", "MANUAL"),
            "wanted_zone": zone,
            "zone": "",
            "host": None,
            "config_drive": "True" if given.get("config_drive") in (True, "True", "true") else "",
            "key_name": given.get("key_name"),
            "launched_at": None,
            "task_state": "scheduling",
            "vm_state": "building",
            "fault": None,
            "volumes": [],
            "instance_name": f"instance-{number:08x}",
            "hostname": given.get("hostname") or name.lower().replace(" ", "-"),
            "user_data": given.get("user_data"),
            "locked": False,
            "locked_reason": None,
            "description": given.get("description"),
            "tags": given.get("tags") or [],
            "scheduler_hints": {},
            "server_groups": [],
            "made_ports": [],
            "actions": [],
            "admin_pass": given.get("adminPass") or secrets.token_urlsafe(9),
        }

    def _within_quota(self, call: Call, flavor: Row, count: int) -> None:
        """Only limits that were set are enforced: a benchmark needs more than the defaults."""
        state, project = self.service.state, call.token.project.id
        mine = [row for row in state.servers.values() if row["project_id"] == project]
        for name, key in (("instances", None), ("cores", "vcpus"), ("ram", "ram")):
            limit = state.quotas.get(project, {}).get(name, -1)
            used = sum(row["flavor"][key] if key else 1 for row in mine)
            wanted = count * (flavor[key] if key else 1)
            if 0 <= limit < used + wanted:
                text = f"Quota exceeded for {name}: Requested {wanted}, but already used {used}"
                raise NovaError(403, f"{text} of {limit} {name}")

    def _count(self, given: Json) -> int:
        least, most = (int(str(given.get(key) or 1)) for key in ("min_count", "max_count"))
        if least < 1 or most < 1:
            raise bad("Invalid input for field/attribute min_count. It is less than 1.")
        if given.get("max_count") and least > most:
            raise bad("min_count must be <= max_count")
        return max(least, most)

    def flavor(self, call: Call, wanted: str) -> Row:
        """The flavor asked for, if the caller may use it."""
        try:
            return self.service.flavors.find(call, wanted.rsplit("/", 1)[-1])
        except NovaError as error:
            raise bad(error.message) from error

    def image(self, call: Call, given: Json) -> str:
        """The image asked for, if the caller may use it; empty when none is."""
        image_id = str(given.get("imageRef") or "").rsplit("/", 1)[-1]
        if image_id and not self.service.images.usable(call.token, image_id):
            raise bad("Can not find requested image")
        return image_id

    def _key(self, call: Call, given: Json) -> None:
        key = given.get("key_name")
        if key and (call.token.user.id, key) not in self.service.state.keypairs:
            raise bad("Invalid key_name provided.")

    def _zone(self, wanted: Any) -> str | None:
        if wanted is None:
            return None
        zone = str(wanted).split(":", 1)[0]
        if zone not in self.service.state.zones():
            raise bad("The requested availability zone is not available")
        return zone

    def _networks(self, call: Call, given: Json) -> list[Json]:
        wanted = given.get("networks")
        if wanted is None and call.at_least(37):
            raise bad("Invalid input for field/attribute server. 'networks' is required.")
        if wanted == "none":
            return []
        if wanted in ("auto", None, []):
            return self._automatic(call)
        rows = items(given, "networks")
        for item in rows:
            self._network(call, item)
        return rows

    def _network(self, call: Call, item: Json) -> None:
        network = self.service.network
        try:
            if item.get("port"):
                port = network.ports.get(call.token, str(item["port"]))
                if port["device_id"]:
                    raise NovaError(409, f"Port {port['id']} is still in use.")
                if not port["fixed_ips"]:
                    raise bad(f"Port {port['id']} requires a FixedIP in order to be used.")
                return
            if not item.get("uuid"):
                raise bad("Invalid input for field/attribute networks. Neither uuid nor port.")
            row = network.networks.get(call.token, str(item["uuid"]))
        except NeutronError as error:
            raise bad(error.message) from error
        if row["router:external"] and not row["shared"] and not call.token.is_admin:
            text = f"It is not allowed to create an interface on external network {row['id']}"
            raise NovaError(403, text)
        if not row["subnets"]:
            raise bad(f"Network {row['id']} requires a subnet in order to boot instances on.")

    def _automatic(self, call: Call) -> list[Json]:
        rows = [
            row
            for row in self.service.network.networks.rows.values()
            if (row["project_id"] == call.token.project.id or row["shared"]) and row["subnets"]
        ]
        if len(rows) > 1:
            raise NovaError(
                409, "Multiple possible networks found, use a Network ID to be more specific."
            )
        if not rows:
            raise bad("Unable to automatically allocate a network.")
        return [{"uuid": rows[0]["id"]}]

    def _groups(self, call: Call, given: Json) -> list[str] | None:
        wanted = items(given, "security_groups")
        if not wanted:
            return None
        rows = self.service.network.security_groups.rows.values()
        found = []
        for item in wanted:
            match = [
                row["id"]
                for row in rows
                if row["project_id"] == call.token.project.id
                and item.get("name") in (row["id"], row["name"])
            ]
            if not match and item.get("name") != "default":
                raise bad(f"Security group {item.get('name')} not found for project.")
            found += match
        return found or None


def check_metadata(given: Any) -> None:
    """Refuse anything but text by name."""
    if not isinstance(given, dict):
        raise bad(f"Invalid input for field/attribute metadata. Value: {given}.")
    for key, value in given.items():
        if not isinstance(value, str):
            raise bad(f"Invalid input for field/attribute {key}. Value: {value}. Not a string")
