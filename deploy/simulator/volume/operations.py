"""What Cinder says of itself: zones, services, pools, hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, reply
from deploy.simulator.ids import micros, now
from deploy.simulator.volume.errors import CinderError, bad, forbidden
from deploy.simulator.volume.volumes import Call, VolumeStore

_CLEANUP = (
    "cluster_name", "disabled", "host", "is_up", "binary", "resource_id", "resource_type",
    "service_id",
)  # fmt: skip
_CAPABILITIES: Json = {
    "namespace": "OS::Storage::Capabilities::host",
    "vendor_name": "Open Source",
    "volume_backend_name": "file",
    "storage_protocol": "file",
    "driver_version": "1.0",
    "properties": {},
}


class Operations:
    """`/os-availability-zone`, `/os-services`, `/scheduler-stats` and the like."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store
        self.host = f"{store.region.lower()}-storage1"

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-availability-zone", self.zones)
        add("GET", "/extensions", self.extensions)
        add("GET", "/os-services", self.services)
        add("PUT", "/os-services/{action}", self.set_service)
        add("GET", "/scheduler-stats/get_pools", self.pools)
        add("GET", "/capabilities/{host}", self.capabilities)
        add("GET", "/os-hosts", self.hosts)
        add("GET", "/os-hosts/{host}", self.show_host)
        add("GET", "/resource_filters", self.resource_filters)
        add("GET", "/clusters", self.clusters)
        add("GET", "/clusters/detail", self.clusters)
        add("PUT", "/clusters/{action}", self.set_cluster)
        add("POST", "/workers/cleanup", self.cleanup)

    def zones(self, call: Call) -> Response:
        """The one zone."""
        row = {"zoneName": self.store.zone, "zoneState": {"available": True}}
        return reply({"availabilityZoneInfo": [row]})

    def extensions(self, call: Call) -> Response:
        """None that a client of today would ask for."""
        return reply({"extensions": []})

    def services(self, call: Call) -> Response:
        """Every process, all of them up."""
        self._admin(call, "volume_extension:services:index")
        rows = [
            self._service(call, "cinder-scheduler", self.host),
            self._service(call, "cinder-volume", f"{self.host}@file"),
            self._service(call, "cinder-backup", self.host),
        ]
        for key in ("host", "binary"):
            wanted = call.request.arg(key)
            rows = [row for row in rows if wanted in ("", row[key])]
        return reply({"services": rows})

    def set_service(self, call: Call) -> Response:
        """Takes new volumes, or does not."""
        self._admin(call, "volume_extension:services:update")
        action, body = call.request.params["action"], call.request.document()
        host, binary = body.get("host", ""), body.get("binary", "")
        backend = ("freeze", "thaw", "failover_host") + ("failover",) * call.at_least(26)
        if action in backend and not str(host).startswith(self.host):
            raise bad(f"No service found with host={host}")
        if action not in ("enable", "disable", "disable-log-reason"):
            raise bad("Invalid input received: Unknown action")
        if not str(host).startswith(self.host):
            text = f"Service {binary} could not be found on host {host}."
            raise CinderError(404, text)
        shown: Json = {"host": host, "service": body.get("service", ""), "binary": binary}
        if action == "enable":
            self.store.disabled.pop(f"{binary}/{host}", None)
            return reply({**shown, "disabled": False, "status": "enabled"})
        reason = body.get("disabled_reason")
        self.store.disabled[f"{binary}/{host}"] = reason
        shown |= {"disabled": True, "status": "disabled"}
        return reply({**shown, "disabled_reason": reason} if reason else shown)

    def pools(self, call: Call) -> Response:
        """Where volumes can be made."""
        self._admin(call, "scheduler_extension:scheduler_stats:get_pools")
        row: Json = {"name": f"{self.host}@file#file"}
        if call.request.flag("detail"):
            row["capabilities"] = {**_CAPABILITIES, "free_capacity_gb": 1000.0}
        return reply({"pools": [row]})

    def capabilities(self, call: Call) -> Response:
        """What a back end can do."""
        self._admin(call, "volume_extension:capabilities")
        if call.request.params["host"] != f"{self.host}@file":
            raise CinderError(
                404, f"Service cinder-volume could not be found on host {self.host}."
            )
        return reply(_CAPABILITIES)

    def hosts(self, call: Call) -> Response:
        """The hosts."""
        self._admin(call, "volume_extension:hosts")
        row = {
            "host_name": self.host,
            "service": "cinder-scheduler",
            "zone": self.store.zone,
            "service-status": "available",
            "service-state": "enabled",
            "last-update": micros(now()),
        }
        return reply({"hosts": [row]})

    def show_host(self, call: Call) -> Response:
        """What is on a host."""
        self._admin(call, "volume_extension:hosts")
        wanted = call.request.params["host"]
        if wanted != self.host:
            raise CinderError(404, f"Host {wanted} could not be found.")
        total = {
            "host": wanted,
            "project": "(total)",
            "volume_count": str(len(self.store.volumes)),
            "total_volume_gb": str(sum(row["size"] for row in self.store.volumes.values())),
            "snapshot_count": str(len(self.store.snapshots)),
            "total_snapshot_gb": str(sum(row["size"] for row in self.store.snapshots.values())),
        }
        return reply({"host": [{"resource": total}]})

    def resource_filters(self, call: Call) -> Response:
        """By what lists can be cut."""
        rows = [{"resource": "volume", "filters": ["name", "status", "metadata", "bootable"]}]
        return reply({"resource_filters": rows})

    def clusters(self, call: Call) -> Response:
        """None."""
        self._admin(call, "clusters:get_all")
        return reply({"clusters": []})

    def set_cluster(self, call: Call) -> Response:
        """There is none."""
        self._admin(call, "clusters:update")
        if call.request.params["action"] not in ("enable", "disable"):
            raise CinderError(404, "Unknown action")
        name = call.request.document().get("name")
        if not isinstance(name, str):
            raise bad(f"Invalid input for field/attribute name. Value: {name}.")
        raise CinderError(404, f"Cluster {name} could not be found.")

    def cleanup(self, call: Call) -> Response:
        """The one service is up, and has nothing left to do, unless that is asked for."""
        self._admin(call, "workers:cleanup")
        if not call.at_least(24):
            raise CinderError(404, "The resource could not be found.")
        body = call.request.document()
        unknown = set(body) - set(_CLEANUP)
        if unknown:
            text = f"Additional properties are not allowed ({sorted(unknown)} was unexpected)"
            raise bad(f"Invalid input for field/attribute cleanup. {text}")
        if body.get("resource_id"):
            wanted = body["resource_id"]
            raise bad(f"There is no resource with UUID {wanted} pending cleanup.")
        host = f"{self.host}@file"
        service = {"id": 1, "host": host, "binary": "cinder-volume", "cluster_name": None}
        mine = body.get("is_up") and body.get("host", host) == host
        return reply({"cleaning": [service] if mine else [], "unavailable": []}, 202)

    def _service(self, call: Call, binary: str, host: str) -> Json:
        key = f"{binary}/{host}"
        row: Json = {
            "binary": binary,
            "host": host,
            "zone": self.store.zone,
            "status": "disabled" if key in self.store.disabled else "enabled",
            "state": "up",
            "updated_at": micros(now()),
            "disabled_reason": self.store.disabled.get(key),
        }
        if binary == "cinder-volume":
            row |= {"replication_status": None, "active_backend_id": None, "frozen": False}
            if call.at_least(49):
                row["backend_state"] = "up"
        if call.at_least(7):
            row["cluster"] = None
        return row

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(rule)
