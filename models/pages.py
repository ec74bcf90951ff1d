"""Pages: what ``marker``, ``limit`` and ``offset`` leave of a list that is there as a whole."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def cut(
    items: Sequence[T],
    marker: Any,
    limit: int,
    missing: Callable[[Any], Exception],
    *,
    offset: int = 0,
    key: Callable[[T], Any],
) -> tuple[list[T], bool]:
    """Return the items after the one that is marked, and whether the page is full.

    ``key`` gives what an item is marked by; nothing, or an empty text, marks none. ``missing``
    makes the refusal of a marker that no item has.
    """
    start = offset
    if marker:
        found = next((n for n, item in enumerate(items) if key(item) == marker), None)
        if found is None:
            raise missing(marker)
        start += found + 1
    page = list(items[start : start + limit])
    return page, bool(page) and len(page) == limit
