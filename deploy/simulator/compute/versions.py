"""Nova's version documents and microversions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deploy.simulator import dialects
from deploy.simulator.compute.errors import NovaError
from deploy.simulator.http import Json, Request, Response, reply

Microversion = tuple[int, int]
MINIMUM: Microversion = (2, 1)
MAXIMUM: Microversion = (2, 100)
_FORM = re.compile(r"^(\d+)\.(\d+)$")


def asked(headers: Mapping[str, str]) -> Microversion:
    """The microversion the caller wants; the oldest when it says nothing."""
    wanted = ""
    for part in headers.get("openstack-api-version", "").split(","):
        service, _, value = part.strip().partition(" ")
        if service.lower() == "compute":
            wanted = value.strip()
    old = headers.get("x-openstack-nova-api-version")
    if not wanted and old is None:
        return MINIMUM
    wanted = wanted or (old or "").strip()
    if wanted == "latest":
        return MAXIMUM
    match = _FORM.match(wanted)
    if match is None:
        text = f"API Version String {wanted} is of invalid format. Must be of format MajorNum."
        raise NovaError(400, f"{text}MinorNum.")
    return int(match[1]), int(match[2])


def check(version: Microversion) -> None:
    """Refuse a version that there is not."""
    if not MINIMUM <= version <= MAXIMUM:
        text = f"Version {version[0]}.{version[1]} is not supported by the API."
        raise NovaError(406, f"{text} Minimum is 2.1 and maximum is 2.100.")


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
    return reply({"versions": [_old(request.origin), document(request.origin)]})


def choices(request: Request) -> Response:
    """Both versions, for a client that asks for something below neither."""
    path = request.path.removeprefix("/compute")
    rows = []
    for name, row in (("2", _old(request.origin)), ("2.1", document(request.origin))):
        row = _described(row, name)
        links = [{"rel": "self", "href": f"{request.origin}/compute/v{name}{path}"}]
        kept = {key: row[key] for key in ("id", "status", "media-types")}
        rows.append({**kept, "links": links})
    return reply({"choices": rows}, 300)


def old_version(request: Request) -> Response:
    """The version without microversions, told to anybody."""
    return reply({"version": _described(_old(request.origin), "2")})


def version(request: Request) -> Response:
    """The one with microversions, in any of them."""
    wanted: Microversion | None = None
    try:
        wanted = asked(request.headers)
        check(wanted)
        response = reply({"version": _described(document(request.origin), "2.1")})
    except NovaError as error:
        response = dialects.compute(error.status, error.message)
    response.headers += echo(wanted) if wanted else []
    return response


def _old(origin: str) -> Json:
    return {
        "id": "v2.0",
        "status": "SUPPORTED",
        "version": "",
        "min_version": "",
        "updated": "2011-01-21T11:33:21Z",
        "links": [{"rel": "self", "href": f"{origin}/compute/v2/"}],
    }


def _described(body: Json, name: str) -> Json:
    guide = {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"}
    kind = f"application/vnd.openstack.compute+json;version={name}"
    media = [{"base": "application/json", "type": kind}]
    return {**body, "links": [*body["links"], guide], "media-types": media}
