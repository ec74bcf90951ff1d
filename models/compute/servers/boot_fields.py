"""The scheduler hints of a server create request, which has two names for them."""

from collections.abc import Mapping
from typing import Any

_HINTS = ("os:scheduler_hints", "OS-SCH-HNT:scheduler_hints")


def hints(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the scheduler hints; of two spellings the first counts."""
    for name in _HINTS:
        given = body.get(name)
        if isinstance(given, dict):
            return given
    return {}


def with_hints(body: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with other hints, in the spelling that it has."""
    name = next((name for name in _HINTS if name in body), "")
    rest = {key: value for key, value in body.items() if key not in _HINTS}
    return rest | ({name: dict(wanted)} if name and wanted else {})
