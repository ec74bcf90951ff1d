"""GET / and GET /versions: the versions of the image API, for anyone who asks."""

from api.http import Answer, Call, Routes
from api.links import itself

PUBLIC = Routes()
# What a Glance since 2020 speaks; the minor number stands for optional calls that are passed on.
_MINOR = 9


@PUBLIC.route("GET", "/")
async def versions(call: Call) -> Answer:
    """List the versions, for a client to choose from."""
    return _listed(call, 300)


@PUBLIC.route("GET", "/versions")
async def listed(call: Call) -> Answer:
    """List them."""
    return _listed(call, 200)


def _listed(call: Call, status: int) -> Answer:
    entries = []
    for minor in range(_MINOR, -1, -1):
        state = "CURRENT" if minor == _MINOR else "SUPPORTED"
        version = {"id": f"v2.{minor}", "status": state, "links": itself(f"{call.base}/v2/")}
        entries.append(version)
    return Answer(status, {"versions": entries})
