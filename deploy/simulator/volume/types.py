"""Volume types, with extra specs, access and encryption."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, pick, reply
from deploy.simulator.ids import new_id
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
        add("GET", "/types/{id}/extra_specs/{key}", self.spec)
        add("PUT", "/types/{id}/extra_specs/{key}", self.set_spec)
        add("DELETE", "/types/{id}/extra_specs/{key}", self.drop_spec)
        add("GET", "/types/{id}/os-volume-type-access", self.access)
        add("POST", "/types/{id}/action", self.action)
        add("GET", "/types/{id}/encryption", self.encryption)
        add("POST", "/types/{id}/encryption", self.encrypt)
        add("GET", "/types/{id}/encryption/{key}", self.encryption_item)
        add("PUT", "/types/{id}/encryption/{key}", self.reencrypt)
        add("DELETE", "/types/{id}/encryption/{key}", self.decrypt)

    def index(self, call: Call) -> Response:
        """The types the caller may use."""
        public = call.request.arg("is_public", "true").lower()
        rows = [
            self._view(call, row)
            for row in self.store.types.values()
            if (call.token.is_admin and public == "none") or self._usable(call, row)
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
        known = ("name", "description", "is_public")
        if given.get("name"):
            self._rename_limits(row["name"], given["name"])
        row.update({key: given[key] for key in known if given.get(key) is not None})
        shown = self._view(call, row)
        del shown["os-volume-type-access:is_public"]
        return reply({"volume_type": shown})

    def _rename_limits(self, old: str, new: str) -> None:
        for limits in self.store.quotas.values():
            for part in ("volumes", "snapshots", "gigabytes"):
                if f"{part}_{old}" in limits:
                    limits[f"{part}_{new}"] = limits.pop(f"{part}_{old}")

    def delete(self, call: Call) -> Response:
        """Refused while a volume is of the type."""
        self._admin(call, "volume_extension:type_delete")
        row = self._get(call)
        if any(v["volume_type_id"] == row["id"] for v in self.store.volumes.values()):
            raise bad("Target volume type is still in use.")
        if row["name"] == DEFAULT_TYPE:
            text = f"The volume type {row['id']} is a default volume type and cannot be deleted."
            raise bad(text)
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

    def spec(self, call: Call) -> Response:
        """One extra spec."""
        row, key = self._get(call), call.request.params["key"]
        if key not in row["extra_specs"]:
            raise self._no_spec(row, key)
        return reply({key: row["extra_specs"][key]})

    def set_spec(self, call: Call) -> Response:
        """One extra spec has another value."""
        self._admin(call, "volume_extension:types_extra_specs:update")
        given = call.request.document()
        if call.request.params["key"] not in given:
            raise bad("Request body and URI mismatch")
        self._get(call)["extra_specs"].update(given)
        return reply(given)

    def drop_spec(self, call: Call) -> Response:
        """One extra spec less."""
        self._admin(call, "volume_extension:types_extra_specs:delete")
        row, key = self._get(call), call.request.params["key"]
        if key not in row["extra_specs"]:
            raise self._no_spec(row, key)
        del row["extra_specs"][key]
        return empty(202)

    def access(self, call: Call) -> Response:
        """Who may use a private type."""
        self._admin(call, "volume_extension:volume_type_access:get_all_for_type")
        row = self._get(call)
        if row["is_public"]:
            raise CinderError(404, "Access list not available for public volume types.")
        rows = [{"volume_type_id": row["id"], "project_id": one} for one in row["access"]]
        return reply({"volume_type_access": rows})

    def action(self, call: Call) -> Response:
        """Give or take access."""
        self._admin(call, "volume_extension:volume_type_access:addProjectAccess")
        row, body = self._get(call), call.request.document()
        action = next(iter(body), "")
        project = pick(body, action, "project")
        if row["is_public"]:
            text = "Type access modification is not applicable to public volume type."
            raise bad(f"Invalid volume type: {text}")
        if action == "addProjectAccess":
            row["access"].append(project)
        else:
            row["access"].remove(project)
        return empty(202)

    def encryption(self, call: Call) -> Response:
        """How it is encrypted, or nothing."""
        self._admin(call, "volume_extension:volume_type_encryption:get")
        return reply(self._get(call)["encryption"])

    def encryption_item(self, call: Call) -> Response:
        """One setting."""
        self._admin(call, "volume_extension:volume_type_encryption:get")
        row, key = self._get(call), call.request.params["key"]
        if key not in row["encryption"]:
            text = f"Volume type encryption for type {row['id']} does not exist."
            raise CinderError(404, text)
        return reply({key: row["encryption"][key]})

    def encrypt(self, call: Call) -> Response:
        """Encrypted from now on."""
        self._admin(call, "volume_extension:volume_type_encryption:create")
        row, given = self._get(call), call.request.envelope("encryption")
        if row["encryption"]:
            raise bad(f"Volume type encryption for type {row['id']} already exists.")
        ids = {"encryption_id": new_id(), "volume_type_id": row["id"]}
        row["encryption"] = {"cipher": None, "key_size": None, **given, **ids, "deleted": False}
        return reply({"encryption": {**given, **ids}})

    def reencrypt(self, call: Call) -> Response:
        """Encrypted in another way."""
        self._admin(call, "volume_extension:volume_type_encryption:update")
        row, given = self._get(call), call.request.envelope("encryption")
        row["encryption"] = {**row["encryption"], **given}
        return reply({"encryption": given})

    def decrypt(self, call: Call) -> Response:
        """No longer encrypted."""
        self._admin(call, "volume_extension:volume_type_encryption:delete")
        self._get(call)["encryption"] = {}
        return empty(202)

    def _usable(self, call: Call, row: Row) -> bool:
        return bool(row["is_public"] or call.token.project.id in row["access"])

    def _no_spec(self, row: Row, key: str) -> CinderError:
        return CinderError(404, f"Volume Type {row['id']} has no extra specs with key {key}.")

    def _get(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        row = self.store.types.get(wanted)
        if wanted == "default":
            row = self.store.type_named(DEFAULT_TYPE)
        if row is None or not (call.token.is_admin or self._usable(call, row)):
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
            shown["qos_specs_id"] = row["qos_specs_id"]
        return shown

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(rule)
