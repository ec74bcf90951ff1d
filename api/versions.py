"""Version documents, in the shapes that discovery needs: from memory, without a token."""

from typing import Any

from activities.pods.versions import Version
from api.http import Answer, Call, Routes

Links = list[dict[str, str]]


def compute() -> Routes:
    """Return the version documents of the compute API."""
    routes = Routes()

    @routes.route("GET", "/")
    async def versions(call: Call) -> Answer:
        return Answer(200, {"versions": [_first_compute(call), _compute(call)]})

    @routes.route("GET", "/v2")
    async def first(call: Call) -> Answer:
        return Answer(200, {"version": _described(_first_compute(call), "2")})

    @routes.route("GET", "/v2.1")
    async def version(call: Call) -> Answer:
        return Answer(200, {"version": _described(_compute(call), "2.1")})

    return routes


def volume() -> Routes:
    """Return the version documents of the block storage API."""
    routes = Routes()

    @routes.route("GET", "/")
    async def versions(call: Call) -> Answer:
        return Answer(300, {"versions": [_volume(call)]})

    @routes.route("GET", "/v3")
    async def version(call: Call) -> Answer:
        return Answer(200, {"versions": [_volume(call)]})

    return routes


def network() -> Routes:
    """Return the version document of the network API; its resources are listed by the API."""
    routes = Routes()

    @routes.route("GET", "/")
    async def versions(call: Call) -> Answer:
        links = _links(f"{call.base}/v2.0/")
        return Answer(200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]})

    return routes


def image() -> Routes:
    """Return the version documents of the image API."""
    routes = Routes()

    async def versions(call: Call, status: int) -> Answer:
        entries = []
        for minor in range(_IMAGE_MINOR, -1, -1):
            state = "CURRENT" if minor == _IMAGE_MINOR else "SUPPORTED"
            links = _links(f"{call.base}/v2/")
            entries.append({"id": f"v2.{minor}", "status": state, "links": links})
        return Answer(status, {"versions": entries})

    @routes.route("GET", "/")
    async def root(call: Call) -> Answer:
        return await versions(call, 300)

    @routes.route("GET", "/versions")
    async def listed(call: Call) -> Answer:
        return await versions(call, 200)

    return routes


# What a Glance since 2020 speaks; the minor number stands for optional calls that are passed on.
_IMAGE_MINOR = 9


def _compute(call: Call) -> dict[str, Any]:
    low, high = call.services.versions.range("compute")
    links = _links(f"{call.base}/v2.1/")
    return _entry("v2.1", "2013-07-23T11:33:21Z", low, high, links)


def _first_compute(call: Call) -> dict[str, Any]:
    """Return the version without microversions, which old clients look for first."""
    return {
        "id": "v2.0",
        "status": "SUPPORTED",
        "version": "",
        "min_version": "",
        "updated": "2011-01-21T11:33:21Z",
        "links": _links(f"{call.base}/v2/"),
    }


def _described(entry: dict[str, Any], version: str) -> dict[str, Any]:
    kind = f"application/vnd.openstack.compute+json;version={version}"
    guide = "http://docs.openstack.org/"
    entry["links"].append({"rel": "describedby", "type": "text/html", "href": guide})
    entry["media-types"] = [{"base": "application/json", "type": kind}]
    return entry


def _volume(call: Call) -> dict[str, Any]:
    low, high = call.services.versions.range("volume")
    entry = _entry("v3.0", "2023-08-31T00:00:00Z", low, high, _links(f"{call.base}/v3/"))
    kind = "application/vnd.openstack.volume+json;version=3"
    entry["media-types"] = [{"base": "application/json", "type": kind}]
    return entry


def _entry(id_: str, updated: str, low: Version, high: Version, links: Links) -> dict[str, Any]:
    return {
        "id": id_,
        "status": "CURRENT",
        "version": f"{high[0]}.{high[1]}",
        "min_version": f"{low[0]}.{low[1]}",
        "updated": updated,
        "links": links,
    }


def _links(href: str) -> Links:
    return [{"rel": "self", "href": href}]
