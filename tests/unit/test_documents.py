"""What JSON may be, and what numbers users write."""

from __future__ import annotations

import pytest

from models.documents import DEPTH, parse
from models.errors import BadRequest
from models.numbers import LARGEST, digits, whole

TOO_DEEP = b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1)


@pytest.mark.parametrize("raw", [b"", b"{", TOO_DEEP, b"[0,1,2,3,4,5,6,7]"])
def test_what_no_body_may_be(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        parse(raw, 6)


def test_marks_in_texts_count_for_nothing() -> None:
    text = b'{"a":"' + b"[{," * DEPTH + b'"}'
    assert parse(text, 6) == {"a": "[{," * DEPTH}
    assert parse(b"[0,1,2,3,4]", 6) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("0" * 5000 + "12", 12),
        ("9" * 5000, LARGEST),
        ("1" + "0" * 17, 10**17),
    ],
)
def test_digits_of_any_length_are_a_number(text: str, number: int) -> None:
    assert digits(text) == number
    assert whole(text) == number
