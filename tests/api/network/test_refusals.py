"""What bad input gets: one table for each resource, in ``refusals/``, with Neutron's own words.

The rows were played to Neutron 2025.1 itself. ``neutron`` in a row is what that answered where the
gateway means to differ: it hides other tenants' objects, and refuses what it would have to drop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml

from tests.api.network.refusals.world import World, member
from tests.support.stack import Stack

TABLES = sorted((Path(__file__).parent / "refusals").glob("*.yaml"))
# The user of the gateway behind each role of a table.
USERS = {"owner": "demo", "reader": "viewer", "other": "alt", "admin": "admin"}
ROWS = [
    pytest.param(table, number, id=f"{table.stem}: {row['it']}")
    for table in TABLES
    for number, row in enumerate(yaml.safe_load(table.read_text()))
]


@pytest.fixture(scope="module")
def world(stack: Stack) -> Iterator[World]:
    users = {role: stack.users[name] for role, name in USERS.items()} | {"poor": stack.tenant()}
    world = World(
        {role: user.network for role, user in users.items()},
        {role: users[role].project_id for role in ("owner", "other", "poor")},
    )
    try:
        world.fill()
        yield world
    finally:
        world.clear()


@pytest.fixture(scope="module")
def rows(world: World) -> dict[Path, Any]:
    """The tables with ids where names were."""
    texts = {table: Template(table.read_text()).substitute(world.names) for table in TABLES}
    return {table: yaml.safe_load(text) for table, text in texts.items()}


@pytest.mark.parametrize(("table", "number"), ROWS)
def test_refusal(world: World, rows: dict[Path, Any], table: Path, number: int) -> None:
    row = rows[table][number]
    method, _, path = row["do"].partition(" ")
    body = {member(path): row["with"]} if "with" in row else row.get("raw")
    answer = world.users[row.get("as", "owner")](method, path, body)
    assert f"{answer.status} {answer.fault}" == row["is"], answer.body
    said = ".*".join(re.escape(part) for part in row["says"].split("..."))
    assert re.fullmatch(said, answer.message, re.DOTALL), answer.message
