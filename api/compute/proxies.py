"""Proxies of other services that Nova had once, each until some version."""

from activities.versions import Version
from api.http import Answer, Call, Handler
from api.microversions import COMPUTE
from models.errors import NotFound


def until(last: Version, handler: Handler) -> Handler:
    """Return the handler, which is there up to a version.

    These paths are a list's or an object's, never with a slash at the end: a client that asks for
    an object without an id finds nothing, not the list.
    """

    async def guarded(call: Call) -> Answer:
        if COMPUTE.of(call) > last or call.path.endswith("/"):
            raise NotFound("The resource could not be found.")
        return await handler(call)

    return guarded
