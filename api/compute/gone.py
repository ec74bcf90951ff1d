"""What Nova still has a path for and nothing else: it answers 410, whatever is asked."""

from collections.abc import Mapping

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from models.errors import Gone

LIST, ONE = ("GET", "POST"), ("GET", "PUT", "DELETE")


def gone(paths: Mapping[str, tuple[str, ...]]) -> Routes:
    """Return routes that are no longer available, by path with their methods."""
    routes = Routes()
    for path, methods in paths.items():
        for method in methods:
            routes.route(method, path)(_gone)
    return routes


async def _gone(call: Call) -> Answer:
    """Say so; about a server only to those who may know of it."""
    if "server_id" in call.args:
        await PROXY.pod_of(call, "server", call.args["server_id"])
    raise Gone("This resource is no longer available.  No forwarding address is given.")
