"""``python -m deploy.docs.neutron_differences``: make the page from the refusal tables.

A row of ``tests/api/network/refusals`` that has ``neutron`` tells what Neutron 2025.1 answered
where the gateway means to answer something else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "tests" / "api" / "network" / "refusals"
PAGE = Path(__file__).with_name("neutron-differences.md")

_INTRODUCTION = """\
# Where we differ from Neutron

Made by `python -m deploy.docs.neutron_differences` from the tables in
`tests/api/network/refusals`; change those, not this page.

The tables hold {rows} refusals. All were played to Neutron 2025.1; in all but the {differences}
below the gateway answers with Neutron's status, type and words. Why there are any is told in
[ADR 0010](adr/0010-neutrons-refusals.md).
"""
_HEAD = "| call | case | Trio2o | Neutron |\n|---|---|---|---|\n"


@dataclass(frozen=True)
class Difference:
    """A refusal that is not Neutron's: the call, the case, both answers."""

    call: str
    case: str
    ours: str
    theirs: str

    def line(self) -> str:
        """Its line of a table."""
        return f"| `{self.call}` | {self.case} | {self.ours} | {self.theirs} |\n"


_SECTIONS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("Neutron accepts, we refuse", lambda theirs: theirs == "allowed"),
    ("Neutron fails, we refuse", lambda theirs: theirs.startswith("5")),
    ("Both refuse, with different answers", lambda theirs: theirs.startswith("4")),
)


def page() -> str:
    """Return the page that the tables make."""
    rows = [row for table in _tables() for row in table]
    differences = [_difference(row) for row in rows if "neutron" in row]
    text = _INTRODUCTION.format(rows=len(rows), differences=len(differences))
    for title, belongs in _SECTIONS:
        lines = [found.line() for found in differences if belongs(found.theirs)]
        text += f"\n## {title}\n\n{_HEAD}{''.join(lines)}"
    return text


def _tables() -> Iterator[list[dict[str, Any]]]:
    for table in sorted(TABLES.glob("*.yaml")):
        yield yaml.safe_load(table.read_text())


def _difference(row: dict[str, Any]) -> Difference:
    # $none, $other_sg: an id of the test's own.
    call = re.sub(r"\$\w+", "{id}", row["do"])
    return Difference(call, row["it"], row["is"], row["neutron"])


if __name__ == "__main__":
    PAGE.write_text(page())
