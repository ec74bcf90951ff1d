"""Checks of block storage request bodies, with the words Cinder uses."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from models.bodies import refuse as refuse
from models.errors import BadRequest
from models.numbers import digits

_TRUE = {"true", "1", "on", "yes", "t", "y"}
_FALSE = {"false", "0", "off", "no", "f", "n"}
_KEY = re.compile(r"^[a-zA-Z0-9-_:. /]{1,255}$")
_SPACELESS = re.compile(r"^[a-zA-Z0-9-_:.]{1,255}$")
_ID = re.compile(r"^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$")


def only(body: Mapping[str, Any], known: Iterable[str], name: str) -> None:
    """Return if the object has known keys only."""
    unknown = sorted(set(body) - set(known))
    if unknown:
        listed = ", ".join(f"'{key}'" for key in unknown)
        verb = "was" if len(unknown) == 1 else "were"
        reason = f"Additional properties are not allowed ({listed} {verb} unexpected)"
        raise refuse(name, dict(body), reason)


def required(body: Mapping[str, Any], key: str, name: str) -> Any:
    """Return the value of a key that has to be there."""
    if key not in body:
        raise refuse(name, dict(body), f"'{key}' is a required property")
    return body[key]


def text(value: object, name: str, *, least: int = 1) -> str:
    """Return a text as it was given; white space alone is too short."""
    if not isinstance(value, str):
        raise refuse(name, value, f"{value!r} is not of type 'string'")
    if len(value.strip()) < least:
        raise refuse(name, value, f"{value!r} is too short")
    if len(value) > 255:
        raise refuse(name, value, f"{value!r} is too long")
    return value


def description(value: object) -> str | None:
    """Return a description, which may be empty or none."""
    return None if value is None else text(value, "description", least=0)


def boolean(value: object, name: str) -> bool:
    """Return a truth value, given in any of the spellings that Cinder knows."""
    word = str(value).lower()
    if isinstance(value, bool | str) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise refuse(name, value, f"{value!r} is not one of [True, 'True', False, 'False' ...]")


def specs(value: object, name: str, *, spaces: bool = True) -> dict[str, str | None]:
    """Return an object of texts by key."""
    if not isinstance(value, dict):
        raise refuse(name, value, f"{value!r} is not of type 'object'")
    pattern = _KEY if spaces else _SPACELESS
    for key, inner in value.items():
        if not pattern.match(key):
            reason = f"{key!r} does not match any of the regexes: '{pattern.pattern}'"
            raise refuse(name, value, reason)
        if inner is not None and not isinstance(inner, str):
            raise refuse(key, inner, f"{inner!r} is not of type 'string', 'null'")
        if inner and len(inner) > 255:
            raise refuse(key, inner, f"{inner!r} is too long")
    return value


def number(value: str | None, name: str, default: int) -> int:
    """Return a number of the query string that is not negative."""
    if value is None:
        return default
    if not value.isdecimal():
        raise BadRequest(f"{name} param must be an integer")
    return digits(value)


def is_id(value: str) -> bool:
    """Tell whether the text has the form of an id."""
    return bool(_ID.match(value))


def size_of(volume: Mapping[str, Any]) -> int:
    """Return the gigabytes asked for; 0 where the source, or the pod's refusal, decides."""
    size = volume.get("size")
    digits = isinstance(size, str) and size.isdecimal() and len(size) < 10
    if isinstance(size, bool) or not (isinstance(size, int) or digits):
        return 0
    return max(0, int(size or 0))
