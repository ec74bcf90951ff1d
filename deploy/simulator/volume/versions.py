"""Cinder's version documents and microversions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deploy.simulator.http import Json, Request, Response, reply
from deploy.simulator.volume.errors import CinderError

Microversion = tuple[int, int]
MINIMUM: Microversion = (3, 0)
MAXIMUM: Microversion = (3, 71)
_FORM = re.compile(r"^(\d+)\.(\d+)$")


def chosen(headers: Mapping[str, str]) -> Microversion:
    """The microversion the caller wants; the oldest when it says nothing."""
    for part in headers.get("openstack-api-version", "").split(","):
        service, _, value = part.strip().partition(" ")
        if service != "volume":
            continue
        if value.strip() == "latest":
            return MAXIMUM
        match = _FORM.match(value.strip())
        if match is None:
            text = f"API Version String '{value}' is of invalid format. Must be of format "
            raise CinderError(400, f"{text}MajorNum.MinorNum.")
        version = int(match[1]), int(match[2])
        if not MINIMUM <= version <= MAXIMUM:
            text = f"Version {value.strip()} is not supported by the API. Minimum is 3.0 and "
            raise CinderError(406, f"{text}maximum is 3.71.")
        return version
    return MINIMUM


def echo(version: Microversion) -> list[tuple[bytes, bytes]]:
    """The headers that tell the caller which microversion answered."""
    text = f"volume {version[0]}.{version[1]}".encode()
    return [(b"openstack-api-version", text), (b"vary", b"OpenStack-API-Version")]


def versions(request: Request, status: int) -> Response:
    """The one version, told to anybody."""
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
    return reply({"versions": [document]}, status)
