"""The five verbs of a collection of the network API, and the tags of its members."""

from collections.abc import Callable
from typing import Any

from activities.wiring import Services
from api.http import Answer, Call, Routes
from api.links import Links, next_page, page_path
from models.errors import BadRequest, Conflict
from models.network.collections.listing import Page
from models.network.collections.services import Service, create_all
from models.resource import ITEMS, Kind

Getter = Callable[[Services], Service]


def serve(kind: Kind, service: Getter) -> Routes:
    """Return routes for list, show, create (also in bulk), update and delete of the kind."""
    routes = Routes()
    one = f"{kind.path}/{{id}}"

    @routes.route("GET", kind.path)
    async def _list(call: Call) -> Answer:
        page = await service(call.services).list(call.caller, call.params)
        return listed(call, kind.collection, page)

    @routes.route("POST", kind.path)
    async def _create(call: Call) -> Answer:
        body = await call.json()
        resources = service(call.services)
        if kind.collection in body:
            bodies = body[kind.collection]
            if not isinstance(bodies, list) or not bodies:
                raise BadRequest("Resources required", "HTTPBadRequest")
            ITEMS.check(kind.collection, bodies, call.services.settings, "")
            checked = [_inner(kind, _wrapped(kind, item)) for item in bodies]
            made = await create_all(resources, call.caller, checked)
            return Answer(201, {kind.collection: made})
        return Answer(201, {kind.member: await resources.create(call.caller, _inner(kind, body))})

    @routes.route("GET", one)
    async def _show(call: Call) -> Answer:
        fields = [value for key, value in call.params if key == "fields"]
        shown = await service(call.services).show(call.caller, call.args["id"], fields)
        return Answer(200, {kind.member: shown})

    @routes.route("PUT", one)
    async def _update(call: Call) -> Answer:
        body = await call.json()
        if kind.collection in body:
            raise BadRequest("Bulk operation not supported", "HTTPBadRequest")
        inner = _inner(kind, body)
        shown = await service(call.services).update(call.caller, call.args["id"], inner)
        return Answer(200, {kind.member: shown})

    @routes.route("DELETE", one)
    async def _delete(call: Call) -> Answer:
        id_ = call.args["id"]
        try:
            await service(call.services).delete(call.caller, id_)
        except Conflict:
            # By a server, perhaps, that its pod has let go of this moment.
            if not await call.services.compute.servers.departed(call.caller):
                raise
            await service(call.services).delete(call.caller, id_)
        return Answer(204)

    return routes


def listed(call: Call, collection: str, page: Page) -> Answer:
    """Return the page with the links that Neutron puts around it."""
    body: dict[str, Any] = {collection: page.items}
    links = _links(call, page)
    if links:
        body[f"{collection}_links"] = links
    return Answer(200, body)


def _inner(kind: Kind, body: Any) -> dict[str, Any]:
    """Return the object under the member's key."""
    if not isinstance(body, dict):
        raise BadRequest("Body contains invalid data", "HTTPBadRequest")
    if body.get(kind.member) is None:
        reason = f"Unable to find '{kind.member}' in request body"
        raise BadRequest(reason, "HTTPBadRequest")
    inner = body[kind.member]
    if not isinstance(inner, dict):
        raise BadRequest(f"Object '{kind.member}' contains invalid data", "HTTPBadRequest")
    return inner


def _wrapped(kind: Kind, item: Any) -> Any:
    """Return an item of a bulk request under its member's key, where it may lack it."""
    if not isinstance(item, dict) or kind.member in item:
        return item
    return {kind.member: item}


def _links(call: Call, page: Page) -> Links:
    if not page.limit:
        return []
    full = len(page.items) >= page.limit
    links: Links = []
    if full or (page.reverse and page.items):
        links += next_page(call, page.last)
    if full or not page.reverse:
        before = page_path(call, page.first, reverse=True)
        links.append({"rel": "previous", "href": call.address + before})
    return links
