"""Microversions: which one a call asks for, whether all pods speak it, and the echo of it."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps

from activities.pods.versions import Version
from api.http import Answer, Call, Handler, Headers, Routes
from models.errors import BadRequest, NotAcceptable, NotFound
from models.numbers import digits

_FORM = re.compile(r"^([1-9]\d*)\.(0|[1-9]\d*)$")


class Microversions:
    """The microversion header of one API. ``legacy`` is the header older clients send."""

    def __init__(self, service: str, legacy: str = "") -> None:
        self._service = service
        self._legacy = legacy
        self._legacy_name = legacy.lower()

    def of(self, call: Call) -> Version:
        """Return the version to speak; ``BadRequest`` or ``NotAcceptable`` as the real API."""
        if call.version is None:
            low, high = call.services.versions.range(self._service)
            asked = self._asked(call)
            call.version = low if asked is None else _version(asked, high)
            if not low <= call.version <= high:
                raise NotAcceptable(
                    f"Version {asked} is not supported by the API. "
                    f"Minimum is {_text(low)} and maximum is {_text(high)}."
                )
        return call.version

    def headers(self, call: Call, other: Version | None = None) -> Mapping[str, str]:
        """Return the headers that ask a pod for the same version, or for another."""
        return _asking(self._service, self._legacy, other or self.of(call))

    def finish(self, call: Call, answer: Answer) -> None:
        """Echo the version where one was looked for, and say that answers vary with it."""
        if call.version is not None:
            answer.headers += _echo(self._service, self._legacy, call.version)

    def guard(self, routes: Routes) -> Routes:
        """Return the routes, refusing a version outside the range before anything is done."""
        return routes.with_handlers(self._checked)

    def since(self, version: Version) -> Callable[[Handler], Handler]:
        """Decorate a handler of what there is from a version on; ``NotFound`` before."""

        def decorate(handler: Handler) -> Handler:
            @wraps(handler)
            async def known(call: Call) -> Answer:
                if self.of(call) < version:
                    raise NotFound("The resource could not be found.", "HTTPNotFound")
                return await handler(call)

            return known

        return decorate

    def _checked(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def check(call: Call) -> Answer:
            self.of(call)
            return await handler(call)

        return check

    def _asked(self, call: Call) -> str | None:
        given = call.headers.get("openstack-api-version")
        named = _named(given, self._service) if given else ""
        old = call.headers.get(self._legacy_name)
        return named or (None if old is None else old.rpartition(",")[2].strip())


# Kept, for clients ask for the same few versions all the time.
@lru_cache(maxsize=1024)
def _named(header: str, wanted: str) -> str:
    for part in reversed(header.split(",")):
        service, _, version = part.strip().partition(" ")
        if service.lower() == wanted and version.strip():
            return version.strip()
    return ""


@lru_cache(maxsize=1024)
def _asking(service: str, legacy: str, version: Version) -> Mapping[str, str]:
    text = _text(version)
    headers = {"OpenStack-API-Version": f"{service} {text}"}
    return headers | {legacy: text} if legacy else headers


@lru_cache(maxsize=1024)
def _echo(service: str, legacy: str, version: Version) -> Headers:
    text = _text(version).encode()
    name, old = b"OpenStack-API-Version", legacy.encode()
    headers = [(name, service.encode() + b" " + text)]
    if not legacy:
        return [*headers, (b"Vary", name)]
    return [*headers, (old, text), (b"Vary", name + b", " + old)]


@lru_cache(maxsize=1024)
def _version(asked: str, high: Version) -> Version:
    if asked == "latest":
        return high
    match = _FORM.match(asked)
    if not match:
        raise BadRequest(
            f"API Version String {asked} is of invalid format. "
            "Must be of format MajorNum.MinorNum."
        )
    return digits(match[1]), digits(match[2])


def _text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


COMPUTE = Microversions("compute", "X-OpenStack-Nova-API-Version")
VOLUME = Microversions("volume")
