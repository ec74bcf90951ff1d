"""Bodies: what a request's body may be, for the APIs that say it by JSON schemas.

A ``Judge`` is called with a value and the name of its field, and raises ``BadRequest`` in the
services' words. Values stay as they are.
"""

import base64
import binascii
import ipaddress
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

from models.errors import BadRequest
from models.uuids import is_uuid_like

Judge = Callable[[Any, str], None]

# What an integer column of every database holds.
LARGEST = 2**31 - 1


def refuse(name: str, value: object, reason: str) -> BadRequest:
    """Return the error about one field."""
    return BadRequest(f"Invalid input for field/attribute {name}. Value: {value}. {reason}")


def anything(value: Any, name: str) -> None:
    """Take every value."""


def nothing(value: Any, name: str) -> None:
    """Take null."""
    if value is not None:
        raise refuse(name, value, f"{value!r} is not of type 'null'")


def or_null(judge: Judge) -> Judge:
    """Take null too."""

    def judged(value: Any, name: str) -> None:
        if value is not None:
            judge(value, name)

    return judged


def text(least: int = 0, most: int = 0, pattern: str = "") -> Judge:
    """Take text of such a length (no ``most``: of any), in which the pattern is found."""
    wanted = re.compile(pattern)

    def judged(value: Any, name: str) -> None:
        if not isinstance(value, str):
            raise refuse(name, value, f"{value!r} is not of type 'string'")
        if len(value) < least:
            raise refuse(name, value, f"{value!r} is too short")
        if most and len(value) > most:
            raise refuse(name, value, f"{value!r} is too long")
        if not wanted.search(value):
            raise refuse(name, value, f"{value!r} does not match {pattern!r}")

    return judged


def printable(least: int = 0, most: int = 255) -> Judge:
    """Take text without characters that cannot be printed."""
    fits = text(least, most)

    def judged(value: Any, name: str) -> None:
        fits(value, name)
        if not _prints(value):
            raise refuse(name, value, "It has characters that cannot be printed")

    return judged


def named(*, padded: bool = False, without: str = "") -> Judge:
    """Take a name: printable, with white space around it only if ``padded``."""
    fits = text(1, 255)

    def judged(value: Any, name: str) -> None:
        fits(value, name)
        space = [unicodedata.category(char) == "Zs" for char in value]
        wrong = all(space) if padded else space[0] or space[-1]
        if wrong or not _prints(value) or any(char in value for char in without):
            raise BadRequest(
                "An invalid 'name' value was provided. The name must be: printable characters. "
                "Can not start or end with whitespace."
            )

    return judged


def _prints(value: str) -> bool:
    return all(
        kind[0] != "C" and kind not in ("Zl", "Zp") for kind in map(unicodedata.category, value)
    )


