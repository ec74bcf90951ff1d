"""What a client printed: the table's columns or, of one object, its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Headings of tables with one object in them: a row is one of its fields.
_OBJECT = (("Field", "Value"), ("Property", "Value"), ("Resource", "Limit"), ("Name", "Value"))
_STATUS = re.compile(r"\(HTTP (\d{3})\)|HTTP (\d{3})\b|\b([45]\d\d)(?::| [A-Z]\w+)")


class Shape(NamedTuple):
    """What is compared: not what is in the output, but what it is made of."""

    kind: str
    names: frozenset[str] = frozenset()


def shape(out: str) -> Shape:
    """Return what the output is made of."""
    tables = list(_tables(out))
    if not tables:
        return Shape("text" if out.strip() else "nothing")
    names: set[str] = set()
    for heading, rows in tables:
        if heading in _OBJECT:
            # A server has a field for each network, as soon as it has an address there.
            names |= {row[0] for row in rows if row[0] and not row[0].endswith(" network")}
        else:
            names |= set(heading)
    filled = any(rows for _, rows in tables)
    return Shape("table" if filled else "empty table", frozenset(names))


def difference(wanted: Shape, got: Shape) -> str:
    """Return in words how the second differs from the first; empty when it does not."""
    if wanted.kind != got.kind:
        # Two clouds in one have more to list than one of them.
        if wanted.kind in ("nothing", "empty table") and got.kind == "table":
            return ""
        return f"{got.kind} instead of {wanted.kind}"
    missing, more = wanted.names - got.names, got.names - wanted.names
    words = [f"lacks {', '.join(sorted(missing))}"] if missing else []
    return "; ".join([*words, f"has {', '.join(sorted(more))} too"] if more else words)


def value(out: str, field: str) -> str:
    """Return a field of the one object shown, or that column of the first row."""
    for heading, rows in _tables(out):
        if field in heading and rows:
            return rows[0][heading.index(field)]
        for row in rows:
            if row[0] == field:
                return row[1]
    return ""


def status(errors: str) -> str:
    """Return the HTTP status that an error message names, if it does."""
    found = _STATUS.search(errors)
    return next((group for group in found.groups() if group), "") if found else ""


def _tables(out: str) -> Iterator[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Give heading and rows of each table; a border, the heading, a border, rows, a border."""
    heading: tuple[str, ...] | None = None
    rows: list[tuple[str, ...]] = []
    borders = 0
    for line in [*out.splitlines(), ""]:
        if line.startswith("+-"):
            borders += 1
        elif line.startswith("|") and borders:
            cells = tuple(cell.strip() for cell in line.strip().strip("|").split(" | "))
            if heading is None:
                heading = cells
            elif len(cells) >= len(heading):
                rows.append(cells)
        elif heading is not None and borders > 1:
            yield heading, rows
            heading, rows, borders = None, [], 0
