"""A page begins after its marker, and says whether another may follow."""

from __future__ import annotations

import pytest

from models.errors import NotFound
from models.pages import cut

ITEMS = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("marker", "limit", "offset", "page", "full"),
    [
        (None, 2, 0, ["a", "b"], True),
        ("", 9, 0, ITEMS, False),
        ("b", 2, 0, ["c", "d"], True),
        ("b", 3, 0, ["c", "d"], False),
        ("a", 2, 1, ["c", "d"], True),
        ("d", 2, 0, [], False),
        (None, 0, 0, [], False),
        (None, 2, 9, [], False),
    ],
)
def test_pages(marker: str | None, limit: int, offset: int, page: list[str], full: bool) -> None:
    assert cut(ITEMS, marker, limit, NotFound, offset=offset, key=str) == (page, full)


def test_a_marker_that_no_item_has_is_refused() -> None:
    with pytest.raises(NotFound):
        cut(ITEMS, "e", 2, NotFound, key=str)
