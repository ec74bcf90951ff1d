"""Tables and verdicts, as a person reads them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def say(*lines: str) -> None:
    """Print lines at once."""
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, the first column to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    for number, row in enumerate(cells):
        first = row[0].ljust(widths[0])
        others = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        say("   " + "  ".join((first, *others)))
        if number == 0:
            say("   " + "  ".join("-" * width for width in widths))


def verdict(holds: bool, goal: str, measured: str) -> bool:
    """Print whether a goal is met."""
    say(f"   {'holds ' if holds else 'MISSED'}  {goal}: {measured}")
    return holds


def title(name: str, what: str) -> None:
    """Print the head of a bench, with how busy the machine is."""
    say("", f"== {name}: {what}   (load {os.getloadavg()[0]:.1f})")
