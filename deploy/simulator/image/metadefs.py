"""`/metadefs`: the namespaces of what properties of images mean. None are there to begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Request, Response, empty, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.ids import now, seconds
from deploy.simulator.image.errors import GlanceError
from deploy.simulator.image.store import ImageStore, Row

_PATH = "/v2/metadefs/namespaces"


class Metadefs:
    """Namespaces and resource types."""

    def __init__(self, store: ImageStore) -> None:
        self.store = store

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", _PATH, self.index)
        add("POST", _PATH, self.create)
        add("GET", f"{_PATH}/{{name}}", self.show)
        add("DELETE", f"{_PATH}/{{name}}", self.delete)
        add("GET", "/v2/metadefs/resource_types", self.resource_types)

    def index(self, token: Token, request: Request) -> Response:
        """The namespaces that the caller may see."""
        rows = [row for row in self.store.namespaces.values() if self._visible(token, row)]
        document: Json = {
            "namespaces": [_view(row) for row in rows],
            "first": _PATH,
            "schema": "/v2/schemas/metadefs/namespaces",
        }
        return reply(document)

    def create(self, token: Token, request: Request) -> Response:
        """A namespace; an administrator's work."""
        self._admin(token)
        given = request.json()
        if not isinstance(given, dict) or not isinstance(given.get("namespace"), str):
            raise GlanceError(400, "Provided object does not match schema 'namespace'.")
        name = given["namespace"]
        if name in self.store.namespaces:
            text = f"The metadata definition namespace={name} already exists."
            raise GlanceError(409, text)
        stamp = seconds(now())
        made = {"visibility": "private", "protected": False, "owner": token.project.id}
        row = {**made, **given, "created_at": stamp, "updated_at": stamp}
        self.store.namespaces[name] = row
        location = f"{request.origin}{_PATH}/{name}".encode()
        return reply(_view(row), 201, [(b"location", location)])

    def show(self, token: Token, request: Request) -> Response:
        """One of them."""
        return reply(_view(self._get(token, request)))

    def delete(self, token: Token, request: Request) -> Response:
        """Gone."""
        row = self._get(token, request)
        self._admin(token)
        del self.store.namespaces[row["namespace"]]
        return empty()

    def resource_types(self, token: Token, request: Request) -> Response:
        """What properties can be about: nothing was loaded."""
        return reply({"resource_types": []})

    def _get(self, token: Token, request: Request) -> Row:
        name = request.params["name"]
        row = self.store.namespaces.get(name)
        if row is None or not self._visible(token, row):
            text = f"Metadata definition namespace={name} was not found."
            raise GlanceError(404, text)
        return row

    def _visible(self, token: Token, row: Row) -> bool:
        own = row["owner"] == token.project.id
        return token.is_admin or own or row["visibility"] == "public"

    def _admin(self, token: Token) -> None:
        if not token.is_admin:
            raise GlanceError(403, "You are not authorized to complete this action.")


def _view(row: Row) -> Json:
    return {
        **row,
        "self": f"{_PATH}/{row['namespace']}",
        "schema": "/v2/schemas/metadefs/namespace",
    }
