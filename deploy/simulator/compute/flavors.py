"""Flavors, their extra specs and who may use the private ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.fields import named
from deploy.simulator.compute.paging import page
from deploy.simulator.compute.state import Call, ComputeState, Row
from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import new_id

_NUMBERS = {"ram": 1, "vcpus": 1, "disk": 0}

_NAMESPACES = ("hw", "hw_rng", "hw_video", "quota", "resources", "trait", "os", "pci_passthrough")
_KNOWN: dict[str, object] = {
    "hw:cpu_policy": ("dedicated", "mixed", "shared"),
    "hw:mem_page_size": str,
    "hw:numa_nodes": int,
    "hw_rng:allowed": ("true", "True", "false", "False"),
    "quota:cpu_shares": int,
}


class Flavors:
    """`/flavors`."""

    def __init__(self, state: ComputeState) -> None:
        self.state = state

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/flavors", self.index)
        add("GET", "/flavors/detail", self.detail)
        add("POST", "/flavors", self.create)
        add("GET", "/flavors/{id}", self.show)
        add("PUT", "/flavors/{id}", self.update)
        add("DELETE", "/flavors/{id}", self.delete)
        add("POST", "/flavors/{id}/action", self.action)
        add("GET", "/flavors/{id}/os-flavor-access", self.access)
        add("GET", "/flavors/{id}/os-extra_specs", self.specs)
        add("POST", "/flavors/{id}/os-extra_specs", self.add_specs)
        add("GET", "/flavors/{id}/os-extra_specs/{key}", self.spec)
        add("PUT", "/flavors/{id}/os-extra_specs/{key}", self.set_spec)
        add("DELETE", "/flavors/{id}/os-extra_specs/{key}", self.drop_spec)

    def index(self, call: Call) -> Response:
        """Names and links."""
        rows, links = self._page(call)
        keys = (
            ("id", "name", "links", "description")
            if call.at_least(55)
            else ("id", "name", "links")
        )
        found = [{key: self.view(call, row)[key] for key in keys} for row in rows]
        return reply({"flavors": found, **({"flavors_links": links} if links else {})})

    def detail(self, call: Call) -> Response:
        """Everything about each."""
        rows, links = self._page(call)
        found = [self.view(call, row) for row in rows]
        return reply({"flavors": found, **({"flavors_links": links} if links else {})})

    def show(self, call: Call) -> Response:
        """One flavor."""
        return reply({"flavor": self.view(call, self.get(call))})

    def create(self, call: Call) -> Response:
        """A flavor with the id the administrator chose, or a new one."""
        self._admin(call, "os_compute_api:os-flavor-manage:create")
        given = call.request.envelope("flavor")
        row = self._checked(given)
        for other in self.state.flavors.values():
            if other["name"] == row["name"]:
                raise NovaError(409, f"Flavor with name {row['name']} already exists.")
        if row["id"] in self.state.flavors:
            raise NovaError(409, f"Flavor with ID {row['id']} already exists.")
        self.state.flavors[row["id"]] = row
        return reply({"flavor": self.view(call, row)})

    def update(self, call: Call) -> Response:
        """Only the description can change."""
        self._admin(call, "os_compute_api:os-flavor-manage:update")
        row = self.get(call)
        row["description"] = call.request.envelope("flavor").get("description")
        return reply({"flavor": self.view(call, row)})

    def delete(self, call: Call) -> Response:
        """Gone; servers keep what they were made with."""
        self._admin(call, "os_compute_api:os-flavor-manage:delete")
        del self.state.flavors[self.get(call)["id"]]
        return empty(202)

    def action(self, call: Call) -> Response:
        """Let a project use a private flavor, or no longer."""
        self._admin(call, "os_compute_api:os-flavor-access:add_tenant_access")
        row, body = self.get(call), call.request.document()
        for name, wanted in (("addTenantAccess", True), ("removeTenantAccess", False)):
            if name not in body:
                continue
            if row["os-flavor-access:is_public"]:
                raise NovaError(409, "Can not add access to a public flavor.")
            tenant = str(pick(body, name, "tenant"))
            if wanted == (tenant in row["access"]):
                status, verb = (409, "already exists") if wanted else (404, "not found")
                raise NovaError(status, f"Flavor access {verb} for {row['id']} and {tenant}.")
            (row["access"].append if wanted else row["access"].remove)(tenant)
            return self.access(call)
        raise bad("There is no such action.")

    def access(self, call: Call) -> Response:
        """The projects that may use a private flavor."""
        self._admin(call, "os_compute_api:os-flavor-access")
        row = self.get(call)
        if row["os-flavor-access:is_public"]:
            raise NovaError(404, "Access list not available for public flavors.")
        found = [{"flavor_id": row["id"], "tenant_id": tenant} for tenant in row["access"]]
        return reply({"flavor_access": found})

    def specs(self, call: Call) -> Response:
        """All extra specs."""
        return reply({"extra_specs": self.get(call)["extra_specs"]})

    def add_specs(self, call: Call) -> Response:
        """More extra specs."""
        self._admin(call, "os_compute_api:os-flavor-extra-specs:create")
        given = call.request.envelope("extra_specs")
        _check_specs(call, given)
        row = self.get(call)
        row["extra_specs"].update(given)
        return reply({"extra_specs": given})

    def spec(self, call: Call) -> Response:
        """One extra spec."""
        row, key = self.get(call), call.request.params["key"]
        if key not in row["extra_specs"]:
            raise NovaError(404, f"Flavor {row['id']} has no extra specs with key {key}.")
        return reply({key: row["extra_specs"][key]})

    def set_spec(self, call: Call) -> Response:
        """Change one extra spec."""
        self._admin(call, "os_compute_api:os-flavor-extra-specs:update")
        _check_specs(call, call.request.document())
        row, key = self.get(call), call.request.params["key"]
        row["extra_specs"][key] = pick(call.request.json(), key)
        return reply({key: row["extra_specs"][key]})

    def drop_spec(self, call: Call) -> Response:
        """Remove one extra spec."""
        self._admin(call, "os_compute_api:os-flavor-extra-specs:delete")
        row, key = self.get(call), call.request.params["key"]
        if row["extra_specs"].pop(key, None) is None:
            raise NovaError(404, f"Flavor {row['id']} has no extra specs with key {key}.")
        return empty(200)

    def get(self, call: Call) -> Row:
        """The flavor named in the path."""
        return self.find(call, call.request.params["id"])

    def find(self, call: Call, wanted: str) -> Row:
        """A flavor the caller may use."""
        row = self.state.flavors.get(wanted)
        if row is None or not self._usable(call, row):
            raise NovaError(404, f"Flavor {wanted} could not be found.")
        return row

    def view(self, call: Call, row: Row) -> Json:
        """A flavor as the caller's microversion shows it."""
        shown = {key: value for key, value in row.items() if key != "access"}
        shown["swap"] = (shown["swap"] or 0) if call.at_least(75) else shown["swap"] or ""
        if not call.at_least(55):
            shown.pop("description")
        if not call.at_least(61):
            shown.pop("extra_specs")
        shown["links"] = [
            {"rel": "self", "href": f"{call.base}/flavors/{row['id']}"},
            {"rel": "bookmark", "href": f"{call.request.origin}/compute/flavors/{row['id']}"},
        ]
        return shown

    def _usable(self, call: Call, row: Row) -> bool:
        tenant = call.token.project.id
        return call.token.is_admin or row["os-flavor-access:is_public"] or tenant in row["access"]

    def _page(self, call: Call) -> tuple[list[Row], list[Json]]:
        public = call.request.arg("is_public", "true").lower()
        rows = []
        for row in self.state.flavors.values():
            if not call.token.is_admin:
                if self._usable(call, row):
                    rows.append(row)
            elif (
                public == "none" or (public in ("true", "1")) == row["os-flavor-access:is_public"]
            ):
                rows.append(row)
        rows.sort(key=lambda row: str(row["id"]))
        least = {"ram": call.request.arg("minRam", "0"), "disk": call.request.arg("minDisk", "0")}
        rows = [row for row in rows if all(row[key] >= int(n) for key, n in least.items())]
        return page(rows, call.request, lambda row: str(row["id"]), bad)

    def _checked(self, given: Json) -> Row:
        name = named(given)
        for key, least in _NUMBERS.items():
            try:
                given = {**given, key: int(given[key])}
            except (KeyError, TypeError, ValueError):
                text = f"Invalid input for field/attribute {key}. Value: {given.get(key)}."
                raise bad(text) from None
            if given[key] < least:
                text = (
                    f"Invalid input for field/attribute {key}. Value: {given[key]}. {given[key]}"
                )
                raise bad(f"{text} is less than the minimum of {least}")
        wanted = given.get("id")
        return {
            "id": new_id() if wanted in (None, "auto") else str(wanted),
            "name": name,
            "ram": given["ram"],
            "vcpus": given["vcpus"],
            "disk": given["disk"],
            "swap": int(given.get("swap") or 0),
            "OS-FLV-EXT-DATA:ephemeral": int(given.get("OS-FLV-EXT-DATA:ephemeral") or 0),
            "OS-FLV-DISABLED:disabled": False,
            "os-flavor-access:is_public": bool(given.get("os-flavor-access:is_public", True)),
            "rxtx_factor": float(given.get("rxtx_factor") or 1.0),
            "description": given.get("description"),
            "extra_specs": {},
            "access": [],
        }

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(rule)


def _check_specs(call: Call, given: Json) -> None:
    """From 2.86 on; what is in a namespace that is not known may be anything."""
    for name, value in given.items() if call.at_least(86) else ():
        namespace = name.partition(":")[0]
        if ":" not in name or namespace not in _NAMESPACES:
            continue
        if name not in _KNOWN:
            text = f"extra spec '{name}' does not appear to be a valid extra spec."
            raise bad(f"Validation failed; {text}")
        wanted = _KNOWN[name]
        if wanted is int and not str(value).isdecimal():
            raise bad(f"Validation failed; '{value}' is not a valid integer value.")
        if isinstance(wanted, tuple) and value not in wanted:
            raise bad(f"Validation failed; '{value}' is not one of: {', '.join(wanted)}.")
