"""Numbers: conversions of what users write, bounded in what they cost and in what they return."""

# What a 64-bit column holds.
LARGEST = 2**63 - 1


def digits(text: str) -> int:
    """Return the number that the digits say, or the largest where it is larger.

    Python refuses to convert a text of thousands of digits.
    """
    told = text.lstrip("0")
    return int(told or "0") if len(told) < len(str(LARGEST)) else LARGEST


def whole(value: float | str) -> int:
    """Return a number that is given as one, or as its digits."""
    return digits(value) if isinstance(value, str) else int(value)
