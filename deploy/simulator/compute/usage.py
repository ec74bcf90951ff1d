"""What projects have used, migrations, and events from other services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deploy.simulator.compute.errors import bad, forbidden
from deploy.simulator.compute.paging import page
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json, Response, reply

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_FORMS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f")
_TOTALS = ("total_local_gb_usage", "total_vcpus_usage", "total_memory_mb_usage", "total_hours")


class Usage:
    """`/os-simple-tenant-usage`, `/os-migrations`, `/os-server-external-events`."""

    def __init__(self, service: ComputeService) -> None:
        self.service = service

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-simple-tenant-usage", self.usages)
        add("GET", "/os-simple-tenant-usage/{project}", self.usage)
        add("GET", "/os-migrations", self.migrations)
        add("POST", "/os-server-external-events", self.events)
        add("GET", "/os-instance_usage_audit_log", self.audit_log)

    def usages(self, call: Call) -> Response:
        """Every project's."""
        self._admin(call, "os-simple-tenant-usage:list")
        rows, links = self._page(call, "")
        totals = _totals(rows, call)
        if call.request.arg("detailed") != "1":
            for total in totals:
                del total["server_usages"]
        return reply({"tenant_usages": totals, **_links("tenant_usages_links", links)})

    def usage(self, call: Call) -> Response:
        """One project's."""
        project = call.request.params["project"]
        if project != call.token.project.id:
            self._admin(call, "os-simple-tenant-usage:show")
        rows, links = self._page(call, project)
        totals = _totals(rows, call)
        shown = totals[0] if totals else {}
        return reply({"tenant_usage": shown, **_links("tenant_usage_links", links)})

    def migrations(self, call: Call) -> Response:
        """Newest first."""
        self._admin(call, "os-migrations:index")
        rows = sorted(self.service.state.migrations, key=lambda r: str(r["id"]), reverse=True)
        for key in ("host", "status", "instance_uuid", "migration_type", "source_compute"):
            wanted = call.request.arg(key)
            rows = [row for row in rows if wanted in ("", row.get(key))]
        if not call.at_least(59):
            return reply({"migrations": rows})
        rows, links = page(rows, call.request, lambda row: str(row["uuid"]), bad)
        return reply({"migrations": rows, **_links("migrations_links", links)})

    def events(self, call: Call) -> Response:
        """What Neutron and Cinder tell of servers."""
        self._admin(call, "os-server-external-events:create")
        events, status = call.request.document().get("events"), 200
        if not isinstance(events, list) or not events:
            raise bad("Invalid input for field/attribute events.")
        for event in events:
            known = event.get("server_uuid") in self.service.state.servers
            event["status"] = "completed" if known else "failed"
            event["code"] = 200 if known else 404
            status = status if known else 207
        return reply({"events": events}, status)

    def audit_log(self, call: Call) -> Response:
        """Nobody audits here."""
        self._admin(call, "os-instance-usage-audit-log:list")
        host, month = self.service.state.host, "2026-10-01 00:00:00"
        log: Json = {
            "hosts_not_run": [host],
            "log": {},
            "num_hosts": 1,
            "num_hosts_done": 0,
            "num_hosts_not_run": 1,
            "num_hosts_running": 0,
            "overall_status": "0 of 1 hosts done. 0 errors.",
            "period_beginning": month,
            "period_ending": "2026-11-01 00:00:00",
            "total_errors": 0,
            "total_instances": 0,
        }
        return reply({"instance_usage_audit_logs": log})

    def _page(self, call: Call, project: str) -> tuple[list[Row], list[Json]]:
        start, stop = _time(call.request.arg("start")), _time(call.request.arg("end"))
        if start >= stop:
            text = "Invalid start time. The start time cannot occur after the end time."
            raise bad(text)
        stop = min(stop, _now())
        rows = [
            _used(row, start, stop)
            for row in self.service.state.servers.values()
            if project in ("", row["project_id"])
        ]
        rows.sort(key=lambda row: (str(row["tenant_id"]), str(row["instance_id"])))
        if not call.at_least(40):
            return rows, []
        return page(rows, call.request, lambda row: str(row["instance_id"]), bad)

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(f"os_compute_api:{rule}")


def _totals(rows: list[Row], call: Call) -> list[Json]:
    found: dict[str, Json] = {}
    stop = min(_time(call.request.arg("end")), _now())
    for row in rows:
        empty = {
            "tenant_id": row["tenant_id"],
            "server_usages": [],
            **dict.fromkeys(_TOTALS, 0),
            "start": _text(_time(call.request.arg("start"))),
            "stop": _text(stop),
        }
        total = found.setdefault(row["tenant_id"], empty)
        total["server_usages"].append(row)
        total["total_hours"] += row["hours"]
        total["total_vcpus_usage"] += row["vcpus"] * row["hours"]
        total["total_memory_mb_usage"] += row["memory_mb"] * row["hours"]
        total["total_local_gb_usage"] += row["local_gb"] * row["hours"]
    return list(found.values())


def _used(row: Row, start: datetime, stop: datetime) -> Row:
    flavor = row["flavor"]
    made = datetime.fromisoformat(str(row["created"]).replace("Z", "")).replace(tzinfo=None)
    hours = max(0.0, (stop - max(made, start)).total_seconds() / 3600)
    return {
        "instance_id": row["id"],
        "name": row["name"],
        "hours": hours,
        "flavor": flavor.get("original_name", flavor.get("name", "")),
        "tenant_id": row["project_id"],
        "memory_mb": flavor["ram"],
        "local_gb": flavor["disk"],
        "vcpus": flavor["vcpus"],
        "started_at": _text(made),
        "ended_at": None,
        "state": "active",
        "uptime": int((_now() - made).total_seconds()),
    }


def _time(text: str) -> datetime:
    if not text:
        return _now()
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise bad("Datetime is in invalid format")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _text(value: datetime) -> str:
    return value.isoformat(timespec="microseconds")


def _links(name: str, links: list[Json]) -> Json:
    return {name: links} if links else {}
