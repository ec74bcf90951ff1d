"""GET / and GET /v1.0: what this API is, for anyone who asks."""

from functools import cache
from typing import Any

from api.http import Answer, Call, Routes
from api.links import itself
from api.nouns import gather

PUBLIC = Routes()


@PUBLIC.route("GET", "/")
async def versions(call: Call) -> Answer:
    """List the one version."""
    return Answer(body={"versions": [_version(call)]})


@PUBLIC.route("GET", "/v1.0")
async def version(call: Call) -> Answer:
    """Describe the version and link to its collections."""
    base = _base(call)
    links = [{"rel": name, "href": f"{base}/{name}"} for name in _nouns()]
    described = _version(call)
    return Answer(body={"version": {**described, "links": [*described["links"], *links]}})


@cache
def _nouns() -> list[str]:
    return sorted({route.path.split("/")[1] for route in gather("api.admin").declared})


def _version(call: Call) -> dict[str, Any]:
    links = itself(f"{_base(call)}/")
    return {"id": "v1.0", "status": "CURRENT", "links": links}


def _base(call: Call) -> str:
    return call.base.rstrip("/") + "/v1.0"
