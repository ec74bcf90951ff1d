"""GET / and what it leads to: the versions of the compute API, for anyone who asks."""

from typing import Any

from api.http import Answer, Call, Routes
from api.links import itself
from api.microversions import COMPUTE
from api.versions import entry

PUBLIC = Routes()
_CHOICE = ("id", "status", "links", "media-types")


@PUBLIC.route("GET", "/")
async def versions(call: Call) -> Answer:
    """List the versions."""
    return Answer(200, {"versions": [_first(call), _current(call)]})


@PUBLIC.route("GET", "/v2")
async def first(call: Call) -> Answer:
    """Describe the first one."""
    return Answer(200, {"version": _described(_first(call), "2")})


@PUBLIC.route("GET", "/v2.1")
async def current(call: Call) -> Answer:
    """Describe the current one, in any version that is there."""
    COMPUTE.of(call)
    return Answer(200, {"version": _described(_current(call), "2.1")})


def choices(call: Call) -> Answer:
    """List the versions as those below which the path that was asked for may be."""
    chosen = []
    for version, described in (("2", _first(call)), ("2.1", _current(call))):
        entry = {name: _described(described, version)[name] for name in _CHOICE}
        entry["links"] = itself(f"{call.base}/v{version}{call.path}")
        chosen.append(entry)
    return Answer(300, {"choices": chosen})


def _current(call: Call) -> dict[str, Any]:
    low, high = call.services.versions.range("compute")
    return entry("v2.1", "2013-07-23T11:33:21Z", low, high, itself(f"{call.base}/v2.1/"))


def _first(call: Call) -> dict[str, Any]:
    """Return the version without microversions, which old clients look for first."""
    return {
        "id": "v2.0",
        "status": "SUPPORTED",
        "version": "",
        "min_version": "",
        "updated": "2011-01-21T11:33:21Z",
        "links": itself(f"{call.base}/v2/"),
    }


def _described(entry: dict[str, Any], version: str) -> dict[str, Any]:
    kind = f"application/vnd.openstack.compute+json;version={version}"
    guide = "http://docs.openstack.org/"
    entry["links"].append({"rel": "describedby", "type": "text/html", "href": guide})
    entry["media-types"] = [{"base": "application/json", "type": kind}]
    return entry
