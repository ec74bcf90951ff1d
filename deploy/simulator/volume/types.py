"""Volume types, and what a client reads about the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import micros, now
from deploy.simulator.volume.errors import CinderError, bad, forbidden, missing
from deploy.simulator.volume.volumes import DEFAULT_TYPE, Call, Row, VolumeStore


class Types:
    """`/types`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/types", self.index)
        add("POST", "/types", self.create)
        add("GET", "/types/{id}", self.show)
        add("PUT", "/types/{id}", self.update)
        add("DELETE", "/types/{id}", self.delete)
        add("GET", "/types/{id}/extra_specs", self.specs)
        add("POST", "/types/{id}/extra_specs", self.add_specs)
        add("DELETE", "/types/{id}/extra_specs/{key}", self.drop_spec)

    def index(self, call: Call) -> Response:
        """The types the caller may use."""
        public = call.request.arg("is_public", "true").lower()
        rows = [
            self._view(call, row)
            for row in self.store.types.values()
            if (call.token.is_admin and public == "none") or row["is_public"]
        ]
        return reply({"volume_types": rows})

    def create(self, call: Call) -> Response:
        """A type; its name is unique."""
        self._admin(call, "volume_extension:type_create")
        given = call.request.envelope("volume_type")
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            raise bad(f"Invalid input for field/attribute name. Value: {name}.")
        if self.store.type_named(name):
            raise CinderError(409, f"Volume Type {name} already exists.")
        row = self.store.add_type(
            name,
            description=given.get("description"),
            is_public=bool(given.get("os-volume-type-access:is_public", True)),
            extra_specs=dict(given.get("extra_specs") or {}),
        )
        return reply({"volume_type": self._view(call, row)})

    def show(self, call: Call) -> Response:
        """One type; `default` names the default one."""
        shown = self._view(call, self._get(call))
        if call.request.params["id"] == "default":
            del shown["os-volume-type-access:is_public"]
        return reply({"volume_type": shown})

    def update(self, call: Call) -> Response:
        """Name and description."""
        self._admin(call, "volume_extension:type_update")
        row = self._get(call)
        given = call.request.envelope("volume_type")
        row.update({key: given[key] for key in ("name", "description") if key in given})
        return reply({"volume_type": self._view(call, row)})

    def delete(self, call: Call) -> Response:
        """Refused while a volume is of the type."""
        self._admin(call, "volume_extension:type_delete")
        row = self._get(call)
        if any(v["volume_type_id"] == row["id"] for v in self.store.volumes.values()):
            raise bad("Target volume type is still in use.")
        del self.store.types[row["id"]]
        return empty(202)

    def specs(self, call: Call) -> Response:
        """Extra specs."""
        return reply({"extra_specs": self._get(call)["extra_specs"]})

    def add_specs(self, call: Call) -> Response:
        """More extra specs."""
        self._admin(call, "volume_extension:types_extra_specs:create")
        given = call.request.envelope("extra_specs")
        self._get(call)["extra_specs"].update(given)
        return reply({"extra_specs": given})

    def drop_spec(self, call: Call) -> Response:
        """One extra spec less."""
        self._admin(call, "volume_extension:types_extra_specs:delete")
        if self._get(call)["extra_specs"].pop(call.request.params["key"], None) is None:
            raise missing("Extra spec", call.request.params["key"])
        return empty(202)

    def _get(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        row = self.store.types.get(wanted)
        if wanted == "default":
            row = self.store.type_named(DEFAULT_TYPE)
        if row is None or not (row["is_public"] or call.token.is_admin):
            raise missing("Volume type", wanted)
        return row

    def _view(self, call: Call, row: Row) -> Json:
        shown = {
            "id": row["id"],
            "name": row["name"],
            "is_public": row["is_public"],
            "description": row["description"],
            "extra_specs": row["extra_specs"] if call.token.is_admin else {},
            "os-volume-type-access:is_public": row["is_public"],
        }
        if call.token.is_admin and call.request.method == "GET":
            shown["qos_specs_id"] = None
        return shown

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(rule)


class Operations:
    """`/os-availability-zone`, `/os-services`, `/extensions`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-availability-zone", self.zones)
        add("GET", "/extensions", self.extensions)
        add("GET", "/os-services", self.services)

    def zones(self, call: Call) -> Response:
        """The one zone."""
        row = {"zoneName": self.store.zone, "zoneState": {"available": True}}
        return reply({"availabilityZoneInfo": [row]})

    def extensions(self, call: Call) -> Response:
        """None that a client of today would ask for."""
        return reply({"extensions": []})

    def services(self, call: Call) -> Response:
        """Every process, all of them up."""
        if not call.token.is_admin:
            raise forbidden("volume_extension:services:index")
        host = f"{self.store.region.lower()}-storage1"
        rows: list[Json] = [
            {
                "binary": binary,
                "host": host if binary == "cinder-scheduler" else f"{host}@file",
                "zone": self.store.zone,
                "status": "enabled",
                "state": "up",
                "updated_at": micros(now()),
                "disabled_reason": None,
            }
            for binary in ("cinder-scheduler", "cinder-volume")
        ]
        rows[1] |= {"replication_status": None, "active_backend_id": None, "frozen": False}
        return reply({"services": rows})
