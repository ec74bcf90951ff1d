"""Documents: JSON that users send, bounded in depth and number of values."""

from typing import Any

import orjson

from models.errors import BadRequest

# No body of the APIs is half as deep; Python's own recursion ends at ten times that.
DEPTH = 64


def parse(raw: bytes, most: int) -> Any:
    """Return what the JSON says; ``BadRequest`` where it is none, too deep or of too much."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadRequest("Malformed request body: it is not JSON.", "HTTPBadRequest") from None
    # Hardly any has so many marks; only those are looked through.
    if raw.count(b"[") + raw.count(b"{") > DEPTH or raw.count(b",") > most:
        _measure(found, most)
    return found


def _measure(found: Any, most: int) -> None:
    level, depth, values = [found], 0, 0
    while level:
        depth += 1
        values += len(level)
        if depth > DEPTH:
            reason = f"it is deeper than {DEPTH} levels"
        elif values > most:
            reason = f"it has more than {most} values (max_body_values)"
        else:
            level = [inner for part in level for inner in _inside(part)]
            continue
        raise BadRequest(f"Malformed request body: {reason}.", "HTTPBadRequest")


def _inside(part: Any) -> Any:
    if isinstance(part, dict):
        return part.values()
    return part if isinstance(part, list) else ()
