"""GET / and GET /v3: the version of the block storage API, for anyone who asks."""

from typing import Any

from api.http import Answer, Call, Routes
from api.links import itself
from api.microversions import VOLUME
from api.versions import entry

PUBLIC = Routes()


@PUBLIC.route("GET", "/")
async def versions(call: Call) -> Answer:
    """List the one version, in any microversion that is there."""
    VOLUME.of(call)
    return Answer(300, {"versions": [_current(call)]})


@PUBLIC.route("GET", "/v3")
async def current(call: Call) -> Answer:
    """Describe it."""
    VOLUME.of(call)
    return Answer(200, {"versions": [_current(call)]})


def _current(call: Call) -> dict[str, Any]:
    low, high = call.services.versions.range("volume")
    version = entry("v3.0", "2023-08-31T00:00:00Z", low, high, itself(f"{call.base}/v3/"))
    kind = "application/vnd.openstack.volume+json;version=3"
    version["media-types"] = [{"base": "application/json", "type": kind}]
    return version
