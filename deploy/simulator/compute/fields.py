"""Parts of request bodies."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from deploy.simulator.compute.errors import bad
from deploy.simulator.http import Json

_HOST = re.compile("[a-zA-Z0-9-._]{1,255}")


def named(given: Json) -> str:
    """The name, which has no white space around it."""
    name = given.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 255:
        raise bad(f"Invalid input for field/attribute name. Value: {name}.")
    if name != name.strip() or not name.isprintable():
        raise bad(
            "An invalid 'name' value was provided. The name must be: printable characters. Can "
            "not start or end with whitespace."
        )
    return name


def changeable_parts(given: Json) -> None:
    """What else an update of a server may say: refused where Nova's schema refuses it."""
    for key, value in given.items():
        text = isinstance(value, str)
        fits = {
            "OS-DCF:diskConfig": value in ("AUTO", "MANUAL"),
            "accessIPv4": text and value != "" and "%" not in value,
            "accessIPv6": text and value != "" and "%" not in value,
            "description": value is None or (text and len(value) <= 255 and _prints(value)),
            "hostname": text and _HOST.fullmatch(value) is not None,
        }
        if not fits.get(key, True):
            raise bad(f"Invalid input for field/attribute {key}. Value: {value}.")


def _prints(value: str) -> bool:
    return all(unicodedata.category(char)[0] != "C" for char in value)


def items(given: Json, key: str) -> list[Json]:
    """The objects of a list; none when it is not given."""
    rows = given.get(key) or []
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        raise bad(f"Invalid input for field/attribute {key}. Value: {rows}.")
    return rows


def canonical(given: Json) -> Json:
    """The access addresses that are given, in their shortest form."""
    found = {}
    for key, kind in (
        ("accessIPv4", ipaddress.IPv4Address),
        ("accessIPv6", ipaddress.IPv6Address),
    ):
        if given.get(key):
            try:
                found[key] = str(kind(given[key]))
            except ValueError as error:
                text = f"Invalid input for field/attribute {key}. Value: {given[key]}."
                raise bad(text) from error
        elif key in given:
            found[key] = ""
    return found
