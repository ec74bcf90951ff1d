"""Checks of compute request bodies, with the words Nova uses."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.bodies import refuse as refuse
from models.errors import BadRequest
from models.numbers import whole
from models.uuids import is_uuid_like

_TRUE = {"true", "1", "on", "yes", "t", "y"}
_FALSE = {"false", "0", "off", "no", "f", "n"}


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


def text(value: object, name: str, *, least: int = 1, most: int = 255) -> str:
    """Return a text as it was given."""
    if not isinstance(value, str):
        raise refuse(name, value, f"{value!r} is not of type 'string'")
    if len(value) < least:
        raise refuse(name, value, f"{value!r} is too short")
    if len(value) > most:
        raise refuse(name, value, f"{value!r} is too long")
    return value


def named(value: object, name: str = "name") -> str:
    """Return a name, which has no white space around it."""
    given = text(value, name)
    if given != given.strip():
        raise BadRequest(
            "An invalid 'name' value was provided. The name must be: printable characters. Can "
            "not start or end with whitespace."
        )
    return given


def integer(value: object, name: str, *, least: int = 0, most: int = 0x7FFFFFFF) -> int:
    """Return a number, given as one or as its digits."""
    digits = isinstance(value, str) and value.isdecimal() and value.isascii()
    # To a JSON schema 1.0 is an integer.
    integral = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not (integral or digits):
        raise refuse(name, value, f"{value!r} is not of type 'integer'")
    number = whole(value)  # type: ignore[arg-type]
    if number < least:
        raise refuse(name, value, f"{number} is less than the minimum of {least}")
    if number > most:
        raise refuse(name, value, f"{number} is greater than the maximum of {most}")
    return number


def boolean(value: object, name: str) -> bool:
    """Return a truth value, given in any of the spellings that Nova knows."""
    word = str(value).lower()
    if isinstance(value, bool | str | int) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise refuse(name, value, f"{value!r} is not one of [True, 'True', False, 'False' ...]")


def is_uuid(value: str) -> bool:
    """Tell whether the text has the form of an id."""
    return is_uuid_like(value)


def texts(value: object, name: str) -> dict[str, str]:
    """Return an object whose values are texts (or numbers, written as texts)."""
    if not isinstance(value, dict):
        raise refuse(name, value, f"{value!r} is not of type 'object'")
    for key, inner in value.items():
        if not 0 < len(key) <= 255:
            raise refuse(name, value, f"{key!r} is not between 1 and 255 characters long")
        if isinstance(inner, bool) or not isinstance(inner, str | int | float):
            raise refuse(key, inner, f"{inner!r} is not of type 'string'")
        if len(str(inner)) > 255:
            raise refuse(key, inner, f"{inner!r} is too long")
    return {key: str(inner) for key, inner in value.items()}


def no_marker(marker: str) -> BadRequest:
    """Return Nova's refusal of a marker that no object of the list has."""
    return BadRequest(f"marker [{marker}] not found")
