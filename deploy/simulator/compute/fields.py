"""Parts of request bodies."""

from __future__ import annotations

from deploy.simulator.compute.errors import bad
from deploy.simulator.http import Json


def items(given: Json, key: str) -> list[Json]:
    """The objects of a list; none when it is not given."""
    rows = given.get(key) or []
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        raise bad(f"Invalid input for field/attribute {key}. Value: {rows}.")
    return rows
