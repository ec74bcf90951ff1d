"""QoS specs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import micros, new_id, now
from deploy.simulator.volume.errors import CinderError, bad, forbidden, missing
from deploy.simulator.volume.lists import matching, paged
from deploy.simulator.volume.view import links
from deploy.simulator.volume.volumes import Call, Row, VolumeStore


class QosSpecs:
    """`/qos-specs`."""

    def __init__(self, store: VolumeStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/qos-specs", self.index)
        add("POST", "/qos-specs", self.create)
        add("GET", "/qos-specs/{id}", self.show)
        add("PUT", "/qos-specs/{id}", self.update)
        add("PUT", "/qos-specs/{id}/delete_keys", self.delete_keys)
        add("DELETE", "/qos-specs/{id}", self.delete)
        add("GET", "/qos-specs/{id}/associations", self.associations)
        add("GET", "/qos-specs/{id}/associate", self.associate)
        add("GET", "/qos-specs/{id}/disassociate", self.disassociate)
        add("GET", "/qos-specs/{id}/disassociate_all", self.disassociate_all)

    def index(self, call: Call) -> Response:
        """All of them."""
        self._admin(call, "get_all")
        rows = matching(call, list(self.store.qos.values()), ("id", "name", "consumer"))
        rows, extra = paged(call, rows, "qos_specs", "QoS specs")
        return reply({"qos_specs": [_view(row) for row in rows], **extra})

    def create(self, call: Call) -> Response:
        """Specs; their name is unique."""
        self._admin(call, "create")
        given = dict(call.request.envelope("qos_specs"))
        name = given.pop("name", None)
        if not isinstance(name, str) or not name.strip():
            raise bad(f"Invalid input for field/attribute name. Value: {name}.")
        name = name.strip()
        if any(row["name"] == name for row in self.store.qos.values()):
            raise CinderError(409, f"QoS Specs {name} already exists.")
        row: Row = {
            "id": new_id(),
            "name": name,
            "consumer": given.pop("consumer", "back-end"),
            "specs": given,
            "created_at": micros(now()),
        }
        self.store.qos[row["id"]] = row
        return self._shown(call, row)

    def show(self, call: Call) -> Response:
        """One of them."""
        self._admin(call, "get")
        return self._shown(call, self._get(call))

    def update(self, call: Call) -> Response:
        """More keys, or other values."""
        self._admin(call, "update")
        row, given = self._get(call), dict(call.request.envelope("qos_specs"))
        row["consumer"] = given.pop("consumer", row["consumer"])
        row["specs"] = {**row["specs"], **given}
        return reply(call.request.document())

    def delete_keys(self, call: Call) -> Response:
        """Fewer keys."""
        self._admin(call, "delete")
        row = self._get(call)
        for key in call.request.document()["keys"]:
            if key not in row["specs"]:
                raise CinderError(404, f"QoS spec {row['id']} has no spec with key {key}.")
            row["specs"] = {k: v for k, v in row["specs"].items() if k != key}
        return empty(202)

    def delete(self, call: Call) -> Response:
        """Refused while a type has them, unless forced."""
        self._admin(call, "delete")
        row = self._get(call)
        types = [t for t in self.store.types.values() if t["qos_specs_id"] == row["id"]]
        if types and not call.request.flag("force"):
            raise bad("Qos specs still in use.")
        for kind in types:
            kind["qos_specs_id"] = None
        del self.store.qos[row["id"]]
        return empty(202)

    def associations(self, call: Call) -> Response:
        """The types that have them."""
        self._admin(call, "get_all")
        row = self._get(call)
        rows: list[Json] = [
            {"association_type": "volume_type", "name": kind["name"], "id": kind["id"]}
            for kind in self.store.types.values()
            if kind["qos_specs_id"] == row["id"]
        ]
        return reply({"qos_associations": rows})

    def associate(self, call: Call) -> Response:
        """Give them to a type."""
        row, kind = self._get(call), self._type(call)
        if kind["qos_specs_id"] not in (None, row["id"]):
            raise bad("Invalid volume type: Type is already associated with another qos specs")
        kind["qos_specs_id"] = row["id"]
        return empty(202)

    def disassociate(self, call: Call) -> Response:
        """Take them from a type."""
        self._get(call)
        self._type(call)["qos_specs_id"] = None
        return empty(202)

    def disassociate_all(self, call: Call) -> Response:
        """Take them from every type."""
        self._admin(call, "update")
        row = self._get(call)
        for kind in self.store.types.values():
            if kind["qos_specs_id"] == row["id"]:
                kind["qos_specs_id"] = None
        return empty(202)

    def _type(self, call: Call) -> Row:
        self._admin(call, "update")
        wanted = call.request.arg("vol_type_id")
        if wanted not in self.store.types:
            raise missing("Volume type", wanted)
        return self.store.types[wanted]

    def _get(self, call: Call) -> Row:
        wanted = call.request.params["id"]
        if wanted not in self.store.qos:
            raise CinderError(404, f"No such QoS spec {wanted}.")
        return self.store.qos[wanted]

    def _shown(self, call: Call, row: Row) -> Response:
        where = links(call, "qos-specs", row["id"])
        return reply({"qos_specs": _view(row), "links": where})

    def _admin(self, call: Call, rule: str) -> None:
        if not call.token.is_admin:
            raise forbidden(f"volume_extension:qos_specs_manage:{rule}")


def _view(row: Row) -> Json:
    return {key: row[key] for key in ("id", "name", "consumer", "specs")}
