"""Tags: set after creation, on every kind of object."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.http import Request, Response, empty, pick, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.errors import NeutronError, bad
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, touch

if TYPE_CHECKING:
    from deploy.simulator.network.service import NetworkService

_MOST = 50
Add = Callable[[str, str, Any], None]


class Tags:
    """`/<collection>/<id>/tags[/<tag>]`."""

    def __init__(self, service: NetworkService) -> None:
        self.service = service

    def route(self, add: Add, base: str, resource: Resource) -> None:
        """Add the tag routes of one collection."""

        def put(row: Row, tags: list[str]) -> None:
            wanted = sorted(set(tags))
            if len(wanted) > _MOST:
                said = f"The number of tags exceed the per-resource limit of {_MOST}"
                raise bad(resource.plural, said)
            if wanted != row["tags"]:
                row["tags"] = wanted
                touch(row)

        def show(token: Token, request: Request) -> Response:
            return reply({"tags": resource.get(token, request.params["id"])["tags"]})

        def replace(token: Token, request: Request) -> Response:
            row = resource.changeable(token, request.params["id"], "update")
            put(row, checks.list_of(checks.text())(pick(request.json(), "tags")))
            return reply({"tags": row["tags"]})

        def more(token: Token, request: Request) -> Response:
            row = resource.changeable(token, request.params["id"], "update")
            given = checks.list_of(checks.text())(pick(request.json(), "tags"))
            put(row, [*row["tags"], *given])
            return reply({"tags": given})

        def clear(token: Token, request: Request) -> Response:
            row = resource.changeable(token, request.params["id"], "update")
            put(row, [])
            return empty()

        def one(token: Token, request: Request) -> Response:
            row = resource.changeable(token, request.params["id"], "update")
            tag, has = request.params["tag"], request.params["tag"] in row["tags"]
            if request.method == "PUT":
                put(row, [*row["tags"], tag])
            if request.method == "DELETE":
                if not has:
                    raise NeutronError(404, "TagNotFound", f"Tag {tag} could not be found.")
                put(row, [have for have in row["tags"] if have != tag])
            return empty(204 if request.method == "DELETE" else 201)

        add("GET", f"{base}/{{id}}/tags", show)
        add("PUT", f"{base}/{{id}}/tags", replace)
        add("POST", f"{base}/{{id}}/tags", more)
        add("DELETE", f"{base}/{{id}}/tags", clear)
        add("PUT", f"{base}/{{id}}/tags/{{tag}}", one)
        add("DELETE", f"{base}/{{id}}/tags/{{tag}}", one)
