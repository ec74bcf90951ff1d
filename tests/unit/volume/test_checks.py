"""What bodies of the volume API may be."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest
from models.volume import checks


@pytest.mark.parametrize(
    ("size", "counted"),
    [(3, 3), ("4", 4), (-1, 0), (None, 0), (True, 0), ("big", 0), ("9" * 12, 0)],
)
def test_size_that_is_counted(size: Any, counted: int) -> None:
    assert checks.size_of({"size": size}) == counted


def test_specs_and_numbers() -> None:
    with pytest.raises(BadRequest, match="a b"):
        checks.specs({"a b": "c"}, "metadata", spaces=False)
