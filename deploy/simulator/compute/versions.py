"""Nova's version documents and microversions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deploy.simulator.compute.errors import NovaError
from deploy.simulator.http import Json, Request, Response, reply

Microversion = tuple[int, int]
MINIMUM: Microversion = (2, 1)
MAXIMUM: Microversion = (2, 100)
_FORM = re.compile(r"^(\d+)\.(\d+)$")


def chosen(headers: Mapping[str, str]) -> Microversion:
    """The microversion the caller wants; the oldest when it says nothing."""
    wanted = ""
    for part in headers.get("openstack-api-version", "").split(","):
        service, _, value = part.strip().partition(" ")
        if service == "compute":
            wanted = value.strip()
    wanted = wanted or headers.get("x-openstack-nova-api-version", "")
    if not wanted:
        return MINIMUM
    if wanted == "latest":
        return MAXIMUM
    match = _FORM.match(wanted)
    if match is None:
        text = f"API Version String '{wanted}' is of invalid format. Must be of format MajorNum."
        raise NovaError(400, f"{text}MinorNum.")
    version = int(match[1]), int(match[2])
    if not MINIMUM <= version <= MAXIMUM:
        text = f"Version {wanted} is not supported by the API. Minimum is 2.1 and maximum is 2.100"
        raise NovaError(406, f"{text}.")
    return version


def echo(version: Microversion) -> list[tuple[bytes, bytes]]:
    """The headers that tell the caller which microversion answered."""
    text = f"{version[0]}.{version[1]}".encode()
    return [
        (b"openstack-api-version", b"compute " + text),
        (b"x-openstack-nova-api-version", text),
        (b"vary", b"OpenStack-API-Version"),
        (b"vary", b"X-OpenStack-Nova-API-Version"),
    ]


def document(origin: str) -> Json:
    """Version 2.1 with the range of its microversions."""
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": f"{MAXIMUM[0]}.{MAXIMUM[1]}",
        "min_version": f"{MINIMUM[0]}.{MINIMUM[1]}",
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": f"{origin}/compute/v2.1/"}],
    }


def versions(request: Request) -> Response:
    """Both versions, for a client that was given the bare address."""
    old = {
        "id": "v2.0",
        "status": "SUPPORTED",
        "version": "",
        "min_version": "",
        "updated": "2011-01-21T11:33:21Z",
        "links": [{"rel": "self", "href": f"{request.origin}/compute/v2/"}],
    }
    return reply({"versions": [old, document(request.origin)]})


def version(request: Request) -> Response:
    """The one version, told to anybody."""
    body = document(request.origin)
    body["links"].append(
        {
            "rel": "describedby",
            "type": "text/html",
            "href": "http://docs.openstack.org/",
        }
    )
    body["media-types"] = [
        {
            "base": "application/json",
            "type": "application/vnd.openstack.compute+json;version=2.1",
        }
    ]
    return reply({"version": body})
