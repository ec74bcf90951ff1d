"""What the regions and Keystone of a bench say: every document is the same every time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

PROJECT, USER, MEMBERS = "a" * 32, "b" * 32, "d" * 32
SERVICES = {
    "compute": ("compute", "/v2.1"),
    "network": ("network", ""),
    "volume": ("block-storage", "/v3"),
    "image": ("image", ""),
}
VERSIONS = {"compute": ("2.1", "2.96"), "volume": ("3.0", "3.71")}
_FLAVOR = {"vcpus": 1, "ram": 512, "disk": 1, "ephemeral": 0, "swap": 0, "original_name": "m1"}


def server_id(number: int) -> str:
    """The id of the server with this number, in whichever region it is."""
    return str(uuid.UUID(int=number + (1 << 100)))


def _addresses(number: int) -> list[dict[str, Any]]:
    mac = f"fa:16:3e:00:00:{number:02}"
    return [
        {
            "version": version,
            "addr": address,
            "OS-EXT-IPS:type": "fixed",
            "OS-EXT-IPS-MAC:mac_addr": mac,
        }
        for version, address in ((4, f"10.0.{number}.17"), (6, f"fd00:{number}::17"))
    ]


class Cloud:
    """All there is to know: the regions' ports, and how slow each region is."""

    def __init__(self, regions: list[str]) -> None:
        self.regions = regions
        self.ports: dict[str, int] = {}
        self.latency: dict[str, float] = {}
        self.each, self.newest = 6, 0
        self.received = 0
        self.calls: dict[str, int] = {}

    def origin(self, name: str) -> str:
        """The address of a region, or of ``identity``."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def catalog(self) -> list[dict[str, Any]]:
        """The catalog of a token."""
        found = []
        for service, (kind, version) in SERVICES.items():
            endpoints = [
                {
                    "id": f"{service}-{name}",
                    "interface": "public",
                    "region": name,
                    "region_id": name,
                    "url": f"{self.origin(name)}/{service}{version}",
                }
                for name in self.regions
            ]
            found.append({"type": kind, "name": service, "id": service, "endpoints": endpoints})
        return found

    def token(self, *, catalog: bool, member: bool = False) -> dict[str, Any]:
        """The description of the admin's token, or of a member's of another project."""
        domain = {"id": "default", "name": "Default"}
        at = datetime.now(UTC)
        roles = ("member", "reader") if member else ("admin", "member", "reader")
        document: dict[str, Any] = {
            "methods": ["password"],
            "user": {"domain": domain, "id": USER, "name": "bench", "password_expires_at": None},
            "project": {"domain": domain, "id": MEMBERS if member else PROJECT, "name": "bench"},
            "roles": [{"id": role, "name": role} for role in roles],
            "issued_at": at.isoformat().replace("+00:00", "Z"),
            "expires_at": (at + timedelta(hours=8)).isoformat().replace("+00:00", "Z"),
            "audit_ids": ["x"],
        }
        if catalog:
            document["catalog"] = self.catalog()
        return {"token": document}

    def server(self, name: str, id_: str) -> dict[str, Any]:
        """One server, as Nova shows it in detail; 4 KB, as of one with six ports."""
        href = f"{self.origin(name)}/compute/v2.1/servers/{id_}"
        bookmark = f"{self.origin(name)}/compute/servers/{id_}"
        disk = {"id": str(uuid.UUID(int=7)), "delete_on_termination": False}
        return {
            "id": id_,
            "name": "a-server",
            "status": "ACTIVE",
            "tenant_id": PROJECT,
            "user_id": USER,
            "metadata": {f"key-{number}": f"value {number}" for number in range(8)},
            "hostId": "c" * 56,
            "image": {"id": USER, "links": [{"rel": "bookmark", "href": bookmark}]},
            "flavor": {**_FLAVOR, "extra_specs": {"hw:cpu_policy": "shared"}},
            "created": "2026-01-01T00:00:00Z",
            "updated": "2026-01-01T00:00:00Z",
            "addresses": {f"net-{number}": _addresses(number) for number in range(6)},
            "accessIPv4": "",
            "accessIPv6": "",
            "links": [{"rel": "self", "href": href}, {"rel": "bookmark", "href": bookmark}],
            "OS-DCF:diskConfig": "MANUAL",
            "progress": 0,
            "OS-EXT-AZ:availability_zone": "nova",
            "OS-EXT-SRV-ATTR:host": "compute-1",
            "OS-EXT-SRV-ATTR:hostname": "a-server",
            "OS-EXT-SRV-ATTR:hypervisor_hostname": "compute-1.example.org",
            "OS-EXT-SRV-ATTR:instance_name": "instance-00000001",
            "OS-EXT-SRV-ATTR:kernel_id": "",
            "OS-EXT-SRV-ATTR:launch_index": 0,
            "OS-EXT-SRV-ATTR:ramdisk_id": "",
            "OS-EXT-SRV-ATTR:reservation_id": "r-00000001",
            "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
            "OS-EXT-SRV-ATTR:user_data": None,
            "config_drive": "",
            "key_name": "a-key",
            "OS-SRV-USG:launched_at": "2026-01-01T00:00:00.000000",
            "OS-SRV-USG:terminated_at": None,
            "OS-EXT-STS:task_state": None,
            "OS-EXT-STS:vm_state": "active",
            "OS-EXT-STS:power_state": 1,
            "os-extended-volumes:volumes_attached": [disk, disk, disk],
            "security_groups": [{"name": name} for name in ("web", "ssh", "database")],
            "host_status": "UP",
            "locked": False,
            "locked_reason": None,
            "description": None,
            "tags": ["blue", "green"],
            "trusted_image_certificates": None,
            "server_groups": [],
        }

    def volume(self, name: str, id_: str) -> dict[str, Any]:
        """One volume, as Cinder shows it in detail."""
        href = f"{self.origin(name)}/volume/v3/{PROJECT}/volumes/{id_}"
        return {
            "id": id_,
            "name": "a-volume",
            "status": "available",
            "size": 1,
            "availability_zone": "nova",
            "created_at": "2026-01-01T00:00:00.000000",
            "updated_at": "2026-01-01T00:00:00.000000",
            "attachments": [],
            "description": None,
            "volume_type": "plain",
            "metadata": {"one": "1"},
            "user_id": USER,
            "bootable": "false",
            "encrypted": False,
            "links": [{"rel": "self", "href": href}],
            "os-vol-tenant-attr:tenant_id": PROJECT,
        }

    def answer(self, name: str, path: str) -> tuple[int, Any]:
        """What a region says to a GET; the path begins with the service."""
        service, _, rest = path.partition("?")[0].strip("/").partition("/")
        parts = rest.split("/")
        noun = next((part for part in parts if part in ("servers", "volumes", "images")), "")
        if not noun:
            low, high = VERSIONS.get(service, ("", ""))
            version = {"id": "v1", "status": "CURRENT", "min_version": low, "version": high}
            return 200, {"version": {**version, "links": []}}
        after = parts[parts.index(noun) + 1 :]
        make = {"servers": self.server, "volumes": self.volume}.get(noun, self.server)
        if not after or after[0] == "detail":
            last = self.newest or (self.regions.index(name) + 1) * self.each
            ids = [server_id(last - 1 - number) for number in range(self.each)]
            listed = [make(name, id_) for id_ in ids]
            if not after:
                listed = [{key: item[key] for key in ("id", "name", "links")} for item in listed]
            return 200, {noun: listed}
        return 200, {noun.removesuffix("s"): make(name, after[0])}
