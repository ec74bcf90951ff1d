"""What version documents have in common, in the shapes that discovery needs."""

from typing import Any

from activities.pods.versions import Version
from api.http import Answer, Call, Routes
from api.links import Links, itself


def document(version: str) -> Routes:
    """Return the route that lists the one version of an API without microversions."""
    routes = Routes()

    @routes.route("GET", "/")
    async def versions(call: Call) -> Answer:
        links = itself(f"{call.base}/{version}/")
        return Answer(200, {"versions": [{"id": version, "status": "CURRENT", "links": links}]})

    return routes


def entry(id_: str, updated: str, low: Version, high: Version, links: Links) -> dict[str, Any]:
    """Return the description of a version with microversions."""
    return {
        "id": id_,
        "status": "CURRENT",
        "version": f"{high[0]}.{high[1]}",
        "min_version": f"{low[0]}.{low[1]}",
        "updated": updated,
        "links": links,
    }