def number(value: Any, name: str) -> None:
    """Take any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(name, value, f"{value!r} is not of type 'number'")


def integer(
    least: int | None = None,
    most: int | None = None,
    *,
    signed: bool = False,
    floats: bool = True,
) -> Judge:
    """Take an integer, as a number or as its digits, within the limits.

    From a later draft of JSON schema on than Cinder's, 1.0 is one: ``floats``.
    """
    digits = re.compile("-?[0-9]+" if signed else "[0-9]+")

    def judged(value: Any, name: str) -> None:
        whole = isinstance(value, int) or (floats and isinstance(value, float) and value % 1 == 0)
        if isinstance(value, str) and not digits.fullmatch(value):
            raise refuse(name, value, f"{value!r} does not match '^{digits.pattern}$'")
        if isinstance(value, bool) or not (whole or isinstance(value, str)):
            raise refuse(name, value, f"{value!r} is not of type 'integer', 'string'")
        # Of thousands of digits Python makes no number.
        found = float(value) if isinstance(value, str) else value
        if least is not None and found < least:
            raise refuse(name, value, f"{value} is less than the minimum of {least}")
        if most is not None and found > most:
            raise refuse(name, value, f"{value} is greater than the maximum of {most}")

    return judged


def one_of(*words: Any) -> Judge:
    """Take these words and no other."""

    def judged(value: Any, name: str) -> None:
        if not any(value == word and type(value) is type(word) for word in words):
            raise refuse(name, value, f"{value!r} is not one of {list(words)}")

    return judged


def uuid(value: Any, name: str) -> None:
    """Take what has the form of an id."""
    if not is_uuid_like(value):
        raise refuse(name, value, f"{value!r} is not a 'uuid'")


def address(*versions: int) -> Judge:
    """Take an IP address of one of the versions; none named: of either."""

    def judged(value: Any, name: str) -> None:
        try:
            if not isinstance(value, str) or "%" in value:
                raise ValueError
            found = ipaddress.ip_address(value)
        except ValueError:
            raise refuse(name, value, f"{value!r} is not a 'ip'") from None
        if versions and found.version not in versions:
            raise refuse(name, value, f"{value!r} is not a 'ipv{versions[0]}'")

    return judged


def encoded(value: Any, name: str) -> None:
    """Take what base64 made; white space in it does not count."""
    text()(value, name)
    try:
        base64.b64decode(value)
    except (binascii.Error, ValueError):
        raise refuse(name, value, f"{value!r} is not a 'base64'") from None


def either(*judges: Judge) -> Judge:
    """Take what one of the judges takes."""

    def judged(value: Any, name: str) -> None:
        for judge in judges:
            try:
                judge(value, name)
            except BadRequest:
                continue
            return
        reason = f"{value!r} is not valid under any of the given schemas"
        raise refuse(name, value, reason)

    return judged


def both(*judges: Judge) -> Judge:
    """Take what all of the judges take."""

    def judged(value: Any, name: str) -> None:
        for judge in judges:
            judge(value, name)

    return judged


def items(judge: Judge, least: int = 0, most: int | None = None, *, unique: bool = False) -> Judge:
    """Take a list of such items, so many of them."""

    def judged(value: Any, name: str) -> None:
        if not isinstance(value, list):
            raise refuse(name, value, f"{value!r} is not of type 'array'")
        if len(value) < least:
            raise refuse(name, value, f"{value!r} should be non-empty")
        if most is not None and len(value) > most:
            raise refuse(name, value, f"{value!r} is too long")
        for place, item in enumerate(value):
            judge(item, str(place))
        if unique and len(set(map(_key, value))) < len(value):
            raise refuse(name, value, f"{value!r} has non-unique elements")

    return judged


def _key(item: Any) -> Any:
    """Return what equal items share, whatever they are made of."""
    return repr(item) if isinstance(item, dict | list) else item


def fields(
    known: Mapping[str, Judge], required: Collection[str] = (), *, more: bool = False
) -> Judge:
    """Take an object with these fields; with others only if there may be ``more``."""

    def judged(value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise refuse(name, value, f"{value!r} is not of type 'object'")
        for field in required:
            if field not in value:
                raise refuse(name, value, f"{field!r} is a required property")
        unknown = sorted(set(value) - set(known))
        if unknown and not more:
            listed = ", ".join(f"'{field}'" for field in unknown)
            verb = "was" if len(unknown) == 1 else "were"
            reason = f"Additional properties are not allowed ({listed} {verb} unexpected)"
            raise refuse(name, value, reason)
        for field, judge in known.items():
            if field in value:
                judge(value[field], field)

    return judged


def words(pattern: str, judge: Judge, least: int = 0, most: int | None = None) -> Judge:
    """Take an object whose keys match the pattern, so many of them, and what they stand for."""
    wanted = re.compile(pattern)

    def judged(value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise refuse(name, value, f"{value!r} is not of type 'object'")
        for key, inner in value.items():
            if not wanted.search(key):
                reason = f"{key!r} does not match any of the regexes: {pattern!r}"
                raise refuse(name, value, reason)
            judge(inner, key)
        if len(value) < least or (most is not None and len(value) > most):
            raise refuse(name, value, f"{value!r} has too few or too many properties")

    return judged


def under(key: str, judge: Judge, *, more: bool = False) -> Judge:
    """Take a body that has such an object under the key."""
    return fields({key: judge}, (key,), more=more)
