"""The walks by reading: their steps exist, the page counts them, and they stay short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.walks.reading import HEAD, Reading, line, names, readings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "deploy" / "docs" / "architecture.md"
# Where one gets longer than so, code is spread that belongs together.
MOST = {
    "token": 4,
    "list networks": 4,
    "list a page of servers": 12,
    "add a router interface in a second pod": 15,
    "floating IP in another pod": 15,
    "boot a server": 20,
    "delete a network": 10,
}
WALKS = [pytest.param(walk, id=walk.name) for walk in readings()]


@pytest.mark.parametrize("walk", WALKS)
def test_steps_exist(walk: Reading) -> None:
    defined = {file: names(file) for file, _ in walk.steps if (ROOT / file).is_file()}
    assert [step for step in walk.steps if step[1] not in defined.get(step[0], ())] == []


@pytest.mark.parametrize("walk", WALKS)
def test_walks_are_short(walk: Reading) -> None:
    assert walk.files <= MOST[walk.name]


def test_the_page_counts_the_steps() -> None:
    table = PAGE.read_text().partition(HEAD)[2].partition("\n\n")[0].splitlines(keepends=True)
    running = [re.sub(r".*\| (\d*) ?\|\s*$", r"\1", row) for row in table]
    told = [
        line(walk, int(n) if n else None) for walk, n in zip(readings(), running[1:], strict=True)
    ]
    assert "".join(told).rstrip() == "".join(table[1:]).rstrip()
