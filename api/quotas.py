"""What the quota routes of compute and block storage have in common."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from api.http import Call
from api.proxy import Proxy
from models.errors import BadRequest, Forbidden
from models.quotas.figures import Asker, Figures
from models.quotas.reservations import Held

_INTEGER = re.compile(r"^-?[0-9]{1,10}$")
_MOST = 0x7FFFFFFF


async def asker(
    call: Call, proxy: Proxy, service: str, version: tuple[int, int] | None = None
) -> Asker:
    """Return on whose behalf pods are asked; in a version in which they tell of everything."""
    version = version or ((3, 0) if service == "volume" else (2, 1))
    headers = await proxy.headers(call, version)
    prefix, live = proxy.pod_path(call, ""), call.method == "GET"
    return Asker(service, headers, prefix, call.missing, live)


@asynccontextmanager
async def room(
    call: Call,
    proxy: Proxy,
    service: str,
    each: Mapping[str, int],
    least: int = 1,
    most: int = 0,
) -> AsyncIterator[Held]:
    """Hold room under the caller's quota while objects are made; ``commit`` once they are.

    Raises ``Forbidden`` (compute) or ``OverLimit`` (volume), in the words of the API.
    """
    asking = await asker(call, proxy, service)
    async with call.services.reservations.hold(asking, call.caller, each, least, most) as held:
        yield held


def own_project(call: Call, id_: str, rule: str) -> str:
    """Return the project that is asked about; ``Forbidden`` when it is a stranger's."""
    if id_ != call.caller.project_id and not call.caller.admin:
        raise Forbidden(f"Policy doesn't allow {rule} to be performed.")
    return id_


def limit_of(name: str, value: object) -> int:
    """Return a limit: -1, which is none, or more."""
    # To a JSON schema 1.0 is an integer.
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    fits = isinstance(value, int) and not isinstance(value, bool)
    fits = fits or (isinstance(value, str) and _INTEGER.match(value) is not None)
    if not fits:
        raise _refused(name, value, f"{value!r} is not of type 'integer', 'string'")
    number = int(str(value))
    if number < -1:
        raise _refused(name, value, f"{number} is less than the minimum of -1")
    if number > _MOST:
        raise _refused(name, value, f"{number} is greater than the maximum of {_MOST}")
    return number


def limits_of(figures: Figures) -> dict[str, int]:
    """Return the limits alone."""
    return {resource: figure["limit"] for resource, figure in figures.items()}


def picked(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the values of the names there are."""
    return {name: values[name] for name in names if name in values}


def _refused(name: str, value: object, reason: str) -> BadRequest:
    return BadRequest(f"Invalid input for field/attribute {name}. Value: {value}. {reason}")
