"""If-Match: a change of one object that is made only in the revision that the client has seen."""

import re
from functools import wraps

from api.http import Answer, Call, Handler
from models.errors import BadRequest
from models.values import Condition

# A tag in quotes; one that is weak compares with nothing.
_QUOTED = re.compile(r'(W/)?"([^"]*)"')
_REVISION = "revision_number="


def conditional(handler: Handler) -> Handler:
    """Return the handler, asked by a caller who sets the request's condition, if it has one."""

    @wraps(handler)
    async def answer(call: Call) -> Answer:
        header = call.headers.get("if-match")
        revision = _revision(header) if header else None
        if revision is not None and "id" in call.args:
            collection = call.path.strip("/").split("/")[0].replace("-", "_")
            condition = Condition(collection, call.args["id"], revision)
            call.caller = call.caller.provided(condition)
        return await handler(call)

    return answer


def _revision(header: str) -> int | None:
    """Return the revision that the header names; other tags say nothing to Neutron."""
    quoted = _QUOTED.findall(header)
    tags = [tag for weak, tag in quoted if not weak] if quoted else [header]
    named = [tag.removeprefix(_REVISION) for tag in tags if tag.startswith(_REVISION)]
    if len(named) > 1:
        raise _bad("Multiple revision_number etags are not supported")
    try:
        return int(named[0]) if named else None
    except ValueError:
        raise _bad("Revision number etag must be in the format of revision_number=<int>") from None


def _bad(reason: str) -> BadRequest:
    return BadRequest(f"Bad if-match request: {reason}.", "BadRequest")
