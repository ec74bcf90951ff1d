"""Keypairs: they belong to users, not to projects."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any

from deploy.simulator.compute.errors import NovaError, bad, forbidden
from deploy.simulator.compute.fields import named
from deploy.simulator.compute.paging import page
from deploy.simulator.compute.state import Call, ComputeState, Row
from deploy.simulator.http import Json, Response, empty, reply
from deploy.simulator.ids import micros, now

_NAME = re.compile(r"^[A-Za-z0-9 _-]{1,255}$")
_NEW_NAME = re.compile(r"^[A-Za-z0-9 @._-]{1,255}$")


class Keypairs:
    """`/os-keypairs`."""

    def __init__(self, state: ComputeState) -> None:
        self.state = state

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/os-keypairs", self.index)
        add("POST", "/os-keypairs", self.create)
        add("GET", "/os-keypairs/{name}", self.show)
        add("DELETE", "/os-keypairs/{name}", self.delete)

    def index(self, call: Call) -> Response:
        """The user's own, or another user's for an administrator."""
        owner = self._owner(call, call.request.arg("user_id"))
        rows = [row for (user, _), row in sorted(self.state.keypairs.items()) if user == owner]
        links: list[Json] = []
        if call.at_least(35):
            rows, links = page(rows, call.request, lambda row: str(row["name"]), bad)
        keys = self._keys(call, "name", "public_key", "fingerprint")
        found = [{"keypair": {key: row[key] for key in keys}} for row in rows]
        return reply({"keypairs": found, **({"keypairs_links": links} if links else {})})

    def create(self, call: Call) -> Response:
        """Import a public key, or make a pair where that is still possible."""
        given = call.request.envelope("keypair")
        name = named(given)
        allowed = _NEW_NAME if call.at_least(92) else _NAME
        if not allowed.match(name):
            raise bad(f"Keypair data is invalid: Keypair name contains unsafe characters: {name}")
        if given.get("user_id") and not call.at_least(10):
            raise bad("Additional properties are not allowed ('user_id' was unexpected)")
        owner = self._owner(call, given.get("user_id") or "")
        if (owner, name) in self.state.keypairs:
            raise NovaError(409, f"Key pair '{name}' already exists.")
        public, private = given.get("public_key", ""), None
        if not isinstance(public, str):
            raise bad(f"Invalid input for field/attribute public_key. Value: {public}.")
        if not public:
            if call.at_least(92):
                raise bad(
                    "Invalid input for field/attribute keypair. 'public_key' is a required "
                    "property"
                )
            material = base64.b64encode(secrets.token_bytes(270)).decode()
            public = f"ssh-rsa {material} Generated-by-Nova"
            private = "-----BEGIN PRIVATE KEY-----\nsimulated\n-----END PRIVATE KEY-----\n"
        row: Row = {
            "name": name,
            "public_key": public,
            "fingerprint": _fingerprint(str(public)),
            "type": given.get("type", "ssh"),
            "user_id": owner,
            "id": len(self.state.keypairs) + 1,
            "created_at": micros(now()),
            "updated_at": None,
            "deleted_at": None,
            "deleted": False,
        }
        self.state.keypairs[owner, name] = row
        shown = {key: row[key] for key in self._keys(call, "name", "public_key", "fingerprint")}
        shown["user_id"] = owner
        if private:
            shown["private_key"] = private
        return reply({"keypair": shown}, 201 if call.at_least(2) else 200)

    def show(self, call: Call) -> Response:
        """One keypair."""
        keys = self._keys(
            call,
            "name",
            "public_key",
            "fingerprint",
            "user_id",
            "id",
            "created_at",
            "updated_at",
            "deleted_at",
            "deleted",
        )
        row = self._get(call)
        return reply({"keypair": {key: row[key] for key in keys}})

    def delete(self, call: Call) -> Response:
        """Forget one keypair."""
        row = self._get(call)
        del self.state.keypairs[row["user_id"], row["name"]]
        return empty(204 if call.at_least(2) else 202)

    def _get(self, call: Call) -> Row:
        owner = self._owner(call, call.request.arg("user_id"))
        name = call.request.params["name"]
        row = self.state.keypairs.get((owner, name))
        if row is None:
            raise NovaError(404, f"Keypair {name} not found for user {owner}")
        return row

    def _owner(self, call: Call, wanted: str) -> str:
        own = call.token.user.id
        if not wanted or wanted == own or not call.at_least(10):
            return own
        if not call.token.is_admin:
            raise forbidden("os_compute_api:os-keypairs")
        return wanted

    def _keys(self, call: Call, *keys: str) -> tuple[str, ...]:
        return (*keys, "type") if call.at_least(2) else keys


def _fingerprint(public: str) -> str:
    parts = public.split()
    try:
        raw = base64.b64decode(parts[1], validate=True)
    except (IndexError, ValueError):
        raise bad("Keypair data is invalid: failed to generate fingerprint") from None
    digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    return ":".join(digest[i : i + 2] for i in range(0, 32, 2))
