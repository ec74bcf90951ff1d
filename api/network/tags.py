"""/v2.0/{collection}/{id}/tags of every kind whose objects carry tags."""

from collections.abc import Callable

from activities.wiring import Services
from api.http import Answer, Call, Routes
from models.network.collections.collection import Collection
from models.network.tags import Tags
from models.resource import Kind


def serve_tags(kind: Kind, collection: Callable[[Services], Collection]) -> Routes:
    """Return routes to read, replace, add and remove the tags of the kind's objects."""
    routes = Routes()
    for path in dict.fromkeys((kind.path, f"/{kind.collection}")):
        _serve(routes, f"{path}/{{id}}/tags", collection)
    return routes


def _serve(routes: Routes, path: str, collection: Callable[[Services], Collection]) -> None:
    def tags(call: Call) -> Tags:
        return Tags(collection(call.services))

    @routes.route("GET", path)
    async def _all(call: Call) -> Answer:
        return Answer(200, {"tags": await tags(call).all(call.caller, call.args["id"])})

    @routes.route("PUT", path)
    async def _replace(call: Call) -> Answer:
        given = (await call.json()).get("tags")
        return Answer(200, {"tags": await tags(call).replace(call.caller, call.args["id"], given)})

    @routes.route("POST", path)
    async def _add(call: Call) -> Answer:
        given = (await call.json()).get("tags")
        return Answer(200, {"tags": await tags(call).add(call.caller, call.args["id"], given)})

    @routes.route("DELETE", path)
    async def _clear(call: Call) -> Answer:
        await tags(call).replace(call.caller, call.args["id"], [])
        return Answer(204)

    one = f"{path}/{{tag}}"

    @routes.route("GET", one)
    async def _has(call: Call) -> Answer:
        await tags(call).has(call.caller, call.args["id"], call.args["tag"])
        return Answer(204)

    @routes.route("PUT", one)
    async def _put(call: Call) -> Answer:
        await tags(call).add(call.caller, call.args["id"], [call.args["tag"]])
        return Answer(201)

    @routes.route("DELETE", one)
    async def _remove(call: Call) -> Answer:
        await tags(call).remove(call.caller, call.args["id"], call.args["tag"])
        return Answer(204)
