"""Proxies of other services that Nova had once, each until some version."""

from functools import wraps
from typing import Any

from activities.pods.versions import Version
from api.http import Answer, Call, Handler, Routes
from api.microversions import COMPUTE
from models.compute import checks
from models.errors import NotFound


def cut(call: Call, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the part of a list that ``limit`` and ``offset`` ask for; ``BadRequest``."""
    start = checks.integer(call.param("offset") or "0", "offset")
    most = checks.integer(call.param("limit") or "1000", "limit")
    return found[start : start + min(most or 1000, 1000)]


def until(last: Version, handler: Handler) -> Handler:
    """Return the handler, which is there up to a version.

    These paths are a list's or an object's, never with a slash at the end: a client that asks for
    an object without an id finds nothing, not the list.
    """

    @wraps(handler)
    async def guarded(call: Call) -> Answer:
        if COMPUTE.of(call) > last or call.path.endswith("/"):
            raise NotFound("The resource could not be found.")
        return await handler(call)

    return guarded


def all_until(last: Version, routes: Routes) -> Routes:
    """Return the routes, each of them there up to a version."""
    return routes.with_handlers(lambda handler: until(last, handler))
