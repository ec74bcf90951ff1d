"""Nova's and Cinder's pages: a limit, a marker and a link to the next page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from deploy.simulator.http import Json, Request

MAX_LIMIT = 1000


def page(
    rows: list[Any],
    request: Request,
    key: Callable[[Any], str],
    refuse: Callable[[str], Exception],
) -> tuple[list[Any], list[Json]]:
    """One page of the rows, and a link when there may be another."""
    wanted = request.arg("limit")
    limit = MAX_LIMIT
    if wanted:
        if not wanted.isdigit():
            raise refuse(f"Invalid input for query parameters limit. Value: {wanted}.")
        limit = min(int(wanted), MAX_LIMIT)
    marker = request.arg("marker")
    if marker:
        at = next((i for i, row in enumerate(rows) if key(row) == marker), None)
        if at is None:
            raise refuse(f"marker [{marker}] not found")
        rows = rows[at + 1 :]
    part = rows[:limit]
    if not part or len(part) < limit:
        return part, []
    arguments = [item for item in request.query if item[0] != "marker"]
    arguments.append(("marker", key(part[-1])))
    return part, [
        {"rel": "next", "href": f"{request.origin}{request.path}?{urlencode(arguments)}"}
    ]
