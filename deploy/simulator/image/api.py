"""Glance over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from deploy.simulator import dialects
from deploy.simulator.http import BadBody, Json, Request, Response, empty, pick, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.ids import new_id, now, seconds
from deploy.simulator.image.errors import GlanceError
from deploy.simulator.image.metadefs import Metadefs
from deploy.simulator.image.schemas import SCHEMAS
from deploy.simulator.image.store import ImageStore, Row
from deploy.simulator.routes import NoRoute, Routes, WrongMethod

_FORMATS = {"ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"}
_READ_ONLY = {"status", "size", "checksum", "created_at", "updated_at", "owner", "self", "file"}


class ImageApi:
    """Answers on Glance's port."""

    def __init__(self, store: ImageStore) -> None:
        self.store = store
        self.routes: Routes[Callable[[Token, Request], Response]] = Routes()
        add = self.routes.add
        add("GET", "/v2/images", self.index)
        add("POST", "/v2/images", self.create)
        add("GET", "/v2/images/{id}", self.show)
        add("PATCH", "/v2/images/{id}", self.update)
        add("DELETE", "/v2/images/{id}", self.delete)
        add("PUT", "/v2/images/{id}/file", self.upload)
        add("GET", "/v2/images/{id}/file", self.download)
        add("GET", "/v2/info/import", self.importing)
        add("GET", "/v2/info/stores", self.stores)
        for method, path in (("GET", ""), ("DELETE", ""), ("PUT", "/{id}"), ("DELETE", "/{id}")):
            add(method, f"/v2/cache{path}", self.cached)
        for name in SCHEMAS:
            add("GET", f"/v2/schemas/{name}", self.schema)
        Metadefs(store).route(add)

    def handle(self, token: Token, request: Request) -> Response:
        """The answer to one authenticated request."""
        try:
            handler, request.params = self.routes.find(request.method, request.path)
            return handler(token, request)
        except GlanceError as error:
            return dialects.image(error.status, error.message)
        except BadBody as error:
            return dialects.image(400, str(error))
        except NoRoute:
            return dialects.image(404, "The resource could not be found.")
        except WrongMethod:
            return dialects.image(405, "The method is not allowed for this resource.")

    def below(self, token: Token, request: Request, prefix: str) -> Response:
        """The answer to a request at a port that is shared with other services."""
        request.path = request.path.removeprefix(prefix)
        request.origin += prefix
        return self.handle(token, request)

    def versions(self, request: Request) -> Response:
        """What there is, told to anybody to choose from."""
        return reply(self._versions(request), 300)

    def listed(self, request: Request) -> Response:
        """What there is, told to anybody who asks for the list."""
        return reply(self._versions(request))

    def _versions(self, request: Request) -> Json:
        rows = [
            {
                "id": f"v2.{minor}",
                "status": "CURRENT" if minor == 17 else "SUPPORTED",
                "links": [{"rel": "self", "href": f"{request.origin}/v2/"}],
            }
            for minor in (17, 16, 15, 9, 7, 6, 5, 4, 3, 2, 1, 0)
        ]
        return {"versions": rows}

    def index(self, token: Token, request: Request) -> Response:
        """The images the caller may see, newest first."""
        rows = [row for row in self.store.images.values() if self.store.visible(token, row)]
        for key, value in request.query:
            if key in ("limit", "marker", "sort", "sort_key", "sort_dir"):
                continue
            wanted = value[3:].split(",") if value.startswith("in:") else [value]
            rows = [row for row in rows if str(row.get(key)) in wanted]
        rows.reverse()
        marker, limit = request.arg("marker"), request.arg("limit", "25")
        if marker:
            ids = [row["id"] for row in rows]
            if marker not in ids:
                raise GlanceError(400, f"Invalid marker. Image {marker} could not be found.")
            rows = rows[ids.index(marker) + 1 :]
        # Python takes no more digits for a number.
        if not limit.isdecimal() or len(limit) > 4300:
            raise GlanceError(400, "limit param must be an integer")
        part = rows[: int(limit)]
        document: Json = {
            "images": [self._view(row) for row in part],
            "first": "/v2/images",
            "schema": "/v2/schemas/images",
        }
        if len(part) < len(rows) and part:
            document["next"] = f"/v2/images?marker={part[-1]['id']}&limit={limit}"
        return reply(document)

    def show(self, token: Token, request: Request) -> Response:
        """One image."""
        return reply(self._view(self._get(token, request)))

    def create(self, token: Token, request: Request) -> Response:
        """A record without data; the id may be chosen."""
        self._writer(token)
        given = request.json()
        # Whose an image is, an administrator may say.
        given_away = {"owner"} if token.is_admin else set()
        if not isinstance(given, dict) or set(given) & (_READ_ONLY - given_away):
            raise GlanceError(403, "Attribute is read-only.")
        if given.get("disk_format") not in (None, *_FORMATS):
            raise GlanceError(400, f"Invalid disk format '{given['disk_format']}'.")
        wanted = str(given.get("id") or new_id())
        if wanted in self.store.images:
            raise GlanceError(409, f"Image ID {wanted} already exists!")
        row = self.store.add(token.project, **{**given, "id": wanted})
        location = f"{request.origin}/v2/images/{wanted}".encode()
        return reply(self._view(row), 201, [(b"location", location)])

    def update(self, token: Token, request: Request) -> Response:
        """JSON patch of single attributes."""
        row = self._own(token, request)
        changes = request.json()
        if not isinstance(changes, list):
            raise GlanceError(400, "Request body must be a JSON array of operation objects.")
        for change in changes:
            key = str(pick(change, "path")).strip("/").replace("~1", "/")
            if pick(change, "op") == "remove":
                row.pop(key, None)
            else:
                row[key] = pick(change, "value")
        row["updated_at"] = seconds(now())
        return reply(self._view(row))

    def delete(self, token: Token, request: Request) -> Response:
        """Gone, unless protected."""
        row = self._own(token, request)
        if row["protected"]:
            text = f"Image {row['id']} is protected and cannot be deleted."
            raise GlanceError(403, text)
        self.store.data.pop(row["id"], None)
        del self.store.images[row["id"]]
        return empty()

    def upload(self, token: Token, request: Request) -> Response:
        """The bytes, once."""
        row = self._own(token, request)
        if row["status"] != "queued":
            raise GlanceError(409, "Image status transition is not allowed.")
        self.store.upload(row, request.body)
        return empty()

    def download(self, token: Token, request: Request) -> Response:
        """The bytes."""
        row = self._get(token, request)
        if row["id"] not in self.store.data:
            return empty()
        kind = (b"content-type", b"application/octet-stream")
        return Response(200, self.store.data[row["id"]], [kind])

    def importing(self, token: Token, request: Request) -> Response:
        """No import methods but direct upload."""
        methods = {"description": "Import methods available.", "type": "array", "value": []}
        return reply({"import-methods": methods})

    def schema(self, token: Token, request: Request) -> Response:
        """What a kind of document looks like."""
        return reply(SCHEMAS[request.path.removeprefix("/v2/schemas/")])

    def stores(self, token: Token, request: Request) -> Response:
        """There is one store only."""
        raise GlanceError(404, "Multi backend is not supported at this site.")

    def cached(self, token: Token, request: Request) -> Response:
        """It has no cache."""
        raise GlanceError(404, "Caching via API is not supported at this site.")

    def _get(self, token: Token, request: Request) -> Row:
        wanted = request.params["id"]
        row = self.store.images.get(wanted)
        if row is None or not self.store.visible(token, row):
            raise GlanceError(404, f"Failed to find image {wanted} to show.")
        return row

    def _own(self, token: Token, request: Request) -> Row:
        row = self._get(token, request)
        self._writer(token)
        if not token.is_admin and row["owner"] != token.project.id:
            raise GlanceError(403, "You are not authorized to complete this action.")
        return row

    def _writer(self, token: Token) -> None:
        if not token.may_write:
            raise GlanceError(403, "You are not authorized to complete this action.")

    def _view(self, row: Row) -> Json:
        where = f"/v2/images/{row['id']}"
        return {**row, "self": where, "file": f"{where}/file", "schema": "/v2/schemas/image"}
