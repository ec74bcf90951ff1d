"""The order that a query asks for."""

from __future__ import annotations

import pytest

from models.sorts import Params, Sort, sort_of, sort_value


@pytest.mark.parametrize(
    ("params", "sort"),
    [
        ([], []),
        ([("sort_key", "uuid")], [(("id",), True)]),
        ([("sort_key", "red"), ("sort_dir", "asc")], [(("red",), False)]),
        (
            [("sort", "display_name:asc, size")],
            [(("name",), False), (("size",), True)],
        ),
        ([("sort_dir", "asc")], []),
    ],
)
def test_in_either_spelling(params: Params, sort: Sort) -> None:
    assert sort_of(params) == sort


def test_nothing_comes_before_numbers_and_these_before_texts() -> None:
    items = [{"b": "x"}, {"a": 2}, {"a": None}, {"a": 1, "b": "y"}]
    ordered = sorted(items, key=lambda item: sort_value(item, ("a", "b")))
    assert ordered == [{"a": None}, {"a": 1, "b": "y"}, {"a": 2}, {"b": "x"}]
