"""Fields: the checks that every body of the Admin API goes through."""

from collections.abc import Collection
from typing import Any

from models.errors import BadRequest

_LONGEST = 255


def known(body: dict[str, Any], fields: Collection[str]) -> None:
    """Refuse fields that would otherwise be dropped silently."""
    unknown = sorted(set(body) - set(fields))
    if unknown:
        raise BadRequest(
            f"Unknown or read-only: {', '.join(unknown)}; accepted: {', '.join(fields)}."
        )


def text(body: dict[str, Any], field: str, *, required: bool = False) -> str:
    """Return a field that is a string without surrounding space; '' where it is not given."""
    if field not in body and not required:
        return ""
    value = body.get(field)
    if not isinstance(value, str):
        given = "is missing" if field not in body else "is not a string"
        raise BadRequest(f"Invalid input: '{field}' {given}.")
    value = value.strip()
    if required and not value:
        raise BadRequest(f"Invalid input: '{field}' is empty.")
    if len(value) > _LONGEST:
        raise BadRequest(f"Invalid input: '{field}' is longer than {_LONGEST} characters.")
    return value
