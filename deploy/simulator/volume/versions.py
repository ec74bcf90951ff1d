"""Cinder's version documents and microversions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deploy.simulator import dialects
from deploy.simulator.http import Json, Request, Response, reply
from deploy.simulator.volume.errors import CinderError

Microversion = tuple[int, int]
MINIMUM: Microversion = (3, 0)
MAXIMUM: Microversion = (3, 71)
_FORM = re.compile(r"^(\d+)\.(\d+)$")


def asked(headers: Mapping[str, str]) -> Microversion:
    """The microversion the caller wants; the oldest when it says nothing."""
    for part in headers.get("openstack-api-version", "").split(","):
        service, _, value = part.strip().partition(" ")
        if service != "volume":
            continue
        if value.strip() == "latest":
            return MAXIMUM
        match = _FORM.match(value.strip())
        if match is None:
            text = f"API Version String {value} is of invalid format. Must be of format "
            raise CinderError(400, f"{text}MajorNum.MinorNum.")
        return int(match[1]), int(match[2])
    return MINIMUM


def check(version: Microversion) -> None:
    """Refuse a version that there is not."""
    if not MINIMUM <= version <= MAXIMUM:
        text = f"Version {version[0]}.{version[1]} is not supported by the API."
        raise CinderError(406, f"{text} Minimum is 3.0 and maximum is 3.71.")


def echo(version: Microversion) -> list[tuple[bytes, bytes]]:
    """The headers that tell the caller which microversion answered."""
    text = f"volume {version[0]}.{version[1]}".encode()
    return [(b"openstack-api-version", text), (b"vary", b"OpenStack-API-Version")]


def versions(request: Request, status: int) -> Response:
    """The one version, told to anybody in any of its microversions."""
    wanted: Microversion | None = None
    try:
        wanted = asked(request.headers)
        check(wanted)
        response = reply({"versions": [_document(request)]}, status)
    except CinderError as error:
        response = dialects.compute(error.status, error.message)
    response.headers += echo(wanted) if wanted else []
    return response


def _document(request: Request) -> Json:
    document: Json = {
        "id": "v3.0",
        "status": "CURRENT",
        "version": f"{MAXIMUM[0]}.{MAXIMUM[1]}",
        "min_version": f"{MINIMUM[0]}.{MINIMUM[1]}",
        "updated": "2023-08-31T00:00:00Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": f"{request.origin}/volume/v3/"},
        ],
        "media-types": [
            {
                "base": "application/json",
                "type": "application/vnd.openstack.volume+json;version=3",
            }
        ],
    }
    return document
